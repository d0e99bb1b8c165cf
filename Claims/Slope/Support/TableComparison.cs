using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Published;
using Reproduce.Randomness;

namespace Reproduce.Claims.Slope.Support;

/// <summary>One cell of a published table beside ours.</summary>
/// <param name="Row">The architecture.</param>
/// <param name="Column">The data set.</param>
/// <param name="Difference">Our mean less the published one; for Forest Cover after the columns' means are subtracted.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="Outcome">Met: it matches; failed: it differs.</param>
internal sealed record TableCell(string Row, string Column, double Difference, double Error, Outcome Outcome);

/// <summary>How the judged cells of a column follow the published differences between architectures.</summary>
/// <param name="Name">The data set.</param>
/// <param name="Explained">
/// The share of the published variation between architectures that ours explain: 0 where ours do not depend on the architecture.
/// </param>
/// <param name="PValue">Of the hypothesis that ours do not depend on the architecture, after Holm's correction over the columns.</param>
/// <param name="IsBetter">Better than a constant: rejected.</param>
internal sealed record TableColumn(string Name, double Explained, double PValue, bool IsBetter);

/// <summary>A published table of the slope paper's appendix beside ours, and the rule of slope.table-1 for it.</summary>
internal sealed class TableComparison
{
    private const double Alpha = 0.05;
    private const int FewestRuns = 2;
    private const int Permutations = 2000;
    private const string ForestCover = "covertype";

    private TableComparison(int number)
    {
        (Id, IsLoss, IsConvolutional) = ($"slope.table-{number}", number % 2 == 0, number > 2);
        Published = PublishedTable.Load($"slope-table-{number}");
    }

    internal string Id { get; }

    internal bool IsLoss { get; }

    internal bool IsConvolutional { get; }

    internal PublishedTable Published { get; }

    internal IReadOnlyList<string> Rows => Published.RowNames;

    internal IReadOnlyList<string> Columns => Published.ColumnNames;

    internal IEnumerable<(string Row, string Column)> Cells => from column in Columns from row in Rows select (row, column);

    internal static TableComparison Of(int number) => new(number);

    /// <summary>σ: the root mean square of a column's published deviations.</summary>
    internal double Deviation(string column) =>
        Math.Sqrt(Rows.Average(row => Math.Pow(Published[row, column].StandardDeviation!.Value, 2)));

    /// <summary>Δ = r + 5σ√(2/5).</summary>
    internal double Margin(string column) => Rounding(column) + (5 * Deviation(column) * Math.Sqrt(2.0 / TrainedRun.PaperRuns));

    /// <summary>The rule of claims.md.</summary>
    internal Judged Judge(IReadOnlyList<TrainedRun> all)
    {
        var own = all.Where(run => run.IsConvolutional == IsConvolutional && run.Network.Best is not null).ToList();
        var judged = own.Where(run => run.HasPapersTraining).ToList();
        var cells = new List<(TableCell Cell, double Match, double Differ)>();
        foreach (var column in Columns)
        {
            cells.AddRange(Compare(column, judged.Where(run => run.Data == column).ToList()));
        }

        var judgedColumns = ColumnsOf([.. cells.Select(one => one.Cell)]);
        var better = judgedColumns.Where(column => column.IsBetter).Select(column => column.Name).ToList();
        var (match, differ) = (Holm.Adjust([.. cells.Select(cell => cell.Match)]), Holm.Adjust([.. cells.Select(cell => cell.Differ)]));
        Outcome OutcomeOf(int i) => match[i] <= Alpha && better.Contains(cells[i].Cell.Column) ? Outcome.Met
            : differ[i] <= Alpha ? Outcome.Failed
            : Outcome.Undecided;
        List<TableCell> outcomes = [.. cells.Select((one, i) => one.Cell with { Outcome = OutcomeOf(i) })];
        var whole = Rows.Count * Columns.Count;
        int Count(Outcome outcome) => outcomes.Count(cell => cell.Outcome == outcome);
        var (matching, differing) = (Count(Outcome.Met), Count(Outcome.Failed));
        var images = outcomes.Where(cell => cell.Column != ForestCover).ToList();
        var isAtPaperSize = Cells.All(cell =>
            judged.Count(run => run.Data == cell.Column && run.Name == cell.Row) >= TrainedRun.PaperRuns);
        var verdict = 10 * matching >= 9 * whole && differing == 0 && better.Count == Columns.Count ? Verdict.Reproduced
            : images.Count > 0 && 2 * images.Count(cell => cell.Outcome == Outcome.Failed) >= images.Count ? Verdict.NotReproduced
            : isAtPaperSize && 2 * better.Count <= Columns.Count ? Verdict.NotReproduced
            : 10 * matching >= whole ? Verdict.Partly
            : Verdict.Inconclusive;
        var covered = outcomes.GroupBy(cell => cell.Column).Select(column => $"{column.Count()} on {column.Key}").ToList();
        var judgedCells = covered.Count == 0 ? "none, no network has the paper's training at this size" : string.Join(", ", covered);
        return new(
            this,
            outcomes,
            judgedColumns,
            own,
            verdict,
            $"{matching} of the {whole} cells match and {differing} differ; judged: {judgedCells}"
                + (covered.Count == 0 ? "" : $"; better than a constant on {(better.Count == 0 ? "none" : string.Join(", ", better))}"));
    }

    // Were ours independent of the architecture, every order of them would be as likely; the statistic is their covariance with the
    // published ones.
    private List<TableColumn> ColumnsOf(IReadOnlyList<TableCell> cells)
    {
        var found = (from column in cells.GroupBy(cell => cell.Column)
                     let published = column.Select(cell => Published[cell.Row, cell.Column].Value).ToArray()
                     let ours = column.Zip(published, (cell, value) => value + cell.Difference).ToArray()
                     let unexplained = column.Select(cell => cell.Difference).PopulationVariance()
                     let explained = 1 - (unexplained / published.PopulationVariance())
                     select (column.Key, Explained: explained, PValue: PValueOfAConstant(column.Key, published, ours))).ToList();
        var adjusted = Holm.Adjust([.. found.Select(one => one.PValue)]);
        return [.. found.Zip(adjusted, (one, p) => new TableColumn(one.Key, one.Explained, p, p <= Alpha))];
    }

    private double PValueOfAConstant(string column, double[] published, double[] ours)
    {
        var mean = published.Average();
        double Covariance() => published.Zip(ours, (theirs, own) => (theirs - mean) * own).Sum();
        var rounding = 1e-13 * published.Sum(theirs => Math.Abs(theirs - mean)) * ours.Max(Math.Abs);
        var found = Covariance() - rounding;
        var generator = Seed.Of(("table", Id), ("choice", "permutations"), ("data", column)).Generator();
        var asLarge = 0;
        for (var k = 0; k < Permutations; k++)
        {
            generator.Shuffle(ours);
            asLarge += Covariance() >= found ? 1 : 0;
        }

        return (asLarge + 1.0) / (Permutations + 1);
    }

    private double ValueOf(TrainedRun run) => IsLoss ? run.Best.Score.PrintedLoss : run.Best.Score.Accuracy;

    private double Rounding(string column) => Rows.Max(row => Published[row, column].Rounding);

    // The p-values of "does not match" and of "does not differ" for a column's cells with enough runs.
    private List<(TableCell Cell, double Match, double Differ)> Compare(string column, List<TrainedRun> runs)
    {
        var groups = (from row in Rows
                      let some = runs.Where(run => run.Name == row).ToList()
                      where some.Count >= FewestRuns
                      select (Row: row, Runs: some, Values: some.Select(ValueOf).ToList())).ToList();
        if (groups.Count == 0)
        {
            return [];
        }

        var differences = groups.Select(group => group.Values.Average() - Published[group.Row, column].Value).ToList();
        var level = 0.0;
        if (column == ForestCover)
        {
            // Each seed draws its own points, which shifts all architectures alike: what remains within a seed is the spread of a cell.
            level = differences.Average();
            differences = [.. differences.Select(one => one - level)];
            var shift = runs.GroupBy(run => run.Cell.Repetition).ToDictionary(seed => seed.Key, seed => seed.Average(run => ValueOf(run)));
            double Shifted(TrainedRun run) => ValueOf(run) - shift[run.Cell.Repetition];
            groups = [.. groups.Select(group => (group.Row, group.Runs, group.Runs.Select(Shifted).ToList()))];
        }

        // The subtracted mean of each seed costs as many degrees of freedom as one architecture.
        var freedom = groups.Sum(group => group.Values.Count - 1.0) * (column == ForestCover ? (groups.Count - 1.0) / groups.Count : 1);
        if (freedom < 1)
        {
            return [];
        }

        var variance = groups.Sum(group => (group.Values.Count - 1) * group.Values.Variance()) / freedom;
        var (sigma, margin) = (Deviation(column), Margin(column));
        var isFarOff = column == ForestCover && Math.Abs(level) > Rounding(column) + (3 * Math.Sqrt(2) * SamplingError(column, runs));
        return [.. groups.Zip(differences, (group, difference) =>
        {
            var (papers, ours) = (sigma * sigma / TrainedRun.PaperRuns, variance / group.Values.Count);
            var found = Estimate.Welch(difference, (papers, (TrainedRun.PaperRuns - 1) * Rows.Count), (ours, freedom));
            var match = found.PValueOfEquivalence(-margin, margin);
            var differ = (found with { Value = Math.Abs(difference) }).PValueOfAbove(margin);
            var cell = new TableCell(group.Row, column, difference, found.Error, Outcome.Undecided);
            return isFarOff ? (cell, 1.0, 0.0) : (cell, match, differ);
        })];
    }

    // The standard error of a value from the validation points of one draw, in the published unit.
    private double SamplingError(string column, List<TrainedRun> runs)
    {
        var points = runs[0].Cell.ValidationPoints;
        if (IsLoss)
        {
            return runs.Average(run => run.Best.Score.LossDeviation * run.Best.Score.PrintedLoss / run.Best.Score.Loss) / Math.Sqrt(points);
        }

        var share = Rows.Average(row => Published[row, column].Value);
        return Math.Sqrt(share * (1 - share) / points);
    }

    /// <summary>What the rule says.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Cells">Those that are judged.</param>
    /// <param name="ByColumn">The columns of these.</param>
    /// <param name="Runs">All of this kind, also those that are only recorded.</param>
    /// <param name="Verdict">Of the table.</param>
    /// <param name="Reason">Why.</param>
    internal sealed record Judged(
        TableComparison Table,
        IReadOnlyList<TableCell> Cells,
        IReadOnlyList<TableColumn> ByColumn,
        IReadOnlyList<TrainedRun> Runs,
        Verdict Verdict,
        string Reason)
    {
        private string Quantity => Table.IsLoss ? "validation loss in the published unit" : "validation accuracy";

        /// <summary>
        /// Every cell that has runs beside the published one, judged or not. Of two trainings the one with more steps is taken.
        /// </summary>
        internal void Record()
        {
            foreach (var column in ByColumn)
            {
                Evidence.Record(new Measurement(
                    $"share of the published variation of the {Quantity} between architectures that ours explain, {column.Name}",
                    column.Explained,
                    $"better than a constant, whose share is 0: p ≤ {Alpha} after Holm, by permutations of the architectures "
                        + $"(here {column.PValue:G2})"));
            }

            var drawn = (from column in Table.Columns
                         from training in Longest(column).GroupBy(run => (run.Cell.Points, run.Cell.Epochs)).ToList()
                         from cell in Record(column, [.. training])
                         select cell).ToList();
            var (order, columns) = (Table.Rows.ToList(), Table.Columns.Select(Drawings.Named).ToList());
            var isShorter = Table.Columns.SelectMany(Longest).Any(run => !run.HasPapersTraining);
            TableFigure.Draw(
                $"S, Table {Table.Id[^1]}",
                $"Mean {Quantity} of the optimal models",
                "architecture",
                Quantity,
                isShorter ? "Some of our networks were trained for fewer epochs or on fewer points than the paper's." : "",
                [.. drawn.OrderBy(cell => order.IndexOf(cell.Row)).ThenBy(cell => columns.IndexOf(cell.Panel))]);
        }

        // One column's runs of one training.
        private IEnumerable<ComparedCell> Record(string column, List<TrainedRun> training)
        {
            var groups = training.GroupBy(run => run.Name)
                .Select(runs => (Row: runs.Key, Runs: runs.ToList(), Values: runs.Select(Table.ValueOf).ToList())).ToList();
            var repeated = groups.Where(group => group.Values.Count > 1).ToList();
            var freedom = repeated.Sum(group => group.Values.Count - 1);
            var deviation = freedom > 0
                ? Math.Sqrt(repeated.Sum(group => (group.Values.Count - 1) * group.Values.Variance()) / freedom)
                : Table.Deviation(column);
            var theirs = Table.Deviation(column) / Math.Sqrt(TrainedRun.PaperRuns);
            var ofOurs = freedom > 0 ? "within the column's architectures" : "as published, for lack of second runs";
            var errors = $"Standard errors: ours from the deviation {ofOurs}, the published one from the column's "
                + $"σ = {Table.Deviation(column):G3} of {TrainedRun.PaperRuns} runs";
            foreach (var (row, runs, values) in groups)
            {
                var (published, mean, error) = (Table.Published[row, column], values.Average(), deviation / Math.Sqrt(values.Count));
                var difference = runs[0].HasPapersTraining ? Measurement.InErrors(mean, error, published.Value, theirs) : null;
                var judged = Cells.SingleOrDefault(cell => cell.Row == row && cell.Column == column);
                Evidence.Record(runs[0].Figure(
                    $"mean {Quantity} of the optimal models, {row} on {column}; the series has the runs",
                    mean,
                    $"{RuleOf(runs, column, judged)}. {errors}") with
                {
                    Setting = $"{row} on {column}, {runs.Count} {(runs.Count == 1 ? "run" : "runs")}, "
                        + $"{runs[0].Cell.Points} points, {runs[0].Cell.Epochs} epochs",
                    Paper = published.ToString(),
                    Uncertainty = error,
                    Samples = runs.Count,
                    Series = values,
                    PaperDifference = difference,
                    Match = judged?.Outcome.AsMatch(),
                });
                yield return new(Drawings.Named(column), row, mean, error, published.Value, theirs, difference);
            }
        }

        // The runs of each architecture's training with the most steps.
        private IEnumerable<TrainedRun> Longest(string column) =>
            Runs.Where(run => run.Data == column).GroupBy(run => run.Name).SelectMany(TrainedRun.Longest);

        private string RuleOf(List<TrainedRun> runs, string column, TableCell? cell)
        {
            if (!runs[0].HasPapersTraining)
            {
                var points = runs[0].Cell.IsWhole ? "all" : $"{runs[0].Cell.Points}";
                return $"not judged: trained on {points} points for {runs[0].Cell.Epochs} epochs, "
                    + $"the paper on all for {TrainedRun.PaperEpochs}";
            }

            if (cell is not { } judged)
            {
                return $"not judged: fewer than {FewestRuns} runs";
            }

            var what = column == ForestCover
                ? "judged is what remains when the columns' means are subtracted, because the paper's points are unknown:"
                : "the difference is";
            return $"inside ±{Table.Margin(column):G3} of the published mean, α = 0.05 with Holm over the judged cells, in a column "
                + $"that is better than a constant; {what} "
                + $"{judged.Difference:G3}, {judged.Difference / judged.Error:F1} combined standard errors: "
                + judged.Outcome.InWords("matches", "differs");
        }
    }
}
