using Reproduce.Fixtures.Networks;

namespace Reproduce.Claims.Shared;

/// <summary>What rounding can do to the quantities that theorems compare, all in float64.</summary>
internal static class Rounding
{
    /// <summary>The unit roundoff u.</summary>
    internal const double Unit = 1.1102230246251565e-16;

    /// <summary>What <see cref="OfJacobian"/> allows, in words.</summary>
    internal const string JacobianTolerance = "8γ_k times the sum of the entries of |W_n|⋯|W_1| (rounding of a product of matrices)";

    /// <summary>
    /// A product of matrices computed in floating point differs from the exact one, entry by entry, by at most
    /// γ_k |W_n|⋯|W_1| with γ_k = ku/(1−ku) and k the sum of all widths, plus one for each layer. Every operator p-norm of that is at most
    /// γ_k times the sum of its entries. The factor 8 covers the evaluation of the norms themselves and the second computation.
    /// </summary>
    internal static double OfJacobian(SmallNetwork network)
    {
        var operations = network.Inputs + network.Biases.Sum(bias => bias.Length + 1);
        return 8 * Gamma(operations) * SumOfMagnitudes(network);
    }

    /// <summary>
    /// What rounding does to the outputs at a point: γ_k times the outputs of the network with all numbers replaced by magnitudes.
    /// </summary>
    internal static double OfOutputs(SmallNetwork network, double[] point)
    {
        var operations = network.Inputs + network.Biases.Sum(bias => bias.Length + 2);
        return 8 * Gamma(operations) * network.OfMagnitudes().Evaluate([.. point.Select(Math.Abs)]).Output.Max();
    }

    /// <summary>What rounding does to an entry of ζ or to its largest eigenvalue: see the tolerance of design.prop-3.1.</summary>
    internal static double OfMetric(NetworkAtPoint instance)
    {
        var (network, sum) = (instance.Network, SumOfMagnitudes(instance.Network));
        return sum * ((2 * OfJacobian(network)) + (4 * sum * (OfOutputs(network, instance.Point) + (16 * network.Outputs * Unit))));
    }

    /// <summary>The sum of the entries of |W_n|⋯|W_1|, which bounds every operator norm of every Jacobian.</summary>
    internal static double SumOfMagnitudes(SmallNetwork network) =>
        SmallNetwork.WithoutBiases([.. network.OfMagnitudes().Weights]).Evaluate([.. Enumerable.Repeat(1.0, network.Inputs)]).Output.Sum();

    /// <summary>γ_k.</summary>
    internal static double Gamma(int operations) => operations * Unit / (1 - (operations * Unit));
}
