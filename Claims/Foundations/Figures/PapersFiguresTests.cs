using System.Text.Json;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;
using Reproduce.Fixtures.Experiments.Slope;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Published;
using Reproduce.Randomness;

namespace Reproduce.Claims.Foundations.Figures;

/// <summary>
/// Every figure of the papers that shows a result is drawn from synthetic results of the papers' sizes, and stays small enough to be looked
/// at. The other figures are diagrams, reprints, or the example of smoothness.example-3.14.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class PapersFiguresTests : IDisposable
{
    private const int MostPanels = 12;
    private const int MostCurves = 80;
    private const int MostPoints = 400;
    private static readonly bool[] Kinds = [false, true];
    private static readonly int[] Sides = [28, 42, 56, 70, 84];
    private static readonly int[] SmallSides = [28, 14, 7];
    private static readonly int[] BatchSizes = [10, 1];
    private static readonly double[] Deviations = [10, Math.Sqrt(10)];
    private static readonly string[] Networks = ["OneLayer", "EightLayers", "ShortSkips"];
    private static readonly string[] Rows =
        ["ResNet20", "ResNet56", "ResNet20 GL", "ResNet56 GL", "ResNet20 GLD 0.75", "ResNet56 GLD 0.5", "ResNet56 GLD 0.6"];

    public PapersFiguresTests() => Evidence.Begin();

    public void Dispose() => Evidence.Discard();

    [Fact]
    public void SlopePaper()
    {
        var runs = Synthetic.Paper((data, name, convolutional, seed) => Synthetic.Run(data, name, convolutional, seed, 8 + (0.1 * seed)));
        Slope.Support.Drawings.Figure1(runs);
        Slope.Support.Drawings.Figure2(runs);
        Slope.Support.Drawings.Figure3(runs);
        Slope.Support.Drawings.Figure4(runs);
        Slope.Support.Drawings.Figure5(
        [
            .. from run in runs
               from side in Sides
               where run.Name == "1x100" && run.Data != "covertype"
               select run with { Cell = run.Cell with { Side = side } },
        ]);
        double[] radii = [.. Enumerable.Range(1, 10).Select(k => 0.3 * k)];
        var surroundings = Enumerable.Range(1, 250)
            .Select(i => new Surroundings(8, [.. radii.Select(radius => 0.0001 * i * radius)], radii, radii));
        Slope.Support.Drawings.Figure6(new SurroundingsResult(runs[0].Cell, radii, 500, [.. surroundings]));
        Places("S, Figure", "1", "2", "3", "4", "5", "6");
    }

    [Fact]
    public void Thesis()
    {
        Smoothness.Support.Drawings.Figure41();
        string[] pairs = [.. from a in Enumerable.Range(0, 10) from b in Enumerable.Range(a + 1, 9 - a) select $"{a}-{b}"];
        (string Measure, double Coefficient)[] kinds =
            [("none", 0), ("GN", 1e-3), ("GN", 1e-4), ("GN", 1e-5), ("PL0", 1e-4), ("PL1", 1e-5), ("WP", 3e-5), ("WP", 1e-5)];
        var values = new FourMeasures(1, 1.2, 2.5, 12);
        var network = new DigitNetwork(true, false, 1, 0, values, values, 0, 0, 0, 0);
        Smoothness.Support.Drawings.Regularisation(
            [
                .. from pair in pairs
                   from kind in kinds
                   select new RegularisedNetwork(pair, 10_000, new RegularisedBy(kind.Measure, kind.Coefficient, 0.01, 1), network),
            ],
            PublishedTable.Load("smoothness-table-4.4"));
        Places("B, Figure 4.", "1", "2", "3", "4", "5");
    }

    [Fact]
    public void IntervalsPaper()
    {
        List<ClassifierResult> networks =
        [
            .. from side in SmallSides
               from layers in Enumerable.Range(1, 4)
               from random in Kinds
               from seed in Enumerable.Range(1, 10)
               select Classifier(side, layers, random, seed),
        ];
        var details = networks.Where(one => one is { Side: 28, Layers: 3 }).ToList();
        var real = details.Where(one => !one.IsRandom).ToList();
        Intervals.Support.Drawings.Figure1(real);
        Intervals.Support.Drawings.Figure2(real);
        Intervals.Support.Drawings.Figure3(details);
        Intervals.Support.Drawings.Figure4([.. networks.Where(one => one.Layers == 3)]);
        Intervals.Support.Drawings.Figure5([.. networks.Where(one => one.Layers == 3)]);
        Intervals.Support.Drawings.Figure6(networks.Where(one => one.Side == 28));
        Intervals.Support.Drawings.Figure7(details);
        Intervals.Support.Drawings.Figure8(details);
        Intervals.Support.Drawings.Figure9(real);
        Places("I, Figure", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }

    [Fact]
    public void DesignPaper()
    {
        var weights = new { histogram = Enumerable.Repeat(1.0 / 40, 40), tail = 0.5 };
        Design.Support.Drawings.Figure1(
            [Cell(new { images = 60_000, initial = weights, real = new { weights }, random = new { weights } })]);
        double[] looks = [0, .. Enumerable.Range(0, 60).Select(i => Math.Pow(20_000, i / 59.0))];
        var line = new double[NoisyPolynomial.Points];
        NoisyFitResult Fit(string network, double deviation, bool cubic = false, bool adam = false, int batch = 10) =>
            new(network, cubic, deviation, adam, batch, 20_000, false, looks, looks, looks, looks, looks)
            {
                Looks = looks,
                Sample = line,
                Snapshots = [.. Enumerable.Range(0, 9).Select(i => (100.0 * i, line))],
            };
        var seeds = Enumerable.Range(1, 5).ToList();
        Design.Support.Drawings.Figure2(
            [.. from network in Networks from deviation in Deviations from _ in seeds select Fit(network, deviation)]);
        Design.Support.Drawings.Figure4(
            [.. from cubic in Kinds from adam in Kinds from _ in seeds select Fit("LongSkips", 10, cubic, adam)]);
        Design.Support.Drawings.Figure7(
            [.. from batch in BatchSizes from _ in seeds select Fit("GeneralizationLayers", 10, cubic: true, batch: batch)]);
        double[] falling = [.. Enumerable.Range(1, 200).Select(epoch => 100.0 / epoch)];
        List<(string, double[])> runs = [.. from row in Rows from _ in seeds select (row, falling)];
        Design.Support.Drawings.Figure6(runs, "4 training and 2 test images");
        Design.Support.Drawings.Figure8(runs, "4 training and 2 test images");
        Design.Support.Drawings.Figure9(runs, "4 training and 2 test images");
        Places("D, Figure", "1", "2", "4", "6", "7", "8", "9");
    }

    private static void Places(string prefix, params string[] numbers)
    {
        Evidence.Drawn.Select(figure => figure.Place).Distinct()
            .Should().BeEquivalentTo(numbers.Select(number => prefix[^1] == '.' ? $"{prefix}{number}" : $"{prefix} {number}"));
        foreach (var figure in Evidence.Drawn)
        {
            figure.Curves.Select(curve => curve.Panel).Distinct().Count().Should().BeLessThanOrEqualTo(MostPanels, figure.Place);
            figure.Curves.Count.Should().BeLessThanOrEqualTo(MostCurves, figure.Place);
            figure.Curves.Max(curve => curve.X.Count).Should().BeLessThanOrEqualTo(MostPoints, figure.Place);
            figure.Curves.Select(curve => (curve.Panel, curve.Name))
                .Should().OnlyHaveUniqueItems("a legend names each curve of a panel, {0}", figure.Place);
            figure.Curves.Should().Contain(curve => !curve.IsPaper && curve.Y.Any(double.IsFinite), figure.Place);
            string.IsNullOrWhiteSpace(figure.Title + figure.X.Label + figure.Y.Label).Should().BeFalse(figure.Place);
            var names = figure.X.Categories?.Count ?? int.MaxValue;
            figure.Curves.Should().OnlyContain(curve => curve.X.All(x => x < names), "every category has a name, {0}", figure.Place);
        }
    }

    private static ClassifierResult Classifier(int side, int layers, bool random, int seed)
    {
        double[] Rising(int label) => [.. Enumerable.Range(0, 41).Select(i => label + (0.1 * i))];
        double[][] outputs = [.. Enumerable.Range(0, 10).Select(Rising)];
        var lines = new LinesOfLabels(0.9, 4, new Dictionary<int, double[][]> { [1] = outputs, [9] = outputs });
        double[] intervals = [.. Enumerable.Range(0, 300).Select(i => 0.01 * i)];
        double[] epochs = [.. Enumerable.Range(1, 34)];
        double[] rising = [.. epochs.Select(epoch => 1 - (1 / epoch))];
        var network = new ClassifierNetwork(
            side,
            PerClass: 100,
            layers,
            Width: 128,
            RandomLabels: random,
            Status: "Converged",
            Epochs: 34,
            Digest: null,
            TrainingLoss: 0.05,
            TrainingErrors: 0,
            TrainingPoints: 1000,
            ValidationAccuracy: 0.9,
            new PairIntervals(intervals, 1.5, 1.5),
            new MidLineIntervals(intervals, 1),
            new ClassSegments(lines, lines, lines),
            new ClassComponents(lines, lines, lines),
            new IntervalsDuringTraining(epochs, rising, rising, rising, rising));
        return new ClassifierResult(Cell(network, seed), network);
    }

    private static CellResult Cell<T>(T result, int seed = 1) =>
        new(
            "synthetic",
            $"cell {seed}",
            "0",
            new Dictionary<string, string> { ["seed"] = Seed.Of(("synthetic", seed)).ToString() },
            DateTime.UnixEpoch,
            0,
            "checked",
            JsonSerializer.SerializeToElement(result));
}
