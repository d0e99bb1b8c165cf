using Google.Protobuf;
using static Google.Protobuf.WireFormat;

namespace Reproduce.Fixtures.Networks;

/// <summary>The fields of a protobuf message in turn: after <see cref="Next"/>, exactly one of the other methods.</summary>
/// <remarks>Bytes are copied only as far as they are there, and all small items of a file are counted: its size bounds memory.</remarks>
/// <param name="input">The message.</param>
/// <param name="count">Of the items so far, in the whole file.</param>
internal sealed class OnnxReader(CodedInputStream input, int[] count)
{
    private const int MostItems = 1 << 18;

    private uint _tag;

    /// <summary>The number of the field.</summary>
    internal int Field => GetTagFieldNumber(_tag);

    /// <summary>Whether the field has a length: bytes, text, a message, or numbers that are packed.</summary>
    internal bool HasLength => GetTagWireType(_tag) == WireType.LengthDelimited;

    /// <summary>Goes to the next field; false at the end.</summary>
    internal bool Next()
    {
        _tag = input.ReadTag();
        Count();
        return _tag != 0;
    }

    /// <summary>Passes over a field that is not used.</summary>
    internal void Skip() => input.SkipLastField();

    /// <summary>A field of text.</summary>
    internal string Text() => Of(WireType.LengthDelimited).ReadString();

    /// <summary>A field of bytes.</summary>
    internal ByteString Bytes() => Of(WireType.LengthDelimited).ReadBytes();

    /// <summary>A field that is a message.</summary>
    internal OnnxReader Message() => new(Bytes().CreateCodedInput(), count);

    /// <summary>A field of one integer.</summary>
    internal long Integer() => Of(WireType.Varint).ReadInt64();

    /// <summary>A field of one float32.</summary>
    internal float Real() => Of(WireType.Fixed32).ReadFloat();

    /// <summary>A field of integers, or one of them: both forms are allowed.</summary>
    internal IEnumerable<long> Integers() => HasLength ? Integers(Bytes()) : [Integer()];

    /// <summary>Integers that are packed.</summary>
    internal IEnumerable<long> Integers(ByteString packed)
    {
        using var numbers = packed.CreateCodedInput();
        while (!numbers.IsAtEnd)
        {
            Count();
            yield return numbers.ReadInt64();
        }
    }

    private CodedInputStream Of(WireType type) => GetTagWireType(_tag) == type
        ? input
        : throw new InvalidDataException($"field {Field} of a message has wire type {(int)GetTagWireType(_tag)}, not {(int)type}");

    private void Count()
    {
        if (++count[0] > MostItems)
        {
            throw new InvalidDataException($"it has more than {MostItems} entries");
        }
    }
}
