using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Fixtures.Published;
using Reproduce.Randomness;

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
    private const int AllTestImages = 10000;
    private const int AllEpochs = 200;
    private const int Needed = 3;
    private static readonly PublishedTable Printed = PublishedTable.Load("design-table-1");
    private static readonly string[] Depths = ["ResNet20", "ResNet56"];
    private static readonly string[] Rows = ["ResNet20", "ResNet56", "ResNet20 GLD 0.75", "ResNet56 GLD 0.5", "ResNet56 GLD 0.6"];

    [Claim(Figure6, Category = Category.Empirical)]
    public void GeneralizationLayer_InPlaceOfTheSecondStage_IsOnPar() =>
        Experiment.JudgeQuick(Figure6, CifarResNets.Plan, (_, results) => JudgeOnPar(results));

    [Claim(Figure6, Category = Category.Nightly)]
    public void GeneralizationLayerInMoreRuns_InPlaceOfTheSecondStage_IsOnPar() =>
        Experiment.JudgeNightly(Figure6, CifarResNets.Plan, (_, results) => JudgeOnPar(results));

    [Claim(Table1, Category = Category.Empirical)]
    public void Dropout_InTheAddedLayer_LowersTheErrors() =>
        Experiment.JudgeQuick(Table1, CifarResNets.Plan, (_, results) => JudgeTable(results));

    [Claim(Table1, Category = Category.Nightly)]
    public void DropoutInMoreRuns_InTheAddedLayer_LowersTheErrors() =>
        Experiment.JudgeNightly(Table1, CifarResNets.Plan, (_, results) => JudgeTable(results));

    /// <summary>The plain networks' errors are 8.3 and 6.5, and up; those with GL are given for ResNet20 and ResNet56.</summary>
    [ClaimRows(Figure6, Role.Control)]
    [InlineData(8.4, 6.6, AllEpochs, 5, Verdict.Reproduced, "on par")]
    [InlineData(7, 5, AllEpochs, 5, Verdict.Reproduced, "better is on par or better")]
    [InlineData(8.4, 6.6, AllEpochs, 2, Verdict.Inconclusive, "two runs are too few")]
    [InlineData(8.4, 9.1, AllEpochs, 5, Verdict.Partly, "one depth alone")]
    [InlineData(9.0, 7.2, AllEpochs, 5, Verdict.Partly, "on par with what was printed, not with our plain networks")]
    [InlineData(9.8, 8.1, AllEpochs, 5, Verdict.NotReproduced, "worse at both depths")]
    [InlineData(8.4, 6.6, 1, 5, Verdict.Inconclusive, "too short")]
    public void SyntheticErrors_AreJudgedOnPar(
        double withLayer20, double withLayer56, int epochs, int runs, Verdict verdict, string because)
    {
        (string Row, double Error)[] rows =
            [("ResNet20", 8.3), ("ResNet56", 6.5), ("ResNet20 GL", withLayer20), ("ResNet56 GL", withLayer56)];
        Run[] synthetic =
        [
            .. from row in rows
               from i in Enumerable.Range(0, runs)
               select new Run(row.Row, AllImages, epochs, row.Error + (0.05 * i)),
        ];
        DecideOnPar(synthetic).Verdict.Should().Be(verdict, because);
    }

    /// <summary>
    /// Runs drawn with a deviation: GL exactly as good as the plain networks, whose errors are those of Table 1, or worse. Given are the
    /// runs, the deviation, the verdict that counts, and bounds of its rate.
    /// </summary>
    [ClaimRows(Figure6, Role.Control)]
    [InlineData(0, 20, 0.25, Verdict.Reproduced, 0.95, 1)]
    [InlineData(0, 10, 0.25, Verdict.Reproduced, 0.75, 0.97)]
    [InlineData(0, 5, 0.25, Verdict.Reproduced, 0, 0.4)]
    [InlineData(1.5, 20, 0.25, Verdict.NotReproduced, 0.95, 1)]
    [InlineData(0.5, 20, 0.25, Verdict.Reproduced, 0, 0.05)]
    public void RunsWithGlOfOnePopulation_GetTheVerdictAtTheStatedRate(
        double worse, int runs, double deviation, Verdict verdict, double low, double high)
    {
        double Mean(string row) => Printed[row.Split(' ')[0], "error"].Value + (row.EndsWith("GL", StringComparison.Ordinal) ? worse : 0);
        string[] rows = [.. Depths, .. Depths.Select(depth => $"{depth} GL")];
        CheckRate($"GL {worse} worse", rows, Mean, runs, deviation, DecideOnPar, verdict, low, high);
    }

    /// <summary>
    /// Runs drawn with a deviation about the printed means, which are draws themselves; about means without any improvement; or with twice
    /// the printed errors. Given as for GL.
    /// </summary>
    [ClaimRows(Table1, Role.Control)]
    [InlineData("as printed", 20, 0.15, Verdict.Reproduced, 0.95, 1)]
    [InlineData("as printed", 20, 0.2, Verdict.Reproduced, 0.75, 0.95)]
    [InlineData("as printed", 20, 0.25, Verdict.Reproduced, 0.3, 0.6)]
    [InlineData("as printed", 5, 0.25, Verdict.Reproduced, 0, 0.2)]
    [InlineData("no improvement", 20, 0.25, Verdict.Reproduced, 0, 0.01)]
    [InlineData("no improvement", 20, 0.25, Verdict.Partly, 0, 0.05)]
    [InlineData("no improvement", 5, 0.25, Verdict.Partly, 0, 0.05)]
    public void RunsOfTheTable_GetTheVerdictAtTheStatedRate(
        string world, int runs, double deviation, Verdict verdict, double low, double high)
    {
        double Mean(string row) => Printed[world == "as printed" ? row : row.Split(' ')[0], "error"].Value;
        CheckRate(world, Rows, Mean, runs, deviation, DecideTable, verdict, low, high);
    }

    // A printed error is one draw: it is kept, and the true mean is drawn about it.
    private static void CheckRate(
        string world,
        string[] rows,
        Func<string, double> mean,
        int runs,
        double deviation,
        Func<IReadOnlyList<Run>, (Verdict Verdict, string Reason)> decide,
        Verdict verdict,
        double low,
        double high)
    {
        const int Count = 500;
        var random = Seed.Of(("claim", Table1), ("control", "power")).Generator();
        var isAsPrinted = world == "as printed";
        Run[] Drawn() =>
        [
            .. from row in rows
               let centre = isAsPrinted ? Normal.Sample(random, mean(row), deviation) : mean(row)
               from i in Enumerable.Range(0, runs)
               select new Run(row, AllImages, AllEpochs, Normal.Sample(random, centre, deviation)),
        ];
        var what = $"share {verdict.Words()}, {world}, {runs} runs of deviation {deviation}";
        DrawnRate.Of(what, Count, _ => decide(Drawn()).Verdict == verdict, $"{low} to {high}").Should().BeInRange(low, high);
    }

    /// <summary>Errors as printed plus an offset, one for the plain networks and one for those with GLD.</summary>
    [ClaimRows(Table1, Role.Control)]
    [InlineData(0, 0, AllEpochs, 5, Verdict.Reproduced, "the printed errors")]
    [InlineData(0, 0, AllEpochs, 2, Verdict.Inconclusive, "two runs are too few")]
    [InlineData(0, 0, 1, 5, Verdict.Inconclusive, "too short")]
    [InlineData(2, 2, AllEpochs, 5, Verdict.Partly, "all errors are off, the improvement is there")]
    [InlineData(0, 3, AllEpochs, 5, Verdict.NotReproduced, "GLD is worse")]
    public void SyntheticErrors_AreJudgedByTheTable(double plain, double gld, int epochs, int runs, Verdict verdict, string because) =>
        DecideTable(Synthetic(row => Printed[row, "error"].Value + (IsGld(row) ? gld : plain), epochs, runs))
            .Verdict.Should().Be(verdict, because);

    [Claim(Table1, Role.Control)]
    public void SyntheticErrors_WithoutAnImprovement_AreNotReproduced() =>
        DecideTable(Synthetic(row => Printed[row.Split(' ')[0], "error"].Value)).Verdict.Should().NotBe(Verdict.Reproduced);

    private static Run[] Synthetic(Func<string, double> mean, int epochs = AllEpochs, int runs = 5) =>
    [
        .. from row in Rows
           from i in Enumerable.Range(0, runs)
           select new Run(row, AllImages, epochs, mean(row) + (0.05 * (i - 2))),
    ];

    // Errors per cent: after the last epoch, the smallest one, and after every epoch.
    private sealed record Run(string Row, int Images, int Epochs, double Error)
    {
        private Run(CellResult cell, TrainedResNet network, double[] errors)
            : this(network.Network, network.Images, errors.Length, errors.LastOrDefault(100)) =>
            (Cell, Network, Errors, Best) = (cell, network, errors, errors.DefaultIfEmpty(100).Min());

        internal double Best { get; } = Error;

        internal CellResult? Cell { get; }

        internal TrainedResNet? Network { get; }

        internal double[] Errors { get; } = [];

        internal string Training => Epochs == AllEpochs && Images == AllImages
            ? ""
            : $"; not judged: trained for {Epochs} of {AllEpochs} epochs on {Images} of {AllImages} images";

        internal static Run Of(CellResult cell)
        {
            var network = cell.As<TrainedResNet>();
            return new(cell, network, [.. network.TestError]);
        }
    }

    private static bool IsGld(string row) => row.Contains("GLD", StringComparison.Ordinal);

    private static (Verdict Verdict, string Reason) JudgeOnPar(IReadOnlyList<CellResult> results)
    {
        List<Run> runs = [.. results.Select(Run.Of).Where(run => !IsGld(run.Row))];
        Drawings.Figure6([.. runs.Select(run => (run.Row, run.Errors))], Size(runs));
        foreach (var run in runs)
        {
            Record(run, $"with GL at most {OnPar} above the plain network, at {AllEpochs} epochs on {AllImages} images{run.Training}");
        }

        return DecideOnPar(runs);
    }

    private static (Verdict Verdict, string Reason) JudgeTable(IReadOnlyList<CellResult> results)
    {
        List<Run> runs = [.. results.Select(Run.Of).Where(run => !run.Row.EndsWith("GL", StringComparison.Ordinal))];
        var curves = runs.Select(run => (run.Row, run.Errors)).ToList();
        Drawings.Figure8(curves, Size(runs));
        Drawings.Figure9(curves, Size(runs));
        foreach (var run in runs)
        {
            Record(run, $"no rule of its own: the mean of the runs is compared with the printed error{run.Training}");
        }

        TableFigure.Draw(
            "D, Table 1",
            "Test errors on CIFAR-10",
            "network",
            "test error (per cent)",
            runs[0].Training.Length > 0 ? "Our networks were trained for less than the paper's." : "",
            [.. runs.GroupBy(run => run.Row).Select(same => RecordMean(same.Key, [.. same]))]);

        return DecideTable(runs);
    }

    private static string Size(IReadOnlyList<Run> runs) => string.Join(
        " or ", runs.Select(run => $"{run.Images} training and {run.Network!.TestImages} test images").Distinct());

    private static void Record(Run run, string rule)
    {
        var quantity = $"test error of {run.Row} after {run.Epochs} epochs on {run.Images} images, per cent; the series has every epoch";
        Evidence.Record(run.Cell!.Figure(quantity, run.Error, rule) with { Series = run.Errors, Samples = run.Network!.TestImages });
        Evidence.Record(run.Cell!.Figure($"parameters of {run.Row}", run.Network.Parameters, "no rule: design.param-counts") with
        {
            Paper = Printed.RowNames.Contains(run.Row) ? $"{Printed[run.Row, "parameters"]} million" : null,
        });
    }

    // Of the best epochs, as the table is judged. The printed error seems to be that of one run: it is taken to be as uncertain as a
    // run of ours, or where there is only one run as a share of the 10 000 test images.
    private static ComparedCell RecordMean(string row, List<Run> runs)
    {
        double[] errors = [.. runs.Select(run => run.Best)];
        var (printed, first) = (Printed[row, "error"], runs[0]);
        static double Counted(double error, int images) => Math.Sqrt(error * (100 - error) / images);
        var (mine, theirs) = errors.Length > 1
            ? (errors.StandardDeviation() / Math.Sqrt(errors.Length), errors.StandardDeviation())
            : (Counted(errors[0], first.Network!.TestImages), Counted(printed.Value, AllTestImages));
        theirs = Math.Sqrt((theirs * theirs) + (printed.Rounding * printed.Rounding / 3));
        var difference = first.Training.Length == 0 ? Measurement.InErrors(errors.Average(), mine, printed.Value, theirs) : null;
        var source = errors.Length > 1
            ? "from the deviation of our runs, for the printed error as for one run"
            : "of a share of the test images";
        var figure = first.Cell!.Figure(
            $"test error of {row} after its best epoch, per cent, mean of {errors.Length} {(errors.Length == 1 ? "run" : "runs")}; "
                + "the series has the runs",
            errors.Average(),
            $"within {Margin} of what is printed, at {AllEpochs} epochs on {AllImages} images{first.Training}. Standard errors: {source}");
        Evidence.Record(figure with
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

    private static (Verdict Verdict, string Reason) DecideOnPar(IReadOnlyList<Run> runs)
    {
        const double OfFour = 1 - (Level / 4);
        Statement ThanOurs(string depth) => Statement
            .Within($"{depth}, GL less plain, points", Difference(runs, $"{depth} GL", depth, OfFour), double.NegativeInfinity, OnPar)
            .If(IsComplete(runs, depth, $"{depth} GL"));
        Statement ThanPrinted(string depth)
        {
            var printed = Printed[depth, "original error"];
            var interval = ConfidenceInterval.Of(Errors(runs, $"{depth} GL"), OfFour);
            return Statement
                .Within($"{depth}, GL, printed {printed} without", interval, double.NegativeInfinity, printed.Value + OnPar)
                .If(IsComplete(runs, $"{depth} GL"));
        }

        var isFull = Depths.All(depth => IsComplete(runs, depth, $"{depth} GL"));
        return Statement.Judge([.. Depths.Select(ThanOurs), .. Depths.Select(ThanPrinted)], isFull);
    }

    private static (Verdict Verdict, string Reason) DecideTable(IReadOnlyList<Run> runs)
    {
        var isComplete = Rows.All(row => IsComplete(runs, row));

        // All five at once, so each is tested at the level of all: an error is needed in every one that is off.
        var agree = isComplete && Rows.All(row => FromPrinted(runs, row).PValueOfEquivalence(-Margin, Margin) <= Level);
        var differ = Rows.Where(row => IsComplete(runs, row) && Differs(FromPrinted(runs, row))).ToList();
        string Found(string row) =>
            $"{row} {Best(runs, row).DefaultIfEmpty(double.NaN).Average():F2}, printed {Printed[row, "error"]}"
                + (differ.Contains(row) ? ", differs" : "");
        var table = new Statement(
            string.Join(", ", Rows.Select(Found)),
            agree ? Outcome.Met : differ.Count > 0 ? Outcome.Failed : Outcome.Undecided);
        Statement[] improvements = [.. Rows.Where(IsGld).Select(Improvement)];
        var (verdict, reason) = Statement.Judge([table, .. improvements], isComplete);
        var isShown = improvements.Any(one => one.Outcome == Outcome.Met);
        return (verdict == Verdict.Partly && !isShown ? Verdict.Inconclusive : verdict, reason);

        Statement Improvement(string row)
        {
            var plain = row.Split(' ')[0];
            var difference = Difference(runs, plain, row, 1 - (Level / 3));
            return Statement
                .Within($"{plain} less {row}", difference, double.Epsilon, double.PositiveInfinity, isMain: true)
                .If(IsComplete(runs, plain, row));
        }
    }

    private static ConfidenceInterval Difference(IReadOnlyList<Run> runs, string row, string other, double level) =>
        ConfidenceInterval.OfDifference(Errors(runs, row), Errors(runs, other), level);

    // The printed error is one more draw, with a uniform rounding error, whose variance is a third of its half unit's square.
    private static Estimate FromPrinted(IReadOnlyList<Run> runs, string row)
    {
        var (errors, printed) = (Best(runs, row), Printed[row, "error"]);
        return new(
            errors.Average() - printed.Value,
            Math.Sqrt((errors.Variance() * (1 + (1.0 / errors.Length))) + (printed.Rounding * printed.Rounding / 3)),
            errors.Length - 1);
    }

    private static bool Differs(Estimate difference) => difference.Interval(1 - (Level / Rows.Length)) is { Low: > 0 } or { High: < 0 };

    private static double[] Errors(IReadOnlyList<Run> runs, string row) => [.. runs.Where(run => run.Row == row).Select(run => run.Error)];

    private static double[] Best(IReadOnlyList<Run> runs, string row) => [.. runs.Where(run => run.Row == row).Select(run => run.Best)];

    private static bool IsComplete(IReadOnlyList<Run> runs, params string[] rows) => rows.All(row =>
        runs.Count(run => run.Row == row) >= Needed
        && runs.Where(run => run.Row == row).All(run => run.Images >= AllImages && run.Epochs >= AllEpochs));
}
