using Reproduce.Randomness;

namespace Reproduce.Fixtures.Functions;

/// <summary>
/// The regression data of the design paper (section 4.1; Figures 2, 4 and 7): g(x) = 10 + 1.22x² + ε, and h(x) = g(x) + 1.22(x + 4)³ for
/// x &lt; 0, h(x) = g(x) otherwise, with normal noise ε. As printed, h jumps by 1.22·4³ = 78.08 at 0, though the paper calls it a cubic.
/// </summary>
public static class NoisyPolynomial
{
    /// <summary>
    /// The standard deviation of ε: Figure 2 prints N(0, 10²), section 4.1 and Figure 7 print N(0, 10). The two agree if the second number
    /// of N(0, 10) is the standard deviation, which is assumed here.
    /// </summary>
    public const double NoiseDeviation = 10;

    /// <summary>The number of points of a data set.</summary>
    public const int Points = 100;

    /// <summary>g without noise.</summary>
    public static double Quadratic(double x) => 10 + (1.22 * x * x);

    /// <summary>h without noise.</summary>
    public static double Cubic(double x) => Quadratic(x) + (x < 0 ? 1.22 * Math.Pow(x + 4, 3) : 0);

    /// <summary>
    /// Noisy values on an equally spaced grid, ends included. The paper's training data lie on (−8, 8), its test data on (−2, 2).
    /// </summary>
    /// <param name="function"><see cref="Quadratic"/> or <see cref="Cubic"/>.</param>
    /// <param name="end">The grid runs from −end to end.</param>
    /// <param name="seed">The seed of the noise.</param>
    /// <param name="points">The number of points, at least 2.</param>
    /// <param name="deviation">The standard deviation of the noise.</param>
    public static Sample Draw(
        Func<double, double> function, double end, Seed seed, int points = Points, double deviation = NoiseDeviation)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(seed);
        var generator = seed.Generator();
        double[] x = Sample.Grid(-end, end, points);
        return new Sample(x, [.. x.Select(at => function(at) + (deviation * StandardNormal.Next(generator)))]);
    }
}
