using MathNet.Numerics.Distributions;
using Reproduce.Fixtures.Functions;

namespace Reproduce.Claims.Design.Support;

/// <summary>The quadratic function of Figure 2 with noise, on the training grid.</summary>
/// <param name="Deviation">Of the noise.</param>
/// <param name="Noise">At each point.</param>
internal sealed record NoisySample(double Deviation, double[] Noise)
{
    /// <summary>The training grid on (−8, 8).</summary>
    internal static double[] Grid { get; } = Sample.Grid(-8, 8, NoisyPolynomial.Points);

    /// <summary>The points on (−2, 2) where the paper tests.</summary>
    internal static double[] Test { get; } = Sample.Grid(-2, 2, NoisyPolynomial.Points);

    /// <summary>The targets.</summary>
    internal double[] Y => [.. Grid.Zip(Noise, (x, noise) => NoisyPolynomial.Quadratic(x) + noise)];

    /// <summary>Normal noise.</summary>
    internal static NoisySample Draw(double deviation, Random random) =>
        new(deviation, [.. Grid.Select(_ => Normal.Sample(random, 0, deviation))]);

    /// <summary>What the rule of Figure 2 sees of some fits of these targets, one after another.</summary>
    internal NoisyFitResult Course(IReadOnlyList<(double[] OnTheGrid, double[] OnTheTest)> fits)
    {
        static double[] Off(double[] fit, double[] x) => [.. fit.Zip(x, (f, at) => f - NoisyPolynomial.Quadratic(at))];
        static double Error(double[] fit, double[] x) => Off(fit, x).Average(off => off * off);
        double Followed(double[] fit) => Off(fit, Grid).Zip(Noise, (off, noise) => off * noise).Sum() / Noise.Sum(noise => noise * noise);
        return new(
            "OneLayer",
            IsCubic: false,
            Deviation,
            UsesAdam: false,
            BatchSize: 10,
            Asked: fits.Count,
            Diverged: false,
            [.. fits.Select(fit => Followed(fit.OnTheGrid))],
            [.. fits.Select(fit => Error(fit.OnTheGrid, Grid))],
            [.. fits.Select(fit => Error(fit.OnTheTest, Test))],
            [],
            []);
    }
}
