using MathNet.Numerics;
using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>What one network is trained and validated on, normalised.</summary>
/// <param name="Points">[N, n_0], float32; with a span their coordinates in it, which have the same distances.</param>
/// <param name="Labels">[N].</param>
/// <param name="Validation">[M, n_0], or coordinates.</param>
/// <param name="ValidationLabels">[M].</param>
/// <param name="Classes">n_c.</param>
/// <param name="Image">The shape of a point; one row of numbers where it is no image.</param>
/// <param name="IsWhole">These are all the points that the paper uses.</param>
/// <param name="Span">What the points' coordinates belong to; null where they are points.</param>
internal sealed record TrainingSet(
    Tensor Points,
    byte[] Labels,
    Tensor Validation,
    byte[] ValidationLabels,
    int Classes,
    ImageShape Image,
    bool IsWhole,
    InputSpan? Span = null)
{
    /// <summary>The first training images and the first test images; the paper's validation set is the test set.</summary>
    /// <param name="data">The set.</param>
    /// <param name="points">How many to train on; 0 for all.</param>
    /// <param name="validation">How many to validate on; 0 for all.</param>
    /// <param name="side">Pixels along a side, to which images are enlarged (<see cref="EnlargedImages"/>).</param>
    internal static TrainingSet Of(ImageDataSet data, int points, int validation, int side)
    {
        var (pixels, rows) = (data.Description.Pixels, data.Description.Rows);
        var span = side == rows ? null : EnlargedImages.Span(rows, side);
        Tensor Images(byte[] images, int count) => span is null
            ? tensor(data.Normalised(images.AsSpan(0, count * pixels)), [count, pixels], device: CPU)
            : EnlargedImages.Coordinates(data, images, count, side, span);

        var (train, test) = (points == 0 ? data.TrainLabels.Length : points, validation == 0 ? data.TestLabels.Length : validation);
        return new(
            Images(data.TrainImages, train),
            data.TrainLabels[..train],
            Images(data.TestImages, test),
            data.TestLabels[..test],
            data.Description.Classes,
            new ImageShape(1, side, side),
            points == 0 && validation == 0,
            span);
    }

    /// <summary>8000 and 2000 points of Forest Cover, drawn by the seed.</summary>
    internal static TrainingSet Of(Covertype data, Seed seed)
    {
        var split = data.Draw(seed.With("choice", "points of the data set"));
        Tensor Rows(float[] values) => tensor(values, [values.Length / Covertype.Features, Covertype.Features], device: CPU);
        return new(
            Rows(split.TrainPoints),
            split.TrainLabels,
            Rows(split.ValidationPoints),
            split.ValidationLabels,
            Covertype.Classes,
            new ImageShape(1, 1, Covertype.Features),
            true);
    }

    /// <summary>The set on a device.</summary>
    internal TrainingSet On(Device device) =>
        this with { Points = Points.to(device), Validation = Validation.to(device), Span = Span?.On(device) };

    /// <summary>Training points drawn without replacement, [count, n_0], or their coordinates.</summary>
    internal Tensor Draw(int count, Seed seed)
    {
        var chosen = Combinatorics.GenerateVariation(Labels.Length, Math.Min(count, Labels.Length), seed.Generator());
        return Points.index_select(0, tensor([.. chosen.Select(index => (long)index)], device: Points.device));
    }

    /// <summary>The mean distance of two different training points, from 1000 pairs.</summary>
    internal double MeanDistance(Seed seed)
    {
        using var scope = NewDisposeScope();
        var drawn = Draw(2000, seed);
        var half = drawn.size(0) / 2;
        return (drawn.narrow(0, 0, half) - drawn.narrow(0, half, half)).to_type(float64).square().sum(1).sqrt().mean().item<double>();
    }
}
