using System.Text;

namespace Reproduce.Fixtures;

/// <summary>Writes files atomically.</summary>
public static class AtomicFile
{
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    /// <param name="path">The file; its folder is created if it does not exist.</param>
    /// <param name="text">The content, written as UTF-8.</param>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Writes to a temporary file and renames it, so that no reader ever sees half a file, even if the process is killed.
    /// </summary>
    /// <param name="path">The file; its folder is created if it does not exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The disk is full or the like; an existing file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var stream = File.Create(temporary))
            {
                write(stream);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
