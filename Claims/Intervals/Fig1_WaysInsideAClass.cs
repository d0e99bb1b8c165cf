using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Intervals;

/// <summary>Figs. 1 to 3: the right output on ways between samples of a class, to other classes, in random directions and along principal components.</summary>
public sealed class Fig1_WaysInsideAClass
{
    private const string Figure1 = "intervals.fig-1";
    private const string Figure2 = "intervals.fig-2";
    private const string Figure3 = "intervals.fig-3";
    private const double Level = 1 - (0.05 / 3);
    private const double MostlyKept = 0.9;
    private const int Needed = 3;

    [Claim(Figure1, Category = Category.Empirical)]
    public void RealLabels_OutputMovesLeastInsideTheClass() => Experiment.JudgeQuick(Figure1, IntervalClassifiers.Images, JudgeWays);

    [Claim(Figure1, Category = Category.Nightly)]
    public void RealLabelsOfMoreNetworks_OutputMovesLeastInsideTheClass() => Experiment.JudgeNightly(Figure1, IntervalClassifiers.Images, JudgeWays);

    [Claim(Figure2, Category = Category.Empirical)]
    public void RealLabels_OutputMovesLeastAlongTheFirstComponent() => Experiment.JudgeQuick(Figure2, IntervalClassifiers.Images, JudgeComponents);

    [Claim(Figure2, Category = Category.Nightly)]
    public void RealLabelsOfMoreNetworks_OutputMovesLeastAlongTheFirstComponent() => Experiment.JudgeNightly(Figure2, IntervalClassifiers.Images, JudgeComponents);

    [Claim(Figure3, Category = Category.Empirical)]
    public void RandomLabels_AreKeptInsideThemAndNotAlongTheFirstComponent() => Experiment.JudgeQuick(Figure3, IntervalClassifiers.Images, JudgeRandom);

    [Claim(Figure3, Category = Category.Nightly)]
    public void RandomLabelsOfMoreNetworks_AreKeptInsideThemAndNotAlongTheFirstComponent() => Experiment.JudgeNightly(Figure3, IntervalClassifiers.Images, JudgeRandom);

    [Claim(Figure1, Role.Control)]
    public void MadeUpWays_AreJudgedByTheRule()
    {
        static List<Ways> Of(double kept, double inside, double across, double anywhere) => [.. Enumerable.Range(0, 5).Select(i => new Ways(kept, inside + (0.01 * i), across, anywhere))];
        DecideWays(Of(0.95, 2, 9, 4), trained: true).Verdict.Should().Be(Verdict.Reproduced);
        DecideWays(Of(0.95, 2, 9, 4)[..2], trained: true).Verdict.Should().NotBe(Verdict.Reproduced);
        DecideWays(Of(0.95, 2, 9, 1), trained: true).Verdict.Should().Be(Verdict.Partly, "a random direction moves the output less");
        DecideWays(Of(0.95, 9, 2, 1), trained: true).Verdict.Should().Be(Verdict.NotReproduced);
        DecideWays(Of(0.95, 2, 9, 4), trained: false).Verdict.Should().Be(Verdict.Inconclusive);
        DecideWays([new(0.95, 1, 2, 2), new(0.8, 3, 2, 2), new(0.9, 2, 2, 2)], trained: true).Verdict.Should().Be(Verdict.Inconclusive, "no way is longer than another");
    }

    [Claim(Figure2, Role.Control)]
    public void MadeUpComponents_AreJudgedByTheRule()
    {
        static List<Components> Of(double kept, double principal, double perpendicular, double minor) => [.. Enumerable.Range(0, 5).Select(i => new Components(kept, principal + (0.01 * i), perpendicular, minor))];
        DecideComponents(Of(1, 1, 5, 3), trained: true).Verdict.Should().Be(Verdict.Reproduced);
        DecideComponents(Of(0.5, 1, 5, 3), trained: true).Verdict.Should().Be(Verdict.Partly);
        DecideComponents(Of(1, 5, 1, 3), trained: true).Verdict.Should().Be(Verdict.NotReproduced, "the perpendicular direction is the main one");
        DecideComponents(Of(1, 1, 5, 3), trained: false).Verdict.Should().Be(Verdict.Inconclusive);
    }

    [Claim(Figure3, Role.Control)]
    public void MadeUpRandomLabels_AreJudgedByTheRule()
    {
        static List<RandomLabelled> Of(double kept, double along, double range) => [.. Enumerable.Range(0, 5).Select(i => new RandomLabelled(kept, along, range + (0.01 * i)))];
        double[] real = [1, 1.1, 1.2];
        DecideRandom(Of(0.95, 0.1, 4), real, trained: true).Verdict.Should().Be(Verdict.Reproduced);
        DecideRandom(Of(0.95, 0.9, 4), real, trained: true).Verdict.Should().Be(Verdict.Partly, "a manifold is there");
        DecideRandom(Of(0.3, 0.1, 4), real, trained: true).Verdict.Should().Be(Verdict.NotReproduced, "ways inside a label leave it");
        DecideRandom(Of(0.95, 0.1, 4), real, trained: false).Verdict.Should().Be(Verdict.Inconclusive);
    }

    private sealed record Ways(double Kept, double Inside, double Across, double Anywhere);

    private sealed record Components(double Kept, double Principal, double Perpendicular, double Minor);

    private sealed record RandomLabelled(double Kept, double KeptAlongComponent, double Inside);

    private static (Verdict Verdict, string Reason) JudgeWays(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = Networks(results, random: false);
        Drawings.Figure1(networks);
        foreach (var network in networks)
        {
            Evidence.Record(network.Figure("range of the right output on a way to another sample of the class, mean; the series has that to another class and that in a random direction", network.Of("ways", "inside", "range"), "the ratios of the others to it exceed 1") with
            {
                Series = [network.Of("ways", "across", "range"), network.Of("ways", "anywhere", "range")],
            });
            Evidence.Record(network.Figure("share of the ways inside a class that keep it everywhere; the series has that of random directions", network.Of("ways", "inside", "kept"), $"the mean at least {MostlyKept}") with
            {
                Series = [network.Of("ways", "anywhere", "kept")],
            });
        }

        return DecideWays([.. networks.Select(one => new Ways(one.Of("ways", "inside", "kept"), one.Of("ways", "inside", "range"), one.Of("ways", "across", "range"), one.Of("ways", "anywhere", "range")))], networks.All(one => one.IsTrained));
    }

    private static (Verdict Verdict, string Reason) DecideWays(IReadOnlyList<Ways> networks, bool trained) => Statement.Judge(
        [
            Kept("share of ways inside the class that keep it", networks.Select(one => one.Kept)).If(trained),
            Above("log ratio of the range to another class", networks.Select(one => Math.Log(one.Across / one.Inside)), isMain: true).If(trained),
            Above("log ratio of the range in a random direction", networks.Select(one => Math.Log(one.Anywhere / one.Inside))).If(trained),
        ],
        networks.Count >= Needed);

    private static (Verdict Verdict, string Reason) JudgeComponents(Profile profile, IReadOnlyList<CellResult> results)
    {
        var networks = Networks(results, random: false);
        Drawings.Figure2(networks);
        foreach (var network in networks)
        {
            Evidence.Record(network.Figure("range of the class's output along its first principal component, mean over classes; the series has that of the perpendicular direction and of the minor component", network.Of("components", "principal", "range"), "the ratios of the others to it exceed 1") with
            {
                Series = [network.Of("components", "perpendicular", "range"), network.Of("components", "minor", "range")],
            });
            Evidence.Record(network.Figure("share of classes kept along the first principal component; the series has the perpendicular direction and the minor component", network.Of("components", "principal", "kept"), $"the mean at least {MostlyKept}") with
            {
                Series = [network.Of("components", "perpendicular", "kept"), network.Of("components", "minor", "kept")],
            });
        }

        return DecideComponents([.. networks.Select(one => new Components(one.Of("components", "principal", "kept"), one.Of("components", "principal", "range"), one.Of("components", "perpendicular", "range"), one.Of("components", "minor", "range")))], networks.All(one => one.IsTrained));
    }

    private static (Verdict Verdict, string Reason) DecideComponents(IReadOnlyList<Components> networks, bool trained) => Statement.Judge(
        [
            Above("log ratio of the range in the perpendicular direction", networks.Select(one => Math.Log(one.Perpendicular / one.Principal)), isMain: true).If(trained),
            Above("log ratio of the range along a minor component", networks.Select(one => Math.Log(one.Minor / one.Principal))).If(trained),
            Kept("share of classes kept along the first component", networks.Select(one => one.Kept)).If(trained),
        ],
        networks.Count >= Needed);

    private static (Verdict Verdict, string Reason) JudgeRandom(Profile profile, IReadOnlyList<CellResult> results)
    {
        var (networks, real) = (Networks(results, random: true), Networks(results, random: false));
        Drawings.Figure3([.. networks, .. real]);
        foreach (var network in networks.Concat(real))
        {
            Evidence.Record(network.Figure("share of ways inside a label that keep it everywhere; the series has the mean range of the output there, and the share of labels kept along the first component", network.Of("ways", "inside", "kept"), $"random labels: the mean at least {MostlyKept}") with
            {
                Series = [network.Of("ways", "inside", "range"), network.Of("components", "principal", "kept")],
            });
        }

        return DecideRandom(
            [.. networks.Select(one => new RandomLabelled(one.Of("ways", "inside", "kept"), one.Of("components", "principal", "kept"), one.Of("ways", "inside", "range")))],
            [.. real.Select(one => one.Of("ways", "inside", "range"))],
            networks.Concat(real).All(one => one.IsTrained));
    }

    private static (Verdict Verdict, string Reason) DecideRandom(IReadOnlyList<RandomLabelled> networks, double[] real, bool trained) => Statement.Judge(
        [
            (Kept("share of ways inside a random label that keep it", networks.Select(one => one.Kept)) with { IsMain = true }).If(trained),
            Statement.Within("log range, random less real", ConfidenceInterval.OfDifference([.. networks.Select(one => Math.Log(one.Inside))], [.. real.Select(range => Math.Log(range))], Level), double.Epsilon, double.PositiveInfinity).If(trained),
            Statement.Within("share of random labels kept along the first component", ConfidenceInterval.Of([.. networks.Select(one => one.KeptAlongComponent)], Level), double.NegativeInfinity, 0.5).If(trained),
        ],
        Math.Min(networks.Count, real.Length) >= Needed);

    private static Statement Kept(string what, IEnumerable<double> shares) => Statement.Within(what, ConfidenceInterval.Of([.. shares], Level), MostlyKept, double.PositiveInfinity);

    private static Statement Above(string what, IEnumerable<double> logarithms, bool isMain = false) => Statement.Within(what, ConfidenceInterval.Of([.. logarithms], Level), double.Epsilon, double.PositiveInfinity, isMain);

    private static List<ClassifierResult> Networks(IReadOnlyList<CellResult> results, bool random) => [.. ClassifierResult.Of(results).Where(one => one.HasDetails && one.IsRandom == random)];
}
