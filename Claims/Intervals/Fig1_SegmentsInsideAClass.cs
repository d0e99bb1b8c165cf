using MathNet.Numerics.Distributions;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Figs. 1 to 3: the right output on segments between samples of a class, to other classes, in random directions, and along principal
/// components.
/// </summary>
public sealed class Fig1_SegmentsInsideAClass
{
    private const string Figure1 = "intervals.fig-1";
    private const string Figure2 = "intervals.fig-2";
    private const string Figure3 = "intervals.fig-3";
    private const double Level = 1 - (0.05 / 3);
    private const double RandomLevel = 1 - (0.05 / 4);
    private const double MostlyKept = 0.9;
    private const double LikeRandomDirections = 0.1;
    private const string ExceedOne = "the ratios of the others to it exceed 1";

    // Figure 3 has two segments: both keep their label more often than not where this share or more does.
    private static readonly double UsuallyKept = Math.Sqrt(0.5);
    private static readonly double AQuarterLarger = Math.Log(1.25);
    private static readonly string MostAreKept = $"the mean at least {MostlyKept}";

    [Claim(Figure1, Category = Category.Empirical)]
    public void RealLabels_OutputMovesLeastInsideTheClass() =>
        Experiment.JudgeQuick(Figure1, IntervalClassifiers.Images, JudgeSegments);

    [Claim(Figure1, Category = Category.Nightly)]
    public void RealLabelsOfMoreNetworks_OutputMovesLeastInsideTheClass() =>
        Experiment.JudgeNightly(Figure1, IntervalClassifiers.Images, JudgeSegments);

    [Claim(Figure2, Category = Category.Empirical)]
    public void RealLabels_OutputMovesLeastAlongTheFirstComponent() =>
        Experiment.JudgeQuick(Figure2, IntervalClassifiers.Images, JudgeComponents);

    [Claim(Figure2, Category = Category.Nightly)]
    public void RealLabelsOfMoreNetworks_OutputMovesLeastAlongTheFirstComponent() =>
        Experiment.JudgeNightly(Figure2, IntervalClassifiers.Images, JudgeComponents);

    [Claim(Figure3, Category = Category.Empirical)]
    public void RandomLabels_AreKeptInsideThemAndNotAlongTheFirstComponent() =>
        Experiment.JudgeQuick(Figure3, IntervalClassifiers.Images, JudgeRandom);

    [Claim(Figure3, Category = Category.Nightly)]
    public void RandomLabelsOfMoreNetworks_AreKeptInsideThemAndNotAlongTheFirstComponent() =>
        Experiment.JudgeNightly(Figure3, IntervalClassifiers.Images, JudgeRandom);

    [ClaimRows(Figure1, Role.Control)]
    [InlineData(2, 9, 4, true, Verdict.Reproduced)]
    [InlineData(2, 9, 1, true, Verdict.Partly)] // a random direction moves the output less
    [InlineData(9, 2, 1, true, Verdict.NotReproduced)]
    [InlineData(2, 9, 4, false, Verdict.Inconclusive)]
    public void SyntheticSegments_AreJudgedByTheRule(double inside, double across, double anywhere, bool trained, Verdict verdict) =>
        DecideSegments(SyntheticSegments(inside, across, anywhere), trained).Verdict.Should().Be(verdict);

    [Claim(Figure1, Role.Control)]
    public void TooFewOrUndecidedSegments_AreNotReproduced()
    {
        DecideSegments(SyntheticSegments(2, 9, 4)[..2], trained: true).Verdict.Should().NotBe(Verdict.Reproduced);
        DecideSegments([new(0.95, 1, 2, 2), new(0.8, 3, 2, 2), new(0.9, 2, 2, 2)], trained: true).Verdict
            .Should().Be(Verdict.Inconclusive, "no range is larger than another");
    }

    [ClaimRows(Figure2, Role.Control)]
    [InlineData(1, 1, 5, 3, true, Verdict.Reproduced)]
    [InlineData(0.5, 1, 5, 3, true, Verdict.Partly)]
    [InlineData(1, 5, 1, 3, true, Verdict.NotReproduced)] // the perpendicular direction is the main one
    [InlineData(1, 1, 5, 3, false, Verdict.Inconclusive)]
    public void SyntheticComponents_AreJudgedByTheRule(
        double kept, double principal, double perpendicular, double minor, bool trained, Verdict verdict) =>
        DecideComponents(
            [.. Enumerable.Range(0, 5).Select(i => new Components(kept, principal + (0.01 * i), perpendicular, minor))], trained).Verdict
            .Should().Be(verdict);

    [ClaimRows(Figure3, Role.Control)]
    [InlineData(0.95, 0.1, 4, true, Verdict.Reproduced)]
    [InlineData(0.95, 0.9, 4, true, Verdict.Partly)] // a manifold is there
    [InlineData(0.95, 0.1, 1.1, true, Verdict.Partly)] // the output changes no more than with real labels
    [InlineData(0.3, 0.1, 4, true, Verdict.NotReproduced)] // segments inside a label leave it
    [InlineData(0.95, 0.1, 4, false, Verdict.Inconclusive)]
    public void SyntheticRandomLabels_AreJudgedByTheRule(
        double kept, double keptAlongComponent, double inside, bool trained, Verdict verdict)
    {
        var random = Enumerable.Range(0, 5).Select(i => new RandomLabelled(kept, 0.1, keptAlongComponent, inside + (0.01 * i)));
        DecideRandom([.. random], [1.1, 1.11, 1.12], trained).Verdict.Should().Be(verdict);
    }

    /// <summary>
    /// So many networks get the verdict so many times in 100: this share of 100 segments inside a label keeps it, 0.35 of those in random
    /// directions, this share of ten labels along the first component, and the output ranges so many times as far as with real labels.
    /// </summary>
    [ClaimRows(Figure3, Role.Control)]
    [InlineData(10, 0.95, 0.35, 1.3, Verdict.Partly, 90, 100)] // ten labels a network leave the component open
    [InlineData(40, 0.95, 0.35, 1.3, Verdict.Reproduced, 20, 60)]
    [InlineData(10, 0.35, 0.35, 1, Verdict.NotReproduced, 95, 100)] // segments inside a label are like any other
    [InlineData(3, 0.35, 0.35, 1, Verdict.Partly, 0, 10)]
    [InlineData(10, 0.85, 0.8, 1, Verdict.Reproduced, 0, 0)]
    public void DrawnRandomLabels_GetTheVerdictAsOftenAsStated(
        int count, double kept, double along, double ratio, Verdict verdict, int least, int most)
    {
        var generator = new Random(3);
        double Share(int lines, double mean, double deviation) =>
            Binomial.Sample(generator, Math.Clamp(Normal.Sample(generator, mean, deviation), 0, 1), lines) / (double)lines;
        double Range(double mean, double deviation) => mean * Math.Exp(Normal.Sample(generator, 0, deviation));
        RandomLabelled Network() => new(Share(100, kept, 0.05), Share(100, 0.35, 0.08), Share(10, along, 0.1), Range(4 * ratio, 0.12));
        Verdict Decided() => DecideRandom(
            [.. Enumerable.Range(0, count).Select(_ => Network())],
            [.. Enumerable.Range(0, count).Select(_ => Range(4, 0.05))],
            trained: true).Verdict;
        DrawnNetworks.Times(verdict, $"{count} networks a kind with shares kept of {kept} and {along}, ranges {ratio}", Decided)
            .Should().BeInRange(least, most);
    }

    private sealed record Segments(double Kept, double Inside, double Across, double Anywhere);

    private sealed record Components(double Kept, double Principal, double Perpendicular, double Minor);

    private sealed record RandomLabelled(double Kept, double KeptAnywhere, double KeptAlongComponent, double Inside);

    private static List<Segments> SyntheticSegments(double inside, double across, double anywhere) =>
        [.. Enumerable.Range(0, 5).Select(i => new Segments(0.95, inside + (0.01 * i), across, anywhere))];

    private static (Verdict Verdict, string Reason) JudgeSegments(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = Networks(results, random: false);
        Drawings.Figure1(networks);
        foreach (var network in networks)
        {
            var segments = network.Network.Segments!;
            Record(
                network,
                "range of the right output on a segment to another sample of the class, mean; "
                    + "the series has that to another class and that in a random direction",
                ExceedOne,
                segments.Inside.Range,
                segments.Across.Range,
                segments.Anywhere.Range);
            Record(
                network,
                "share of the segments inside a class that keep it everywhere; the series has that of random directions",
                MostAreKept,
                segments.Inside.Kept,
                segments.Anywhere.Kept);
        }

        return DecideSegments(
            [
                .. from network in networks
                   let one = network.Network.Segments!
                   select new Segments(one.Inside.Kept, one.Inside.Range, one.Across.Range, one.Anywhere.Range),
            ],
            networks.All(one => one.IsTrained));
    }

    private static (Verdict Verdict, string Reason) DecideSegments(IReadOnlyList<Segments> networks, bool trained) => Statement.Judge(
        [
            Kept("share of segments inside the class that keep it", networks.Select(one => one.Kept)).If(trained),
            Above("log ratio of the range to another class", networks.Select(one => Math.Log(one.Across / one.Inside)), isMain: true)
                .If(trained),
            Above("log ratio of the range in a random direction", networks.Select(one => Math.Log(one.Anywhere / one.Inside))).If(trained),
        ],
        networks.Count >= ClassifierResult.Needed);

    private static (Verdict Verdict, string Reason) JudgeComponents(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = Networks(results, random: false);
        Drawings.Figure2(networks);
        foreach (var network in networks)
        {
            var components = network.Network.Components!;
            Record(
                network,
                "range of the class's output along its first principal component, mean over classes; "
                    + "the series has that of the perpendicular direction and of the minor component",
                ExceedOne,
                components.Principal.Range,
                components.Perpendicular.Range,
                components.Minor.Range);
            Record(
                network,
                "share of classes kept along the first principal component; "
                    + "the series has the perpendicular direction and the minor component",
                MostAreKept,
                components.Principal.Kept,
                components.Perpendicular.Kept,
                components.Minor.Kept);
        }

        return DecideComponents(
            [
                .. from network in networks
                   let one = network.Network.Components!
                   select new Components(one.Principal.Kept, one.Principal.Range, one.Perpendicular.Range, one.Minor.Range),
            ],
            networks.All(one => one.IsTrained));
    }

    private static (Verdict Verdict, string Reason) DecideComponents(IReadOnlyList<Components> networks, bool trained) => Statement.Judge(
        [
            Above(
                "log ratio of the range in the perpendicular direction",
                networks.Select(one => Math.Log(one.Perpendicular / one.Principal)),
                isMain: true).If(trained),
            Above("log ratio of the range along a minor component", networks.Select(one => Math.Log(one.Minor / one.Principal)))
                .If(trained),
            Kept("share of classes kept along the first component", networks.Select(one => one.Kept)).If(trained),
        ],
        networks.Count >= ClassifierResult.Needed);

    private static (Verdict Verdict, string Reason) JudgeRandom(Profile profile, IReadOnlyList<CellResult> results)
    {
        var (networks, real) = (Networks(results, random: true), Networks(results, random: false));
        Drawings.Figure3([.. networks, .. real]);
        foreach (var network in networks.Concat(real))
        {
            var inside = network.Network.Segments!.Inside;
            Record(
                network,
                "share of segments inside a label that keep it everywhere; "
                    + "the series has its mean range there, and the shares along the first component and in random directions",
                $"random labels: the mean at least {UsuallyKept:F3}",
                inside.Kept,
                inside.Range,
                network.Network.Components!.Principal.Kept,
                network.Network.Segments.Anywhere.Kept);
        }

        return DecideRandom(
            [
                .. from network in networks
                   let one = network.Network
                   let segments = one.Segments!
                   select new RandomLabelled(
                       segments.Inside.Kept, segments.Anywhere.Kept, one.Components!.Principal.Kept, segments.Inside.Range),
            ],
            [.. real.Select(one => one.Network.Segments!.Inside.Range)],
            networks.Concat(real).All(one => one.IsTrained));
    }

    private static (Verdict Verdict, string Reason) DecideRandom(IReadOnlyList<RandomLabelled> networks, double[] real, bool trained)
    {
        ConfidenceInterval Mean(Func<RandomLabelled, double> of) => ConfidenceInterval.Of([.. networks.Select(of)], RandomLevel);
        double[] ranges = [.. networks.Select(one => Math.Log(one.Inside))];
        var larger = ConfidenceInterval.OfDifference(ranges, [.. real.Select(range => Math.Log(range))], RandomLevel);
        Statement[] statements =
        [
            Statement.Within(
                "share of segments inside a random label that keep it",
                Mean(one => one.Kept),
                UsuallyKept,
                double.PositiveInfinity,
                isMain: true),
            Statement.Within(
                "and that less the share in random directions",
                Mean(one => one.Kept - one.KeptAnywhere),
                double.Epsilon,
                double.PositiveInfinity),

            // Larger is met above 0, and fails where it is not even a quarter larger.
            Statement.Within(
                "log range, random less real", larger, larger.Low > 0 ? double.Epsilon : AQuarterLarger, double.PositiveInfinity),
            Statement.Within(
                "share of random labels kept along the first component less that in random directions",
                Mean(one => one.KeptAlongComponent - one.KeptAnywhere),
                -LikeRandomDirections,
                LikeRandomDirections),
        ];
        return Statement.Judge(
            [.. statements.Select(one => one.If(trained))],
            Math.Min(networks.Count, real.Length) >= ClassifierResult.Needed);
    }

    private static Statement Kept(string what, IEnumerable<double> shares) =>
        Statement.Within(what, ConfidenceInterval.Of([.. shares], Level), MostlyKept, double.PositiveInfinity);

    private static Statement Above(string what, IEnumerable<double> logarithms, bool isMain = false) =>
        Statement.Within(what, ConfidenceInterval.Of([.. logarithms], Level), double.Epsilon, double.PositiveInfinity, isMain);

    private static void Record(ClassifierResult network, string quantity, string rule, double value, params double[] series) =>
        Evidence.Record(network.Figure(quantity, value, rule) with { Series = series });

    private static List<ClassifierResult> Networks(IReadOnlyList<CellResult> results, bool random) =>
        [.. ClassifierResult.Of(results).Where(one => one.HasDetails && one.IsRandom == random)];
}
