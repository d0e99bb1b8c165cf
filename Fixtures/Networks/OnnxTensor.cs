using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Reproduce.Fixtures.Networks;

/// <summary>A constant in an ONNX file. Its numbers are looked at when they are asked for.</summary>
internal sealed class OnnxTensor
{
    private const int Float = 1;
    private const int Int64 = 7;
    private const int Double = 11;
    private const int RawData = 9;
    private const int MostSizes = 8;

    private static readonly string[] TypeNames =
    [
        "UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING", "BOOL", "FLOAT16", "DOUBLE", "UINT32",
        "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16",
    ];

    private OnnxReader? _reader;
    private long _type;
    private int _field;
    private ByteString? _content;

    /// <summary>Empty for an attribute.</summary>
    internal string Name { get; private set; } = "";

    /// <summary>Whether its numbers are in another file, or in pieces.</summary>
    internal bool IsElsewhere { get; private set; }

    /// <summary>The sizes, as they are said.</summary>
    internal IReadOnlyList<long> Shape { get; private set; } = [];

    internal static OnnxTensor Read(OnnxReader tensor)
    {
        var (read, shape) = (new OnnxTensor { _reader = tensor }, new List<long>());
        while (tensor.Next())
        {
            switch (tensor.Field)
            {
                case 1:
                    shape.AddRange(tensor.Integers());
                    break;
                case 2:
                    read._type = tensor.Integer();
                    break;
                case 8:
                    read.Name = tensor.Text();
                    break;
                case 3 or 13:
                    read.IsElsewhere = true;
                    tensor.Skip();
                    break;
                case 14:
                    read.IsElsewhere |= tensor.Integer() != 0;
                    break;
                case 4 or 5 or 6 or 7 or RawData or 10 or 11:
                    if (!tensor.HasLength)
                    {
                        throw new InvalidDataException(
                            "a tensor holds its numbers one by one, not packed as ONNX requires: onnx.load and onnx.save pack them");
                    }

                    (read._field, read._content) = read._content is null
                        ? (tensor.Field, tensor.Bytes())
                        : throw new InvalidDataException("a tensor holds its numbers twice, or not in one piece");
                    break;
                default:
                    tensor.Skip();
                    break;
            }
        }

        read.Shape = shape;
        return read;
    }

    /// <summary>The numbers, row-major, each exactly as it is stored.</summary>
    /// <exception cref="InvalidDataException">
    /// They are not float32 or float64, or not as many as the shape says. The message goes on after the tensor's name.
    /// </exception>
    internal double[] Numbers()
    {
        var count = Count(_type switch
        {
            Float => (4, 4),
            Double => (8, 10),
            _ => throw new InvalidDataException($"is of type {TypeName}; FLOAT and DOUBLE are read"),
        });
        var bytes = _content!.Span;
        if (_type == Double)
        {
            return MemoryMarshal.Cast<byte, double>(bytes).ToArray();
        }

        var single = MemoryMarshal.Cast<byte, float>(bytes);
        var numbers = new double[count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = single[i];
        }

        return numbers;
    }

    /// <summary>The numbers of a list of integers, such as a shape.</summary>
    /// <exception cref="InvalidDataException">They are not int64, not a list, or not as many as the shape says.</exception>
    internal long[] Integers()
    {
        if (_type != Int64 || Shape.Count != 1 || Shape[0] > MostSizes)
        {
            throw new InvalidDataException(
                $"is of type {TypeName} and shape [{string.Join(", ", Shape)}], not a list of up to {MostSizes} INT64");
        }

        if (_field == RawData)
        {
            Count((8, RawData));
            return MemoryMarshal.Cast<byte, long>(_content!.Span).ToArray();
        }

        long[] numbers = _field == 7 ? [.. _reader!.Integers(_content!)] : [];
        return numbers.Length == Shape[0] ? numbers : throw new InvalidDataException($"holds {numbers.Length} numbers, not {Shape[0]}");
    }

    /// <summary>Whether it holds one truth value, false.</summary>
    internal bool IsFalse => _type == 9 && Shape.All(size => size == 1) && _content is { Length: 1 } content && content[0] == 0;

    private string TypeName => _type >= 0 && _type < TypeNames.Length ? TypeNames[_type] : $"number {_type}";

    // How many numbers there are, after checking that they are all there.
    private long Count((int Bytes, int Field) form)
    {
        if (_content is null || (_field != RawData && _field != form.Field))
        {
            throw new InvalidDataException($"holds no numbers of its type, {TypeName}");
        }

        if (Shape.Count > MostSizes)
        {
            throw new InvalidDataException($"has {Shape.Count} sizes; up to {MostSizes} are read");
        }

        long left = _content.Length / form.Bytes;
        var count = 1L;
        foreach (var size in Shape)
        {
            count = size >= 1 && size <= left / count ? count * size : throw Lying();
        }

        return count * form.Bytes == _content.Length ? count : throw Lying();

        InvalidDataException Lying() =>
            new($"of shape [{string.Join(", ", Shape)}] and type {TypeName} cannot have {_content.Length} bytes");
    }
}
