using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Memory that the passes through a network share: the first request of each pass gets the first buffer, and so on. A general allocator
/// that alternates between large and small blocks grew to gigabytes, and touching its new pages cost as much as the convolutions.
/// </summary>
internal sealed class BufferPool
{
    private readonly List<Tensor> _all = [];
    private int _next;

    /// <summary>Makes every buffer available again.</summary>
    internal void Reset() => _next = 0;

    /// <summary>An uninitialised tensor of the given shape; the caller disposes of the tensor, not of its memory.</summary>
    internal Tensor Take(params long[] shape)
    {
        var count = shape.Aggregate(1L, (product, one) => product * one);
        if (_next == _all.Count)
        {
            _all.Add(New(count));
        }
        else if (_all[_next].numel() < count)
        {
            _all[_next].Dispose();
            _all[_next] = New(count);
        }

        using var part = _all[_next++].narrow(0, 0, count);
        return part.view(shape).DetachFromDisposeScope();
    }

    private static Tensor New(long count) => empty([count], float32, CPU).DetachFromDisposeScope();
}
