using Reproduce.Claims.Intervals.Support;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>Numbers of the quick experiments of the paper on generalization intervals.</summary>
[Trait("Category", "Foundation")]
public sealed class IntervalsGoldenTests : ExperimentGoldens
{
    private const string ThreeLayersAt28 = "mnist-28-100-3x128-";

    /// <summary>Classifiers of real and of random labels: the median ratio of norms, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "intervals.norm-assumption")]
    public void NormRatios_AreTheAcceptedNumbers() => Verify(
        _ => true,
        OnTheEngine,
        (cells, note) =>
        {
            var networks = cells.Select(cell => cell.As<NormsResult>());
            foreach (var group in networks.GroupBy(found => ClassifierResult.Labels(found.RandomLabels)))
            {
                void Note(string points, Func<NetworkNorms, NormRatios> at)
                {
                    note($"{group.Key}, {points}: median ratio before training", group.Average(found => at(found.Initial).Median));
                    note($"{group.Key}, {points}: median ratio after it", group.Average(found => at(found.Trained).Median));
                }

                Note("training", norms => norms.Training);
                Note("test", norms => norms.Test);
                Note("lines", norms => norms.Lines);
            }
        });

    /// <summary>MNIST, three hidden layers: intervals on both kinds of lines, and the output on segments, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "intervals.classifiers")]
    public void IntervalsAndSegmentsOfClassifiers_AreTheAcceptedNumbers() => Verify(
        cell => cell.Name.StartsWith(ThreeLayersAt28, StringComparison.Ordinal),
        OnTheEngine,
        (cells, note) =>
        {
            NoteIntervals(note, cells, Labels);
            foreach (var group in ClassifierResult.Of(cells).GroupBy(Labels))
            {
                void Note(string what, Func<ClassifierNetwork, double> of) =>
                    note($"{group.Key}: {what}", group.Average(one => of(one.Network)));
                Note("range of the output on segments inside", one => one.Segments!.Inside.Range);
                Note("range of the output on segments across", one => one.Segments!.Across.Range);
                Note("range of the output on segments anywhere", one => one.Segments!.Anywhere.Range);
                Note("share of segments inside that keep the label", one => one.Segments!.Inside.Kept);
                Note("range of the output along the first component", one => one.Components!.Principal.Range);
            }
        });

    /// <summary>MNIST at other sizes and depths: intervals on both kinds of lines, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "intervals.classifiers")]
    public void IntervalsAtOtherSizesAndDepths_AreTheAcceptedNumbers() => Verify(
        cell => !cell.Name.StartsWith(ThreeLayersAt28, StringComparison.Ordinal),
        OnTheEngine,
        (cells, note) =>
            NoteIntervals(note, cells, one => $"{Labels(one)}, side {one.Side}, {one.Layers} hidden layers"));

    /// <summary>CIFAR-10: intervals on both kinds of lines, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "intervals.cifar10")]
    public void IntervalsOnCifar10_AreTheAcceptedNumbers() =>
        Verify(_ => true, OnTheEngine, (cells, note) => NoteIntervals(note, cells, Labels));

    /// <summary>Two moons: intervals on both kinds of lines, means over the seeds.</summary>
    [Fact]
    [Trait(Experiment, "intervals.two-moons")]
    public void IntervalsOnTwoMoons_AreTheAcceptedNumbers() =>
        Verify(_ => true, OnTheEngine, (cells, note) => NoteIntervals(note, cells, Labels));

    private static string Labels(ClassifierResult network) => ClassifierResult.Labels(network.IsRandom);

    private static void NoteIntervals(Note note, IReadOnlyList<CellResult> cells, Func<ClassifierResult, string> kind)
    {
        foreach (var group in ClassifierResult.Of(cells).GroupBy(kind))
        {
            note($"{group.Key}: pairwise interval", group.Average(one => one.Network.Pairs.Intervals.Average()));
            note($"{group.Key}: interval on mid-lines", group.Average(one => one.Network.MidLines.Intervals.Average()));

            // With random labels it is that of guessing.
            if (!group.First().IsRandom)
            {
                note($"{group.Key}: validation accuracy", group.Average(one => one.Network.ValidationAccuracy));
            }
        }
    }
}
