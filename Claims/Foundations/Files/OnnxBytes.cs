using Google.Protobuf;
using static Google.Protobuf.WireFormat;

namespace Reproduce.Claims.Foundations.Files;

/// <summary>Small ONNX files, message by message, each wrong in one way. Fields are numbered as in onnx.proto.</summary>
internal static class OnnxBytes
{
    internal const int Float32 = 1;
    internal const int Int64 = 7;
    internal const int Float16 = 10;
    internal const int Float64 = 11;

    /// <summary>A model of some nodes and constants, from x, [N, sizes], to y.</summary>
    internal static byte[] Model(long[] sizes, params byte[][] parts) =>
        Model(Graph(Input("x", [null, .. sizes.Cast<long?>()]), "y", parts));

    internal static byte[] Model(byte[] graph, long operators = 13) =>
        Message(Field(1, 7), Field(7, graph), Field(8, Message(Field(1, ""), Field(2, operators))));

    internal static byte[] Graph(byte[] input, string output, params byte[][] parts) =>
        Message([.. parts, Field(11, input), Field(12, Field(1, output))]);

    internal static byte[] Input(string name, long?[] sizes, int type = Float64)
    {
        var shape = Message([.. sizes.Select(size => Field(1, size is { } known ? Field(1, known) : Field(2, "n")))]);
        return Message(Field(1, name), Field(2, Field(1, Message(Field(1, type), Field(2, shape)))));
    }

    /// <summary>A node of the graph, from names with blanks between to a name.</summary>
    internal static byte[] Node(string operation, string inputs, string outputs, params byte[][] attributes) => Field(1, Message(
    [
        .. inputs.Split(' ').Select(name => Field(1, name == "-" ? "" : name)),
        .. outputs.Split(' ').Select(name => Field(2, name)),
        Field(3, $"{operation}-{outputs.Split(' ')[0]}"),
        Field(4, operation),
        .. attributes.Select(attribute => Field(5, attribute)),
    ]));

    internal static byte[] Attribute(string name, long value) => Message(Field(1, name), Field(3, value), Field(20, 2));

    internal static byte[] Attribute(string name, float value) => Message(Field(1, name), Write(output =>
    {
        output.WriteTag(2, WireType.Fixed32);
        output.WriteFloat(value);
    }));

    internal static byte[] Attribute(string name, string value) => Message(Field(1, name), Field(4, value), Field(20, 3));

    internal static byte[] Attribute(string name, params long[] values) =>
        Message([Field(1, name), .. values.Select(value => Field(8, value)), Field(20, 7)]);

    internal static byte[] Attribute(string name, byte[] tensor) => Message(Field(1, name), Field(5, tensor), Field(20, 4));

    /// <summary>An initialiser of the graph, float64 in raw_data.</summary>
    internal static byte[] Constant(string name, long[] shape, params double[] numbers) => Field(5, Tensor(name, shape, numbers));

    internal static byte[] Tensor(string name, long[] shape, params double[] numbers) =>
        Tensor(name, Float64, shape, 9, [.. numbers.SelectMany(BitConverter.GetBytes)]);

    internal static byte[] Integers(string name, params long[] numbers) =>
        Field(5, Tensor(name, Int64, [numbers.Length], 9, [.. numbers.SelectMany(BitConverter.GetBytes)]));

    /// <summary>A tensor whose numbers are in some field.</summary>
    internal static byte[] Tensor(string name, int type, long[] shape, int field, byte[] content) =>
        Message([.. shape.Select(size => Field(1, size)), Field(2, type), Field(8, name), Field(field, content)]);

    internal static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(field => field)];

    internal static byte[] Field(int number, long value) => Write(output =>
    {
        output.WriteTag(number, WireType.Varint);
        output.WriteInt64(value);
    });

    internal static byte[] Field(int number, string text) => Write(output =>
    {
        output.WriteTag(number, WireType.LengthDelimited);
        output.WriteString(text);
    });

    internal static byte[] Field(int number, byte[] content) => Write(output =>
    {
        output.WriteTag(number, WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(content));
    });

    private static byte[] Write(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }
}
