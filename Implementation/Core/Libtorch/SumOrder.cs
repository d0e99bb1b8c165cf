using System.Runtime.InteropServices;

namespace Reproduce.Libtorch;

/// <summary>
/// The order in which libtorch's MKL sums. By default it depends on where operands lie in memory, so that on some processors (AMD's Zen 5)
/// the same product has other last bits in the next run. MKL's conditional numerical reproducibility rules that out, at no cost in speed.
/// </summary>
internal static class SumOrder
{
    /// <summary>Sets what MKL reads at its first call, unless the user has; .NET's own variables do not reach native code.</summary>
    internal static void Fix()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = setenv("MKL_CBWR", "AUTO", overwrite: 0);
        }
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setenv(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
