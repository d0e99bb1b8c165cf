using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>
/// Coordinates in the span of the training points. Gradient descent without a regulariser moves the rows of W_1 only inside that span, and
/// outputs at training points depend on nothing else; so the descent of a network is that of a smaller one on the coordinates, which is
/// several times faster where points are fewer than inputs.
/// </summary>
public sealed class SpanOfPoints : IDisposable
{
    private readonly Tensor _basis;

    /// <param name="points">[N, n_0] in float32 or float64 on the CPU; not owned.</param>
    public SpanOfPoints(Tensor points)
    {
        using var scope = NewDisposeScope();
        var (basis, _) = linalg.qr(points.to_type(float64).t());
        _basis = basis.to_type(points.dtype).contiguous().clone().DetachFromDisposeScope();
        Points = points.mm(_basis).contiguous().DetachFromDisposeScope();
    }

    /// <summary>The points' coordinates, [N, min(N, n_0)].</summary>
    public Tensor Points { get; }

    /// <summary>The network on coordinates: the same outputs at the points. A copy, of all replicas.</summary>
    public FullyConnected Inside(FullyConnected network) =>
        new([network.Weights[0].matmul(_basis), .. network.Weights.Skip(1).Select(one => one.clone())], [.. network.Biases.Select(one => one.clone())]);

    /// <summary>The network on points again: what was trained inside, and outside what it was at first.</summary>
    /// <param name="trained">On coordinates, one replica.</param>
    /// <param name="initial">On points, one replica.</param>
    public FullyConnected Outside(FullyConnected trained, FullyConnected initial)
    {
        using var scope = NewDisposeScope();
        var moved = trained.Weights[0] - initial.Weights[0].matmul(_basis);
        var first = (initial.Weights[0] + moved.matmul(_basis.t())).MoveToOuterDisposeScope();
        return new([first, .. trained.Weights.Skip(1).Select(one => one.clone().MoveToOuterDisposeScope())], [.. trained.Biases.Select(one => one.clone().MoveToOuterDisposeScope())]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _basis.Dispose();
        Points.Dispose();
    }
}
