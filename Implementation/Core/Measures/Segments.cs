using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Measures;

/// <summary>Segments [a, b] in the input space, on which the path lengths are measured (smoothness thesis, Definition 5).</summary>
/// <param name="Starts">a, [N, n_0] for all replicas or [R, N, n_0].</param>
/// <param name="Ends">b, of the same shape.</param>
public sealed record Segments(Tensor Starts, Tensor Ends)
{
    /// <summary>N.</summary>
    public long Count => Starts.size(-2);

    /// <summary>
    /// Segments between points of a data set. Both ends are drawn independently and uniformly, so a segment may be a single point.
    /// </summary>
    /// <param name="points">[M, n_0].</param>
    /// <param name="count">N; the thesis takes 1000.</param>
    /// <param name="generator">The source of the draws.</param>
    /// <exception cref="ArgumentException">There are no points, or they are not a matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException">N is below 1.</exception>
    public static Segments Draw(Tensor points, int count, Random generator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (points.dim() != 2 || points.size(0) == 0)
        {
            throw new ArgumentException($"segments are drawn between points [M, n_0], not [{string.Join(", ", points.shape)}]");
        }

        Tensor Chosen()
        {
            long[] drawn = [.. Enumerable.Range(0, count).Select(_ => generator.NextInt64(points.size(0)))];
            using var index = tensor(drawn, device: points.device);
            return points.index_select(0, index);
        }

        return new Segments(Chosen(), Chosen());
    }
}
