using MathNet.Numerics.LinearAlgebra;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Slope.Support;

/// <summary>‖A‖₂ of matrices of fractions, rounded or compared exactly.</summary>
internal static class SpectralNorm
{
    /// <summary>What <see cref="Rounding"/> allows, in words.</summary>
    internal const string Tolerance =
        "8γ_k times the Frobenius norm, k the entries, rows and columns, for a backward stable singular value decomposition";

    /// <summary>The largest singular value, rounded.</summary>
    internal static double Of(Rational[,] matrix) => Rounded(matrix).L2Norm();

    /// <summary>How far rounding moves <see cref="Of"/>.</summary>
    internal static double Rounding(Rational[,] matrix) =>
        8 * Shared.Rounding.Gamma(matrix.Length + matrix.GetLength(0) + matrix.GetLength(1)) * Rounded(matrix).FrobeniusNorm();

    /// <summary>Whether ‖A‖₂² is at least a bound, without rounding: AᵀA has an eigenvalue that is.</summary>
    internal static bool SquareIsAtLeast(Rational[,] matrix, Rational bound) =>
        Fractions.LargestEigenvalueIsAtLeast(Fractions.PullBack(matrix, Fractions.Identity(matrix.GetLength(0))), bound);

    /// <summary>‖v‖₂².</summary>
    internal static Rational Square(Rational[] vector) => Arrays.Dot(vector, vector);

    private static Matrix<double> Rounded(Rational[,] matrix) =>
        Matrix<double>.Build.DenseOfArray(Arrays.Map(matrix, entry => entry.ToDouble()));
}
