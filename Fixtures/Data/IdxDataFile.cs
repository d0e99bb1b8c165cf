namespace Reproduce.Fixtures.Data;

/// <summary>A file in MNIST's format, <see cref="IdxFile"/>.</summary>
/// <param name="Role">What the file holds.</param>
/// <param name="Name">The official name of the decompressed file.</param>
/// <param name="Dimensions">(images, rows, columns) for images, (labels) for labels.</param>
/// <param name="Md5">MD5 of the decompressed bytes, lower-case hexadecimal.</param>
/// <param name="Classes">For labels, the number of classes; for images, null.</param>
public sealed record IdxDataFile(DataRole Role, string Name, IReadOnlyList<int> Dimensions, string Md5, int? Classes = null)
    : DataFile(Role, Name, Md5)
{
    /// <summary>SHA-256 of the same bytes, where it is known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The official name and its variants; some archives write <c>.idx3</c> for <c>-idx3</c>.</summary>
    public override IReadOnlyList<string> Names { get; } = NamesOf(Name);

    /// <summary>Length of the decompressed file in bytes: the IDX header and one byte an element.</summary>
    public override long LongestContent =>
        4 + (4 * Dimensions.Count) + Dimensions.Aggregate(1L, (product, size) => checked(product * size));

    internal override FileContent Read(Stream stream, string name)
    {
        var file = IdxFile.ReadPlain(stream, name, Dimensions, Classes, (Sha256, Md5));
        return new FileContent(file.Elements, file.Md5, file.Sha256, Remark: null);
    }

    private static string[] NamesOf(string name)
    {
        string alternative = name.Replace("-idx", ".idx", StringComparison.Ordinal);
        return [.. new[] { name, alternative, $"{name}.gz", $"{alternative}.gz" }.Distinct()];
    }
}
