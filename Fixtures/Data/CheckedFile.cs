namespace Reproduce.Fixtures.Data;

/// <summary>The content of a data file that matches its specification: its form, and its checksum where one is known.</summary>
internal sealed record CheckedFile(byte[] Elements, Provenance Provenance)
{
    /// <summary>Reads the file at <paramref name="path"/> and checks its form and its MD5.</summary>
    /// <param name="path">The file on disk.</param>
    /// <param name="location">What to call it in messages and in its provenance.</param>
    /// <param name="source">The kind of source it came from.</param>
    /// <param name="file">Its specification.</param>
    /// <exception cref="DataException">It cannot be read, or does not match.</exception>
    public static CheckedFile Read(string path, string location, SourceKind source, DataFile file)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Read(stream, location, source, file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataException(location, $"cannot be read ({failure.Message})", "Make the file readable, or remove it.", failure);
        }
    }

    /// <summary>Reads a file from a seekable stream.</summary>
    /// <exception cref="DataException">It does not match the specification.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static CheckedFile Read(Stream stream, string location, SourceKind source, DataFile file)
    {
        FileContent content = GzipOrPlain.Read(stream, location, plain => file.Read(plain, location));
        if (file.Md5 is not null && content.Md5 != file.Md5)
        {
            throw new DataException(
                location,
                $"the MD5 of the decompressed bytes is {content.Md5}, expected {file.Md5} for {file.Name}",
                "Replace the file with an intact copy, or remove it.");
        }

        bool isVerified = file.Md5 is not null || content.IsKnownCopy;
        return new CheckedFile(
            content.Elements,
            new Provenance(file.Role, location, source, content.Md5, content.Sha256, content.Remark, isVerified));
    }
}
