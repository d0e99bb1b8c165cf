using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Data;

/// <summary>A verified image data set in memory. The arrays are shared, not copied, and must not be modified.</summary>
public sealed class ImageDataSet
{
    private readonly Lazy<(byte[] Images, byte[] Labels)> _train;
    private readonly Lazy<(byte[] Images, byte[] Labels)> _test;

    /// <param name="description">Of the data set.</param>
    /// <param name="train">Its training images and labels; taken out of their files when they are asked for.</param>
    /// <param name="test">Its test images and labels, likewise.</param>
    /// <param name="provenance">Of each file.</param>
    internal ImageDataSet(
        DataSetDescription description,
        Func<(byte[] Images, byte[] Labels)> train,
        Func<(byte[] Images, byte[] Labels)> test,
        IReadOnlyList<Provenance> provenance)
    {
        (Description, Provenance, Stamp) = (description, provenance, DataStamp.Of(description.Id, provenance));
        (_train, _test) = (new(train), new(test));
    }

    /// <summary>The description of the data set.</summary>
    public DataSetDescription Description { get; }

    /// <summary>Training images, (images × pixels) row-major, channel by channel, 0 … 255.</summary>
    public byte[] TrainImages => _train.Value.Images;

    /// <summary>Training labels, (images), 0 … Classes − 1.</summary>
    public byte[] TrainLabels => _train.Value.Labels;

    /// <summary>Test images, (images × pixels) row-major, channel by channel, 0 … 255.</summary>
    public byte[] TestImages => _test.Value.Images;

    /// <summary>Test labels, (images), 0 … Classes − 1.</summary>
    public byte[] TestLabels => _test.Value.Labels;

    /// <summary>Where each of the files came from, in the order of the description.</summary>
    public IReadOnlyList<Provenance> Provenance { get; }

    /// <summary>The stamp of these data in evidence.</summary>
    public DataStamp Stamp { get; }

    /// <summary>16 hexadecimal digits that depend on the content alone: <see cref="DataStamp.Checksum"/>.</summary>
    public string Checksum => Stamp.Checksum;

    /// <summary>Images scaled to [0, 1]: pixel/255 in float32.</summary>
    /// <param name="images"><see cref="TrainImages"/> or <see cref="TestImages"/>.</param>
    /// <param name="chosen">The numbers of the images.</param>
    /// <returns>(chosen × pixels).</returns>
    public float[] Scaled(byte[] images, IReadOnlyList<int> chosen)
    {
        var pixels = Description.Pixels;
        var scaled = new float[chosen.Count * pixels];
        for (var i = 0; i < scaled.Length; i++)
        {
            scaled[i] = images[(chosen[i / pixels] * pixels) + (i % pixels)] / 255f;
        }

        return scaled;
    }

    /// <summary><see cref="Scaled"/> images as the rows of a tensor on the CPU, down-sampled by average pooling.</summary>
    /// <inheritdoc cref="Scaled"/>
    /// <param name="images"><see cref="TrainImages"/> or <see cref="TestImages"/>.</param>
    /// <param name="chosen">The numbers of the images.</param>
    /// <param name="side">Pixels along a side; null to keep the images' size.</param>
    /// <returns>[chosen, side²], float32.</returns>
    public Tensor Rows(byte[] images, IReadOnlyList<int> chosen, int? side = null)
    {
        var whole = tensor(Scaled(images, chosen), [chosen.Count, Description.Pixels], device: CPU);
        return side is { } smaller && smaller != Description.Rows
            ? Resampling.Apply(whole, Resampling.AveragePooling(Description.Rows, smaller))
            : whole;
    }

    /// <summary>All test images, as returned by <see cref="Rows"/>.</summary>
    public Tensor TestRows(int? side = null) => Rows(TestImages, [.. Enumerable.Range(0, TestLabels.Length)], side);

    /// <summary>Normalises images with the mean and standard deviation of each channel: (pixel/255 − mean)/deviation.</summary>
    /// <param name="images">Pixels 0 … 255, (images × channels × rows × columns); with one channel, any number of pixels.</param>
    /// <returns>The same number of values in the same order, computed in float32.</returns>
    /// <exception cref="ArgumentException">There are several channels, and these are not whole images.</exception>
    public float[] Normalised(ReadOnlySpan<byte> images)
    {
        int channels = Description.Channels;
        if (channels > 1 && images.Length % Description.Pixels != 0)
        {
            throw new ArgumentException($"{images.Length} pixels are not whole images of {Description.Pixels}", nameof(images));
        }

        float[] table = new float[channels * 256];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = ((i % 256 / 255f) - Description.Means[i / 256]) / Description.StandardDeviations[i / 256];
        }

        int plane = Description.Rows * Description.Columns;
        float[] normalised = new float[images.Length];
        for (int i = 0; i < normalised.Length; i++)
        {
            normalised[i] = table[(i / plane % channels * 256) + images[i]];
        }

        return normalised;
    }
}
