namespace Reproduce.Fixtures;

/// <summary>Files that are either whole or not there.</summary>
public static class AtomicFile
{
    /// <summary>Writes beside and renames, so that a reader, or a process that is killed, never leaves half a file under the name.</summary>
    /// <param name="path">Its folder is made where it is missing.</param>
    /// <param name="text">The content.</param>
    /// <exception cref="IOException">The disk is full, or the like; what stood there before still stands.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var beside = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            File.WriteAllText(beside, text);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            File.Delete(beside);
            throw;
        }
    }
}
