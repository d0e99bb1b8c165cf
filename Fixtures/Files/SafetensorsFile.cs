using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Reproduce.Fixtures.Data;

namespace Reproduce.Fixtures.Files;

/// <summary>
/// A file in the safetensors format: the header's length (8 bytes, little-endian), the header (a JSON object of names, element types,
/// shapes and places), and the tensors' bytes, row-major and little-endian, without gaps.
/// </summary>
/// <remarks>Nothing that the file says is believed before it is checked against the file's size, which so bounds memory.</remarks>
public sealed class SafetensorsFile : IDisposable
{
    // The format's own limit.
    private const long LongestHeader = 100_000_000;
    private const int MostSizes = 8;
    private const string TypesRead = "F64, F32, F16 and BF16 are read";
    private const string Convert = "Convert it: model.float() before model.state_dict().";
    private const string MetadataKey = "__metadata__";
    private const string Remedy = "Save the network again: safetensors.torch.save_file(model.state_dict(), \"network.safetensors\").";

    private static readonly Dictionary<string, int> Bytes = new()
    {
        ["F64"] = 8, ["F32"] = 4, ["F16"] = 2, ["BF16"] = 2, ["I64"] = 8, ["U64"] = 8, ["I32"] = 4, ["U32"] = 4, ["I16"] = 2, ["U16"] = 2,
        ["I8"] = 1, ["U8"] = 1, ["BOOL"] = 1, ["F8_E4M3"] = 1, ["F8_E5M2"] = 1, ["C64"] = 8,
    };

    private readonly FileStream _stream;
    private readonly long _data;

    private SafetensorsFile(string path, FileStream stream)
    {
        (Path, _stream) = (path, stream);
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
        {
            throw OtherFile("not a safetensors file: it is shorter than 8 bytes");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        var rest = stream.Length - prefix.Length;
        if (length is 0 or > LongestHeader || length > (ulong)rest)
        {
            throw OtherFile($"not a safetensors file, or a damaged one: it says that its header has {length} bytes, and {rest} follow");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        _data = prefix.Length + (long)length;
        (Tensors, Metadata) = Parse(header);
        RequireNoGaps(rest - (long)length);
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>What the file holds, in the order of the bytes.</summary>
    public IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>What the header's <c>__metadata__</c> says, as it is in the file; empty without one.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads the header and checks all of it. The tensors are read by <see cref="Numbers"/>.</summary>
    /// <exception cref="DataException">The file is not exactly such a file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        var stream = PlainFile.Open(path);
        try
        {
            return new SafetensorsFile(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The numbers of a tensor, row-major; each is exactly what the file holds, as float64 has room for it.</summary>
    /// <exception cref="DataException">The element type is not F64, F32, F16 or BF16, or the tensor is too large for an array.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public double[] Numbers(StoredTensor tensor)
    {
        if (tensor.ElementType is not ("F64" or "F32" or "F16" or "BF16"))
        {
            throw Refused($"tensor '{tensor.Shown}' has elements of type {tensor.ElementType}; {TypesRead}", Convert);
        }

        var length = tensor.End - tensor.Begin;
        if (length > Array.MaxLength)
        {
            throw Refused($"tensor '{tensor.Shown}' has {length} bytes; up to {Array.MaxLength} are read", "Measure a smaller network.");
        }

        var bytes = new byte[length];
        _stream.Position = _data + tensor.Begin;
        _stream.ReadExactly(bytes);
        return tensor.ElementType switch
        {
            "F64" => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
            "F32" => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), one => (double)one),
            "F16" => Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), one => (double)one),

            // The upper half of a float32.
            _ => Array.ConvertAll(
                MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), one => (double)BitConverter.UInt32BitsToSingle((uint)one << 16)),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private (List<StoredTensor> Tensors, Dictionary<string, string> Metadata) Parse(byte[] header)
    {
        if (header[0] != '{')
        {
            throw OtherFile("not a safetensors file: its header is not a JSON object");
        }

        try
        {
            using var document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var (tensors, metadata) = (new List<StoredTensor>(), new Dictionary<string, string>());
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                if (entry.Name == MetadataKey)
                {
                    metadata = Texts(entry.Value);
                }
                else
                {
                    tensors.Add(Entry(entry.Name, entry.Value));
                }
            }

            return ([.. tensors.OrderBy(one => one.Begin).ThenBy(one => one.End)], metadata);
        }
        catch (JsonException fault)
        {
            throw Refused($"its header is not valid JSON ({Printable.Of(fault.Message)})");
        }
        catch (InvalidOperationException fault)
        {
            // A name with half of a surrogate pair.
            throw Refused($"its header holds text that is not valid Unicode ({fault.Message})");
        }
    }

    private Dictionary<string, string> Texts(JsonElement metadata) =>
        metadata.ValueKind == JsonValueKind.Object && metadata.EnumerateObject().All(one => one.Value.ValueKind == JsonValueKind.String)
            ? metadata.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetString()!)
            : throw Refused($"the header's {MetadataKey} is not an object of texts");

    private StoredTensor Entry(string key, JsonElement entry)
    {
        var name = Printable.Of(key);
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("dtype", out var type) || type.ValueKind != JsonValueKind.String
            || !entry.TryGetProperty("shape", out var shape) || shape.ValueKind != JsonValueKind.Array
            || !entry.TryGetProperty("data_offsets", out var offsets) || offsets.ValueKind != JsonValueKind.Array)
        {
            throw Refused($"the header's entry '{name}' is not an object with dtype, shape and data_offsets");
        }

        var elementType = Printable.Of(type.GetString()!);
        if (!Bytes.TryGetValue(elementType, out var bytes))
        {
            throw Refused($"tensor '{name}' has elements of the unknown type '{elementType}'; {TypesRead}", Convert);
        }

        if (shape.GetArrayLength() > MostSizes)
        {
            throw Refused($"tensor '{name}' has {shape.GetArrayLength()} sizes; up to {MostSizes} are read");
        }

        var sizes = Counts(shape, $"the shape of tensor '{name}'");
        if (Counts(offsets, $"data_offsets of tensor '{name}'") is not [var begin, var end] || end < begin)
        {
            throw Refused($"data_offsets of tensor '{name}' are not a begin and an end after it");
        }

        long length = bytes;
        foreach (var size in sizes)
        {
            if (size > 0 && length > long.MaxValue / size)
            {
                throw Refused($"tensor '{name}' of shape [{string.Join(", ", sizes)}] is larger than any file");
            }

            length *= size;
        }

        return length == end - begin
            ? new StoredTensor(key, elementType, sizes, begin, end)
            : throw Refused(
                $"tensor '{name}' of shape [{string.Join(", ", sizes)}] and type {elementType} needs {length} bytes, "
                + $"and its data_offsets [{begin}, {end}] hold {end - begin}");
    }

    private long[] Counts(JsonElement numbers, string what)
    {
        var counts = new List<long>();
        foreach (var number in numbers.EnumerateArray())
        {
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetInt64(out var count) || count < 0)
            {
                throw Refused($"{what} holds '{Printable.Of(number.GetRawText())}', which is no count");
            }

            counts.Add(count);
        }

        return [.. counts];
    }

    private void RequireNoGaps(long length)
    {
        long end = 0;
        foreach (var tensor in Tensors)
        {
            if (tensor.End > length)
            {
                throw Refused(
                    $"tensor '{tensor.Shown}' ends at byte {tensor.End}, and the file holds {length} bytes of tensors: "
                    + "it is cut short, or damaged");
            }

            if (tensor.Begin != end)
            {
                var fault = tensor.Begin < end ? "overlap" : "leave a gap";
                throw Refused(
                    $"tensor '{tensor.Shown}' begins at byte {tensor.Begin}, and the one before it ends at {end}: tensors {fault}");
            }

            end = tensor.End;
        }

        if (end != length)
        {
            throw Refused($"{length - end} bytes after the last tensor belong to none");
        }
    }

    private DataException OtherFile(string problem) => FileKind.Refusal(Path, _stream, FileWanted.Safetensors) ?? Refused(problem);

    private DataException Refused(string problem, string remedy = Remedy) => new(Path, problem, remedy);
}

/// <summary>What a safetensors file says of a tensor.</summary>
/// <param name="Name">Its key in the state_dict.</param>
/// <param name="ElementType">Such as F32.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Begin">Its first byte, after the header.</param>
/// <param name="End">The byte after its last.</param>
public sealed record StoredTensor(string Name, string ElementType, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>The name as a message may show it.</summary>
    internal string Shown => Printable.Of(Name);
}
