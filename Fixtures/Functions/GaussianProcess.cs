using MathNet.Numerics.LinearAlgebra;
using Reproduce.Randomness;

namespace Reproduce.Fixtures.Functions;

/// <summary>
/// Functions on [−1, 1] drawn from a Gaussian process (smoothness thesis, section 4.3.1): mean 0, kernel exp(−(x − x′)²/(2·0.5²)), no
/// noise, and f(0) = 0. The thesis sets f(0) := 0 "for technical reasons" when sampling; here that is read as conditioning the process on
/// this value, with covariance k(x, x′) − k(x, 0)k(0, x′)/k(0, 0). It could also mean f − f(0).
/// </summary>
public static class GaussianProcess
{
    /// <summary>The kernel's variance.</summary>
    public const double Variance = 1;

    /// <summary>The kernel's length scale.</summary>
    public const double LengthScale = 0.5;

    /// <summary>The number of points of a function.</summary>
    public const int Points = 100;

    /// <summary>The kernel.</summary>
    public static double Kernel(double x, double y) =>
        Variance * Math.Exp(-(x - y) * (x - y) / (2 * LengthScale * LengthScale));

    /// <summary>The covariance of f(x) and f(y) given f(0) = 0.</summary>
    public static double Covariance(double x, double y) => Kernel(x, y) - (Kernel(x, 0) * Kernel(0, y) / Kernel(0, 0));

    /// <summary>One function at 100 equally spaced points of [−1, 1], ends included.</summary>
    public static Sample Draw(Seed seed) => Draw(seed, 1)[0];

    /// <summary>Several functions, drawn in sequence from the same stream.</summary>
    public static IReadOnlyList<Sample> Draw(Seed seed, int functions)
    {
        ArgumentNullException.ThrowIfNull(seed);
        var generator = seed.Generator();
        double[] x = Sample.Grid(-1, 1, Points);
        var root = Root(Matrix<double>.Build.Dense(Points, Points, (i, j) => Covariance(x[i], x[j])));
        return [.. Enumerable.Range(0, functions).Select(_ =>
        {
            var normal = Vector<double>.Build.Dense(Points, _ => StandardNormal.Next(generator));
            return new Sample(x, (root * normal).ToArray());
        })];
    }

    /// <summary>
    /// The order in which the thesis adds points of an equally spaced grid to the training set: the lowest and the highest, then always the
    /// point farthest from all earlier ones, in a tie the lowest. Distances are counted in grid steps, so that ties are exact.
    /// </summary>
    /// <param name="points">The number of points of the grid, at least 2.</param>
    /// <param name="count">The number of points to choose, from 2 to <paramref name="points"/>.</param>
    /// <returns>Indices in the grid.</returns>
    public static int[] WellSpaced(int points, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, points);
        List<int> chosen = [0, points - 1];
        while (chosen.Count < count)
        {
            chosen.Add(Enumerable.Range(0, points).MaxBy(candidate => chosen.Min(earlier => Math.Abs(earlier - candidate))));
        }

        return [.. chosen];
    }

    // The symmetric square root: the covariance is numerically singular, so a Cholesky factorisation fails.
    private static Matrix<double> Root(Matrix<double> covariance)
    {
        var decomposition = covariance.Evd(Symmetricity.Symmetric);
        var scaled = decomposition.EigenVectors.Clone();
        for (int j = 0; j < scaled.ColumnCount; j++)
        {
            double root = Math.Sqrt(Math.Max(0, decomposition.EigenValues[j].Real));
            scaled.SetColumn(j, scaled.Column(j) * root);
        }

        return scaled.TransposeAndMultiply(decomposition.EigenVectors);
    }
}
