using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Lines;

/// <summary>
/// Lines x + td cut into pieces on which a network is affine: a row for each node, line after line and t ascending. Every row but the
/// last of its line begins a piece. Made by <see cref="LineDecomposition"/>.
/// </summary>
public abstract class LinePieces
{
    private double[]? _outputs;

    private protected LinePieces(LayeredNetwork network, long[] lines, double[] positions, double[] products, double[] roundings)
    {
        (Lines, Positions, Products, Roundings) = (lines, positions, products, roundings);
        Biases = network.Layers[^1].BiasesOfOutputs();
    }

    /// <summary>The number of rows, Q.</summary>
    public int Rows => Positions.Length;

    /// <summary>The line of each row, [Q].</summary>
    public long[] Lines { get; }

    /// <summary>t at each row, [Q].</summary>
    public double[] Positions { get; }

    /// <summary>
    /// f(x + td) − b at each row, [Q · n_c], the outputs of a row side by side, where b are the biases of the last layer: how f changes
    /// does not depend on b, and would be lost to rounding beside a large b.
    /// </summary>
    public double[] Products { get; }

    /// <summary>b, [n_c].</summary>
    public double[] Biases { get; }

    /// <summary>f(x + td) at each row, [Q · n_c].</summary>
    public double[] Outputs => _outputs ??= [.. Products.Select((product, i) => product + Biases[i % OutputCount])];

    /// <summary>
    /// A bound on the rounding error of each output at each row, [Q · n_c], as <see cref="Products"/>. May be empty for a single output,
    /// which nothing is compared with.
    /// </summary>
    public double[] Roundings { get; }

    /// <summary>n_c.</summary>
    public int OutputCount => Biases.Length;

    /// <summary>Whether a piece begins at a row: the next row is of the same line.</summary>
    public bool BeginsPiece(int row) => row + 1 < Rows && Lines[row] == Lines[row + 1];

    /// <summary>
    /// The units that switch, in order of rows: on in one of the pieces that meet at a row, off in the other. None at the ends of a line.
    /// </summary>
    public abstract IReadOnlyList<Switch> Switches { get; }

    /// <summary>The Frobenius norm of the Jacobian's jump at each row, [Q]; 0 where nothing switches and at the ends of a line.</summary>
    public abstract double[] Jumps();

    /// <summary>The operator p-norm of the Jacobian on the piece that begins at each row, [Q]; 0 where none begins.</summary>
    /// <exception cref="ArgumentException">p has no closed form.</exception>
    public abstract double[] Slopes(double p);

    /// <summary>The Jacobians on the pieces that begin at some rows, [K, n_c, n_0].</summary>
    /// <param name="rows">K rows, at least one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no rows, or no piece begins at one of them.</exception>
    public Tensor Jacobians(params int[] rows)
    {
        ArgumentOutOfRangeException.ThrowIfZero(rows.Length, nameof(rows));
        foreach (var row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row, nameof(rows));
            if (!BeginsPiece(row))
            {
                throw new ArgumentOutOfRangeException(nameof(rows), row, "no piece begins at this row");
            }
        }

        return JacobiansFrom(rows);
    }

    private protected abstract Tensor JacobiansFrom(int[] rows);
}

/// <summary>A unit that switches where two pieces meet.</summary>
/// <param name="Row">The row of <see cref="LinePieces"/>.</param>
/// <param name="Layer">The hidden layer, counted from 0.</param>
/// <param name="Unit">The unit.</param>
public readonly record struct Switch(int Row, int Layer, int Unit);
