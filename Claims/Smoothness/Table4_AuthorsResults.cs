using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Tables 4.1 to 4.4 and the counts in their text, from the author's own results; and what the rules of the tables' claims say of his
/// networks. Pending where the files are not available.
/// </summary>
public sealed class Table4_AuthorsResults
{
    private const string Claim = "smoothness.authors-results";
    private static readonly PublishedTable Text = PublishedTable.Load("smoothness-text");

    /// <summary>A printed figure and the same from the results.</summary>
    private sealed record Pair(string Name, double Printed, double Rounding, double Found)
    {
        /// <summary>What is printed is a bound from above.</summary>
        internal bool IsBound { get; init; }

        // The middle between two printed numbers, such as 0.305, is no binary fraction.
        internal bool Agrees => (IsBound ? Found - Printed : Math.Abs(Found - Printed)) <= Rounding + 1e-9;
    }

    [Claim(Claim, Category = Category.Empirical)]
    public void PrintedFigures_FollowFromTheResults()
    {
        var results = AuthorsResults.OrSkip();
        IReadOnlyList<Pair> pairs = [.. OnSamples(results), .. OnDigits(results), .. WithRegularisers(results), .. InTheText(results)];
        foreach (var pair in pairs)
        {
            var rule = $"within {pair.Rounding} of the printed figure";
            Evidence.Record(new Measurement($"{pair.Name}, from the author's files", pair.Found, rule)
            {
                Paper = FormattableString.Invariant($"{pair.Printed}"),
                Data = results.Stamp.ToString(),
                Setting = pair.Agrees ? "agrees" : "differs",
            });
        }

        Experiment.Decide(Claim, Decide(pairs));
    }

    /// <summary>All figures as printed; one off by a digit of 52; six; and one off by less than its rounding.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(0, 0.01, Verdict.Reproduced)]
    [InlineData(1, 0.01, Verdict.Partly)]
    [InlineData(6, 0.01, Verdict.NotReproduced)]
    [InlineData(1, 0.004, Verdict.Reproduced)]
    public void SyntheticFigures_AreJudgedByTheRule(int off, double by, Verdict expected) =>
        Decide([.. Enumerable.Range(0, 52).Select(i => new Pair($"{i}", 0.5, 0.005, i < off ? 0.5 + by : 0.5))])
            .Verdict.Should().Be(expected);

    /// <summary>
    /// The power of the rules on networks of which the tables are true: at the paper's size each says what claims.md states for it.
    /// </summary>
    [Claim(Claim, Role.Control)]
    public void RulesOfTheTables_OnTheAuthorsNetworks_SayWhatIsStated()
    {
        var results = AuthorsResults.OrSkip();
        var (small, usual) = (Orders(results, Table42_SmallInitialisation.Scale), Orders(results, Table43_UsualInitialisation.Scale));
        var ratios = Regularised.Of(results.Regularised);
        Table41_SampledFunctions.Decide(results.Functions, results.Polynomials).Verdict
            .Should().Be(Verdict.Partly, "with 20 functions the polynomials are not surely below the networks in PL0");
        Table42_SmallInitialisation.Decide(small, atPaperSizes: true).Verdict.Should().Be(Verdict.Reproduced);
        Table43_UsualInitialisation.Decide(usual, small, atPaperSizes: true).Verdict.Should().Be(Verdict.Reproduced);
        Table44_Regularisers.Decide(ratios).Verdict.Should().Be(Verdict.Reproduced);
        Remark_FirstOrderRuledOut.Decide(results.Digits, ratios).Verdict.Should().Be(Verdict.Reproduced);
    }

    /// <summary>
    /// The 15 pairs of the standard profile decide Table 4.2 from sizes to 1024 on, and Table 4.3 already to 256; two pairs decide nothing.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(15, 256, Verdict.Inconclusive, Verdict.Partly)]
    [InlineData(2, 8192, Verdict.Inconclusive, Verdict.Inconclusive)]
    [InlineData(15, 1024, Verdict.Partly, Verdict.Partly)]
    [InlineData(15, 2048, Verdict.Partly, Verdict.Partly)]
    public void RulesForSmallerSizes_OnTheAuthorsNetworks_SayWhatIsStated(int pairs, int largest, Verdict table42, Verdict table43)
    {
        string[] chosen = [.. IncreasingDigits.PairsOfStandard.Take(pairs)];
        var results = AuthorsResults.OrSkip();
        List<DigitNetworks> some = [.. results.Digits.Where(one => chosen.Contains(one.Pair) && one.Points <= largest)];
        var small = DigitOrders.Of(some, Table42_SmallInitialisation.Scale);
        Table42_SmallInitialisation.Decide(small, atPaperSizes: false).Verdict.Should().Be(table42);
        Table43_UsualInitialisation.Decide(DigitOrders.Of(some, Table43_UsualInitialisation.Scale), small, atPaperSizes: false).Verdict
            .Should().Be(table43);
    }

    /// <summary>
    /// What keeps everything trivial and nothing that is claimed: the author's networks with their sizes exchanged at random, and with GN
    /// in the place of PL1. Neither is reproduced, nor partly.
    /// </summary>
    [Claim(Claim, Role.Control)]
    public void RulesOfTable42_OnShuffledNetworks_FindNothing()
    {
        var results = AuthorsResults.OrSkip();
        var generator = Randomness.Seed.Of(("claim", Claim), ("control", "shuffled sizes")).Generator();
        var shuffled = results.Digits.GroupBy(one => one.Pair).SelectMany(pair =>
        {
            int[] sizes = [.. pair.Select(one => one.Points)];
            generator.Shuffle(sizes);
            return pair.Zip(sizes, (one, points) => one with { Points = points });
        }).ToList();
        var orders = DigitOrders.Of(shuffled, Table42_SmallInitialisation.Scale);
        Table42_SmallInitialisation.Decide(orders, atPaperSizes: true).Verdict.Should().Be(Verdict.NotReproduced);
        Table42_SmallInitialisation.Decide(orders, atPaperSizes: false).Verdict.Should().Be(Verdict.NotReproduced);

        static FourMeasures Exchanged(FourMeasures one) => one with { GN = one.PL1, PL1 = one.GN };
        List<DigitNetworks> exchanged =
        [
            .. results.Digits.Select(cell => cell with
            {
                Networks =
                [
                    .. cell.Networks.Select(one => one with { Result = one.Result with { Test = Exchanged(one.Result.Test) } }),
                ],
            }),
        ];
        var ofExchanged = DigitOrders.Of(exchanged, Table42_SmallInitialisation.Scale);
        Table42_SmallInitialisation.Decide(ofExchanged, atPaperSizes: true).Verdict.Should().Be(Verdict.NotReproduced);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Pair> pairs)
    {
        var off = pairs.Where(one => !one.Agrees).ToList();
        var verdict = off.Count == 0 ? Verdict.Reproduced
            : off.Count * 10 <= pairs.Count ? Verdict.Partly
            : Verdict.NotReproduced;
        var which = string.Join(
            "; ", off.Select(one => FormattableString.Invariant($"{one.Name} is {one.Found:G4}, printed {one.Printed}")));
        var follow = $"{pairs.Count - off.Count} of {pairs.Count} printed figures follow from the author's files";
        return (verdict, off.Count == 0 ? follow : $"{follow}; {which}");
    }

    private static IReadOnlyList<DigitOrders> Orders(ThesisResults results, double scale) => DigitOrders.Of(results.Digits, scale);

    private static IEnumerable<Pair> OnSamples(ThesisResults results)
    {
        var table = PublishedTable.Load("smoothness-table-4.1");
        return
            from measure in FourMeasures.Names
            from kind in table.ColumnNames
            let taus = kind == "network"
                ? Table41_SampledFunctions.TausOfNetworks(results.Functions, measure)
                : Table41_SampledFunctions.TausOfPolynomials(results.Polynomials, one => one.Values.Of(measure))
            from pair in MeanAndDeviation($"Table 4.1, {measure}, {kind}", table[measure, kind], taus.Values)
            select pair;
    }

    private static IEnumerable<Pair> OnDigits(ThesisResults results) =>
        from one in ((string, double)[])[("4.2", Table42_SmallInitialisation.Scale), ("4.3", Table43_UsualInitialisation.Scale)]
        let orders = Orders(results, one.Item2)
        let table = PublishedTable.Load($"smoothness-table-{one.Item1}")
        from measure in FourMeasures.Names
        from pair in MeanAndDeviation($"Table {one.Item1}, {measure}", table[measure, "tau"], orders.Select(order => order.Tau(measure)))
        select pair;

    // The thesis excludes no data set for GN, whose mean without a regulariser is that of all; the ratio is that of converged networks.
    private static IEnumerable<Pair> WithRegularisers(ThesisResults results)
    {
        var table = PublishedTable.Load("smoothness-table-4.4");
        var ratios = Regularised.Of(results.Regularised);
        foreach (var measure in FourMeasures.Names)
        {
            var networks = results.Regularised[measure];
            var strongest = Strongest(networks, measure);
            var without = measure == "GN"
                ? networks.Where(one => one.Kind.Measure == RegularisedDigits.None)
                : strongest.Select(one => one.Without);
            foreach (var (column, values) in ((string, IEnumerable<double>)[])
                [
                    ("unregularised", without.Select(one => one.Result.Test.Of(measure))),
                    ("regularised", strongest.Select(one => one.With.Result.Test.Of(measure))),
                    ("normalised", ratios.Of(measure)),
                ])
            {
                foreach (var pair in MeanAndDeviation($"Table 4.4, {measure}, {column}", table[measure, column], values))
                {
                    yield return pair;
                }
            }
        }
    }

    private static IEnumerable<Pair> InTheText(ThesisResults results)
    {
        var cases = results.Functions.SelectMany(one => one.Networks.GroupBy(network => network.Samples)).ToList();
        var withoutAFit = cases.Count(one => !one.Any(network => network.Converged));
        var change = FourMeasures.Names.Max(measure => Math.Abs(Remark_Unconverged.Changes(results.Functions, measure).Average()));
        var limit = Text["4.3.1 change of mean tau by networks that did not converge at most", "tau"];
        yield return Count("4.3.1 data set configurations", cases.Count);
        yield return Count("4.3.1 configurations that none of the 10 networks fits", withoutAFit);
        yield return new Pair("largest change of a mean τ_b by networks that did not converge", limit.Value, limit.Rounding, change)
        {
            IsBound = true,
        };
        foreach (var (section, measure) in ((string, string)[])[("4.4.2", "PL0"), ("4.4.3", "PL1"), ("4.4.4", "WP")])
        {
            var converged = Strongest(results.Regularised[measure], measure).Count;
            yield return Count($"{section} data sets of 45 that did not converge with {measure}", DigitOrders.PaperPairs - converged);
        }

        static Pair Count(string row, int found) => new(row, Text[row, "count"].Value, 0, found);
    }

    /// <summary>Those with the largest λ, and the networks without one that belong to them, where both converged.</summary>
    internal static IReadOnlyList<(RegularisedNetwork With, RegularisedNetwork Without)> Strongest(
        IReadOnlyList<RegularisedNetwork> networks, string measure)
    {
        var largest = networks.Max(one => one.Kind.Coefficient);
        return [.. Regularised.Converged(networks, measure).Where(one => one.With.Kind.Coefficient == largest)];
    }

    private static IEnumerable<Pair> MeanAndDeviation(string name, PublishedValue printed, IEnumerable<double> values)
    {
        double[] all = [.. values];
        yield return new Pair($"{name}, mean", printed.Value, printed.Rounding, all.Mean());
        if (printed.StandardDeviation is { } deviation)
        {
            yield return new Pair($"{name}, deviation", deviation, printed.Rounding, all.StandardDeviation());
        }
    }
}
