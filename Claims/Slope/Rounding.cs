using Reproduce.Fixtures.Networks;

namespace Reproduce.Claims.Slope;

/// <summary>What rounding can do to the quantities that the slope paper's theorems compare, all in float64.</summary>
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
        var magnitudes = SmallNetwork.WithoutBiases([.. network.OfMagnitudes().Weights]);
        var operations = network.Inputs + network.Biases.Sum(bias => bias.Length + 1);
        return 8 * Gamma(operations) * magnitudes.Evaluate([.. Enumerable.Repeat(1.0, network.Inputs)]).Output.Sum();
    }

    /// <summary>The same for the outputs at a point: γ_k times the outputs of the network with all numbers replaced by magnitudes.</summary>
    internal static double OfOutputs(SmallNetwork network, double[] point)
    {
        var operations = network.Inputs + network.Biases.Sum(bias => bias.Length + 2);
        return 8 * Gamma(operations) * network.OfMagnitudes().Evaluate([.. point.Select(Math.Abs)]).Output.Max();
    }

    /// <summary>γ_k.</summary>
    internal static double Gamma(int operations) => operations * Unit / (1 - (operations * Unit));
}
