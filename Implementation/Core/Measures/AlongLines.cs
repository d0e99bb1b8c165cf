using Reproduce.Lines;
using Reproduce.Geometry;
using static TorchSharp.torch;

namespace Reproduce.Measures;

/// <summary>
/// Sums and maxima over the linear pieces of a network along lines, without sampling. Each method adds one block of
/// <see cref="LineDecomposition"/> to totals with one entry for each line, since a line may extend over several blocks. Only what lies
/// between two given nodes t counts.
/// </summary>
public static class AlongLines
{
    // Of the digits of outputs, how many their differences may lose: 20 of 52 bits.
    private const double DigitsLost = 1.0 / (1 << 20);

    // Numbers in the Jacobians that are held at once.
    private const int NumbersAtOnce = 1 << 21;

    /// <summary>
    /// Adds the total variation of f (PL0's integrand): the steps from node to node, between which f is affine. Outputs far larger than how
    /// they vary leave nothing of their differences: such a line is measured by its rates of change, J d.
    /// </summary>
    /// <param name="pieces">A block.</param>
    /// <param name="directions">d of every line, [N, n_0], float64.</param>
    /// <param name="from">Where the sum begins, a node of every line.</param>
    /// <param name="to">Where it ends, a node of every line.</param>
    /// <param name="totals">[N].</param>
    public static void AddFunctionVariation(LinePieces pieces, Tensor directions, double from, double to, double[] totals)
    {
        var (first, count) = (pieces.Lines[0], pieces.OutputCount);
        var (variations, sizes) = (new double[pieces.Lines[^1] - first + 1], new double[pieces.Lines[^1] - first + 1]);
        var step = new double[count];
        foreach (var row in Pieces(pieces, from, to))
        {
            var line = pieces.Lines[row] - first;
            SetStep(pieces, row, step);
            variations[line] += ScaledNorm.Of(step);
            foreach (var output in pieces.Products.AsSpan(row * count, 2 * count))
            {
                sizes[line] = Math.Max(sizes[line], Math.Abs(output));
            }
        }

        var isLost = variations.Zip(sizes, (variation, size) => variation < DigitsLost * size).ToArray();
        if (isLost.Contains(true))
        {
            int[] rows = [.. Pieces(pieces, from, to).Where(row => isLost[pieces.Lines[row] - first])];
            foreach (var line in Enumerable.Range(0, isLost.Length).Where(line => isLost[line]))
            {
                variations[line] = 0;
            }

            foreach (var (row, rate) in rows.Zip(Rates(pieces, directions, rows)))
            {
                variations[pieces.Lines[row] - first] += rate * (pieces.Positions[row + 1] - pieces.Positions[row]);
            }
        }

        for (var line = 0; line < variations.Length; line++)
        {
            totals[first + line] += variations[line];
        }
    }

    /// <summary>
    /// Adds the total variation of the Jacobian in the Frobenius norm, the sum of its jumps (PL1's integrand); for one output it is that of
    /// ∇f in the Euclidean norm.
    /// </summary>
    public static void AddGradientVariation(LinePieces pieces, double from, double to, double[] totals)
    {
        var jumps = pieces.Jumps();
        foreach (var row in Inside(pieces, from, to))
        {
            totals[pieces.Lines[row]] += jumps[row];
        }
    }

    /// <summary>Adds how fast f changes in t, ‖f(next) − f(here)‖ over the length of the piece, on every piece.</summary>
    public static void AddRates(LinePieces pieces, double[] totals)
    {
        var step = new double[pieces.OutputCount];
        foreach (var row in Pieces(pieces, double.NegativeInfinity, double.PositiveInfinity))
        {
            SetStep(pieces, row, step);
            totals[pieces.Lines[row]] += ScaledNorm.Of(step) / (pieces.Positions[row + 1] - pieces.Positions[row]);
        }
    }

    /// <summary>Adds the number of kinks, the nodes at which a unit switches: one less than the number of pieces.</summary>
    public static void AddKinks(LinePieces pieces, double from, double to, long[] totals)
    {
        foreach (var row in pieces.Switches.Select(one => one.Row).Distinct())
        {
            totals[pieces.Lines[row]] += pieces.Positions[row] > from && pieces.Positions[row] < to ? 1 : 0;
        }
    }

    /// <summary>Raises the entries to the largest p-slope of a piece, a Lipschitz constant of f along the line.</summary>
    /// <exception cref="ArgumentException">p has no closed form.</exception>
    public static void RaiseSlope(LinePieces pieces, double p, double from, double to, double[] largest)
    {
        var slopes = pieces.Slopes(p);
        foreach (var row in Pieces(pieces, from, to))
        {
            largest[pieces.Lines[row]] = Math.Max(largest[pieces.Lines[row]], slopes[row]);
        }
    }

    // f(next) − f(here) on the piece that begins at a row.
    private static void SetStep(LinePieces pieces, int row, double[] step)
    {
        for (var i = 0; i < step.Length; i++)
        {
            step[i] = pieces.Products[((row + 1) * step.Length) + i] - pieces.Products[(row * step.Length) + i];
        }
    }

    // ‖J d‖ on the pieces that begin at some rows.
    private static IEnumerable<double> Rates(LinePieces pieces, Tensor directions, int[] rows)
    {
        var atOnce = (int)Math.Max(1, NumbersAtOnce / (pieces.OutputCount * directions.size(1)));
        foreach (var some in rows.Chunk(atOnce))
        {
            using var scope = NewDisposeScope();
            var lines = tensor([.. some.Select(row => pieces.Lines[row])], device: directions.device);
            var along = directions.index_select(0, lines).unsqueeze(-1);
            var rates = ScaledNorm.OfRows(pieces.Jacobians(some).to(directions.device).matmul(along).squeeze(-1));
            foreach (var rate in rates.cpu().data<double>().ToArray())
            {
                yield return rate;
            }
        }
    }

    private static IEnumerable<int> Pieces(LinePieces pieces, double from, double to)
    {
        for (var row = 0; row < pieces.Rows; row++)
        {
            if (pieces.BeginsPiece(row) && pieces.Positions[row] >= from && pieces.Positions[row + 1] <= to)
            {
                yield return row;
            }
        }
    }

    private static IEnumerable<int> Inside(LinePieces pieces, double from, double to)
    {
        for (var row = 0; row < pieces.Rows; row++)
        {
            if (pieces.Positions[row] > from && pieces.Positions[row] < to)
            {
                yield return row;
            }
        }
    }
}
