using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>Memory that the garbage collector does not move, aligned to cache lines and filled with zeros, until all of it is given back.</summary>
internal sealed unsafe class NativeFloats : IDisposable
{
    private readonly List<nint> _taken = [];

    /// <summary>Where the numbers of a contiguous float32 tensor on the CPU lie. It must outlive the pointer.</summary>
    internal static float* Of(Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    /// <summary>Refuses tensors whose numbers are not of this kind.</summary>
    /// <exception cref="ArgumentException">One is not float32 on the CPU.</exception>
    internal static void Require(params ReadOnlySpan<Tensor> tensors)
    {
        foreach (var one in tensors)
        {
            if (one.dtype != float32 || one.device_type != DeviceType.CPU)
            {
                throw new ArgumentException($"numbers must be float32 on the CPU, not {one}");
            }
        }
    }

    /// <summary>So many floats.</summary>
    internal float* Take(nint count)
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
