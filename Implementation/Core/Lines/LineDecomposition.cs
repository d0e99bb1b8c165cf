using System.Buffers;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Lines;

/// <summary>
/// Cuts lines x + td wherever a unit of a ReLU network switches, so that between two cuts the network is affine in t. Layer by layer: where
/// the layers before are affine in t, so is a pre-activation, and its sign changes at its root.
/// </summary>
/// <remarks>
/// <para>All in float64. Lines of a fully connected network are cut many at a time: a block holds the values at the nodes (cuts and
/// requested positions) of all its lines as rows of one matrix, ragged, one line after the other. A layer is one product on the
/// network's device; the CPU finds the roots and inserts them as new rows, each core working on its own lines. Where a unit reaches few
/// others, as in convolutions, or a single line is too large for a block, the line is swept (<see cref="LineSweep"/>): the changes at
/// a cut are followed through the layers, and nothing else is touched.</para>
/// <para>Zero: a pre-activation no larger than <see cref="Rounding"/> times the sum of its terms' magnitudes, (|W|h + |b|)_i, is taken
/// as 0, so that a line inside a unit's hyperplane does not flicker. The sum is the unit's own: a large coordinate, unit or class that
/// it does not read cannot set it to 0. Where earlier layers cancel more than that, it may flicker. A unit whose pre-activation is 0
/// throughout a piece is off there, autograd's convention.</para>
/// <para>Merging: a cut closer than <see cref="Resolution"/> times the length of the line to the cut before it or to a requested
/// position shares its node: the piece between them is too short for rounding to resolve, if |t| is at most a thousand times that
/// length. Units that switch there switch together, and f at a requested position is off by at most the change of slope times the
/// distance of the merged cut.</para>
/// </remarks>
public sealed class LineDecomposition : IDisposable
{
    /// <summary>16 units of rounding.</summary>
    public const double Rounding = LinePrecision.Rounding;

    /// <summary>The shortest piece, as a share of the line's length: 2⁻⁴⁰.</summary>
    public const double Resolution = 1.0 / (1L << 40);

    // A block's largest matrix holds this many numbers, or this many rows where rows are long: it should stay in the cache and keep the
    // matrix product busy.
    private const long Elements = 1L << 18;
    private const long MostElements = 1L << 26;
    private const long FewestRows = 512;

    // Fewer lines are not worth a core of their own.
    private const long FewestLines = 16;

    private readonly LayeredNetwork _network;
    private readonly Lazy<AffineLayer>[] _magnitudes;
    private readonly Lazy<AffineLayer> _first;
    private readonly long _elements;

    /// <param name="network">In float64; it must outlive this.</param>
    /// <param name="elements">How many float64 numbers the largest matrix of a block may hold, at most 2²⁶; a block needs about five such
    /// matrices, there is a block a core, and a line that is too large for one is swept.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="elements"/> is below 1 or above 2²⁶.</exception>
    public LineDecomposition(LayeredNetwork network, long? elements = null)
    {
        _network = network;
        _elements = elements ?? Math.Clamp(FewestRows * network.Widest, Elements, MostElements);
        ArgumentOutOfRangeException.ThrowIfLessThan(_elements, 1, nameof(elements));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_elements, MostElements, nameof(elements));
        _first = new Lazy<AffineLayer>(() => WithSameNorms(network.Layers[0]));
        _magnitudes = [.. network.Layers.Select(layer => new Lazy<AffineLayer>(layer.OfMagnitudes))];
    }

    /// <summary>The pieces of lines, block by block: lines in order, and t ascending within a line.</summary>
    /// <param name="starts">x, [N, n_0], float64.</param>
    /// <param name="directions">d, [N, n_0].</param>
    /// <param name="positions">At least two ascending t, which become nodes of every line; a line runs from the first to the last.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, numbers are NaN or infinite, or the positions do not ascend.</exception>
    public IEnumerable<LinePieces> Of(Tensor starts, Tensor directions, params double[] positions)
    {
        if (starts.dim() != 2 || starts.size(1) != _network.Inputs || !starts.shape.SequenceEqual(directions.shape))
        {
            throw new ArgumentException(
                $"starts [{string.Join(", ", starts.shape)}] and directions [{string.Join(", ", directions.shape)}] "
                + $"for a network with {_network.Inputs} inputs");
        }

        // Nearer positions could not be told from the cuts that join them.
        if (positions.Length < 2 || positions.Any(position => !double.IsFinite(position))
            || positions.Zip(positions.Skip(1)).Any(pair => !(pair.Second - pair.First > 4 * Resolution * (positions[^1] - positions[0]))))
        {
            throw new ArgumentException($"positions [{string.Join(", ", positions)}] do not ascend, or lie too close together");
        }

        RequireFinite(starts);
        RequireFinite(directions);
        return _network.Layers.All(layer => layer is DenseLayer)
            ? Blocks(starts, directions, positions)
            : Enumerable.Range(0, (int)starts.size(0)).Select(line => Swept(line, starts, directions, positions));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_first.IsValueCreated && _first.Value != _network.Layers[0])
        {
            _first.Value.Dispose();
        }

        foreach (var layer in _magnitudes.Where(layer => layer.IsValueCreated))
        {
            layer.Value.Dispose();
        }
    }

    // With more inputs than units, W = RᵀQᵀ where Q has orthonormal columns, so ‖gᵀW‖ = ‖gᵀRᵀ‖ for every g, and Rᵀ is smaller than W.
    private static AffineLayer WithSameNorms(AffineLayer first)
    {
        if (first is not DenseLayer dense || dense.Inputs <= dense.Outputs)
        {
            return first;
        }

        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var (_, factor) = linalg.qr(dense.Weights.mT, linalg.QRMode.R);
        var weights = factor.mT.contiguous().DetachFromDisposeScope();
        var biases = zeros([dense.Outputs], float64, factor.device).DetachFromDisposeScope();
        return new DenseLayer(weights, biases);
    }

    private static void RequireFinite(Tensor points)
    {
        using var scope = NewDisposeScope();
        if (!points.isfinite().all().item<bool>())
        {
            throw new ArgumentException("points on a line are NaN or infinite");
        }
    }

    // As many blocks at a time as there are cores.
    private IEnumerable<LinePieces> Blocks(Tensor starts, Tensor directions, double[] positions)
    {
        var ofALine = (long)positions.Length * _network.Widest;
        for (var next = 0L; next < starts.size(0);)
        {
            var share = Math.Max(FewestLines, (starts.size(0) + Environment.ProcessorCount - 1) / Environment.ProcessorCount);
            var size = Math.Clamp(_elements / ofALine, 1, share);
            var blocks = new List<(long First, long Count)>();
            for (; next < starts.size(0) && blocks.Count < Environment.ProcessorCount; next += size)
            {
                blocks.Add((next, Math.Min(size, starts.size(0) - next)));
            }

            var cut = new CutLines?[blocks.Count];
            Parallel.For(0, cut.Length, i => cut[i] = Cut(blocks[i].First, blocks[i].Count, starts, directions, positions));
            foreach (var ((first, count), pieces) in blocks.Zip(cut))
            {
                if (pieces is not null)
                {
                    ofALine = Math.Max(ofALine / 2, pieces.LargestMatrix / count * 5 / 4);
                    yield return pieces;
                    continue;
                }

                ofALine *= 2;
                foreach (var part in Halved(first, count, starts, directions, positions))
                {
                    yield return part;
                }
            }
        }
    }

    // A block that turned out too large is halved, and a single line that is too large is swept.
    private IEnumerable<LinePieces> Halved(long first, long count, Tensor starts, Tensor directions, double[] positions)
    {
        if (count == 1)
        {
            return [Swept(first, starts, directions, positions)];
        }

        var half = count / 2;
        return new[] { (First: first, Count: half), (First: first + half, Count: count - half) }.SelectMany(part =>
            Cut(part.First, part.Count, starts, directions, positions) is { } pieces
                ? [pieces]
                : Halved(part.First, part.Count, starts, directions, positions));
    }

    private SweptLine Swept(long line, Tensor starts, Tensor directions, double[] positions)
    {
        using var scope = NewDisposeScope();
        var (start, direction) = (starts.narrow(0, line, 1), directions.narrow(0, line, 1));
        AffineLayer[] magnitudes = [.. _magnitudes.Select(layer => layer.Value)];
        return new LineSweep(_network, magnitudes, line, start, direction, positions, Resolution * (positions[^1] - positions[0])).Run();
    }

    // Null where a matrix would be too large.
    private CutLines? Cut(long firstLine, long count, Tensor allStarts, Tensor allDirections, double[] positions)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var largest = count * positions.Length * _network.Layers[0].Outputs;
        if (largest > _elements && (count > 1 || _network.Layers.Count > 1))
        {
            return null;
        }

        var (starts, directions) = (allStarts.narrow(0, firstLine, count), allDirections.narrow(0, firstLine, count));
        var layers = _network.Layers;
        var nodes = LineNodes.Same((int)count, positions);
        var values = AtFirstLayer(starts, directions, nodes, positions.Length, out var outputRoundings);
        var resolution = Resolution * (positions[^1] - positions[0]);
        var refinements = new List<Refinement>();
        for (var i = 0; i < layers.Count - 1; i++)
        {
            var (width, next) = (layers[i].Outputs, (DenseLayer)layers[i + 1]);
            var cuts = Refinement.Cuts(nodes, values, width, resolution);
            var rows = nodes.Rows + cuts.Sum(line => line.LongCount(cut => cut.BeginsNode));
            largest = Math.Max(largest, rows * next.Outputs);
            if (largest > _elements)
            {
                ArrayPool<double>.Shared.Return(values);
                return null;
            }

            var given = Outputs(next, i + 2 < layers.Count, values, width, nodes.Rows, starts.device);
            var refined = ArrayPool<double>.Shared.Rent((int)(rows * next.Outputs));
            var refinement = Refinement.Of(nodes, cuts, values, width, next, given, refined);
            ArrayPool<double>.Shared.Return(given);
            var rounding = new RefinedRounding((DenseLayer)_magnitudes[i + 1].Value, nodes, cuts, values, refinement);
            if (i + 2 < layers.Count)
            {
                rounding.Clear(refined);
            }
            else if (next.Outputs > 1)
            {
                outputRoundings = rounding.All();
            }

            ArrayPool<double>.Shared.Return(values);
            refinements.Add(refinement);
            (nodes, values) = (refinement.Nodes, refined);
        }

        var products = values.AsSpan(0, nodes.Rows * _network.Outputs).ToArray();
        ArrayPool<double>.Shared.Return(values);
        return new CutLines(_network, _first, starts.device, _elements, firstLine, nodes, products, outputRoundings, refinements, largest);
    }

    // A layer's outputs for max(0, ·) of the pre-activations of the layer before it; the last layer's without its biases.
    private static double[] Outputs(DenseLayer layer, bool hasBiases, double[] values, int width, int rows, Device device)
    {
        using var scope = NewDisposeScope();
        var activations = ArrayPool<double>.Shared.Rent(rows * width);
        Parallel.For(0, rows, row => UnitSigns.Relu(values.AsSpan(row * width, width), activations.AsSpan(row * width, width)));
        var ahead = empty([rows, width], float64, CPU);
        ahead.data<double>().CopyFrom(activations.AsSpan(0, rows * width));
        ArrayPool<double>.Shared.Return(activations);
        return Numbers(hasBiases ? layer.Apply(ahead.to(device)) : layer.Multiply(ahead.to(device)));
    }

    // The first layer is affine in t: two products a line, whatever the number of positions, and two products of magnitudes that bound
    // their rounding errors.
    private double[] AtFirstLayer(Tensor starts, Tensor directions, LineNodes nodes, int perLine, out double[] outputRoundings)
    {
        using var scope = NewDisposeScope();
        var (first, magnitudes, width) = (_network.Layers[0], _magnitudes[0].Value, _network.Layers[0].Outputs);
        var isLast = _network.Layers.Count == 1;
        var atStart = Numbers(isLast ? first.Multiply(starts) : first.Apply(starts));
        var change = Numbers(first.Multiply(directions));
        var ofStart = Numbers(magnitudes.Apply(starts.abs()) * Rounding);
        var ofChange = Numbers(magnitudes.Multiply(directions.abs()) * Rounding);
        var roundings = new double[isLast ? nodes.Rows * width : 0];
        var values = ArrayPool<double>.Shared.Rent(nodes.Rows * width);
        Parallel.For(0, nodes.Rows, row =>
        {
            var (line, t) = (row / perLine, nodes.Positions[row]);
            var own = line * width;
            var target = values.AsSpan(row * width, width);
            for (var unit = 0; unit < width; unit++)
            {
                target[unit] = atStart[own + unit] + (t * change[own + unit]);
            }

            if (isLast)
            {
                for (var unit = 0; unit < width; unit++)
                {
                    roundings[(row * width) + unit] = ofStart[own + unit] + (Math.Abs(t) * ofChange[own + unit]);
                }
            }
            else
            {
                UnitSigns.ClearBelow(target, Math.Abs(t), ofChange.AsSpan(own, width), ofStart.AsSpan(own, width));
            }
        });
        foreach (var rented in new[] { atStart, change, ofStart, ofChange })
        {
            ArrayPool<double>.Shared.Return(rented);
        }

        outputRoundings = roundings;
        return values;
    }

    // In a rented array, which may be longer.
    private static double[] Numbers(Tensor tensor)
    {
        var numbers = ArrayPool<double>.Shared.Rent((int)tensor.numel());
        tensor.cpu().data<double>().CopyTo(numbers.AsSpan(0, (int)tensor.numel()));
        return numbers;
    }
}
