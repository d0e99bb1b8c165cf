using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 4.3.1: on samples of a function the measures soon stop growing, which is why the thesis takes no more than 10. Judged from the
/// author's own networks.
/// </summary>
public sealed class Remark_Plateau
{
    private const string Claim = "smoothness.plateau";
    private const double Alpha = 0.01;
    private const int Fewest = 10;
    private const int First = 2;
    private const int Late = 8;
    private const int Last = 10;

    [Claim(Claim, Category = Category.Empirical)]
    public void GrowthOverTheLastTwoSizes_FallsShortOfItsShare()
    {
        var results = AuthorsResults.OrSkip();
        Experiment.Decide(Claim, Decide(results.Functions, recorded: true));
    }

    /// <summary>The mean of every measure at 2, 8 and 10 samples: levelling off, growing evenly, and faster and faster.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(1, 4.8, 5, 20, Verdict.Reproduced)]
    [InlineData(1, 4, 5, 20, Verdict.Inconclusive)]
    [InlineData(1, 2, 5, 20, Verdict.NotReproduced)]
    [InlineData(1, 4.8, 5, 9, Verdict.Inconclusive)]
    public void SyntheticNetworks_AreJudgedByTheRule(double first, double late, double last, int functions, Verdict expected)
    {
        // A factor by function, and a little noise that averages to nothing.
        NetworkOnSamples Of(int function, int samples, double mean)
        {
            var value = (mean + (0.1 * ((function % 2 * 2) - 1))) * (1 + (0.01 * function));
            return new(samples, 0, 1, 0, true, new(value, value, value, value));
        }

        Decide([.. Enumerable.Range(0, functions).Select(function => new FunctionNetworks(
            function, [Of(function, First, first), Of(function + 1, Late, late), Of(function, Last, last)]))])
            .Verdict.Should().Be(expected);
    }

    /// <summary>By function, what the last two sizes fall short of a quarter of all growth, over the largest size's mean.</summary>
    private static List<double> Shortfalls(IReadOnlyList<FunctionNetworks> functions, string measure)
    {
        var shortfalls = new List<double>();
        foreach (var function in functions)
        {
            var means = function.Networks.Where(one => one.Converged && one.Values is not null)
                .GroupBy(one => one.Samples, one => one.Values!.Of(measure)).ToDictionary(one => one.Key, one => one.Average());
            if (new[] { First, Late, Last }.All(means.ContainsKey))
            {
                var growth = (means[Last] - means[First]) * (Last - Late) / (Last - First);
                shortfalls.Add((growth - (means[Last] - means[Late])) / means[Last]);
            }
        }

        return shortfalls;
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<FunctionNetworks> functions, bool recorded = false)
    {
        List<Part> parts =
        [
            .. from measure in FourMeasures.Names
               let negated = Shortfalls(functions, measure).Select(value => -value).ToList()
               select Part.Below($"growth of {measure} from 8 to 10 samples above a quarter of that from 2 to 10", negated, 0, Fewest),
        ];
        var outcomes = Part.Judge(parts, Alpha);
        if (recorded)
        {
            parts.Zip(outcomes).ToList().ForEach(one => one.First.Record(one.Second, $"below 0, α = {Alpha} with Holm over the measures"));
        }

        var (met, failed) = (outcomes.Count(Outcome.Met), outcomes.Count(Outcome.Failed));
        var reason = $"of four measures {met} grow less from 8 to 10 samples than on average from 2 to 10, {failed} more";
        return (Outcomes.Majority(outcomes), reason);
    }
}
