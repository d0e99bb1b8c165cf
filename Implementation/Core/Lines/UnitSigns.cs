using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Reproduce.Lines;

/// <summary>Truth values of the units of a layer, 64 in a word, and the loops over rows of units that yield them, a few units at a time.</summary>
internal static class UnitSigns
{
    private const int Lanes = 4;

    /// <summary>The number of words for so many units.</summary>
    internal static int Words(int units) => (units + 63) / 64;

    /// <summary>Whether the sum of two values is positive: the sign halfway between two nodes.</summary>
    internal static void PositiveHalfway(ReadOnlySpan<double> one, ReadOnlySpan<double> other, Span<ulong> bits)
    {
        var left = MemoryMarshal.Cast<double, Vector256<double>>(one);
        var right = MemoryMarshal.Cast<double, Vector256<double>>(other);
        bits.Clear();
        for (var i = 0; i < left.Length; i++)
        {
            bits[i / 16] |= (ulong)Vector256.GreaterThan(left[i] + right[i], Vector256<double>.Zero).ExtractMostSignificantBits() << (i % 16 * Lanes);
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

    /// <summary>Sets to 0 what is at most size·weight + bias in magnitude.</summary>
    internal static void ClearBelow(Span<double> values, double size, ReadOnlySpan<double> weights, ReadOnlySpan<double> biases)
    {
        var rows = MemoryMarshal.Cast<double, Vector256<double>>(values);
        var slopes = MemoryMarshal.Cast<double, Vector256<double>>(weights);
        var shifts = MemoryMarshal.Cast<double, Vector256<double>>(biases);
        var scale = Vector256.Create(size);
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = Vector256.ConditionalSelect(Vector256.GreaterThan(Vector256.Abs(rows[i]), (scale * slopes[i]) + shifts[i]), rows[i], Vector256<double>.Zero);
        }

        for (var unit = rows.Length * Lanes; unit < values.Length; unit++)
        {
            values[unit] = Math.Abs(values[unit]) > (size * weights[unit]) + biases[unit] ? values[unit] : 0;
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

    /// <summary>max(0, ·) of each value; returns the largest.</summary>
    internal static double Relu(ReadOnlySpan<double> values, Span<double> result)
    {
        var source = MemoryMarshal.Cast<double, Vector256<double>>(values);
        var target = MemoryMarshal.Cast<double, Vector256<double>>(result);
        var largest = Vector256<double>.Zero;
        for (var i = 0; i < source.Length; i++)
        {
            target[i] = Vector256.Max(source[i], Vector256<double>.Zero);
            largest = Vector256.Max(largest, target[i]);
        }

        var most = Math.Max(Math.Max(largest[0], largest[1]), Math.Max(largest[2], largest[3]));
        for (var unit = source.Length * Lanes; unit < values.Length; unit++)
        {
            result[unit] = Math.Max(values[unit], 0);
            most = Math.Max(most, result[unit]);
        }

        return most;
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
