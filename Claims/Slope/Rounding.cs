using Reproduce.Fixtures.Networks;

namespace Reproduce.Claims.Slope;

/// <summary>What rounding can do to the quantities that the slope paper's theorems compare, all in float64.</summary>
internal static class Rounding
{
    /// <summary>The unit roundoff u.</summary>
    internal const double Unit = 1.1102230246251565e-16;

    /// <summary>
    /// A product of matrices computed in floating point differs from the exact one, entry by entry, by at most
    /// γ_k |W_n|⋯|W_1| with γ_k = ku/(1−ku) and k the sum of the inner dimensions. Every operator p-norm of that is at most
    /// γ_k times the sum of its entries. The factor 8 covers the evaluation of the norms themselves and the second computation.
    /// </summary>
    internal static double OfJacobian(SmallNetwork network)
    {
        var vector = Enumerable.Repeat(1.0, network.Inputs).ToArray();
        var operations = network.Inputs;
        for (var i = 0; i < network.Layers; i++)
        {
            vector = Absolute(network.Weights[i], vector);
            operations += vector.Length + 1;
        }

        return 8 * Gamma(operations) * vector.Sum();
    }

    /// <summary>The same for the outputs at a point: γ_k times the outputs of the network with all numbers replaced by magnitudes.</summary>
    internal static double OfOutputs(SmallNetwork network, double[] point)
    {
        var vector = point.Select(Math.Abs).ToArray();
        var operations = network.Inputs;
        for (var i = 0; i < network.Layers; i++)
        {
            vector = [.. Absolute(network.Weights[i], vector).Zip(network.Biases[i], (sum, bias) => sum + Math.Abs(bias))];
            operations += vector.Length + 2;
        }

        return 8 * Gamma(operations) * vector.Max();
    }

    /// <summary>γ_k.</summary>
    internal static double Gamma(int operations) => operations * Unit / (1 - (operations * Unit));

    private static double[] Absolute(double[,] matrix, double[] vector)
    {
        var result = new double[matrix.GetLength(0)];
        for (var row = 0; row < result.Length; row++)
        {
            for (var column = 0; column < vector.Length; column++)
            {
                result[row] += Math.Abs(matrix[row, column]) * vector[column];
            }
        }

        return result;
    }
}
