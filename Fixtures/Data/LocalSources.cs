namespace Reproduce.Fixtures.Data;

/// <summary>The folders of this machine that may contain the files of one data set, in the order in which they are tried.</summary>
internal sealed class LocalSources
{
    public LocalSources(DataSetFiles description, DataStoreOptions options)
    {
        CacheFolder = Path.GetFullPath(Path.Combine(options.CacheFolder, description.Id));
        var folders = new List<LocalFolder>();
        string[] names = description.Archive is { } archive ? [description.Folder, archive.Folder] : [description.Folder];
        foreach (string given in options.DataFolders)
        {
            string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(given));
            folders.AddRange(names.Select(name => new LocalFolder(SourceKind.UserFolder, Path.Combine(folder, name))));
            if (names.Contains(Path.GetFileName(folder)))
            {
                folders.Add(new LocalFolder(SourceKind.UserFolder, folder));
            }
        }

        folders.Add(new LocalFolder(SourceKind.Cache, CacheFolder));
        if (description.DebianPackage is not null)
        {
            folders.Add(new LocalFolder(SourceKind.Debian, Path.Combine(options.DebianRoot, description.Id)));
        }

        Folders = folders;
        Archives = description.Archive is null ? [] :
        [
            .. from folder in folders
                   .Concat(options.DataFolders.Select(given => new LocalFolder(SourceKind.UserFolder, Path.GetFullPath(given))))
                   .OrderBy(folder => folder.Source)
               let path = Path.Combine(folder.Path, description.Archive.Name)
               where File.Exists(path)
               select new LocalCopy(folder.Source, path),
        ];
    }

    public IReadOnlyList<LocalFolder> Folders { get; }

    /// <summary>Every local copy of the publishers' archive, in the order in which they are tried.</summary>
    public IReadOnlyList<LocalCopy> Archives { get; }

    public string CacheFolder { get; }

    /// <summary>Every local copy of a file, in the order in which they are tried.</summary>
    public IEnumerable<LocalCopy> CopiesOf(DataFile file) =>
        from folder in Folders
        from name in file.Names
        let path = Path.Combine(folder.Path, name)
        where File.Exists(path)
        select new LocalCopy(folder.Source, path);
}

/// <summary>A folder that may contain files of a data set.</summary>
internal sealed record LocalFolder(SourceKind Source, string Path)
{
    /// <summary>The folder as messages name it.</summary>
    public override string ToString() => Source switch
    {
        SourceKind.UserFolder => $"REPRODUCE_DATA {Path}",
        SourceKind.Cache => $"cache {Path}",
        _ => $"Debian {Path}",
    };
}

/// <summary>A file on this machine with the name of a data file.</summary>
internal sealed record LocalCopy(SourceKind Source, string Path);
