using static TorchSharp.Door;

namespace TorchSharp;

/// <summary>A number that an operator takes beside its tensors.</summary>
public sealed class Scalar : IDisposable
{
    internal readonly Value Value;

    private Scalar(Value value) => Value = value;

    public static implicit operator Scalar(int value) => (long)value;

    public static implicit operator Scalar(long value) => new(new Value { Kind = Kind.Integer, Integer = value });

    public static implicit operator Scalar(float value) => (double)value;

    public static implicit operator Scalar(double value) => new(new Value { Kind = Kind.Real, Real = value });

    public static implicit operator Scalar(bool value) => new(new Value { Kind = Kind.Boolean, Integer = value ? 1 : 0 });

    /// <summary>Nothing to free here; TorchSharp's scalar owns a native one.</summary>
    public void Dispose()
    {
    }
}
