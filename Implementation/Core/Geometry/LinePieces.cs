using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>
/// Lines x + td cut into pieces on which a network is affine: rows, one a node, line after line and t ascending. A row that is not the last of its
/// line begins a piece. Made by <see cref="LineDecomposition"/>.
/// </summary>
/// <remarks>A long line of a large network may come in several of these, one after the other; a border between them is a node like others.</remarks>
public sealed class LinePieces
{
    private readonly LayeredNetwork _network;
    private readonly Lazy<AffineLayer> _first;
    private readonly Device _device;
    private readonly long _elements;
    private readonly IReadOnlyList<Refinement> _layers;
    private readonly int[][] _rowOfLayer;
    private readonly ulong[][]? _before;

    // layers: what each hidden layer added. before: which units are on in the piece that ends at the first row, if that is no end of a line.
    internal LinePieces(LayeredNetwork network, Lazy<AffineLayer> first, Device device, long elements, long firstLine, LineNodes nodes, double[] outputs, IReadOnlyList<Refinement> layers, ulong[][]? before)
    {
        (_network, _first, _device, _elements, _layers, _before) = (network, first, device, elements, layers, before);
        _rowOfLayer = new int[layers.Count][];
        for (var i = layers.Count - 1; i >= 0; i--)
        {
            _rowOfLayer[i] = i == layers.Count - 1 ? [.. Enumerable.Range(0, nodes.Rows)] : Array.ConvertAll(_rowOfLayer[i + 1], row => layers[i + 1].Parents[row]);
        }

        (Positions, Outputs) = (nodes.Positions, outputs);
        Lines = new long[nodes.Rows];
        for (var line = 0; line < nodes.Lines; line++)
        {
            Lines.AsSpan(nodes.Offsets[line]..nodes.Offsets[line + 1]).Fill(firstLine + line);
        }
    }

    /// <summary>The number of rows, Q.</summary>
    public int Rows => Positions.Length;

    /// <summary>The line of each row, [Q].</summary>
    public long[] Lines { get; }

    /// <summary>t at each row, [Q].</summary>
    public double[] Positions { get; }

    /// <summary>f(x + td) at each row, [Q · n_c], the outputs of a row side by side.</summary>
    public double[] Outputs { get; }

    /// <summary>n_c.</summary>
    public int OutputCount => _network.Outputs;

    /// <summary>Whether a piece begins at a row: the next row is of the same line.</summary>
    public bool BeginsPiece(int row) => row + 1 < Rows && Lines[row] == Lines[row + 1];

    /// <summary>The units that switch, in order of rows: on in one of the pieces that meet in a row and off in the other. None at the ends of a line.</summary>
    public IReadOnlyList<Switch> Switches()
    {
        var switches = new List<Switch>();
        for (var row = _before is null ? 1 : 0; row < Rows; row++)
        {
            if (!BeginsPiece(row) || (row > 0 && Lines[row] != Lines[row - 1]))
            {
                continue;
            }

            for (var layer = 0; layer < _layers.Count; layer++)
            {
                if (row > 0 && _rowOfLayer[layer][row] == _rowOfLayer[layer][row - 1])
                {
                    continue;
                }

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

    /// <summary>How far the Jacobian jumps at each row, in the Frobenius norm, [Q]; 0 where nothing switches and at the ends of a line.</summary>
    /// <remarks>
    /// Where one unit switches, the Jacobian changes by the outer product of ∂f/∂h of its activation and ∂z/∂x of its pre-activation, and the norm is
    /// the product of theirs. Where several switch, both Jacobians are made.
    /// </remarks>
    public double[] Jumps()
    {
        var jumps = new double[Rows];
        var together = Switches().GroupBy(one => one.Row).Select(group => group.ToList()).ToList();
        foreach (var layer in together.Where(group => group.Count == 1).Select(group => group[0]).GroupBy(one => one.Layer))
        {
            foreach (var part in layer.Chunk(PartSize(_network.Widest)))
            {
                using var scope = NewDisposeScope();
                int[] rows = [.. part.Select(one => one.Row)];
                var units = tensor([.. part.Select(one => (long)one.Unit)], device: _device);
                Scatter(Norms(Below(layer.Key, units, rows)) * Norms(Above(layer.Key, units, rows)), rows, jumps);
            }
        }

        foreach (var rows in together.Where(group => group.Count > 1).Select(group => group[0].Row).Chunk(PartSize((long)_network.Widest * OutputCount)))
        {
            using var scope = NewDisposeScope();
            Scatter(Norms((Jacobians(rows, _first.Value) - Jacobians([.. rows.Select(row => row - 1)], _first.Value)).flatten(1, 2)), rows, jumps);
        }

        return jumps;
    }

    /// <summary>The operator p-norm of the Jacobian on the piece that begins at each row, [Q]; 0 where none begins.</summary>
    /// <exception cref="ArgumentException">p has no closed form.</exception>
    public double[] Slopes(double p)
    {
        var slopes = new double[Rows];

        // The Euclidean norm of what comes out of an orthonormal map is that of what goes in.
        var first = p == 2 ? _first.Value : _network.Layers[0];
        foreach (var rows in Enumerable.Range(0, Rows).Where(BeginsPiece).Chunk(PartSize((long)Math.Max(first.Inputs, _network.Widest) * OutputCount)))
        {
            using var scope = NewDisposeScope();
            Scatter(MatrixNorm.Of(Jacobians(rows, first), p), rows, slopes);
        }

        return slopes;
    }

    /// <summary>The Jacobians on the pieces that begin at some rows, [K, n_c, n_0].</summary>
    /// <param name="rows">K rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">No piece begins at one of the rows.</exception>
    public Tensor Jacobians(params int[] rows)
    {
        foreach (var row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row, nameof(rows));
            ArgumentOutOfRangeException.ThrowIfEqual(BeginsPiece(row), false, nameof(rows));
        }

        return Jacobians(rows, _network.Layers[0]);
    }

    /// <summary>Which units are on in the last piece, for the stretch that follows.</summary>
    internal ulong[][] LastPiece() => [.. Enumerable.Range(0, _layers.Count).Select(layer => On(layer, Rows - 2).ToArray())];

    // Row −1 is the piece before the first row.
    private ReadOnlySpan<ulong> On(int layer, int row) => row < 0 ? _before![layer] : _layers[layer].OnAt(_rowOfLayer[layer][row]);

    // Z of a hidden layer at the pieces from some rows, [K, w].
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

    // The product grows from the output side, where the matrices have only n_c rows.
    private Tensor Jacobians(int[] rows, AffineLayer first)
    {
        using var scope = NewDisposeScope();
        var last = LayerOrFirst(_layers.Count, first);
        var product = last.Rows(arange(0, OutputCount, 1, int64, _device)).unsqueeze(0).expand(rows.Length, OutputCount, last.Inputs);
        for (var i = _layers.Count - 1; i >= 0; i--)
        {
            var layer = LayerOrFirst(i, first);
            var masked = product * Mask(i, rows).unsqueeze(1);
            product = layer.MultiplyTransposed(masked.reshape(rows.Length * OutputCount, -1)).reshape(rows.Length, OutputCount, layer.Inputs);
        }

        return product.clone().MoveToOuterDisposeScope();
    }

    private AffineLayer LayerOrFirst(int layer, AffineLayer first) => layer == 0 ? first : _network.Layers[layer];

    private int PartSize(long numbers) => (int)Math.Max(1, _elements / numbers);

    private static Tensor Norms(Tensor rows) => rows.square().sum(dim: 1).sqrt();

    private static void Scatter(Tensor numbers, int[] rows, double[] target)
    {
        foreach (var (row, number) in rows.Zip(numbers.cpu().data<double>().ToArray()))
        {
            target[row] = number;
        }
    }
}

/// <summary>A unit that switches where two pieces meet.</summary>
/// <param name="Row">The row of <see cref="LinePieces"/>.</param>
/// <param name="Layer">The hidden layer, counted from 0.</param>
/// <param name="Unit">The unit.</param>
public readonly record struct Switch(int Row, int Layer, int Unit);
