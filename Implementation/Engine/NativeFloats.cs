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
