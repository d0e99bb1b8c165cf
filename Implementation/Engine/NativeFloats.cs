using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>Memory that the garbage collector does not move, aligned to cache lines and filled with zeros, until all of it is given back.</summary>
internal sealed unsafe class NativeFloats : IDisposable
{
    private readonly List<nint> _taken = [];

    /// <summary>Where the numbers of a contiguous float32 tensor on the CPU lie. It must outlive the pointer.</summary>
    internal static float* Of(Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

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
