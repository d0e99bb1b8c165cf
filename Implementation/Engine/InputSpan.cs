using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Coordinates in a space that holds all training points. Gradient descent without weight decay, with momentum or without, moves the rows
/// of W_1 only within the span of these points, and outputs at them depend on nothing else. So a network's descent is that of a smaller
/// network on the coordinates, several times faster where the space has fewer dimensions than there are inputs.
/// </summary>
public sealed class InputSpan : IDisposable
{
    private readonly Tensor _basis;

    // It belongs to the scope around that of the caller below, if there is one.
    private InputSpan(Tensor basis) => _basis = basis.contiguous().MoveToOuterDisposeScope();

    /// <summary>
    /// The span of the points; or, if no more inputs are ever other than zero than there are points, all points that are zero elsewhere:
    /// their coordinates are these inputs, such as the pixels that are not black in every image.
    /// </summary>
    /// <param name="points">[N, n_0] in float32 or float64 on the CPU; not owned.</param>
    /// <exception cref="ArgumentException">All points are zero.</exception>
    public static InputSpan Of(Tensor points)
    {
        using var scope = NewDisposeScope();
        var used = points.ne(0).any(0).nonzero().flatten();
        if (used.size(0) == 0)
        {
            throw new ArgumentException("points that are all zero span nothing", nameof(points));
        }

        if (used.size(0) <= points.size(0))
        {
            return new(eye(points.size(1), points.size(1), points.dtype).index_select(1, used));
        }

        var (count, inputs) = ((int)points.size(0), (int)points.size(1));
        var numbers = points.to_type(float64).contiguous().data<double>().ToArray();
        var vectors = Enumerable.Range(0, count).Select(i => numbers.AsSpan(i * inputs, inputs).ToArray()).ToList();
        return new(Orthonormal(vectors).to_type(points.dtype));
    }

    /// <summary>The span of all images M·X·Mᵀ of square images X: an image has as many coordinates as X has pixels.</summary>
    /// <param name="matrix">M, of full column rank, such as an enlargement.</param>
    /// <exception cref="ArgumentException">Columns of M depend on each other.</exception>
    public static InputSpan OfImages(double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        using var scope = NewDisposeScope();
        var (to, from) = (matrix.GetLength(0), matrix.GetLength(1));
        var side = Orthonormal([.. Enumerable.Range(0, from).Select(j => Enumerable.Range(0, to).Select(i => matrix[i, j]).ToArray())]);
        return side.size(1) == from
            ? new(kron(side, side).to_type(float32))
            : throw new ArgumentException($"{from} columns span {side.size(1)} dimensions", nameof(matrix));
    }

    /// <summary>The coordinates of points in the space.</summary>
    /// <param name="points">[N, n_0], as those that were given.</param>
    /// <returns>[N, dimensions].</returns>
    public Tensor Coordinates(Tensor points) => Times(points, _basis);

    /// <summary>The points with these coordinates.</summary>
    /// <param name="coordinates">[N, dimensions].</param>
    /// <returns>[N, n_0].</returns>
    public Tensor Points(Tensor coordinates)
    {
        using var scope = NewDisposeScope();
        return Times(coordinates, _basis.t()).MoveToOuterDisposeScope();
    }

    /// <summary>The network on coordinates: the same outputs at points of the space. A copy, of all replicas.</summary>
    /// <param name="network">On points.</param>
    public FullyConnected Inside(FullyConnected network)
    {
        using var scope = NewDisposeScope();
        var first = stack([.. network.Weights[0].unbind().Select(one => Times(one, _basis))]).MoveToOuterDisposeScope();
        return new(
            [first, .. network.Weights.Skip(1).Select(one => one.clone().MoveToOuterDisposeScope())],
            [.. network.Biases.Select(one => one.clone().MoveToOuterDisposeScope())]);
    }

    /// <summary>The network on points again: trained within the space, as initialised outside it.</summary>
    /// <param name="trained">On coordinates, one replica.</param>
    /// <param name="initial">On points, one replica.</param>
    public FullyConnected Outside(FullyConnected trained, FullyConnected initial)
    {
        using var scope = NewDisposeScope();
        var (before, after, back) = (initial.Weights[0].squeeze(0), trained.Weights[0].squeeze(0), _basis.t());
        var first = (before - Times(Times(before, _basis), back) + Times(after, back)).unsqueeze(0).MoveToOuterDisposeScope();
        return new(
            [first, .. trained.Weights.Skip(1).Select(one => one.clone().MoveToOuterDisposeScope())],
            [.. trained.Biases.Select(one => one.clone().MoveToOuterDisposeScope())]);
    }

    /// <summary>The space on another device; itself where it is there already.</summary>
    /// <param name="device">Where networks and points are.</param>
    public InputSpan On(Device device)
    {
        using var scope = NewDisposeScope();
        return _basis.device_type == device.type ? this : new(_basis.to(device));
    }

    /// <inheritdoc/>
    public void Dispose() => _basis.Dispose();

    // On the CPU in float32 with the same bits on every processor, like the training that follows.
    private static Tensor Times(Tensor left, Tensor right) =>
        left.dtype == float32 && left.device_type == DeviceType.CPU ? MatrixProduct.Of(left, right) : left.matmul(right);

    // An orthonormal basis of the vectors' span, one a column, by Gram–Schmidt with each vector orthogonalised twice; sums in float64 in a
    // fixed order. A vector in the span of the earlier ones adds nothing.
    private static Tensor Orthonormal(List<double[]> vectors)
    {
        List<double[]> basis = [];
        foreach (var vector in vectors)
        {
            var length = Math.Sqrt(Dot(vector, vector));
            for (var turn = 0; turn < 2; turn++)
            {
                foreach (var earlier in basis)
                {
                    var along = Dot(vector, earlier);
                    for (var k = 0; k < vector.Length; k++)
                    {
                        vector[k] -= along * earlier[k];
                    }
                }
            }

            var rest = Math.Sqrt(Dot(vector, vector));
            if (rest > 1e-12 * length)
            {
                basis.Add(Array.ConvertAll(vector, one => one / rest));
            }
        }

        return tensor(basis.SelectMany(one => one).ToArray(), [basis.Count, vectors[0].Length], device: CPU).t();
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
}
