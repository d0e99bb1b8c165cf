namespace Reproduce.Fixtures.Data;

/// <summary>One IDX file of a data set, as it must be: its name, its shape and its checksum.</summary>
/// <param name="Role">What the file holds.</param>
/// <param name="Name">The official name of the decompressed file, such as <c>train-images-idx3-ubyte</c>.</param>
/// <param name="Dimensions">(images, rows, columns) for images, (labels) for labels.</param>
/// <param name="Md5">MD5 of the decompressed bytes, lower-case hexadecimal.</param>
public sealed record DataFile(DataRole Role, string Name, IReadOnlyList<int> Dimensions, string Md5)
{
    /// <summary>The names the file may have on disk, in the order they are looked for; some archives write <c>.idx3</c> for <c>-idx3</c>.</summary>
    public IReadOnlyList<string> Names { get; } = NamesOf(Name);

    /// <summary>Length of the decompressed file in bytes: the IDX header and one byte an element.</summary>
    public long Length => 4 + (4 * Dimensions.Count) + Dimensions.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>A bound on the length of the file in any form: gzip of data that do not compress grows by less than this.</summary>
    internal long LongestForm => Length + (Length / 1000) + 4096;

    private static string[] NamesOf(string name)
    {
        string alternative = name.Replace("-idx", ".idx", StringComparison.Ordinal);
        return [.. new[] { name, alternative, $"{name}.gz", $"{alternative}.gz" }.Distinct()];
    }
}
