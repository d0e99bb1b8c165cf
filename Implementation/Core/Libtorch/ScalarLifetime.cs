using System.Runtime.InteropServices;

namespace Reproduce.Libtorch;

/// <summary>
/// Keeps numbers that are passed to libtorch alive. In <c>tensor * 0.5</c> TorchSharp makes a Scalar, takes its native handle and calls
/// libtorch; nothing refers to the object any more then, so a garbage collection on another thread finalises it, and libtorch reads
/// memory that was freed: it throws, or computes with another number. So the function that frees scalars is made to return at once. A
/// scalar costs about 60 bytes for the life of the process.
/// </summary>
internal static class ScalarLifetime
{
    private const int Read = 1;
    private const int Write = 2;
    private const int Execute = 4;

    /// <summary>Makes the library's function do nothing, where this machine allows it.</summary>
    /// <param name="wrapper">TorchSharp's native library.</param>
    internal static void Extend(nint wrapper)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64
            || !NativeLibrary.TryGetExport(wrapper, "THSTorch_dispose_scalar", out var free))
        {
            return;
        }

        var page = free & ~((nint)Environment.SystemPageSize - 1);
        if (Protect(page, (nuint)Environment.SystemPageSize, Read | Write | Execute) == 0)
        {
            const byte Return = 0xC3;
            Marshal.WriteByte(free, Return);
            _ = Protect(page, (nuint)Environment.SystemPageSize, Read | Execute);
        }
    }

    [DllImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Protect(nint address, nuint length, int protection);
}
