using System.Text.Json;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Foundations.Report;

/// <summary>
/// Evidence as if every test had passed, with figures of every kind: what the page shows does not depend on what has run.
/// </summary>
internal static class SyntheticEvidence
{
    /// <summary>The quantities in the evidence of this claim are given, one measurement each.</summary>
    internal const string Typeset = "slope.prop-6";

    /// <summary>Claims that have a figure.</summary>
    internal static IReadOnlyList<string> Drawn { get; } = ["slope.fig-1", "intervals.fig-4", "design.fig-1"];

    /// <summary>Experiments with a committed result: its size, its verdict, and what is drawn.</summary>
    internal static IReadOnlyList<(string Claim, Profile Size, Verdict Verdict)> Results { get; } =
    [
        ("slope.table-1", Profile.Standard, Verdict.Partly),
        ("slope.fig-1.convolutional", Profile.Standard, Verdict.Partly),
        ("intervals.fig-7", Profile.Paper, Verdict.Reproduced),
    ];

    // As long as the rules of the tables are.
    private static string Rule { get; } =
        "inside the margin of the printed mean, with Holm's correction over the judged cells, "
        + string.Join(", ", Enumerable.Repeat("standard errors from the deviation within the columns", 6));

    internal static void Write(string folder, IReadOnlyList<string> quantities)
    {
        var declared = ClaimRegistry.Load().ToDictionary(claim => claim.Id);
        foreach (var tests in ClaimTests.All.Where(test => test.Claim.Category != Category.Nightly).GroupBy(test => test.Claim.Id))
        {
            var claim = declared[tests.Key];
            foreach (var (index, test) in tests.Index())
            {
                var isFirst = index == 0;
                var decides = isFirst && claim.Kind == ClaimKind.Experiment;
                new EvidenceFile(
                    claim.Id,
                    test.Name,
                    test.Claim.Role,
                    test.Claim.Category,
                    "passed",
                    null,
                    DateTime.UtcNow,
                    0.5,
                    decides ? claim.Declared : null,
                    decides ? Reason(claim) : null,
                    Stamp.Here,
                    isFirst ? Measurements(claim.Id, quantities) : [])
                {
                    Figures = isFirst && Drawn.Contains(claim.Id) ? [FigureOf(claim.Id)] : [],
                }.WriteTo(folder);
            }
        }
    }

    /// <summary>Committed results, beside a copy of the newest document of verdicts.</summary>
    internal static void WriteResults(string folder)
    {
        foreach (var (claim, size, verdict) in Results)
        {
            var name = size.ToString().ToLowerInvariant();
            var file = new EvidenceFile(
                claim,
                "Nightly.Test",
                Role.Check,
                Category.Nightly,
                "passed",
                null,
                new DateTime(2026, 11, 30, 0, 0, 0, DateTimeKind.Utc),
                3600,
                verdict,
                $"{name} profile: a first part: met; a second part: open",
                Stamp.Here with { Commit = "abc123" },
                claim == "slope.table-1" ? Cells : [])
            {
                Figures = [FigureOf("slope.fig-1") with { Title = $"At the {name} size" }],
            };
            Directory.CreateDirectory(Path.Combine(folder, name));
            File.WriteAllText(Path.Combine(folder, name, $"{claim}.json"), JsonSerializer.Serialize(file, EvidenceFile.Format));
        }

        var newest = Directory.GetFiles(CommittedResults.Folder, "*-standard.md").Order(StringComparer.Ordinal).Last();
        File.Copy(newest, Path.Combine(folder, Path.GetFileName(newest)));
    }

    // Of Table 1: one that matches, one that differs, one that is undecided, one that was trained for a shorter time.
    private static IReadOnlyList<Measurement> Cells =>
    [
        Cell("1x25 on mnist", "0.965 ± 0.00113", 0.966, 0.5, CellMatch.Matches),
        Cell("2x25 on mnist", "0.965 ± 0.000884", 0.9, -9, CellMatch.Differs),
        Cell("3x25 on mnist", "0.963 ± 0.00124", 0.966, 2.5, CellMatch.Undecided),
        Cell("1x25 on kmnist", "0.819 ± 0.003", 0.7, null, null),
    ];

    private static Measurement Cell(string setting, string printed, double value, double? difference, CellMatch? match) =>
        new($"mean accuracy, {setting}", value, "inside the margin")
        {
            Uncertainty = 0.002,
            Paper = printed,
            PaperDifference = difference,
            Match = match,
            Setting = $"{setting}, 5 runs, 150 epochs",
        };

    private static string Reason(ClaimEntry claim) => claim.Declared == Verdict.NotReproduced
        ? "share 1 (-1 to 2): met; range; both ways -1: failed; change 0: open; fewer networks than the rule requires"
        : "as the rule says";

    private static IReadOnlyList<Measurement> Measurements(string claim, IReadOnlyList<string> quantities) => claim == Typeset
        ? [.. quantities.Select(quantity => new Measurement(quantity, 1, "</script><b>a < b</b>"))]
        :
        [
            new Measurement("accuracy", 0.875, Rule)
            {
                Uncertainty = 0.01,
                Paper = "0.91 ± 0.01",
                PaperDifference = -2.5,
                Samples = 20,
                Dtype = "float64",
                Seed = "one=1 (7)",
                Setting = "a setting",
                Series = [0.865, 0.885],
            },
            new Measurement("accuracy again", 1.5e-7, Rule)
            {
                // Of numbers that are equal, below the rounding of the value: not shown.
                Uncertainty = 1e-24,
                Paper = "0.91 ± 0.01",
                Samples = 10,
                Dtype = "float64",
                Seed = "one=1 (7)",
                Setting = "λ = 1E-05 from -1, fig-1",
                Series = [.. Enumerable.Range(1, 40).Select(i => i * 1e-8)],
            },
            new Measurement("parameters", 269_722, "rounds to what is printed")
            {
                Paper = "0.27 million ± 4.97E-05",
                Dtype = "float64",
                Seed = "one=1 (7)",
                Data = "covertype (sample of 5 of 10 rows) be6f504238b80be5",
            },
        ];

    private static Figure FigureOf(string claim)
    {
        double[] x = [1, 2, 3, 4, 5];
        double[] error = [0.1, 0.1, 0.2, 0.2, 0.3];
        Curve Line(string name, string panel, double by) =>
            new(name, x, [.. x.Select(at => at * by)]) { Panel = panel, Error = error };
        return claim switch
        {
            "slope.fig-1" => new Figure(
                "S, Figure 1", "Slope during training", "Both curves rise.",
                new("epoch"), new("mean τ_b of x^(k−1)"), FigureMark.Line,
                [
                    Line("1x25", "mnist", 1) with { Group = "a width" },
                    Line("mean", "mnist", 2) with { StandsOut = true },
                    Line("1x25", "covertype", 3) with { Y = [3, 6, double.NaN, 12, 15] },
                    new("printed", x, x) { Panel = "mnist", IsPaper = true },
                ]),
            "intervals.fig-4" => new Figure(
                "I, Figure 4", "Intervals", "A cloud of points.",
                new("distance / mean distance") { IsLogarithmic = true }, new("share") { IsLogarithmic = true }, FigureMark.Points,
                [new("real", x, [1, 0.1, double.NaN, 0.01, 0.001]), new("random", x, x)]),
            _ => new Figure(
                "D, Figure 1", "Weights", "Bars fall.",
                new("layer") { Categories = ["first", "second", "third"] }, new("tail"), FigureMark.Bars,
                [
                    new("trained", [0, 1, 2], [3, 2, 1]),
                    new("initial", [0, 1, 2], [1, 1, 1]),
                    new("printed", [0, 1, 2], [2, 2, 2]) { IsPaper = true },
                ]),
        };
    }
}
