using MathNet.Numerics.Distributions;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;

namespace Reproduce.Claims.Intervals.Support;

/// <summary>Networks drawn like those that were trained, on which the rules of Figs. 4 to 8 are tried.</summary>
internal static class DrawnNetworks
{
    private const int Trials = 100;
    private const int Lines = 300;

    // As between networks of one kind at 28 × 28, and between lines of one network.
    private const double OfReal = 0.05;
    private const double OfRandom = 0.1;
    private const double OfLines = 0.41;

    /// <summary>
    /// One network: its centre is normal around the mean, its intervals normal around its centre, cut to the range; a share of them lies
    /// in the bump instead.
    /// </summary>
    internal static IntervalRun Draw(
        Random generator, int side, int layers, bool isRandom, double mean, double range = 3, double bump = 0)
    {
        var centre = Normal.Sample(generator, mean, isRandom ? OfRandom : OfReal);
        double Interval() => generator.NextDouble() < bump
            ? 1.1 + (0.4 * generator.NextDouble())
            : Math.Clamp(Normal.Sample(generator, centre, OfLines), 0, range);
        return new(side, layers, isRandom, true, [.. Enumerable.Range(0, Lines).Select(_ => Interval())]);
    }

    /// <summary>How many of 100 verdicts are this one, recorded.</summary>
    internal static int Times(Verdict verdict, string what, Func<Verdict> decide)
    {
        var called = $"share of {what} that are called {verdict.Words()}";
        return (int)Math.Round(Trials * DrawnRate.Of(called, Trials, _ => decide() == verdict, "as often as claims.md states"));
    }
}
