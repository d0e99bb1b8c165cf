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
/// Table 4.1: how steadily networks and polynomials get rougher with the number of samples of a function of one variable. A cell is the mean over
/// functions of τ_b between measure and number of samples.
/// </summary>
public sealed class Table41_SampledFunctions
{
    private const string Claim = "smoothness.table-4.1";
    private const int PaperFunctions = 20;
    private const double Significance = 0.01;
    private static readonly int[] PaperSizes = [2, 3, 4, 5, 6, 7, 8, 9, 10];
    private static readonly PublishedTable Printed = PublishedTable.Load("smoothness-table-4.1");

    [Claim(Claim, Category = Category.Empirical)]
    public void NetworksAndPolynomials_OnMoreSamples_GetRougher() => Experiment.JudgeQuick(Claim, SampledFunctions.Plan, Judge);

    [Claim(Claim, Category = Category.Nightly)]
    public void NetworksAndPolynomials_OnMoreFunctions_GetRougher() => Experiment.JudgeNightly(Claim, SampledFunctions.Plan, Judge);

    /// <summary>Values as the table prints them are reproduced; those of a null, of the opposite and of small samples are not.</summary>
    [Claim(Claim, Role.Control)]
    public void MadeUpValues_AreJudgedByTheRule()
    {
        Decide(MadeUp(mean => mean)).Verdict.Should().Be(Verdict.Reproduced);
        Decide(MadeUp(mean => mean + 0.12)).Verdict.Should().Be(Verdict.Partly, "the order holds, but cells are off");
        Decide(MadeUp(_ => 0)).Verdict.Should().Be(Verdict.NotReproduced, "measures that have nothing to do with size");
        Decide(MadeUp(mean => mean) with { AtPaperSizes = false }).Verdict.Should().Be(Verdict.Inconclusive);

        var exchanged = MadeUp(mean => mean);
        Decide(exchanged with { Leads = [.. exchanged.Leads.Select(lead => lead.Select(one => -one).ToList())] }).Verdict.Should().Be(Verdict.NotReproduced, "polynomials above networks");
    }

    /// <summary>The rates that claims.md states, for 20 functions drawn from normal distributions of the printed means and deviations.</summary>
    [Claim(Claim, Role.Control)]
    public void Cells_OfTheSamePopulation_AgreeSevenTimesInTenAndHardlyEverDiffer()
    {
        const int Count = 4000;
        var generator = Seed.Of(("claim", Claim), ("control", "same population")).Generator();
        var (agree, differ, atTheMargin) = (0, 0, 0);
        var population = new PrintedMean(0.72, 0.19, PaperFunctions, 0);
        IReadOnlyList<double> Drawn(double mean) => [.. Enumerable.Range(0, PaperFunctions).Select(_ => Normal.Sample(generator, mean, population.Deviation))];
        for (var i = 0; i < Count; i++)
        {
            // What is printed is itself a draw.
            var theirs = Drawn(population.Mean);
            var printed = new PrintedMean(theirs.Mean(), theirs.StandardDeviation(), PaperFunctions, 0);
            var outcome = PrintedMean.Judge([(printed, Drawn(population.Mean))])[0];
            (agree, differ) = (agree + (outcome == Outcome.Met ? 1 : 0), differ + (outcome == Outcome.Failed ? 1 : 0));
            atTheMargin += PrintedMean.Judge([(printed, Drawn(population.Mean + printed.Margin))])[0] == Outcome.Met ? 1 : 0;
        }

        double error = 4 * Math.Sqrt(0.25 / Count);
        Evidence.Record(new Measurement("share of cells of one population that agree", (double)agree / Count, "claims.md states about 7 in 10; within 0.03 and 4 standard errors") { Samples = Count });
        Evidence.Record(new Measurement("share of cells of one population that differ", (double)differ / Count, "below 0.01 plus 4 standard errors") { Samples = Count });
        Evidence.Record(new Measurement("share of cells off by the margin that agree", (double)atTheMargin / Count, "at most 0.05 plus 0.02 for the printed deviation, which is an estimate, and 4 standard errors") { Samples = Count });
        ((double)agree / Count).Should().BeInRange(0.67 - error, 0.73 + error);
        ((double)differ / Count).Should().BeLessThan(0.01 + (4 * Math.Sqrt(0.01 / Count)));
        ((double)atTheMargin / Count).Should().BeLessThan(0.07 + (4 * Math.Sqrt(0.07 / Count)));
    }

    private static (Verdict Verdict, string Reason) Judge(Profile profile, IReadOnlyList<CellResult> results)
    {
        Drawings.Figure41();
        var functions = results.Where(one => one.Name != "polynomials").Select(one => (Cell: one, Result: one.As<FunctionNetworks>())).ToList();
        var polynomialCell = results.Single(one => one.Name == "polynomials");
        var polynomials = polynomialCell.As<IReadOnlyList<PolynomialThroughSamples>>().GroupBy(one => one.Function).OrderBy(group => group.Key).ToList();
        var (cells, leads) = (new List<Cell>(), new List<IReadOnlyList<double>>());
        foreach (var measure in FourMeasures.Names)
        {
            var networks = Taus(functions.Select(one => (one.Result.Function, one.Result.Networks.Where(network => network.Converged).Select(network => (network.Samples, network.Values!.Of(measure))))));
            var interpolants = Taus(polynomials.Select(group => (group.Key, group.Select(one => (one.Samples, one.Values.Of(measure))))));
            cells.Add(new Cell($"{measure}, networks", new PrintedMean(Printed[measure, "network"], PaperFunctions), [.. networks.Values]));
            cells.Add(new Cell($"{measure}, polynomials", new PrintedMean(Printed[measure, "polynomial"], PaperFunctions), [.. interpolants.Values]));
            leads.Add([.. from one in networks where interpolants.ContainsKey(one.Key) select one.Value - interpolants[one.Key]]);
        }

        var text = PublishedTable.Load("smoothness-text");
        var (cases, without) = (text["4.3.1 data set configurations", "count"].Value, text["4.3.1 configurations that none of the 10 networks fits", "count"].Value);
        var share = without / cases;
        var perFunction = cases / PaperFunctions;
        cells.Add(new Cell(
            "share of cases without a network that fits",
            new PrintedMean(share, Math.Sqrt(share * (1 - share) / perFunction), PaperFunctions, 0.5 / cases),
            [.. functions.Select(one => one.Result.Networks.GroupBy(network => network.Samples).Average(group => group.Any(network => network.Converged) ? 0.0 : 1))]));
        var sizes = functions[0].Result.Networks.Select(network => network.Samples).Distinct().Order();
        var atPaperSizes = functions.Count >= PaperFunctions && sizes.SequenceEqual(PaperSizes) && functions[0].Result.Networks.Count(network => network.Samples == PaperSizes[0]) == 10;
        Record(functions[0].Cell, polynomialCell, cells, atPaperSizes);

        // What equation 3.18 gives for polynomials, which the program that made the table does not take.
        double[] variations = [.. Taus(polynomials.Select(group => (group.Key, group.Select(one => (one.Samples, one.Variation))))).Values];
        Evidence.Record(polynomialCell.Figure("mean τ_b of the variation of f′ of polynomials, without the first slope", variations.Mean(), "no rule: beside WP of the polynomials") with { Samples = variations.Length, Uncertainty = variations.StandardDeviation() / Math.Sqrt(variations.Length) });
        return Decide(new Table(cells, leads, atPaperSizes));
    }

    private static void Record(CellResult networks, CellResult polynomials, IReadOnlyList<Cell> cells, bool atPaperSizes)
    {
        var drawn = new List<ComparedCell>();
        foreach (var (cell, outcome) in cells.Zip(PrintedMean.Judge([.. cells.Select(cell => (cell.Printed, cell.Ours))])))
        {
            var difference = cell.Printed.Difference(cell.Ours);
            var error = cell.Ours.StandardDeviation() / Math.Sqrt(cell.Ours.Count);
            var inErrors = atPaperSizes ? cell.Printed.InErrors(cell.Ours) : null;
            if (cell.Name.Split(", ") is [var measure, var kind])
            {
                drawn.Add(new(kind, measure, cell.Ours.Mean(), error, cell.Printed.Mean, cell.Printed.OwnError, inErrors));
            }

            Evidence.Record((cell.Name.EndsWith("polynomials", StringComparison.Ordinal) ? polynomials : networks).Figure($"{cell.Name}{(cell.Name.StartsWith("share", StringComparison.Ordinal) ? "" : ": mean τ_b")}; {outcome.InWords("agrees", "differs", "open")}", cell.Ours.Mean(), $"difference {difference.Value:F3} ± {PrintedMean.HalfWidth(difference):F3} (90 %) inside ±{cell.Printed.Margin:F3}{(atPaperSizes ? "" : "; not judged: fewer functions, sizes or networks than the paper's")}") with
            {
                Setting = $"{cell.Name}, mean over {cell.Ours.Count} functions",
                Paper = cell.Printed.ToString(),
                Uncertainty = error,
                PaperDifference = inErrors,
                Samples = cell.Ours.Count,
                Series = cell.Ours.Count <= 200 ? cell.Ours : null,
            });
        }

        TableFigure.Draw("B, Table 4.1", "Mean Kendall's τ_b of measure and number of samples", "measure", "mean τ_b", atPaperSizes ? "" : "Fewer functions, sizes or networks than the paper's.", drawn);
    }

    // τ_b of each function that has an order: networks of two sizes at least.
    private static SortedDictionary<int, double> Taus(IEnumerable<(int Function, IEnumerable<(int Samples, double Value)> Networks)> functions)
    {
        var taus = new SortedDictionary<int, double>();
        foreach (var (function, networks) in functions)
        {
            var all = networks.ToList();
            if (all.Select(one => one.Samples).Distinct().Count() > 1 && Kendall.TauB([.. all.Select(one => (double)one.Samples)], [.. all.Select(one => one.Value)]) is var tau && !double.IsNaN(tau))
            {
                taus.Add(function, tau);
            }
        }

        return taus;
    }

    // Networks and polynomials in turn for each measure, then the share; for each measure networks less polynomials, by function.
    private sealed record Table(IReadOnlyList<Cell> Cells, IReadOnlyList<IReadOnlyList<double>> Leads, bool AtPaperSizes);

    private sealed record Cell(string Name, PrintedMean Printed, IReadOnlyList<double> Ours);

    private static (Verdict Verdict, string Reason) Decide(Table table)
    {
        var outcomes = PrintedMean.Judge([.. table.Cells.Select(cell => (cell.Printed, cell.Ours))]);
        var leads = table.Leads;
        int Sure(Func<Estimate, double> pValue) => Holm.Adjust([.. leads.Select(lead => pValue(Estimate.OfMean(lead)))]).Count(p => p <= Significance);
        var (ahead, behind) = (Sure(lead => lead.PValueOfAbove(0)), Sure(lead => lead.PValueOfBelow(0)));
        int Count(Outcome outcome) => outcomes.Count(one => one == outcome);
        var reason = $"{Count(Outcome.Met)} of {outcomes.Count} cells agree, {Count(Outcome.Failed)} differ, {Count(Outcome.Undecided)} are open; networks lie above polynomials for {ahead} of {leads.Count} measures; {leads[0].Count} functions";
        var verdict = !table.AtPaperSizes ? Verdict.Inconclusive
            : Count(Outcome.Failed) >= 5 || behind > 0 ? Verdict.NotReproduced
            : Count(Outcome.Met) == outcomes.Count && ahead == leads.Count ? Verdict.Reproduced
            : ahead == leads.Count || Count(Outcome.Met) >= 5 ? Verdict.Partly
            : Verdict.Inconclusive;
        return (verdict, reason);
    }

    // 20 values with a mean that follows from the printed one and the printed deviation, the same shape in each cell.
    private static Table MadeUp(Func<double, double> mean)
    {
        double[] shape = [.. Enumerable.Range(0, PaperFunctions).Select(i => Normal.InvCDF(0, 1, (i + 0.5) / PaperFunctions))];
        Cell Of(string name, PrintedMean printed) => new(name, printed, [.. shape.Select(z => mean(printed.Mean) + (printed.Deviation * z))]);
        var cells = (from measure in FourMeasures.Names from kind in Printed.ColumnNames select Of($"{measure} {kind}", new PrintedMean(Printed[measure, kind], PaperFunctions))).ToList();
        return new Table(
            [.. cells, Of("share", new PrintedMean(0.13, 0.1, PaperFunctions, 0.005))],
            [.. cells.Chunk(2).Select(two => two[0].Ours.Zip(two[1].Ours, (network, polynomial) => network - polynomial).ToList())],
            AtPaperSizes: true);
    }
}
