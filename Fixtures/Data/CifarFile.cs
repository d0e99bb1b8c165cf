namespace Reproduce.Fixtures.Data;

/// <summary>
/// A file of CIFAR-10's binary version: records of one label byte followed by the pixels of one image, channel by channel, each in
/// row-major order. Only the archive has a published checksum; a single file with another checksum than a known copy's is unverified: it is
/// accepted where its form is right.
/// </summary>
/// <param name="Role">Training or test records.</param>
/// <param name="Name">The official name, such as <c>data_batch_1.bin</c>.</param>
/// <param name="Records">The number of images in the file.</param>
/// <param name="Pixels">Bytes of an image.</param>
/// <param name="Classes">The number of classes: every label must be less.</param>
/// <param name="Known">A copy in circulation that differs from the published file; null if none is known.</param>
/// <param name="OfEachClass">How many images each class has; null where classes differ.</param>
public sealed record CifarFile(
    DataRole Role, string Name, int Records, int Pixels, int Classes, KnownCopy? Known = null, int? OfEachClass = null)
    : DataFile(Role, Name, null)
{
    private const string Remedy = "Replace the file with an intact copy.";

    /// <summary>Length of the decompressed file in bytes.</summary>
    public override long LongestContent => (long)Records * RecordLength;

    /// <inheritdoc/>
    public override bool HasKnownChecksum => Known is not null;

    private int RecordLength => 1 + Pixels;

    internal override FileContent Read(Stream stream, string name)
    {
        byte[] bytes = new byte[checked(Records * RecordLength)];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
        {
            string problem = $"truncated: {read} of {bytes.Length} bytes ({Records} records of {RecordLength}) are there";
            throw new DataException(name, problem, Remedy);
        }

        if (stream.ReadByte() >= 0)
        {
            throw new DataException(name, $"trailing bytes after the {Records} records of {RecordLength} bytes", Remedy);
        }

        int[] ofClass = new int[Classes];
        for (int record = 0; record < Records; record++)
        {
            byte label = bytes[record * RecordLength];
            if (label >= Classes)
            {
                throw new DataException(name, $"label {label} of record {record} is out of range for {Classes} classes", Remedy);
            }

            ofClass[label]++;
        }

        if (OfEachClass is { } prescribed && Array.FindIndex(ofClass, count => count != prescribed) is >= 0 and int unlike)
        {
            string problem = $"class {unlike} has {ofClass[unlike]} images, and in {Name} each class has {prescribed}";
            throw new DataException(name, problem, "Is it another file of the data set under this name? " + Remedy);
        }

        byte[] first = bytes[1..RecordLength];
        if (Records > 1 && bytes.Chunk(RecordLength).All(record => record.AsSpan(1).SequenceEqual(first)))
        {
            throw new DataException(name, $"its {Records} images are all the same", Remedy);
        }

        var (md5, sha256) = Checksums.Both((Known?.Sha256, Known?.Md5), bytes);
        KnownCopy? known = md5 == Known?.Md5 ? Known : null;
        return new FileContent(bytes, md5, sha256, known?.Remark, known is not null);
    }

    /// <summary>Splits records into the pixels of all images and their labels.</summary>
    /// <param name="files">Complete files of records, in order.</param>
    /// <param name="pixels">Bytes of an image.</param>
    internal static (byte[] Images, byte[] Labels) Split(IReadOnlyList<byte[]> files, int pixels)
    {
        int records = files.Sum(file => file.Length / (1 + pixels));
        byte[] images = new byte[records * pixels];
        byte[] labels = new byte[records];
        int image = 0;
        foreach (byte[] file in files)
        {
            for (int start = 0; start < file.Length; start += 1 + pixels, image++)
            {
                labels[image] = file[start];
                file.AsSpan(start + 1, pixels).CopyTo(images.AsSpan(image * pixels));
            }
        }

        return (images, labels);
    }
}

/// <summary>A known copy of a data file that differs from the published one.</summary>
/// <param name="Md5">MD5 of the decompressed bytes, lower-case hexadecimal.</param>
/// <param name="Remark">The remark that evidence must carry.</param>
public sealed record KnownCopy(string Md5, string Remark)
{
    /// <summary>SHA-256 of the same bytes, where it is known.</summary>
    public string? Sha256 { get; init; }
}
