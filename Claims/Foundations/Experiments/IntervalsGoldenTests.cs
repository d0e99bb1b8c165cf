using Reproduce.Claims.Intervals.Support;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>Numbers of the quick experiments of the paper on generalization intervals.</summary>
[Trait("Category", "Foundation")]
public sealed class IntervalsGoldenTests : ExperimentGoldens
{
    private static readonly string[] PointsOf = ["training", "test", "lines"];
    private static readonly string[] Ways = ["inside", "across", "anywhere"];

    /// <summary>Classifiers of real and of random labels: the median ratio of norms, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "intervals.norm-assumption")]
    public void NormRatios_AreTheAcceptedNumbers() => Verify(
        _ => true,
        OnTheEngine,
        (cells, note) =>
        {
            foreach (var (group, points) in from labels in (string[])["real labels", "random labels"] from points in PointsOf select (labels, points))
            {
                double Median(string when) => cells.Where(cell => cell.Name.Contains(group.Replace(' ', '-'), StringComparison.Ordinal)).Average(cell => cell.Result.GetProperty(when).GetProperty(points).GetProperty("median").GetDouble());
                note($"{group}, {points}: median ratio before training", Median("initial"));
                note($"{group}, {points}: median ratio after it", Median("trained"));
            }
        });

    /// <summary>MNIST, three hidden layers: intervals on both kinds of lines and what ways inside and out of a class make of the output, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "intervals.classifiers")]
    public void IntervalsAndWaysOfClassifiers_AreTheAcceptedNumbers() => Verify(
        cell => cell.Name.StartsWith("mnist-28-100-3x128-", StringComparison.Ordinal),
        OnTheEngine,
        (cells, note) =>
        {
            foreach (var group in ByLabels(cells))
            {
                NoteIntervals(note, group.Key, group);
                NoteAccuracy(note, group.Key, group);
                foreach (var way in Ways)
                {
                    note($"{group.Key}: range of the output on ways {way}", group.Average(network => network.Of("ways", way, "range")));
                }

                note($"{group.Key}: share of ways inside that keep the label", group.Average(network => network.Of("ways", "inside", "kept")));
                note($"{group.Key}: range of the output along the first component", group.Average(network => network.Of("components", "principal", "range")));
            }
        });

    /// <summary>MNIST at other sizes and depths: intervals on both kinds of lines, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "intervals.classifiers")]
    public void IntervalsAtOtherSizesAndDepths_AreTheAcceptedNumbers() => Verify(
        cell => !cell.Name.StartsWith("mnist-28-100-3x128-", StringComparison.Ordinal),
        OnTheEngine,
        (cells, note) =>
        {
            foreach (var group in ClassifierResult.Of(cells).GroupBy(network => $"{Labels(network)}, side {network.Side}, {network.Layers} hidden layers"))
            {
                NoteIntervals(note, group.Key, group);
                NoteAccuracy(note, group.Key, group);
            }
        });

    /// <summary>CIFAR-10: intervals on both kinds of lines, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "intervals.cifar10")]
    public void IntervalsOnCifar10_AreTheAcceptedNumbers() => Verify(
        _ => true,
        OnTheEngine,
        (cells, note) =>
        {
            foreach (var group in ByLabels(cells))
            {
                NoteIntervals(note, group.Key, group);
                NoteAccuracy(note, group.Key, group);
            }
        });

    /// <summary>Two moons: intervals on both kinds of lines, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "intervals.two-moons")]
    public void IntervalsOnTwoMoons_AreTheAcceptedNumbers() => Verify(
        _ => true,
        OnTheEngine,
        (cells, note) =>
        {
            foreach (var group in ByLabels(cells))
            {
                NoteIntervals(note, group.Key, group);
                NoteAccuracy(note, group.Key, group);
            }
        });

    private static IEnumerable<IGrouping<string, ClassifierResult>> ByLabels(IReadOnlyList<CellResult> cells) => ClassifierResult.Of(cells).GroupBy(Labels);

    private static string Labels(ClassifierResult network) => network.IsRandom ? "random labels" : "real labels";

    private static void NoteIntervals(Note note, string name, IEnumerable<ClassifierResult> networks)
    {
        note($"{name}: pairwise interval", networks.Average(network => network.PairIntervals.Average()));
        note($"{name}: interval on mid-lines", networks.Average(network => network.MidLineIntervals.Average()));
    }

    // With random labels it is that of guessing.
    private static void NoteAccuracy(Note note, string name, IEnumerable<ClassifierResult> networks)
    {
        if (!networks.First().IsRandom)
        {
            note($"{name}: validation accuracy", networks.Average(network => network.ValidationAccuracy));
        }
    }
}
