using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Memory that passes through a network use again, the first request of each pass the first buffer and so on. An allocator between large and small blocks grew to
/// gigabytes, and its new pages cost as much as the convolutions.
/// </summary>
internal sealed class Buffers
{
    private readonly List<Tensor> _all = [];
    private int _next;

    /// <summary>Every buffer may be given out again.</summary>
    internal void Begin() => _next = 0;

    /// <summary>Numbers of any value, in the shape asked for; the caller disposes of the tensor, not of its memory.</summary>
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
