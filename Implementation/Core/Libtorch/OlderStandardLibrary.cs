using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Reproduce.Libtorch;

/// <summary>
/// Lets TorchSharp's native library load where libstdc++ is older than that of GCC 13, as on Debian 12 and Ubuntu 22.04. One of its symbols
/// requires version GLIBCXX_3.4.32: <c>std::ios_base_library_init()</c>, which initialises <c>std::cout</c>, as libtorch_cpu.so, built for
/// older systems, already does in the older way. A copy in memory calls the harmless <c>std::get_terminate()</c> instead and no longer
/// requires that version.
/// </summary>
public static class OlderStandardLibrary
{
    /// <summary>The SHA-256 of libLibTorchSharp.so in TorchSharp 0.107.0, the only file for which this was tested.</summary>
    public const string KnownFile = "cf33b1b0bb6bbb9754a768fb5c5d04d9f498603be50e73f55621a0b40ee608b8";

    private const string Version = "GLIBCXX_3.4.32";
    private const string OlderVersion = "GLIBCXX_3.4.20";
    private const string Symbol = "_ZSt21ios_base_library_initv";
    private const string OlderSymbol = "_ZSt13get_terminatev";

    // Section types of ELF.
    private const uint DynamicSymbols = 11;
    private const uint NeededVersions = 0x6ffffffe;
    private const uint SymbolVersions = 0x6fffffff;

    /// <summary>Loads an adapted copy from memory; nothing is written to disk.</summary>
    /// <param name="path">
    /// Of libLibTorchSharp.so. All libraries of libtorch that it needs must be loaded already: a copy in memory has no folder to search.
    /// </param>
    /// <exception cref="TorchUnusableException">The file is not the known one, or there is no memory for the copy.</exception>
    internal static nint Load(string path)
    {
        var library = File.ReadAllBytes(path);
        if (Convert.ToHexStringLower(SHA256.HashData(library)) != KnownFile)
        {
            throw new TorchUnusableException(
                $"{path} needs a newer libstdc++ than this system has ({Version}), and is not the file that can be adapted: " +
                "use Debian 13, Ubuntu 24.04 or another system with the libstdc++6 of GCC 13 or later");
        }

        var file = memfd_create("libLibTorchSharp.so", 0);
        if (file < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new TorchUnusableException($"no memory for an adapted copy of {path}: memfd_create failed with error {error}");
        }

        // Stays open as long as the process: the loader maps it.
        var name = $"/proc/self/fd/{file}";
        File.WriteAllBytes(name, Adapted(library));
        return NativeLibrary.Load(name);
    }

    /// <summary>A copy of a library for 64-bit x86 that requires the older symbol and version in place of the newer.</summary>
    /// <param name="library">The bytes of the file.</param>
    /// <exception cref="FormatException">It is not such a library, or does not require the newer version.</exception>
    public static byte[] Adapted(ReadOnlySpan<byte> library)
    {
        var copy = library.ToArray();
        try
        {
            var sections = Sections(copy);
            var versions = NeededVersionsOf(copy, sections);
            var (newer, older) = (versions[Version], versions[OlderVersion]);
            BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan(newer.Entry + 4), 2); // VER_FLG_WEAK: may be absent.

            var symbols = sections.Single(section => section.Type == DynamicSymbols);
            var names = sections[symbols.Link].Offset;
            int NameOf(int symbol) => names + Int(copy, symbols.Offset + (24 * symbol));
            var place = Enumerable.Range(0, symbols.Size / 24).Single(i => TextAt(copy, NameOf(i)) == Symbol);
            Encoding.ASCII.GetBytes(OlderSymbol + "\0").CopyTo(copy, NameOf(place));
            var numbers = sections.Single(section => section.Type == SymbolVersions).Offset;
            BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan(numbers + (2 * place)), older.Number);
            return copy;
        }
        catch (Exception fault) when (fault
            is ArgumentException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or OverflowException)
        {
            throw new FormatException($"not an ELF library for 64-bit x86 that requires {Symbol} of {Version}", fault);
        }
    }

    private static Section[] Sections(byte[] library)
    {
        var (table, size, count) = (Long(library, 40), Short(library, 58), Short(library, 60));
        return [.. Enumerable.Range(0, count).Select(i => SectionAt(table + (i * size)))];

        Section SectionAt(int at) => new(
            (uint)Int(library, at + 4), Long(library, at + 24), Long(library, at + 32), Int(library, at + 40), Int(library, at + 44));
    }

    // Each version that is required of other libraries: its number in the table of symbol versions, and the place of its entry.
    private static Dictionary<string, (ushort Number, int Entry)> NeededVersionsOf(byte[] library, Section[] sections)
    {
        var section = sections.Single(one => one.Type == NeededVersions);
        var names = sections[section.Link].Offset;
        var found = new Dictionary<string, (ushort, int)>();
        var file = section.Offset;
        for (var i = 0; i < section.Info; i++)
        {
            var entry = file + Int(library, file + 8);
            for (var j = 0; j < Short(library, file + 2); j++)
            {
                found[TextAt(library, names + Int(library, entry + 8))] = (Short(library, entry + 6), entry);
                entry += Int(library, entry + 12);
            }

            file += Int(library, file + 12);
        }

        return found;
    }

    private static ushort Short(byte[] library, int at) => BinaryPrimitives.ReadUInt16LittleEndian(library.AsSpan(at));

    private static int Int(byte[] library, int at) => BinaryPrimitives.ReadInt32LittleEndian(library.AsSpan(at));

    private static int Long(byte[] library, int at) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(library.AsSpan(at)));

    private static string TextAt(byte[] library, int at) => Encoding.ASCII.GetString(library, at, Array.IndexOf(library, (byte)0, at) - at);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int memfd_create([MarshalAs(UnmanagedType.LPUTF8Str)] string name, uint flags);

    private sealed record Section(uint Type, int Offset, int Size, int Link, int Info);
}
