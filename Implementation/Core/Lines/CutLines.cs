using Reproduce.Geometry;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Lines;

/// <summary>Many lines of a fully connected network, cut side by side.</summary>
internal sealed class CutLines : LinePieces
{
    private readonly LayeredNetwork _network;
    private readonly Lazy<AffineLayer> _first;
    private readonly Device _device;
    private readonly long _elements;
    private readonly IReadOnlyList<Refinement> _layers;
    private readonly int[][] _rowOfLayer;
    private readonly Lazy<IReadOnlyList<Switch>> _switches;

    // first: a first layer with the same norms; layers: what each hidden layer added.
    internal CutLines(
        LayeredNetwork network,
        Lazy<AffineLayer> first,
        Device device,
        long elements,
        long firstLine,
        LineNodes nodes,
        double[] products,
        double[] roundings,
        IReadOnlyList<Refinement> layers,
        long largestMatrix)
        : base(network, nodes.LineOfRows(firstLine), nodes.Positions, products, roundings)
    {
        (_network, _first, _device, _elements, _layers, LargestMatrix) = (network, first, device, elements, layers, largestMatrix);
        _rowOfLayer = new int[layers.Count][];
        for (var i = layers.Count - 1; i >= 0; i--)
        {
            _rowOfLayer[i] = i == layers.Count - 1
                ? [.. Enumerable.Range(0, nodes.Rows)]
                : Array.ConvertAll(_rowOfLayer[i + 1], row => layers[i + 1].Parents[row]);
        }

        _switches = new Lazy<IReadOnlyList<Switch>>(FindSwitches);
    }

    /// <summary>How many numbers the largest matrix held when these lines were cut.</summary>
    internal long LargestMatrix { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Switch> Switches => _switches.Value;

    /// <inheritdoc/>
    public override double[] Jumps()
    {
        // Where one unit switches, the Jacobian changes by the outer product of ∂f/∂h of its activation and ∂z/∂x of its pre-activation,
        // and the norm is the product of their norms. Where several switch, both Jacobians are computed.
        var jumps = new double[Rows];
        var together = Switches.GroupBy(one => one.Row).Select(group => group.ToList()).ToList();
        var alone = together.Where(group => group.Count == 1).Select(group => group[0]).GroupBy(one => one.Layer);
        Parallel.ForEach(alone.SelectMany(layer => layer.Chunk(PartSize(_network.Widest))), part =>
        {
            using var scope = NewDisposeScope();
            using var unrecorded = no_grad();
            int[] rows = [.. part.Select(one => one.Row)];
            var (layer, units) = (part[0].Layer, tensor([.. part.Select(one => (long)one.Unit)], device: _device));
            Scatter(ScaledNorm.OfRows(Below(layer, units, rows)) * ScaledNorm.OfRows(Above(layer, units, rows)), rows, jumps);
        });

        var rowsOfSeveral = together.Where(group => group.Count > 1).Select(group => group[0].Row);
        foreach (var rows in rowsOfSeveral.Chunk(PartSize((long)_network.Widest * OutputCount)))
        {
            using var scope = NewDisposeScope();
            using var unrecorded = no_grad();
            var change = Jacobians(rows, _first.Value) - Jacobians([.. rows.Select(row => row - 1)], _first.Value);
            Scatter(ScaledNorm.OfRows(change.flatten(1, 2)), rows, jumps);
        }

        return jumps;
    }

    /// <inheritdoc/>
    public override double[] Slopes(double p)
    {
        var slopes = new double[Rows];

        // An orthonormal map keeps Euclidean norms.
        var first = p == 2 ? _first.Value : _network.Layers[0];
        var partSize = PartSize((long)Math.Max(first.Inputs, _network.Widest) * OutputCount);
        foreach (var rows in Enumerable.Range(0, Rows).Where(BeginsPiece).Chunk(partSize))
        {
            using var scope = NewDisposeScope();
            using var unrecorded = no_grad();
            Scatter(MatrixNorm.Of(Jacobians(rows, first), p), rows, slopes);
        }

        return slopes;
    }

    private protected override Tensor JacobiansFrom(int[] rows) => Jacobians(rows, _network.Layers[0]);

    private List<Switch> FindSwitches()
    {
        var switches = new List<Switch>();
        for (var row = 1; row < Rows; row++)
        {
            for (var layer = 0; layer < _layers.Count && BeginsPiece(row) && BeginsPiece(row - 1); layer++)
            {
                var left = On(layer, row - 1);
                var right = On(layer, row);
                if (!left.SequenceEqual(right))
                {
                    var changed = right.ToArray();
                    for (var word = 0; word < changed.Length; word++)
                    {
                        changed[word] ^= left[word];
                    }

                    foreach (var unit in UnitSigns.PlacesOf(changed))
                    {
                        switches.Add(new Switch(row, layer, unit));
                    }
                }
            }
        }

        return switches;
    }

    private ReadOnlySpan<ulong> On(int layer, int row) => _layers[layer].OnAt(_rowOfLayer[layer][row]);

    // 1 where a unit of a hidden layer is on, on the pieces that begin at some rows, [K, w].
    private Tensor Mask(int layer, int[] rows)
    {
        var width = _network.Layers[layer].Outputs;
        var numbers = new double[(long)rows.Length * width];
        Parallel.For(0, rows.Length, i => UnitSigns.Expand(On(layer, rows[i]), numbers.AsSpan(i * width, width)));
        return tensor(numbers, [rows.Length, width], device: _device);
    }

    // ∂z/∂x of a unit's pre-activation up to an orthonormal map, [K, …].
    private Tensor Below(int layer, Tensor units, int[] rows)
    {
        var gradient = LayerOrFirst(layer, _first.Value).Rows(units);
        for (var i = layer - 1; i >= 0; i--)
        {
            gradient = LayerOrFirst(i, _first.Value).MultiplyTransposed(gradient * Mask(i, rows));
        }

        return gradient;
    }

    // ∂f/∂h of a unit's activation, [K, n_c].
    private Tensor Above(int layer, Tensor units, int[] rows)
    {
        var change = _network.Layers[layer + 1].Columns(units);
        for (var i = layer + 1; i < _layers.Count; i++)
        {
            change = _network.Layers[i + 1].Multiply(change * Mask(i, rows));
        }

        return change;
    }

    private Tensor Jacobians(int[] rows, AffineLayer first)
    {
        using var unrecorded = no_grad();
        return Jacobian.Product([first, .. _network.Layers.Skip(1)], rows.Length, layer => Mask(layer, rows), _device);
    }

    private AffineLayer LayerOrFirst(int layer, AffineLayer first) => layer == 0 ? first : _network.Layers[layer];

    private int PartSize(long numbers) => (int)Math.Max(1, _elements / numbers);

    private static void Scatter(Tensor numbers, int[] rows, double[] target)
    {
        foreach (var (row, number) in rows.Zip(numbers.cpu().data<double>().ToArray()))
        {
            target[row] = number;
        }
    }
}
