using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Reproduce.Lines;

/// <summary>
/// Truth values of the units of a layer, 64 in a word, and the loops over rows of units that yield them, a few units at a time.
/// </summary>
internal static class UnitSigns
{
    private const int Lanes = 4;

    /// <summary>The number of words that this many units take.</summary>
    internal static int Words(int units) => (units + 63) / 64;

    /// <summary>Whether the sum of two values is positive: the sign halfway between two nodes.</summary>
    internal static void PositiveHalfway(ReadOnlySpan<double> one, ReadOnlySpan<double> other, Span<ulong> bits)
    {
        var left = MemoryMarshal.Cast<double, Vector256<double>>(one);
        var right = MemoryMarshal.Cast<double, Vector256<double>>(other);
        bits.Clear();
        for (var i = 0; i < left.Length; i++)
        {
            var isPositive = Vector256.GreaterThan(left[i] + right[i], Vector256<double>.Zero);
            bits[i / 16] |= (ulong)isPositive.ExtractMostSignificantBits() << (i % 16 * Lanes);
        }

        for (var unit = left.Length * Lanes; unit < one.Length; unit++)
        {
            bits[unit / 64] |= one[unit] + other[unit] > 0 ? 1UL << (unit % 64) : 0;
        }
    }

    /// <summary>Whether one value is positive and the other negative.</summary>
    internal static void Opposite(ReadOnlySpan<double> one, ReadOnlySpan<double> other, Span<ulong> bits)
    {
        var left = MemoryMarshal.Cast<double, Vector256<double>>(one);
        var right = MemoryMarshal.Cast<double, Vector256<double>>(other);
        var zero = Vector256<double>.Zero;
        bits.Clear();
        for (var i = 0; i < left.Length; i++)
        {
            var falls = Vector256.GreaterThan(left[i], zero) & Vector256.LessThan(right[i], zero);
            var rises = Vector256.LessThan(left[i], zero) & Vector256.GreaterThan(right[i], zero);
            bits[i / 16] |= (ulong)(falls | rises).ExtractMostSignificantBits() << (i % 16 * Lanes);
        }

        for (var unit = left.Length * Lanes; unit < one.Length; unit++)
        {
            bits[unit / 64] |= (one[unit] > 0 && other[unit] < 0) || (one[unit] < 0 && other[unit] > 0) ? 1UL << (unit % 64) : 0;
        }
    }

    /// <summary>Sets to 0 what is at most share·slope + constant in magnitude.</summary>
    internal static void ClearBelow(Span<double> values, double share, ReadOnlySpan<double> slopes, ReadOnlySpan<double> constants)
    {
        var rows = MemoryMarshal.Cast<double, Vector256<double>>(values);
        var weights = MemoryMarshal.Cast<double, Vector256<double>>(slopes);
        var shifts = MemoryMarshal.Cast<double, Vector256<double>>(constants);
        var scale = Vector256.Create(share);
        for (var i = 0; i < rows.Length; i++)
        {
            var isLarge = Vector256.GreaterThan(Vector256.Abs(rows[i]), (scale * weights[i]) + shifts[i]);
            rows[i] = Vector256.ConditionalSelect(isLarge, rows[i], Vector256<double>.Zero);
        }

        for (var unit = rows.Length * Lanes; unit < values.Length; unit++)
        {
            values[unit] = Math.Abs(values[unit]) > (share * slopes[unit]) + constants[unit] ? values[unit] : 0;
        }
    }

    /// <summary>Whether each value is at most its bound in magnitude, and not 0.</summary>
    internal static void AtMost(ReadOnlySpan<double> values, ReadOnlySpan<double> bounds, Span<ulong> bits)
    {
        var left = MemoryMarshal.Cast<double, Vector256<double>>(values);
        var right = MemoryMarshal.Cast<double, Vector256<double>>(bounds);
        bits.Clear();
        for (var i = 0; i < left.Length; i++)
        {
            var isSmall = Vector256.LessThanOrEqual(Vector256.Abs(left[i]), right[i]) & ~Vector256.Equals(left[i], Vector256<double>.Zero);
            bits[i / 16] |= (ulong)isSmall.ExtractMostSignificantBits() << (i % 16 * Lanes);
        }

        for (var unit = left.Length * Lanes; unit < values.Length; unit++)
        {
            bits[unit / 64] |= Math.Abs(values[unit]) <= bounds[unit] && values[unit] != 0 ? 1UL << (unit % 64) : 0;
        }
    }

    /// <summary>Raises each entry to the magnitude of the other.</summary>
    internal static void RaiseToMagnitudes(Span<double> largest, ReadOnlySpan<double> values)
    {
        var target = MemoryMarshal.Cast<double, Vector256<double>>(largest);
        var source = MemoryMarshal.Cast<double, Vector256<double>>(values);
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = Vector256.Max(target[i], Vector256.Abs(source[i]));
        }

        for (var unit = target.Length * Lanes; unit < values.Length; unit++)
        {
            largest[unit] = Math.Max(largest[unit], Math.Abs(values[unit]));
        }
    }

    /// <summary>to − from.</summary>
    internal static void Difference(ReadOnlySpan<double> to, ReadOnlySpan<double> from, Span<double> result)
    {
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = to[i] - from[i];
        }
    }

    /// <summary>Adds share·slope.</summary>
    internal static void Advance(Span<double> values, ReadOnlySpan<double> slope, double share)
    {
        var target = MemoryMarshal.Cast<double, Vector256<double>>(values);
        var change = MemoryMarshal.Cast<double, Vector256<double>>(slope);
        var weight = Vector256.Create(share);
        for (var i = 0; i < target.Length; i++)
        {
            target[i] += weight * change[i];
        }

        for (var unit = target.Length * Lanes; unit < values.Length; unit++)
        {
            values[unit] += share * slope[unit];
        }
    }

    /// <summary>Sets or clears one bit.</summary>
    internal static void Set(Span<ulong> bits, int unit, bool value)
    {
        var bit = 1UL << (unit % 64);
        bits[unit / 64] = value ? bits[unit / 64] | bit : bits[unit / 64] & ~bit;
    }

    /// <summary>max(0, ·) of each value.</summary>
    internal static void Relu(ReadOnlySpan<double> values, Span<double> result)
    {
        var source = MemoryMarshal.Cast<double, Vector256<double>>(values);
        var target = MemoryMarshal.Cast<double, Vector256<double>>(result);
        for (var i = 0; i < source.Length; i++)
        {
            target[i] = Vector256.Max(source[i], Vector256<double>.Zero);
        }

        for (var unit = source.Length * Lanes; unit < values.Length; unit++)
        {
            result[unit] = Math.Max(values[unit], 0);
        }
    }

    /// <summary>The units whose bit is set, ascending.</summary>
    internal static Places PlacesOf(ReadOnlySpan<ulong> bits) => new(bits);

    /// <summary>1 and 0 in place of the bits.</summary>
    internal static void Expand(ReadOnlySpan<ulong> bits, Span<double> numbers)
    {
        for (var unit = 0; unit < numbers.Length; unit++)
        {
            numbers[unit] = bits[unit / 64] >> (unit % 64) & 1;
        }
    }

    /// <summary>Enumerates set bits.</summary>
    internal ref struct Places(ReadOnlySpan<ulong> bits)
    {
        private readonly ReadOnlySpan<ulong> _bits = bits;
        private int _word = -1;
        private ulong _rest;

        public int Current { get; private set; }

        public readonly Places GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_rest == 0)
            {
                if (++_word == _bits.Length)
                {
                    return false;
                }

                _rest = _bits[_word];
            }

            Current = (_word * 64) + BitOperations.TrailingZeroCount(_rest);
            _rest &= _rest - 1;
            return true;
        }
    }
}
