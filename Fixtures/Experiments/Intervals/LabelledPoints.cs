using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Functions;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Intervals;

/// <summary>What the intervals paper's networks are trained on (section 4.1), in float32. The tensors belong to the open scope.</summary>
/// <param name="Points">[N, n_0].</param>
/// <param name="Labels">[N], the true ones or random ones.</param>
/// <param name="ValidationPoints">[M, n_0].</param>
/// <param name="ValidationLabels">[M], the true ones.</param>
/// <param name="Classes">How many.</param>
internal sealed record LabelledPoints(Tensor Points, byte[] Labels, Tensor ValidationPoints, byte[] ValidationLabels, int Classes)
{
    /// <summary>
    /// The first images of each class, pixels/255, averaged over squares down to the side; all test images for validation.
    /// </summary>
    internal static LabelledPoints Images(ImageDataSet data, int perClass, int side, bool randomLabels, Seed seed)
    {
        var classes = data.Description.Classes;
        int[] chosen = [.. Enumerable.Range(0, classes).SelectMany(label => Places(data.TrainLabels, label).Take(perClass))];
        byte[] labels = [.. chosen.Select(i => data.TrainLabels[i])];
        return new LabelledPoints(
            data.Rows(data.TrainImages, chosen, side),
            randomLabels ? RandomLabels.Of(labels, seed.With("choice", "labels")) : labels,
            data.TestRows(side),
            data.TestLabels,
            classes);
    }

    /// <summary>The two moons, 300 training and 100 validation points.</summary>
    internal static LabelledPoints Moons(double noise, bool randomLabels, Seed seed)
    {
        var moons = TwoMoons.Draw(seed.With("choice", "points"), noise);
        var labels = moons.TrainLabels;
        return new LabelledPoints(
            tensor(moons.TrainPoints, [labels.Length, 2], device: CPU),
            randomLabels ? RandomLabels.Of(labels, seed.With("choice", "labels")) : labels,
            tensor(moons.ValidationPoints, [moons.ValidationLabels.Length, 2], device: CPU),
            moons.ValidationLabels,
            Classes: 2);
    }

    /// <summary>The places of the training points of a label, in order.</summary>
    internal int[] Of(int label) => [.. Places(Labels, label)];

    /// <summary>Ordered pairs of different training points of one label, none twice.</summary>
    /// <param name="label">Which.</param>
    /// <param name="count">How many, or all that there are.</param>
    /// <param name="seed">Of the draw.</param>
    internal IReadOnlyList<(int First, int Second)> Pairs(byte label, int count, Seed seed)
    {
        var own = Of(label);
        (int First, int Second)[] all = [.. from first in own from second in own where first != second select (first, second)];
        seed.Generator().Shuffle(all);
        return [.. all.Take(count)];
    }

    /// <summary>Training points in float64.</summary>
    internal Tensor At(IEnumerable<int> places) =>
        Points.index_select(0, tensor(places.Select(place => (long)place).ToArray(), device: CPU)).to_type(float64);

    private static IEnumerable<int> Places(byte[] labels, int label) => Enumerable.Range(0, labels.Length).Where(i => labels[i] == label);
}
