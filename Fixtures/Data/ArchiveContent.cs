using System.Security.Cryptography;

namespace Reproduce.Fixtures.Data;

/// <summary>Reads the files of a data set from the publishers' archive, which is never unpacked to disk.</summary>
internal static class ArchiveContent
{
    private const string Remedy = "Replace the archive with an intact copy, or remove it.";

    /// <summary>Verifies the archive and all files in it.</summary>
    /// <param name="path">The archive on disk.</param>
    /// <param name="location">What to call it in messages and in provenance.</param>
    /// <param name="source">The kind of source it came from.</param>
    /// <param name="description">The data set; it has an archive.</param>
    /// <returns>The files by name, as published, since the archive has the published checksum.</returns>
    /// <exception cref="DataException">The archive is a different one, or lacks a file.</exception>
    public static IReadOnlyDictionary<string, CheckedFile> Read(string path, string location, SourceKind source, DataSetFiles description)
    {
        DataArchive archive = description.Archive!;
        string md5 = Md5Of(path, location);
        if (md5 != archive.Md5)
        {
            throw new DataException(location, $"the MD5 is {md5}, expected {archive.Md5} for {archive.Name}", Remedy);
        }

        var files = new Dictionary<string, CheckedFile>();
        TarArchive.ReadAsync(path, location, async (entry, name, content) =>
        {
            if (description.Files.FirstOrDefault(file => file.Name == name) is { } file && !files.ContainsKey(name))
            {
                using var bytes = new MemoryStream();
                await content.CopyToAsync(bytes).ConfigureAwait(false);
                bytes.Position = 0;
                CheckedFile verified = CheckedFile.Read(bytes, $"{location}, {entry}", source, file);
                files[name] = verified with { Provenance = verified.Provenance with { Remark = null, IsVerified = true } };
            }
        }).GetAwaiter().GetResult();

        return description.Files.FirstOrDefault(file => !files.ContainsKey(file.Name)) is { } missing
            ? throw new DataException(location, $"the archive has no {missing.Name}", Remedy)
            : files;
    }

    private static string Md5Of(string path, string location)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
#pragma warning disable CA5351 // The published checksum is an MD5.
            return Convert.ToHexStringLower(MD5.HashData(stream));
#pragma warning restore CA5351
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataException(location, $"cannot be read ({failure.Message})", "Make the file readable, or remove it.", failure);
        }
    }
}
