using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MathNet.Numerics.Random;

namespace Reproduce.Randomness;

/// <summary>
/// A seed derived from named axes, such as <c>claim=slope.fig-1, data=mnist, repetition=2</c>. The same axes give the same numbers on every
/// machine and device, and different random choices do not share a stream by accident.
/// </summary>
public sealed record Seed
{
    private Seed(string axes)
    {
        Axes = axes;
        Value = BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(axes))) & int.MaxValue;
    }

    /// <summary>The axes as text, as recorded in evidence.</summary>
    public string Axes { get; }

    /// <summary>The number that starts the generator, at least 0.</summary>
    public int Value { get; }

    /// <summary>A seed for one random choice.</summary>
    /// <exception cref="ArgumentException">A name or a value holds one of the separators <c>=</c> and <c>,</c>.</exception>
    public static Seed Of(params ReadOnlySpan<(string Name, object Value)> axes)
    {
        var parts = new string[axes.Length];
        for (var i = 0; i < axes.Length; i++)
        {
            parts[i] = Part(axes[i].Name, axes[i].Value);
        }

        return new Seed(string.Join(", ", parts));
    }

    /// <summary>The same seed with one more axis.</summary>
    public Seed With(string name, object value) => new($"{Axes}, {Part(name, value)}");

    /// <summary>A fresh generator at the start of this seed's stream.</summary>
    public RandomSource Generator() => new Xoshiro256StarStar(Value, threadSafe: false);

    /// <inheritdoc/>
    public override string ToString() => $"{Axes} ({Value})";

    private static string Part(string name, object value)
    {
        var text = FormattableString.Invariant($"{value}");
        return (name + text).AsSpan().IndexOfAny('=', ',') < 0
            ? $"{name}={text}"
            : throw new ArgumentException($"an axis of a seed must not contain '=' or ',': {name}={text}");
    }
}
