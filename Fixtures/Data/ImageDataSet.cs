using System.Security.Cryptography;
using System.Text;

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
        string hashes = string.Concat(provenance.OrderBy(file => file.Role).Select(file => file.Sha256));
        Checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(hashes)))[..16];
    }

    /// <summary>What the data set is.</summary>
    public DataSetDescription Description { get; }

    /// <summary>Training images, (images × pixels) row-major, 0 … 255.</summary>
    public byte[] TrainImages { get; }

    /// <summary>Training labels, (images), 0 … Classes − 1.</summary>
    public byte[] TrainLabels { get; }

    /// <summary>Test images, (images × pixels) row-major, 0 … 255.</summary>
    public byte[] TestImages { get; }

    /// <summary>Test labels, (images), 0 … Classes − 1.</summary>
    public byte[] TestLabels { get; }

    /// <summary>Where each of the four files came from, in the order of <see cref="DataRole"/>.</summary>
    public IReadOnlyList<Provenance> Provenance { get; }

    /// <summary>
    /// 16 hexadecimal digits to stamp on evidence: the start of the SHA-256 of the four files' SHA-256 (hexadecimal, in the order
    /// of <see cref="DataRole"/>). It depends on the content only, not on the source.
    /// </summary>
    public string Checksum { get; }

    /// <summary>Normalises images with the data set's mean and standard deviation: (pixel/255 − mean)/deviation.</summary>
    /// <param name="images">Pixels 0 … 255 in any shape.</param>
    /// <returns>As many numbers in the same order, every step in float32.</returns>
    public float[] Normalised(ReadOnlySpan<byte> images)
    {
        Span<float> table = stackalloc float[256];
        for (int pixel = 0; pixel < table.Length; pixel++)
        {
            table[pixel] = ((pixel / 255f) - Description.Mean) / Description.StandardDeviation;
        }

        float[] normalised = new float[images.Length];
        for (int i = 0; i < normalised.Length; i++)
        {
            normalised[i] = table[images[i]];
        }

        return normalised;
    }
}
