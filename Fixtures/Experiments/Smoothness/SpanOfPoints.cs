using Reproduce.Engine;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>
/// Coordinates in the span of the training points. Gradient descent without a regulariser moves the rows of W_1 only within that span, and
/// outputs at training points depend on nothing else. So a network's descent is that of a smaller network on the coordinates, several times
/// faster where points are fewer than inputs.
/// </summary>
public sealed class SpanOfPoints : IDisposable
{
    private readonly Tensor _basis;

    /// <param name="points">[N, n_0] in float32 or float64 on the CPU; not owned.</param>
    public SpanOfPoints(Tensor points)
    {
        using var scope = NewDisposeScope();
        _basis = Basis(points).to_type(points.dtype).contiguous().clone().DetachFromDisposeScope();
        Points = Times(points, _basis).contiguous().DetachFromDisposeScope();
    }

    /// <summary>The points' coordinates, [N, min(N, n_0)].</summary>
    public Tensor Points { get; }

    /// <summary>The network on coordinates: the same outputs at the points. A copy, of all replicas.</summary>
    public FullyConnected Inside(FullyConnected network) =>
        new(
            [
                stack([.. network.Weights[0].unbind().Select(one => Times(one, _basis))]),
                .. network.Weights.Skip(1).Select(one => one.clone()),
            ],
            [.. network.Biases.Select(one => one.clone())]);

    /// <summary>The network on points again: trained within the span, as initialised outside it.</summary>
    /// <param name="trained">On coordinates, one replica.</param>
    /// <param name="initial">On points, one replica.</param>
    public FullyConnected Outside(FullyConnected trained, FullyConnected initial)
    {
        using var scope = NewDisposeScope();
        var moved = trained.Weights[0].squeeze(0) - Times(initial.Weights[0].squeeze(0), _basis);
        var first = (initial.Weights[0] + Times(moved, _basis.t())).MoveToOuterDisposeScope();
        return new(
            [first, .. trained.Weights.Skip(1).Select(one => one.clone().MoveToOuterDisposeScope())],
            [.. trained.Biases.Select(one => one.clone().MoveToOuterDisposeScope())]);
    }

    // In float32 with the same bits on every processor, like the training that follows.
    private static Tensor Times(Tensor left, Tensor right) => left.dtype == float32 ? MatrixProduct.Of(left, right) : left.matmul(right);

    // An orthonormal basis of the points' span, [n_0, min(N, n_0)], by Gram–Schmidt with each point orthogonalised twice; sums in float64
    // in a fixed order. A point in the span of the earlier ones contributes a zero column.
    private static Tensor Basis(Tensor points)
    {
        var (inputs, count) = ((int)points.size(1), (int)Math.Min(points.size(0), points.size(1)));
        var numbers = points.to_type(float64).contiguous().cpu().data<double>().ToArray();
        var basis = new double[count][];
        for (var i = 0; i < count; i++)
        {
            var vector = numbers.AsSpan(i * inputs, inputs).ToArray();
            var length = Math.Sqrt(Dot(vector, vector));
            for (var turn = 0; turn < 2; turn++)
            {
                foreach (var earlier in basis.Take(i))
                {
                    var along = Dot(vector, earlier);
                    for (var k = 0; k < inputs; k++)
                    {
                        vector[k] -= along * earlier[k];
                    }
                }
            }

            var rest = Math.Sqrt(Dot(vector, vector));
            basis[i] = rest > 1e-12 * length ? Array.ConvertAll(vector, one => one / rest) : new double[inputs];
        }

        return tensor(basis.SelectMany(one => one).ToArray(), [count, inputs], device: CPU).t();
    }

    private static double Dot(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var k = 0; k < left.Length; k++)
        {
            sum += left[k] * right[k];
        }

        return sum;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _basis.Dispose();
        Points.Dispose();
    }
}
