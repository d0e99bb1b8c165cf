using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>Unmanaged memory, aligned to cache lines and filled with zeros; all of it is freed at once.</summary>
internal sealed unsafe class NativeFloats : IDisposable
{
    private readonly List<nint> _taken = [];

    /// <summary>The address of the numbers of a contiguous float32 tensor on the CPU, which must outlive the pointer.</summary>
    internal static float* Of(Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    /// <summary>Throws unless all tensors are float32 on the CPU.</summary>
    /// <exception cref="ArgumentException">A tensor is not float32 on the CPU.</exception>
    internal static void Require(params ReadOnlySpan<Tensor> tensors)
    {
        foreach (var one in tensors)
        {
            if (one.dtype != float32 || one.device_type != DeviceType.CPU)
            {
                throw new ArgumentException($"tensors must be float32 on the CPU, not {one}");
            }
        }
    }

    /// <summary>Throws unless points fit a network, and both are float32 on the CPU.</summary>
    /// <param name="weights">Of the network.</param>
    /// <param name="points">To be [N, n_0].</param>
    /// <param name="inputs">n_0.</param>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    internal static void Require(Tensor weights, Tensor points, int inputs)
    {
        Require(weights, points);
        if (points.ndim != 2 || points.size(1) != inputs)
        {
            throw new ArgumentException($"points must be [N, {inputs}], not {points}");
        }
    }

    /// <summary>Whether all numbers of a contiguous tensor on the CPU are finite.</summary>
    internal static bool AreFinite(Tensor tensor)
    {
        if (tensor.dtype != float32)
        {
            return tensor.isfinite().all().item<bool>();
        }

        // Zero times a number is NaN where the number is not finite.
        var numbers = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        var sums = Vector<float>.Zero;
        var i = 0;
        for (; i + Vector<float>.Count <= numbers.Length; i += Vector<float>.Count)
        {
            sums += new Vector<float>(numbers[i..]) * 0;
        }

        var sum = Vector.Sum(sums);
        for (; i < numbers.Length; i++)
        {
            sum += numbers[i] * 0;
        }

        return sum == 0;
    }

    /// <summary>Allocates that many floats, all zero.</summary>
    internal float* Allocate(nint count)
    {
        var bytes = (nuint)count * sizeof(float);
        var memory = NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(memory, bytes);
        _taken.Add((nint)memory);
        return (float*)memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _taken.ForEach(one => NativeMemory.AlignedFree((void*)one));
        _taken.Clear();
    }
}
