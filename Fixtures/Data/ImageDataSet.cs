namespace Reproduce.Fixtures.Data;

/// <summary>A verified image data set in memory. The arrays are shared, not copied: read them only.</summary>
public sealed class ImageDataSet
{
    internal ImageDataSet(
        DataSetDescription description,
        byte[] trainImages,
        byte[] trainLabels,
        byte[] testImages,
        byte[] testLabels,
        IReadOnlyList<Provenance> provenance)
    {
        Description = description;
        TrainImages = trainImages;
        TrainLabels = trainLabels;
        TestImages = testImages;
        TestLabels = testLabels;
        Provenance = provenance;
        Stamp = DataStamp.Of(description.Id, provenance);
    }

    /// <summary>What the data set is.</summary>
    public DataSetDescription Description { get; }

    /// <summary>Training images, (images × pixels) row-major, channel after channel, 0 … 255.</summary>
    public byte[] TrainImages { get; }

    /// <summary>Training labels, (images), 0 … Classes − 1.</summary>
    public byte[] TrainLabels { get; }

    /// <summary>Test images, (images × pixels) row-major, channel after channel, 0 … 255.</summary>
    public byte[] TestImages { get; }

    /// <summary>Test labels, (images), 0 … Classes − 1.</summary>
    public byte[] TestLabels { get; }

    /// <summary>Where each of the files came from, in the order of the description.</summary>
    public IReadOnlyList<Provenance> Provenance { get; }

    /// <summary>What evidence says of these data.</summary>
    public DataStamp Stamp { get; }

    /// <summary>16 hexadecimal digits that depend on the content only: <see cref="DataStamp.Checksum"/>.</summary>
    public string Checksum => Stamp.Checksum;

    /// <summary>Normalises images with the mean and standard deviation of each channel: (pixel/255 − mean)/deviation.</summary>
    /// <param name="images">Pixels 0 … 255, (images × channels × rows × columns); with one channel, in any shape.</param>
    /// <returns>As many numbers in the same order, every step in float32.</returns>
    /// <exception cref="ArgumentException">With several channels, these are not whole images.</exception>
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
