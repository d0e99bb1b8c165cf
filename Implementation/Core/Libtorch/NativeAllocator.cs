using System.Runtime.InteropServices;

namespace Reproduce.Libtorch;

/// <summary>
/// How glibc hands out memory to libtorch. By default it maps a large tensor anew for every operator, and unmaps it afterwards, and the kernel
/// fills its pages with zeros each time: on two cores that costs residual networks four fifths of their speed. Here memory comes from one heap that
/// keeps what was given back.
/// </summary>
internal static class NativeAllocator
{
    // glibc's malloc.h.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int LargestMappings = -4;
    private const int LargestArenas = -8;

    private delegate int Mallopt(int parameter, int value);

    /// <summary>Sets it for this process; does nothing where the C library is another one.</summary>
    internal static void Tune()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out var library) ||
            !NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _) || !NativeLibrary.TryGetExport(library, "mallopt", out var address))
        {
            return;
        }

        var mallopt = Marshal.GetDelegateForFunctionPointer<Mallopt>(address);
        mallopt(LargestArenas, 1);
        mallopt(LargestMappings, 0);
        mallopt(TrimThreshold, int.MaxValue);
        mallopt(TopPad, 64 << 20);
    }
}
