using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>Images in memory as [channels, height, width, points]; for products the points are filled up with zeros to whole vectors.</summary>
internal sealed unsafe class PointsInnermost : IDisposable
{
    private readonly Tensor _owned;
    private readonly long _points;

    private PointsInnermost(Tensor owned, long points) => (_owned, _points, First) = (owned, points, (nint)NativeFloats.Of(owned));

    /// <summary>Where they begin.</summary>
    internal nint First { get; }

    internal int Channels => (int)_owned.size(0);

    internal int Height => (int)_owned.size(1);

    internal int Width => (int)_owned.size(2);

    /// <summary>With those that fill up.</summary>
    internal int Points => (int)_owned.size(3);

    /// <summary>Those that count.</summary>
    internal int Count => (int)_points;

    /// <summary>From one channel to the next.</summary>
    internal nint Channel => (nint)Height * Width * Points;

    /// <summary>Room for the same points on other planes.</summary>
    internal PointsInnermost Empty(int channels, int height, int width, Buffers? buffers) =>
        new(buffers?.Take(channels, height, width, Points) ?? empty([channels, height, width, Points], float32, CPU).DetachFromDisposeScope(), _points);

    /// <summary>The images' own memory where it has this form, else a copy.</summary>
    /// <param name="images">[N, channels, height, width].</param>
    /// <param name="isFilledUp">Whether to whole vectors.</param>
    internal static PointsInnermost Of(Tensor images, bool isFilledUp)
    {
        using var unrecorded = no_grad();
        using var turned = images.permute(1, 2, 3, 0);
        var points = images.size(0);
        var padded = isFilledUp ? Product.Padded((int)points) : points;
        if (padded == points && turned.is_contiguous())
        {
            return new(turned.alias().DetachFromDisposeScope(), points);
        }

        var copy = (padded == points ? empty([.. turned.shape], float32, CPU) : zeros([.. turned.shape[..^1], padded], float32, CPU)).DetachFromDisposeScope();
        using var inside = copy.narrow(3, 0, points);
        inside.copy_(turned);
        return new(copy, points);
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
