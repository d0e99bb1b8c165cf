using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 4.4.1: a measure that is regularised on training points is lowered on test points, too. Judged from the author's own networks.
/// </summary>
public sealed class Remark_CarriesOver
{
    private const string Claim = "smoothness.carries-over";
    private const double Alpha = 0.01;
    private const int Fewest = 10;

    // WP has no points.
    private static readonly string[] Measures = ["GN", "PL0", "PL1"];

    [Claim(Claim, Category = Category.Empirical)]
    public void ReductionOnTestPoints_IsMostOfThatOnTrainingPoints()
    {
        var results = AuthorsResults.OrSkip();
        IReadOnlyList<Part> parts = [.. Measures.Select(measure => Of(measure, results.Regularised[measure]))];
        var outcomes = Part.Judge(parts, Alpha);
        parts.Zip(outcomes).ToList().ForEach(one => one.First.Record(one.Second, $"below 0, α = {Alpha} with Holm over the measures"));
        Experiment.Decide(Claim, Decide(outcomes));
    }

    /// <summary>Networks of which regularisation takes shares of a measure on training and on test points.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0.6, 0.6, Verdict.Reproduced)]
    [InlineData(0.6, 0.1, Verdict.NotReproduced)]
    [InlineData(0.6, 0.3, Verdict.Inconclusive)]
    public void SyntheticReductions_AreJudgedByTheRule(double training, double test, Verdict expected)
    {
        Part Made(string measure) => Of(measure, [.. Enumerable.Range(0, 20).SelectMany(pair => new[]
        {
            Network(pair, RegularisedDigits.None, 0, 1, 1),
            Network(pair, measure, 0.1, 1 - training, 1 - test + (pair % 2 == 0 ? 0.02 : -0.02)),
        })]);
        Decide(Part.Judge([.. Measures.Select(Made)], Alpha)).Verdict.Should().Be(expected);

        static RegularisedNetwork Network(int pair, string measure, double coefficient, double training, double test) => new(
            $"{pair}", 10_000, new RegularisedBy(measure, coefficient, 0.01, 1), new DigitNetwork(
                true, false, 1, 0, new(test, test, test, test), new(training, training, training, training), 0, 0, 0, 0));
    }

    // Half of the reduction on training points less that on test points, each relative, by data set, with the largest λ.
    private static Part Of(string measure, IReadOnlyList<RegularisedNetwork> networks)
    {
        static double Reduction(double with, double without) => 1 - (with / without);
        var values = from one in Table4_AuthorsResults.Strongest(networks, measure)
                     let with = one.With.Result
                     let without = one.Without.Result
                     select (Reduction(with.Training.Of(measure), without.Training.Of(measure)) / 2)
                         - Reduction(with.Test.Of(measure), without.Test.Of(measure));
        return Part.Below($"half of the reduction of {measure} on training points less that on test points", [.. values], 0, Fewest);
    }

    private static (Verdict Verdict, string Reason) Decide(Outcome[] outcomes)
    {
        var (met, failed) = (outcomes.Count(Outcome.Met), outcomes.Count(Outcome.Failed));
        var reason = $"of GN, PL0 and PL1 {met} keep more than half of their reduction on test points, {failed} less";
        return (Outcomes.Majority(outcomes), reason);
    }
}
