using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Published;
using Reproduce.Randomness;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Table 4.1: how steadily networks and polynomials get rougher with the number of samples of a function of one variable. A cell is the
/// mean over functions of τ_b between measure and number of samples.
/// </summary>
public sealed class Table41_SampledFunctions
{
    private const string Claim = "smoothness.table-4.1";
    private const int PaperFunctions = 20;
    private const double Significance = 0.01;
    private static readonly int[] PaperSizes = [2, 3, 4, 5, 6, 7, 8, 9, 10];
    private static readonly PublishedTable Published = PublishedTable.Load("smoothness-table-4.1");

    [Claim(Claim, Category = Category.Empirical)]
    public void NetworksAndPolynomials_OnMoreSamples_GetRougher() => Experiment.JudgeQuick(Claim, SampledFunctions.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void NetworksAndPolynomials_OnMoreFunctions_GetRougher() => Experiment.JudgeNightly(Claim, SampledFunctions.Plan, Judge);

    /// <summary>
    /// The published means; cells off though the order holds; measures unrelated to size; sizes smaller than the paper's.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(1, 0, true, Verdict.Reproduced)]
    [InlineData(1, 0.12, true, Verdict.Partly)]
    [InlineData(0, 0, true, Verdict.NotReproduced)]
    [InlineData(1, 0, false, Verdict.Inconclusive)]
    public void SyntheticValues_AreJudgedByTheRule(double factor, double shift, bool atPaperSizes, Verdict expected) =>
        Decide(Synthetic(mean => (factor * mean) + shift) with { AtPaperSizes = atPaperSizes }).Verdict.Should().Be(expected);

    [Claim(Claim, Role.Control)]
    public void PolynomialsAboveNetworks_AreNotReproduced()
    {
        var table = Synthetic(mean => mean);
        var exchanged = table with { Leads = [.. table.Leads.Select(lead => lead.Select(one => -one).ToList())] };
        Decide(exchanged).Verdict.Should().Be(Verdict.NotReproduced);
    }

    /// <summary>
    /// The rates stated in claims.md, for 20 functions drawn from normal distributions of the published means and deviations.
    /// </summary>
    [Claim(Claim, Role.Control)]
    public void Cells_OfTheSamePopulation_AgreeSevenTimesInTenAndHardlyEverDiffer()
    {
        const int Count = 4000;
        var generator = Seed.Of(("claim", Claim), ("control", "same population")).Generator();
        var (agree, differ, atTheMargin) = (0, 0, 0);
        var population = new PublishedMean(0.72, 0.19, PaperFunctions, 0);
        IReadOnlyList<double> Drawn(double mean) =>
            [.. Enumerable.Range(0, PaperFunctions).Select(_ => Normal.Sample(generator, mean, population.Deviation))];
        for (var i = 0; i < Count; i++)
        {
            // The published mean is itself a draw.
            var theirs = Drawn(population.Mean);
            var published = new PublishedMean(theirs.Mean(), theirs.StandardDeviation(), PaperFunctions, 0);
            var outcome = PublishedMean.Judge([(published, Drawn(population.Mean))])[0];
            agree += outcome == Outcome.Met ? 1 : 0;
            differ += outcome == Outcome.Failed ? 1 : 0;
            atTheMargin += PublishedMean.Judge([(published, Drawn(population.Mean + published.Margin))])[0] == Outcome.Met ? 1 : 0;
        }

        var error = 4 * Math.Sqrt(0.25 / Count);
        Share("that agree", agree, "claims.md states about 7 in 10; within 0.03 and 4 standard errors")
            .Should().BeInRange(0.67 - error, 0.73 + error);
        Share("that differ", differ, "below 0.01 plus 4 standard errors").Should().BeLessThan(0.01 + (4 * Math.Sqrt(0.01 / Count)));
        Share("off by the margin that agree", atTheMargin, "below 0.05 plus 0.02, as the deviation is an estimate, and 4 standard errors")
            .Should().BeLessThan(0.07 + (4 * Math.Sqrt(0.07 / Count)));

        static double Share(string which, int count, string rule)
        {
            Evidence.Record(new Measurement($"share of cells of one population {which}", (double)count / Count, rule) { Samples = Count });
            return (double)count / Count;
        }
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        Drawings.Figure41();
        var functionCells = results.Where(one => one.Name != "polynomials").ToList();
        var polynomialCell = results.Single(one => one.Name == "polynomials");
        var functions = functionCells.Select(one => one.As<FunctionNetworks>()).ToList();
        var polynomials = polynomialCell.As<IReadOnlyList<PolynomialThroughSamples>>();
        var table = TableOf(functions, polynomials);
        Record(functionCells[0], polynomialCell, table.Cells, table.AtPaperSizes);

        // The variation alone is what equation 3.18 gives; the program that made the table adds the first slope.
        double[] variations = [.. TausOfPolynomials(polynomials, one => one.Variation).Values];
        Evidence.Record(polynomialCell.Figure(
            "mean τ_b of the variation of f′ of polynomials, without the first slope",
            variations.Mean(),
            "no rule: beside WP of the polynomials") with
        {
            Samples = variations.Length,
            Uncertainty = PublishedMean.ErrorOf(variations),
        });
        return Decide(table);
    }

    /// <summary>The rule on any networks and polynomials.</summary>
    internal static (Verdict Verdict, string Reason) Decide(
        IReadOnlyList<FunctionNetworks> functions, IReadOnlyList<PolynomialThroughSamples> polynomials) =>
        Decide(TableOf(functions, polynomials));

    /// <summary>τ_b of each function's converged networks.</summary>
    internal static SortedDictionary<int, double> TausOfNetworks(IReadOnlyList<FunctionNetworks> functions, string measure) =>
        Taus(functions.Select(function => (
            function.Function, function.Networks.Where(one => one.Converged).Select(one => (one.Samples, one.Values!.Of(measure))))));

    /// <summary>τ_b of each function's polynomials.</summary>
    internal static SortedDictionary<int, double> TausOfPolynomials(
        IReadOnlyList<PolynomialThroughSamples> polynomials, Func<PolynomialThroughSamples, double> value) =>
        Taus(
            from polynomial in polynomials
            group (polynomial.Samples, value(polynomial)) by polynomial.Function into one
            select (one.Key, (IEnumerable<(int, double)>)one));

    private static Table TableOf(IReadOnlyList<FunctionNetworks> functions, IReadOnlyList<PolynomialThroughSamples> polynomials)
    {
        var (cells, leads) = (new List<Cell>(), new List<IReadOnlyList<double>>());
        foreach (var measure in FourMeasures.Names)
        {
            var networks = TausOfNetworks(functions, measure);
            var interpolants = TausOfPolynomials(polynomials, one => one.Values.Of(measure));
            PublishedMean Mean(string kind) => new(Published[measure, kind], PaperFunctions);
            cells.Add(new Cell(measure, "networks", Mean("network"), [.. networks.Values]));
            cells.Add(new Cell(measure, "polynomials", Mean("polynomial"), [.. interpolants.Values]));
            leads.Add([.. from one in networks where interpolants.ContainsKey(one.Key) select one.Value - interpolants[one.Key]]);
        }

        cells.Add(ShareWithoutAFit(functions));
        return new Table(cells, leads, AreAtPaperSizes(functions));
    }

    /// <summary>At least 20 functions, with the thesis's sizes and ten networks each.</summary>
    internal static bool AreAtPaperSizes(IReadOnlyList<FunctionNetworks> functions)
    {
        var first = functions[0].Networks;
        return functions.Count >= PaperFunctions
            && first.Select(network => network.Samples).Distinct().Order().SequenceEqual(PaperSizes)
            && first.Count(network => network.Samples == PaperSizes[0]) == 10;
    }

    // The share of cases in which none of the networks fits.
    private static Cell ShareWithoutAFit(IReadOnlyList<FunctionNetworks> functions)
    {
        var text = PublishedTable.Load("smoothness-text");
        var cases = text["4.3.1 data set configurations", "count"].Value;
        var share = text["4.3.1 configurations that none of the 10 networks fits", "count"].Value / cases;
        var deviation = Math.Sqrt(share * (1 - share) / (cases / PaperFunctions));
        return new Cell(
            "share of cases without a network that fits",
            "",
            new PublishedMean(share, deviation, PaperFunctions, 0.5 / cases),
            [
                .. functions.Select(one => one.Networks.GroupBy(network => network.Samples)
                    .Average(group => group.Any(network => network.Converged) ? 0.0 : 1)),
            ]);
    }

    private static void Record(CellResult networks, CellResult polynomials, IReadOnlyList<Cell> cells, bool atPaperSizes)
    {
        var drawn = new List<ComparedCell>();
        foreach (var (cell, outcome) in cells.Zip(Outcomes(cells)))
        {
            var difference = cell.Published.Difference(cell.Ours);
            var (half, margin) = (PublishedMean.HalfWidth(difference), cell.Published.Margin);
            var rule = $"difference {difference.Value:F3} ± {half:F3} (90 %) inside ±{margin:F3}"
                + (atPaperSizes ? "" : "; not judged: fewer functions, sizes or networks than the paper's");
            var quantity = $"{cell.Name}{(cell.Kind == "" ? "" : ": mean τ_b")}; {outcome.InWords("agrees", "differs", "open")}";
            var mean = (cell.Kind == "polynomials" ? polynomials : networks).Figure(quantity, cell.Ours.Mean(), rule);
            var measured = cell.Published.Compare(mean, cell.Ours, atPaperSizes) with
            {
                Setting = $"{cell.Name}, mean over {cell.Ours.Count} functions",
                Paper = cell.Published.ToString(),
                Match = atPaperSizes ? outcome.AsMatch() : null,
                Series = cell.Ours.Count <= 200 ? cell.Ours : null,
            };
            Evidence.Record(measured);
            if (cell.Kind != "")
            {
                var (paper, error) = (cell.Published.Mean, cell.Published.OwnError);
                drawn.Add(new(cell.Kind, cell.Measure, measured.Value, measured.Uncertainty, paper, error, measured.PaperDifference));
            }
        }

        TableFigure.Draw(
            "B, Table 4.1",
            "Mean Kendall's τ_b of measure and number of samples",
            "measure",
            "mean τ_b",
            atPaperSizes ? "" : "Fewer functions, sizes or networks than the paper's.",
            drawn);
    }

    /// <summary>τ_b of each function that has an order, that is, networks of at least two sizes.</summary>
    internal static SortedDictionary<int, double> Taus(
        IEnumerable<(int Function, IEnumerable<(int Samples, double Value)> Networks)> functions)
    {
        var taus = new SortedDictionary<int, double>();
        foreach (var (function, networks) in functions)
        {
            double[] sizes = [.. networks.Select(one => (double)one.Samples)];
            var tau = sizes.Distinct().Count() > 1 ? Kendall.TauB(sizes, [.. networks.Select(one => one.Value)]) : double.NaN;
            if (!double.IsNaN(tau))
            {
                taus.Add(function, tau);
            }
        }

        return taus;
    }

    // Networks and polynomials in turn for each measure, then the share; for each measure networks less polynomials, by function.
    private sealed record Table(IReadOnlyList<Cell> Cells, IReadOnlyList<IReadOnlyList<double>> Leads, bool AtPaperSizes);

    private sealed record Cell(string Measure, string Kind, PublishedMean Published, IReadOnlyList<double> Ours)
    {
        internal string Name => Kind == "" ? Measure : $"{Measure}, {Kind}";
    }

    private static IReadOnlyList<Outcome> Outcomes(IReadOnlyList<Cell> cells) =>
        PublishedMean.Judge([.. cells.Select(cell => (cell.Published, cell.Ours))]);

    private static (Verdict Verdict, string Reason) Decide(Table table)
    {
        var (outcomes, leads) = (Outcomes(table.Cells), table.Leads);
        var (agree, differ) = (outcomes.Count(Outcome.Met), outcomes.Count(Outcome.Failed));
        int Sure(Func<Estimate, double> pValue) =>
            Holm.Adjust([.. leads.Select(lead => pValue(Estimate.OfMean(lead)))]).Count(p => p <= Significance);
        var (ahead, behind) = (Sure(lead => lead.PValueOfAbove(0)), Sure(lead => lead.PValueOfBelow(0)));
        var reason = $"{agree} of {outcomes.Count} cells agree, {differ} differ, {outcomes.Count(Outcome.Undecided)} are open; "
            + $"networks lie above polynomials for {ahead} of {leads.Count} measures; {leads[0].Count} functions";
        var verdict = !table.AtPaperSizes ? Verdict.Inconclusive
            : differ >= 5 || behind > 0 ? Verdict.NotReproduced
            : agree == outcomes.Count && ahead == leads.Count ? Verdict.Reproduced
            : ahead == leads.Count || agree >= 5 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, reason);
    }

    // 20 values with a mean that follows from the published one and the published deviation, of the same shape in each cell.
    private static Table Synthetic(Func<double, double> mean)
    {
        Cell Of(string measure, string kind, PublishedMean published) =>
            new(measure, kind, published, PublishedMean.Spread(mean(published.Mean), published.Deviation, PaperFunctions));
        List<Cell> cells =
        [
            .. from measure in FourMeasures.Names
               from kind in Published.ColumnNames
               select Of(measure, kind, new PublishedMean(Published[measure, kind], PaperFunctions)),
        ];
        return new Table(
            [.. cells, Of("share", "", new PublishedMean(0.13, 0.1, PaperFunctions, 0.005))],
            [.. cells.Chunk(2).Select(two => two[0].Ours.Zip(two[1].Ours, (network, polynomial) => network - polynomial).ToList())],
            AtPaperSizes: true);
    }
}
