using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Images in the layout [channels, height, width, points] (CHWN). For products the points are padded with zeros to whole vectors.
/// </summary>
internal sealed unsafe class ChwnImages : IDisposable
{
    private readonly Tensor _owned;
    private readonly long _count;

    private ChwnImages(Tensor owned, long count) => (_owned, _count, First) = (owned, count, (nint)NativeFloats.Of(owned));

    /// <summary>The address of the first number.</summary>
    internal nint First { get; }

    internal int Channels => (int)_owned.size(0);

    internal int Height => (int)_owned.size(1);

    internal int Width => (int)_owned.size(2);

    /// <summary>The number of points with padding.</summary>
    internal int Points => (int)_owned.size(3);

    /// <summary>The number of points without padding.</summary>
    internal int Count => (int)_count;

    /// <summary>From one channel to the next, in floats.</summary>
    internal nint Channel => (nint)Height * Width * Points;

    /// <summary>Uninitialised images of the same points.</summary>
    internal ChwnImages Empty(int channels, int height, int width, BufferPool? buffers)
    {
        long[] shape = [channels, height, width, Points];
        return new(buffers?.Take(shape) ?? empty(shape, float32, CPU).DetachFromDisposeScope(), _count);
    }

    /// <summary>The images' own memory where it has this layout, else a copy.</summary>
    /// <param name="images">[N, channels, height, width].</param>
    /// <param name="isPadded">Whether the points are padded to whole vectors.</param>
    internal static ChwnImages Of(Tensor images, bool isPadded)
    {
        using var unrecorded = no_grad();
        using var permuted = images.permute(1, 2, 3, 0);
        var count = images.size(0);
        var points = isPadded ? Gemm.Padded((int)count) : count;
        if (points == count && permuted.is_contiguous())
        {
            return new(permuted.alias().DetachFromDisposeScope(), count);
        }

        long[] shape = [.. permuted.shape[..^1], points];
        var copy = (points == count ? empty(shape, float32, CPU) : zeros(shape, float32, CPU)).DetachFromDisposeScope();
        using var inside = copy.narrow(3, 0, count);
        inside.copy_(permuted);
        return new(copy, count);
    }

    /// <summary>As [N, channels, height, width], in the open scope.</summary>
    internal Tensor Images()
    {
        if (Points == Count)
        {
            return _owned.permute(3, 0, 1, 2);
        }

        using var inside = _owned.narrow(3, 0, Count);
        using var whole = inside.contiguous();
        return whole.permute(3, 0, 1, 2);
    }

    /// <inheritdoc/>
    public void Dispose() => _owned.Dispose();
}
