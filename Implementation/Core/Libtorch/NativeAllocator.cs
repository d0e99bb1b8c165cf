using System.Runtime.InteropServices;

namespace Reproduce.Libtorch;

/// <summary>
/// How glibc hands out memory to libtorch. By default it maps a large tensor anew for every operator, and unmaps it afterwards, and the kernel
/// fills its pages with zeros each time: on two cores that costs residual networks four fifths of their speed. Here tensors of up to 32 MiB come from one heap that
/// keeps half a gigabyte of what was given back; larger ones, such as data sets, are mapped as before.
/// </summary>
internal static class NativeAllocator
{
    // glibc's malloc.h.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MappedFrom = -3;
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
        mallopt(MappedFrom, 32 << 20);
        mallopt(TrimThreshold, 512 << 20);
        mallopt(TopPad, 64 << 20);
    }
}
