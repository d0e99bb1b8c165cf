using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Reproduce.Fixtures.Data;

namespace Reproduce.Fixtures.Files;

/// <summary>
/// A file of float32 or float64 numbers in NumPy's npy format: a magic number, a version, the header's length, the header (a Python dictionary of element
/// type, order and shape), and the numbers, row-major. Rows are read in parts.
/// </summary>
public sealed class NpyFile : IDisposable
{
    private const string Save = "Save it again: numpy.save(\"points.npy\", array.astype(\"float32\")).";

    private readonly FileStream _stream;
    private readonly long _data;
    private readonly int _bytes;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private NpyFile(string path, FileStream stream)
    {
        (Path, _stream) = (path, stream);
        var header = Header();
        _data = stream.Position;
        var (type, isColumnMajor, shape) = new NpyHeader(header, problem => Refused($"its header is not what NumPy writes: {problem}")).Parse();
        _bytes = type switch
        {
            "<f4" => 4,
            "<f8" => 8,
            ['|', 'O', ..] => throw Refused("holds pickled Python objects, which are not read"),
            ['>', ..] => throw Refused($"its numbers are big-endian ('{PlainFile.Printable(type)}')"),
            _ => throw Refused($"its elements are '{PlainFile.Printable(type)}'; float32 and float64 are read"),
        };
        if (isColumnMajor)
        {
            throw Refused("its numbers are in column-major order (fortran_order)", "Save it again: numpy.save(\"points.npy\", numpy.ascontiguousarray(array)).");
        }

        var numbers = 1L;
        foreach (var size in shape)
        {
            numbers = size == 0 || numbers <= long.MaxValue / _bytes / size ? numbers * size : throw Refused($"an array of shape [{string.Join(", ", shape)}] is larger than any file");
        }

        var (expected, found) = (numbers * _bytes, stream.Length - _data);
        if (expected != found)
        {
            throw Refused($"an array of shape [{string.Join(", ", shape)}] needs {expected} bytes, and {found} follow the header: {(found < expected ? "it is cut short" : "trailing bytes")}");
        }

        var row = shape.Skip(1).Aggregate(1.0, (product, size) => product * size);
        if (row > Array.MaxLength / sizeof(double))
        {
            throw Refused($"an array of shape [{string.Join(", ", shape)}] has {row:F0} numbers an entry; up to {Array.MaxLength / sizeof(double)} are read", "Give smaller points.");
        }

        Shape = shape;
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>The sizes of the array.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Reads the header and checks it.</summary>
    /// <exception cref="DataException">The file is not exactly such a file, or holds something else than float32 or float64 in row-major order.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static NpyFile Open(string path)
    {
        var stream = PlainFile.Open(path);
        try
        {
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
        return _bytes == 8 ? MemoryMarshal.Cast<byte, double>(bytes).ToArray() : Array.ConvertAll(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), one => (double)one);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private string Header()
    {
        var start = new byte[8];
        if (_stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw Refused(start is [(byte)'P', (byte)'K', ..] ? "a zip archive (.npz), not an npy file" : "not an npy file: it does not begin with NumPy's magic number");
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

    private DataException Refused(string problem, string remedy = Save) => new(Path, problem, remedy);
}

/// <summary>The Python dictionary at the start of an npy file, read as text and never evaluated.</summary>
internal sealed class NpyHeader(string text, Func<string, Exception> refused)
{
    private const int MostSizes = 8;

    private int _next;

    /// <summary>The three entries that the format asks for, each exactly once.</summary>
    internal (string Type, bool IsColumnMajor, long[] Shape) Parse()
    {
        string? type = null;
        bool? isColumnMajor = null;
        long[]? shape = null;
        Expect('{');
        while (!Take('}'))
        {
            var key = Quoted();
            Expect(':');
            switch (key)
            {
                case "descr" when type is null:
                    type = Peek() == '[' ? throw refused("its elements are structures; float32 and float64 are read") : Quoted();
                    break;
                case "fortran_order" when isColumnMajor is null:
                    isColumnMajor = Word() switch { "True" => true, "False" => false, _ => throw refused("fortran_order is neither True nor False") };
                    break;
                case "shape" when shape is null:
                    shape = Sizes();
                    break;
                default:
                    throw refused($"unexpected entry '{PlainFile.Printable(key)}'");
            }

            if (!Take(','))
            {
                Expect('}');
                break;
            }
        }

        return Peek() is null && type is not null && isColumnMajor is { } order && shape is not null
            ? (type, order, shape)
            : throw refused("it is not one dictionary with descr, fortran_order and shape");
    }

    private long[] Sizes()
    {
        var sizes = new List<long>();
        Expect('(');
        while (!Take(')'))
        {
            sizes.Add(long.TryParse(Word(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : throw refused("a size in its shape is no count"));
            if (sizes.Count > MostSizes)
            {
                throw refused($"its shape has more than {MostSizes} sizes");
            }

            if (!Take(','))
            {
                Expect(')');
                break;
            }
        }

        return [.. sizes];
    }

    private string Quoted()
    {
        var quote = Peek();
        if (quote is not ('\'' or '"'))
        {
            throw refused("text in quotes is missing");
        }

        var end = text.IndexOf(quote.Value, _next + 1);
        if (end < 0)
        {
            throw refused("a quote has no end");
        }

        var content = text[(_next + 1)..end];
        _next = end + 1;
        return content.Contains('\\') ? throw refused("it holds a backslash") : content;
    }

    private string Word()
    {
        Peek();
        var start = _next;
        while (_next < text.Length && char.IsAsciiLetterOrDigit(text[_next]))
        {
            _next++;
        }

        return text[start.._next];
    }

    private void Expect(char character)
    {
        if (!Take(character))
        {
            throw refused($"'{character}' is missing");
        }
    }

    private bool Take(char character)
    {
        var found = Peek() == character;
        _next += found ? 1 : 0;
        return found;
    }

    // The next character that is no space, or null at the end.
    private char? Peek()
    {
        while (_next < text.Length && text[_next] is ' ' or '\n' or '\t' or '\r')
        {
            _next++;
        }

        return _next < text.Length ? text[_next] : null;
    }
}
