using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Reproduce.Claims.Foundations.Files;

/// <summary>Generates inputs that a reader must refuse or read as they are.</summary>
internal static class Damage
{
    // Of numbers and sizes in files.
    private static readonly long[] Extremes =
    [
        0, 1, -1, 2, 255, 256, 65535, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue, 1L << 62,
    ];

    /// <summary>Random bytes, after the beginning of a file of the kind or not.</summary>
    /// <param name="files">Files of the kind.</param>
    internal static Gen<byte[]> Any(byte[][] files) =>
        from bytes in Gen.Choose(0, 255).Select(one => (byte)one).ArrayOf()
        from start in Gen.Elements(files)
        from kept in Gen.Elements(0, 0, 1, 2, 4, 6, 8, 10, 12, 16)
        select (byte[])[.. start.Take(kept), .. bytes];

    /// <summary>Files with one thing changed.</summary>
    internal static Gen<byte[]> Changed(byte[] bytes)
    {
        var length = bytes.Length;
        var place = Gen.Choose(0, Math.Max(0, length - 1));
        var some = Gen.Choose(1, 16);
        var flipped = from at in place from bit in Gen.Choose(0, 7) select With(bytes, at, [(byte)(bytes[at] ^ (1 << bit))]);
        var another = from at in place from value in Gen.Choose(0, 255) select With(bytes, at, [(byte)value]);
        var cut = from at in place select bytes[..at];
        var longer = from more in Gen.Choose(0, 255).Select(one => (byte)one).NonEmptyListOf() select (byte[])[.. bytes, .. more];
        var left = from at in place from count in some select (byte[])[.. bytes[..at], .. bytes[Math.Min(length, at + count)..]];
        var twice = from at in place from count in some select (byte[])[.. bytes[..Math.Min(length, at + count)], .. bytes[at..]];
        var put = from at in place from value in Gen.Choose(0, 255) select (byte[])[.. bytes[..at], (byte)value, .. bytes[at..]];
        var number = from at in place
                     from value in Gen.Elements(Extremes)
                     from size in Gen.Elements(2, 4, 8)
                     from isBig in Gen.Elements(false, true)
                     select With(bytes, at, Number(value, size, isBig));
        var digits = from at in place from value in Gen.Elements(Extremes) select WithDigits(bytes, at, $"{value}");
        var swapped = from at in place
                      from other in place
                      from count in some
                      let first = bytes[at..Math.Min(length, at + count)]
                      let second = bytes[other..Math.Min(length, other + count)]
                      select With(With(bytes, at, second), other, first);
        var often = from at in place
                    from count in some
                    from times in Gen.Elements(50, 3000)
                    let piece = bytes[at..Math.Min(length, at + count)]
                    select (byte[])[.. bytes[..at], .. Enumerable.Repeat(piece, times).SelectMany(one => one), .. bytes[at..]];
        return Gen.OneOf(flipped, another, cut, longer, left, twice, put, number, digits, swapped, often);
    }

    private static byte[] With(byte[] bytes, int at, byte[] others)
    {
        byte[] changed = [.. bytes];
        others.AsSpan(0, Math.Min(others.Length, bytes.Length - at)).CopyTo(changed.AsSpan(at));
        return changed;
    }

    // The next number that is written in digits becomes another one.
    private static byte[] WithDigits(byte[] bytes, int at, string value)
    {
        var begin = Array.FindIndex(bytes, at, one => one is >= (byte)'0' and <= (byte)'9');
        if (begin < 0)
        {
            return bytes;
        }

        var end = Array.FindIndex(bytes, begin, one => one is < (byte)'0' or > (byte)'9');
        return [.. bytes[..begin], .. Encoding.Latin1.GetBytes(value), .. end < 0 ? [] : bytes[end..]];
    }

    private static byte[] Number(long value, int size, bool isBig)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return isBig ? [.. bytes[..size].Reverse()] : bytes[..size];
    }
}
