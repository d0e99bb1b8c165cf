using Reproduce.Lines;
using Reproduce.Geometry;

namespace Reproduce.Measures;

/// <summary>
/// Sums and maxima over the linear pieces of a network along lines, without sampling. Each method adds one block of
/// <see cref="LineDecomposition"/> to totals with one entry for each line, since a line may extend over several blocks. Only what lies
/// between two given nodes t counts.
/// </summary>
public static class AlongLines
{
    /// <summary>Adds the total variation of f (PL0's integrand): the steps from node to node, between which f is affine.</summary>
    public static void AddFunctionVariation(LinePieces pieces, double from, double to, double[] totals)
    {
        var count = pieces.OutputCount;
        var step = new double[count];
        foreach (var row in Pieces(pieces, from, to))
        {
            for (var i = 0; i < count; i++)
            {
                step[i] = pieces.Products[((row + 1) * count) + i] - pieces.Products[(row * count) + i];
            }

            totals[pieces.Lines[row]] += ScaledNorm.Of(step);
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
