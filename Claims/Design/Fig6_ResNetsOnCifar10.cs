using MathNet.Numerics.Statistics;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Design;

/// <summary>Figures 6, 8 and 9 and Table 1: residual networks on CIFAR-10 with the generalization layers GL and GLD.</summary>
public sealed class Fig6_ResNetsOnCifar10
{
    private const string Figure6 = "design.fig-6";
    private const string Table1 = "design.table-1";
    private const double OnPar = 0.5;
    private const double Margin = 0.8;
    private const double Level = 0.05;
    private const int AllImages = 50000;
    private const int AllEpochs = 200;
    private const int Needed = 3;
    private static readonly PublishedTable Printed = PublishedTable.Load("design-table-1");
    private static readonly string[] Depths = ["ResNet20", "ResNet56"];
    private static readonly string[] Layers = ["", " GL"];
    private static readonly string[] Rows = ["ResNet20", "ResNet56", "ResNet20 GLD 0.75", "ResNet56 GLD 0.5", "ResNet56 GLD 0.6"];

    [Claim(Figure6, Category = Category.Empirical)]
    public void GeneralizationLayer_InPlaceOfTheSecondStage_IsOnPar() => Experiment.JudgeQuick(Figure6, CifarResNets.Plan, (_, results) => JudgeOnPar(results));

    [Claim(Figure6, Category = Category.Nightly)]
    public void GeneralizationLayerInMoreRuns_InPlaceOfTheSecondStage_IsOnPar() => Experiment.JudgeNightly(Figure6, CifarResNets.Plan, (_, results) => JudgeOnPar(results));

    [Claim(Table1, Category = Category.Empirical)]
    public void Dropout_InTheAddedLayer_LowersTheErrors() => Experiment.JudgeQuick(Table1, CifarResNets.Plan, (_, results) => JudgeTable(results));

    [Claim(Table1, Category = Category.Nightly)]
    public void DropoutInMoreRuns_InTheAddedLayer_LowersTheErrors() => Experiment.JudgeNightly(Table1, CifarResNets.Plan, (_, results) => JudgeTable(results));

    [Claim(Figure6, Role.Control)]
    public void MadeUpErrors_AreJudgedOnPar()
    {
        static List<Run> Of(double plain, double layered, int epochs = AllEpochs, int runs = 5) =>
            [.. from depth in Depths from i in Enumerable.Range(0, runs) from layer in Layers select new Run(depth + layer, AllImages, epochs, (layer.Length > 0 ? layered : plain) + (0.05 * i))];
        DecideOnPar(Of(8.3, 8.4)).Verdict.Should().Be(Verdict.Reproduced);
        DecideOnPar(Of(8.3, 7)).Verdict.Should().Be(Verdict.Reproduced, "better is on par or better");
        DecideOnPar(Of(8.3, 8.4, runs: 2)).Verdict.Should().NotBe(Verdict.Reproduced);
        DecideOnPar([.. Of(8.3, 8.4).Where(run => run.Row.StartsWith("ResNet20", StringComparison.Ordinal)), .. Of(6.6, 9).Where(run => run.Row.StartsWith("ResNet56", StringComparison.Ordinal))]).Verdict.Should().Be(Verdict.Partly);
        DecideOnPar(Of(8.3, 9.5)).Verdict.Should().Be(Verdict.NotReproduced);
        DecideOnPar(Of(8.3, 8.4, epochs: 1)).Verdict.Should().Be(Verdict.Inconclusive);
    }

    [Claim(Table1, Role.Control)]
    public void MadeUpErrors_AreJudgedByTheTable()
    {
        List<Run> Of(Func<string, double> mean, int epochs = AllEpochs, int runs = 5) =>
            [.. from row in Rows from i in Enumerable.Range(0, runs) select new Run(row, AllImages, epochs, mean(row) + (0.05 * (i - 2)))];
        static double As(string row) => Printed[row, "error"].Value;
        DecideTable(Of(As)).Verdict.Should().Be(Verdict.Reproduced);
        DecideTable(Of(As, runs: 2)).Verdict.Should().Be(Verdict.Inconclusive, "two runs are too few");
        DecideTable(Of(As, epochs: 1)).Verdict.Should().Be(Verdict.Inconclusive);
        DecideTable(Of(row => As(row) + 2)).Verdict.Should().Be(Verdict.Partly, "all errors are off, the improvement is there");
        DecideTable(Of(row => row.StartsWith("ResNet20", StringComparison.Ordinal) ? 8.27 : 6.61)).Verdict.Should().NotBe(Verdict.Reproduced, "no improvement");
        DecideTable(Of(row => row.Contains("GLD", StringComparison.Ordinal) ? 9 : 7)).Verdict.Should().Be(Verdict.NotReproduced, "GLD is worse");
    }

    // Per cent after every epoch.
    private sealed record Run(string Row, int Images, int Epochs, double Error)
    {
        internal Run(CellResult cell, double[] errors)
            : this(cell.Result.GetProperty("network").GetString()!, cell.Result.GetProperty("images").GetInt32(), errors.Length, errors.Length > 0 ? errors[^1] : 100) => (Cell, Errors) = (cell, errors);

        internal CellResult? Cell { get; }

        internal double[] Errors { get; } = [];

        internal int TestImages => Cell!.Result.GetProperty("testImages").GetInt32();

        internal string Training => Epochs == AllEpochs && Images == AllImages ? "" : $"; not judged: trained for {Epochs} of {AllEpochs} epochs on {Images} of {AllImages} images";
    }

    private static (Verdict Verdict, string Reason) JudgeOnPar(IReadOnlyList<CellResult> results)
    {
        List<Run> runs = [.. All(results).Where(run => !run.Row.Contains("GLD", StringComparison.Ordinal))];
        Drawings.Figure6([.. runs.Select(run => (run.Row, run.Errors))], Size(runs));
        foreach (var run in runs)
        {
            Record(run, $"with GL at most {OnPar} above the plain network, at {AllEpochs} epochs on {AllImages} images{run.Training}");
        }

        return DecideOnPar(runs);
    }

    private static (Verdict Verdict, string Reason) JudgeTable(IReadOnlyList<CellResult> results)
    {
        List<Run> runs = [.. All(results).Where(run => !run.Row.EndsWith("GL", StringComparison.Ordinal))];
        var curves = runs.Select(run => (run.Row, run.Errors)).ToList();
        Drawings.Figure8(curves, Size(runs));
        Drawings.Figure9(curves, Size(runs));
        foreach (var run in runs)
        {
            Record(run, $"no rule of its own: the mean of the runs is held against the printed error{run.Training}");
        }

        TableFigure.Draw(
            "D, Table 1", "Test errors on CIFAR-10", "network", "test error (per cent)", runs[0].Training.Length > 0 ? "Our networks were trained for less than the paper's." : "",
            [.. runs.GroupBy(run => run.Row).Select(same => RecordMean(same.Key, [.. same]))]);

        return DecideTable(runs);
    }

    private static string Size(IReadOnlyList<Run> runs) => string.Join(" or ", runs.Select(run => $"{run.Images} training and {run.TestImages} test images").Distinct());

    private static IEnumerable<Run> All(IReadOnlyList<CellResult> results) =>
        results.Select(one => new Run(one, [.. one.Result.GetProperty("testError").EnumerateArray().Select(error => error.GetDouble())]));

    private static void Record(Run run, string rule)
    {
        Evidence.Record(run.Cell!.Figure($"test error of {run.Row} after {run.Epochs} epochs on {run.Images} images, per cent; the series has every epoch", run.Error, rule) with
        {
            Series = run.Errors,
            Samples = run.TestImages,
        });
        var isPrinted = Printed.RowNames.Contains(run.Row);
        Evidence.Record(run.Cell!.Figure($"parameters of {run.Row}", run.Cell!.Result.GetProperty("parameters").GetInt64(), "no rule: design.param-counts") with { Paper = isPrinted ? $"{Printed[run.Row, "parameters"]} million" : null });
    }

    // One error is printed, of one run as it seems: as uncertain as a run of ours, or where there is one of ours as its share of the 10 000 test images.
    private static ComparedCell RecordMean(string row, List<Run> runs)
    {
        const int TestImages = 10000;
        double[] errors = [.. runs.Select(run => run.Error)];
        var printed = Printed[row, "error"];
        static double Counted(double error, int images) => Math.Sqrt(error * (100 - error) / images);
        var (mine, theirs) = errors.Length > 1 ? (errors.StandardDeviation() / Math.Sqrt(errors.Length), errors.StandardDeviation()) : (Counted(errors[0], runs[0].TestImages), Counted(printed.Value, TestImages));
        theirs = Math.Sqrt((theirs * theirs) + (printed.Rounding * printed.Rounding / 3));
        var difference = runs[0].Training.Length == 0 ? Measurement.InErrors(errors.Average(), mine, printed.Value, theirs) : null;
        Evidence.Record(runs[0].Cell!.Figure($"test error of {row}, per cent, mean of {errors.Length} {(errors.Length == 1 ? "run" : "runs")}; the series has the runs", errors.Average(), $"within {Margin} of what is printed, at {AllEpochs} epochs on {AllImages} images{runs[0].Training}. Standard errors: {(errors.Length > 1 ? "from the deviation of our runs, for the printed error as for one run" : "of a share of the test images")}") with
        {
            Setting = row,
            Paper = $"{printed}",
            Uncertainty = mine,
            Samples = errors.Length,
            Series = errors,
            PaperDifference = difference,
        });
        return new("", row, errors.Average(), mine, printed.Value, theirs, difference);
    }

    private static (Verdict Verdict, string Reason) DecideOnPar(IReadOnlyList<Run> runs) => Statement.Judge(
        [.. Depths.Select(depth => Statement.Within($"{depth}, GL less plain, points", ConfidenceInterval.OfDifference(Errors(runs, $"{depth} GL"), Errors(runs, depth), 1 - (Level / 2)), double.NegativeInfinity, OnPar).If(IsComplete(runs, depth, $"{depth} GL")))],
        Depths.All(depth => IsComplete(runs, depth, $"{depth} GL")));

    private static (Verdict Verdict, string Reason) DecideTable(IReadOnlyList<Run> runs)
    {
        var complete = Rows.Where(row => IsComplete(runs, row)).ToList();
        var notNear = Rows.Select(row => complete.Contains(row) ? Difference(Errors(runs, row), Printed[row, "error"]).PValueOfEquivalence(-Margin, Margin) : 1).ToList();
        var adjusted = Holm.Adjust(notNear);
        var cells = Rows.Select((row, i) =>
        {
            var errors = Errors(runs, row);
            var outcome = !complete.Contains(row) ? Outcome.Undecided : adjusted[i] <= Level ? Outcome.Met : Differs(Difference(errors, Printed[row, "error"])) ? Outcome.Failed : Outcome.Undecided;
            return new Statement($"{row} {(errors.Length > 0 ? errors.Average() : double.NaN):F2}, printed {Printed[row, "error"]}", outcome);
        });
        var improvements = Depths.Select(depth =>
        {
            var best = Rows.Where(row => row.StartsWith($"{depth} ", StringComparison.Ordinal)).MinBy(row => Errors(runs, row).DefaultIfEmpty(double.PositiveInfinity).Average())!;
            return Statement.Within($"{depth} less {best}", ConfidenceInterval.OfDifference(Errors(runs, depth), Errors(runs, best), 1 - (Level / 2)), double.Epsilon, double.PositiveInfinity, isMain: true).If(IsComplete(runs, depth, best));
        });
        return Statement.Judge([.. cells, .. improvements], complete.Count == Rows.Length);
    }

    // The printed error is one more draw, with a uniform rounding, which has a third of its half unit's square as variance.
    private static Estimate Difference(double[] errors, PublishedValue printed) => new(
        errors.Average() - printed.Value,
        Math.Sqrt((errors.Variance() * (1 + (1.0 / errors.Length))) + (printed.Rounding * printed.Rounding / 3)),
        errors.Length - 1);

    private static bool Differs(Estimate difference) => difference.Interval(1 - (Level / Rows.Length)) is { Low: > 0 } or { High: < 0 };

    private static double[] Errors(IReadOnlyList<Run> runs, string row) => [.. runs.Where(run => run.Row == row).Select(run => run.Error)];

    private static bool IsComplete(IReadOnlyList<Run> runs, params string[] rows) =>
        rows.All(row => runs.Count(run => run.Row == row) >= Needed && runs.Where(run => run.Row == row).All(run => run.Images >= AllImages && run.Epochs >= AllEpochs));
}
