using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Reproduce.Fixtures.Data;

namespace Reproduce.Fixtures.Files;

/// <summary>
/// A file of float32 or float64 numbers in NumPy's npy format: a magic number, a version, the header's length, the header (a Python
/// dictionary of element type, order and shape), and the numbers. Rows are read in parts; a column-major array, and one in an npz archive,
/// is held in memory.
/// </summary>
public sealed class NpyFile : IDisposable
{
    /// <summary>The largest array that is held in memory, in bytes.</summary>
    public const int MostInMemory = NpzArchive.MostInMemory;

    private const string Save = "Save it again: numpy.save(\"points.npy\", array.astype(\"float32\")).";

    private readonly Stream _stream;
    private readonly long _data;
    private readonly int _bytes;
    private readonly bool _isBigEndian;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private NpyFile(string path, Stream stream)
    {
        (Path, _stream) = (path, stream);
        var header = Header();
        _data = stream.Position;
        var (type, isColumnMajor, shape) =
            new NpyHeader(header, problem => Refused($"its header is not what NumPy writes: {problem}")).Parse();
        (_bytes, _isBigEndian) = type switch
        {
            "<f4" => (4, false),
            "<f8" => (8, false),
            ">f4" => (4, true),
            ">f8" => (8, true),
            ['|', 'O', ..] => throw Refused("holds pickled Python objects, which are not read"),
            _ => throw Refused($"its elements are '{Printable.Of(type)}'; float32 and float64 are read"),
        };
        var array = $"an array of shape [{string.Join(", ", shape)}]";
        var numbers = 1L;
        foreach (var size in shape)
        {
            numbers = size == 0 || numbers <= long.MaxValue / _bytes / size
                ? numbers * size
                : throw Refused($"{array} is larger than any file");
        }

        var (expected, found) = (numbers * _bytes, stream.Length - _data);
        if (expected != found)
        {
            var what = found < expected ? "it is cut short" : "trailing bytes";
            throw Refused($"{array} needs {expected} bytes, and {found} follow the header: {what}");
        }

        var row = shape.Skip(1).Aggregate(1.0, (product, size) => product * size);
        if (row > Array.MaxLength / sizeof(double))
        {
            throw Refused(
                $"{array} has {row:F0} numbers an entry; up to {Array.MaxLength / sizeof(double)} are read", "Give smaller points.");
        }

        Shape = shape;
        if (isColumnMajor && shape.Count(size => size > 1) > 1)
        {
            if (expected > MostInMemory)
            {
                throw Refused(
                    $"{array} is in column-major order (fortran_order), and has more than the {MostInMemory} bytes that are held in memory",
                    "Save it again: numpy.save(\"points.npy\", numpy.ascontiguousarray(array)).");
            }

            (_stream, _data) = (RowMajor(), 0);
            stream.Dispose();
        }
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>The sizes of the array.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Reads the header and checks it.</summary>
    /// <param name="path">An npy file, or an npz archive.</param>
    /// <param name="array">The array wanted from an archive that holds several; else the one that is called points, pairs or arr_0.</param>
    /// <exception cref="DataException">The file is not exactly such a file, or holds something else than float32 or float64.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static NpyFile Open(string path, string? array = null)
    {
        Stream stream = PlainFile.Open(path);
        try
        {
            if (NpzArchive.Find(path, stream, array) is { } content)
            {
                stream.Dispose();
                stream = content;
            }

            return new NpyFile(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Some entries along the first dimension, row-major, exactly as they are in the file.</summary>
    /// <exception cref="IOException">The file cannot be read, or became shorter.</exception>
    public double[] Rows(long first, long count)
    {
        var numbers = Shape.Skip(1).Aggregate(count, (product, size) => checked(product * size));
        var bytes = new byte[checked(numbers * _bytes)];
        _stream.Position = _data + (first * (numbers / Math.Max(count, 1)) * _bytes);
        _stream.ReadExactly(bytes);
        if (_isBigEndian)
        {
            Reverse(bytes);
        }

        return _bytes == 8
            ? MemoryMarshal.Cast<byte, double>(bytes).ToArray()
            : Array.ConvertAll(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), one => (double)one);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private string Header()
    {
        var start = new byte[8];
        _stream.Position = 0;
        if (_stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.AsSpan().StartsWith(Magic))
        {
            throw (start.AsSpan().StartsWith(Magic) ? null : FileKind.Refusal(Path, _stream, FileWanted.Npy))
                ?? Refused("not an npy file: it does not begin with NumPy's magic number");
        }

        if (start[6] is not (1 or 2 or 3) || start[7] != 0)
        {
            throw Refused($"version {start[6]}.{start[7]} of the npy format; 1.0, 2.0 and 3.0 are read");
        }

        Span<byte> length = stackalloc byte[start[6] == 1 ? 2 : 4];
        if (_stream.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length)
        {
            throw Refused("it is cut short within its header");
        }

        var count = length.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (count > _stream.Length - _stream.Position)
        {
            throw Refused($"it says that its header has {count} bytes, and {_stream.Length - _stream.Position} follow");
        }

        // NumPy itself refuses longer ones from files that it does not trust.
        if (count > 10_000)
        {
            throw Refused($"its header has {count} bytes, which no array of numbers needs");
        }

        var header = new byte[count];
        _stream.ReadExactly(header);
        return Encoding.Latin1.GetString(header);
    }

    // All numbers in the other order. The place counts up the indices, the last one fastest.
    private MemoryStream RowMajor()
    {
        var columns = new byte[_stream.Length - _data];
        _stream.ReadExactly(columns);
        var (rows, place, source) = (new byte[columns.Length], new long[Shape.Count], 0L);
        long[] steps = [.. Shape.Select((_, i) => Shape.Take(i).Aggregate((long)_bytes, (product, size) => product * size))];
        for (var target = 0; target < rows.Length; target += _bytes)
        {
            columns.AsSpan((int)source, _bytes).CopyTo(rows.AsSpan(target));
            for (var i = place.Length - 1; i >= 0; i--)
            {
                source += steps[i];
                if (++place[i] < Shape[i])
                {
                    break;
                }

                source -= steps[i] * Shape[i];
                place[i] = 0;
            }
        }

        return new MemoryStream(rows);
    }

    private void Reverse(byte[] bytes)
    {
        if (_bytes == 8)
        {
            var numbers = MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan());
            BinaryPrimitives.ReverseEndianness(numbers, numbers);
        }
        else
        {
            var numbers = MemoryMarshal.Cast<byte, uint>(bytes.AsSpan());
            BinaryPrimitives.ReverseEndianness(numbers, numbers);
        }
    }

    private DataException Refused(string problem, string remedy = Save) => new(Path, problem, remedy);
}
