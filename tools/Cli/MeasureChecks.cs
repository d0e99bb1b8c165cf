using Reproduce.Fixtures.Data;
using Reproduce.Geometry;
using Reproduce.Lines;
using Reproduce.Measures;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Cli;

/// <summary>
/// What must be true of the numbers that <see cref="MeasureComputation"/> finds for pairs, whatever the network. Where float64 does not
/// suffice, one of these fails, and the command gives no number.
/// </summary>
internal sealed class MeasureChecks : IDisposable
{
    // What two ways to compute one number may differ by.
    private const double Agreement = 1e-6;

    // What rounding may have left of 0, of which two pre-activations are compared.
    private const double Rounding = 2 * LineDecomposition.Rounding;

    // To how much t, which is at most 2, is known: four units of rounding at 1.
    private const double PositionError = 1.0 / (1L << 50);

    private readonly LayeredNetwork _network;
    private readonly Lazy<AffineLayer[]> _magnitudes;

    /// <param name="network">In float64; it must outlive this.</param>
    internal MeasureChecks(LayeredNetwork network)
    {
        _network = network;
        _magnitudes = new(() => [.. network.Layers.SkipLast(1).Select(layer => layer.OfMagnitudes())]);
    }

    public void Dispose()
    {
        foreach (var layer in _magnitudes.IsValueCreated ? _magnitudes.Value : [])
        {
            layer.Dispose();
        }
    }

    /// <summary>
    /// The variation of f along a segment is at most the largest slope on it times its length, in the Euclidean norms; a p-norm is at most
    /// √n times away.
    /// </summary>
    /// <exception cref="DataException">With p = 2, it is more.</exception>
    internal static void RequireLipschitz(string file, long pair, double p, double variation, double slope, double distance)
    {
        if (p == 2 && variation > slope * distance * (1 + Agreement))
        {
            throw Contradiction(
                file,
                pair,
                $"f changes by {variation:G6} over a distance of {distance:G6}, which a largest slope of {slope:G6} does not allow");
        }
    }

    /// <summary>
    /// The ends of a piece are known to <see cref="PositionError"/>, and its part of the variation of f to its rate times that.
    /// </summary>
    /// <param name="file">The pairs.</param>
    /// <param name="pair">Counted from 0.</param>
    /// <param name="variation">Of f.</param>
    /// <param name="rates">From <see cref="AlongLines.AddRates"/>.</param>
    /// <exception cref="DataException">The variation is not known to a millionth.</exception>
    internal static void RequirePrecise(string file, long pair, double variation, double rates)
    {
        if (rates * PositionError > variation * Agreement && variation > 0)
        {
            throw TooFine(file, pair, "f changes on parts of the segment that are too short beside its length");
        }
    }

    /// <summary>
    /// What the walk finds at the two points is what the network says of them: the outputs and, off the kinks, the Jacobian. Kinks that it
    /// takes for one, or for an end of the segment, are one: no unit is near enough to 0 to be taken for it, and yet further from it than
    /// rounding explains.
    /// </summary>
    /// <param name="pairs">For the message.</param>
    /// <param name="first">The number of the first of these pairs.</param>
    /// <param name="starts">x, [N, n_0].</param>
    /// <param name="directions">d, [N, n_0].</param>
    /// <param name="pieces">A block of their lines, whole and all of one length in t.</param>
    /// <param name="partSize">Numbers in the Jacobians that are held at once.</param>
    /// <exception cref="DataException">It is not, or they are not.</exception>
    internal void RequireAgreement(
        Inputs pairs, long first, Tensor starts, Tensor directions, LinePieces pieces, long partSize)
    {
        var resolution = LineDecomposition.Resolution * (pieces.Positions[^1] - pieces.Positions[0]);
        var pointsAtOnce = (int)Math.Max(1, partSize / ((long)_network.Outputs * _network.Inputs));
        foreach (var end in new[] { 0, 1 })
        {
            var ends = Enumerable.Range(0, pieces.Rows).Where(row => pieces.Positions[row] == end);
            foreach (var rows in ends.Chunk(pointsAtOnce))
            {
                using var scope = NewDisposeScope();
                using var unrecorded = no_grad();
                var (points, along) = At(rows, starts, directions, pieces);
                var found = rows.SelectMany(row => pieces.Outputs.AsSpan(row * pieces.OutputCount, pieces.OutputCount).ToArray());
                var (areNear, areMerged) = Kinks(points, along, resolution);
                Require(_network.Forward(points), tensor(found.ToArray()).reshape(rows.Length, -1), zeros_like(areNear), "the outputs");
                Require(
                    Jacobian.ByLayers(_network, points).flatten(1, 2),
                    pieces.Jacobians([.. rows.Select(row => row - end)]).flatten(1, 2),
                    areNear,
                    "the Jacobian");
                RequireApart(rows, areMerged);

                void Require(Tensor one, Tensor other, Tensor isExcused, string what)
                {
                    if (FirstDifference(one, other, isExcused) is { } place)
                    {
                        var which = end == 0 ? "first" : "second";
                        throw Contradiction(
                            pairs.Path, first + pieces.Lines[rows[place]], $"{what} at its {which} point differ from those on the line");
                    }
                }
            }
        }

        var together = pieces.Switches.GroupBy(one => one.Row).Where(node => node.Count() > 1).Select(node => node.Key);
        foreach (var rows in together.Chunk(pointsAtOnce))
        {
            using var scope = NewDisposeScope();
            using var unrecorded = no_grad();
            var (points, along) = At(rows, starts, directions, pieces);
            RequireApart(rows, Kinks(points, along, resolution).AreMerged);
        }

        void RequireApart(int[] rows, Tensor areMerged)
        {
            if (FirstTrue(areMerged) is { } place)
            {
                throw TooFine(pairs.Path, first + pieces.Lines[rows[place]], "kinks are too close together beside the line's length");
            }
        }
    }

    /// <summary>The first row in which two ways to compute its numbers disagree by more than rounding; null if none.</summary>
    /// <param name="one">[rows, numbers].</param>
    /// <param name="other">The same numbers, computed in another way.</param>
    /// <param name="isExcused">[rows], rows that may differ.</param>
    internal static int? FirstDifference(Tensor one, Tensor other, Tensor isExcused)
    {
        var (difference, size) = ((one - other).abs().amax(-1), one.abs().amax(-1).maximum(other.abs().amax(-1)));
        return FirstTrue(difference.gt(size * Agreement).logical_and(isExcused.logical_not()));
    }

    // Of points: whether a pre-activation is so near to 0 that its unit may be on or off; and whether one that is not 0 becomes so within
    // the resolution along a direction.
    private (Tensor AreNear, Tensor AreMerged) Kinks(Tensor points, Tensor directions, double resolution)
    {
        using var scope = NewDisposeScope();
        var (near, merged) = (zeros([points.size(0)], @bool), zeros([points.size(0)], @bool));
        var (activations, rates) = (points, directions);
        foreach (var (layer, magnitudes) in _network.Layers.Zip(_magnitudes.Value))
        {
            var (preactivations, sums) = (layer.Apply(activations), magnitudes.Apply(activations.abs()));
            var sizes = preactivations.abs();
            rates = layer.Multiply(rates);
            near = near.logical_or(sizes.le(sums * Agreement).any(-1));
            merged = merged.logical_or(sizes.le(rates.abs() * resolution).logical_and(sizes.gt(sums * Rounding)).any(-1));
            (activations, rates) = (preactivations.relu(), rates * preactivations.gt(0));
        }

        return (near.MoveToOuterDisposeScope(), merged.MoveToOuterDisposeScope());
    }

    // x + td at some rows, and d.
    private static (Tensor Points, Tensor Directions) At(int[] rows, Tensor starts, Tensor directions, LinePieces pieces)
    {
        var lines = tensor([.. rows.Select(row => pieces.Lines[row])]);
        var along = directions.index_select(0, lines);
        var positions = tensor([.. rows.Select(row => pieces.Positions[row])]).unsqueeze(-1);
        return (starts.index_select(0, lines) + (positions * along), along);
    }

    private static int? FirstTrue(Tensor which) => Array.IndexOf(which.data<bool>().ToArray(), true) is >= 0 and var row ? row : null;

    private static DataException Contradiction(string file, long pair, string what) =>
        new(
            file,
            $"at pair {pair} (counted from 0) two ways to compute a number disagree: {what}",
            "Rounding is too large here: leave the pair out, or scale the inputs.");

    private static DataException TooFine(string file, long pair, string what) =>
        new(file, $"pair {pair} (counted from 0) cannot be measured in float64: {what}", "Shorten the pair, or leave it out.");
}
