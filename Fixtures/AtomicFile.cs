namespace Reproduce.Fixtures;

/// <summary>Files that are either whole or not there.</summary>
public static class AtomicFile
{
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    /// <param name="path">Its folder is made where it is missing.</param>
    /// <param name="text">The content, as UTF-8.</param>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes beside and renames, so that a reader, or a process that is killed, never leaves half a file under the name.</summary>
    /// <param name="path">Its folder is made where it is missing.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The disk is full, or the like; what stood there before still stands.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var beside = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var stream = File.Create(beside))
            {
                write(stream);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }
}
