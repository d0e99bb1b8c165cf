using MathNet.Numerics.Distributions;

namespace Reproduce.Claims.Judging;

/// <summary>The one-sided binomial test.</summary>
internal static class BinomialTest
{
    /// <summary>The p-value: the probability of so many successes or more.</summary>
    /// <param name="successes">How many there were.</param>
    /// <param name="trials">Of how many, independent of each other.</param>
    /// <param name="probability">The probability of a success.</param>
    internal static double UpperTail(int successes, int trials, double probability) =>
        successes == 0 ? 1 : 1 - Binomial.CDF(probability, trials, successes - 1);
}
