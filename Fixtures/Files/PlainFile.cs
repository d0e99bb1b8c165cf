using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Reproduce.Fixtures.Data;

namespace Reproduce.Fixtures.Files;

/// <summary>Files that a user names.</summary>
internal static class PlainFile
{
    /// <summary>Opens a file whose length is known.</summary>
    /// <exception cref="DataException">It is a folder, a pipe or a device.</exception>
    /// <exception cref="IOException">It cannot be read, or is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static FileStream Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw FileKind.RefusalOfFolder(path)
                ?? new DataException(path, "a folder, not a file", "Name a file in it.");
        }

        if (IsPipeOrDevice(path))
        {
            throw new DataException(path, "a pipe or a device, not a file", "Write it to a file first.");
        }

        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
    }

    // Opening a pipe waits for a writer, unless the system is asked not to wait, which .NET cannot do. False where the file does not open:
    // then the usual way to open it says why.
    private static bool IsPipeOrDevice(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        using var handle = new SafeFileHandle(open(path, OperatingSystem.IsMacOS() ? 0x0100_0004 : 0x8_0800), ownsHandle: true);
        if (handle.IsInvalid)
        {
            return false;
        }

        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);

        // A device such as /dev/zero has a length, 0, and gives more.
        return !stream.CanSeek || (stream.Length == 0 && stream.ReadByte() >= 0);
    }

    // O_RDONLY | O_NONBLOCK | O_CLOEXEC.
    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
