using System.Runtime.InteropServices;

namespace Reproduce.Libtorch;

/// <summary>
/// How glibc allocates memory for libtorch. By default it maps large tensors anew for every operator and unmaps them afterwards, and the
/// kernel clears their pages each time: on two cores that costs residual networks four fifths of their speed. Here tensors of up to 32 MiB
/// come from one heap, which keeps up to half a gigabyte of freed memory; larger ones, such as data sets, are mapped as before.
/// </summary>
internal static class NativeAllocator
{
    // M_TRIM_THRESHOLD and so on, as in glibc's malloc.h.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    private delegate int Mallopt(int parameter, int value);

    /// <summary>Configures the allocator of this process; does nothing with a C library other than glibc.</summary>
    internal static void Tune()
    {
        if (!OperatingSystem.IsLinux()
            || !NativeLibrary.TryLoad("libc.so.6", out var library)
            || !NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _)
            || !NativeLibrary.TryGetExport(library, "mallopt", out var address))
        {
            return;
        }

        var mallopt = Marshal.GetDelegateForFunctionPointer<Mallopt>(address);
        mallopt(ArenaMax, 1);
        mallopt(MmapThreshold, 32 << 20);
        mallopt(TrimThreshold, 512 << 20);
        mallopt(TopPad, 64 << 20);
    }
}
