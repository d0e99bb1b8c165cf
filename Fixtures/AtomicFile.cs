using System.Text;

namespace Reproduce.Fixtures;

/// <summary>Writes files atomically.</summary>
public static class AtomicFile
{
    /// <summary>Where a path leads: the end of a chain of symbolic links, which need not exist, or the path itself.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string Target(string path) =>
        new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    /// <param name="path">The file; its folder is created if it does not exist.</param>
    /// <param name="text">The content, written as UTF-8.</param>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Writes to a temporary file and renames it, so that no reader ever sees half a file, even if the process is killed. A symbolic link
    /// stays, and the file that it leads to is written.
    /// </summary>
    /// <param name="path">The file; its folder is created if it does not exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The disk is full or the like; an existing file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = Target(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = $"{target}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var stream = File.Create(temporary))
            {
                write(stream);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
