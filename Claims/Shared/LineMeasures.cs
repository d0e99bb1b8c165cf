using Reproduce.Lines;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Measures;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Shared;

/// <summary>
/// What the library measures along lines without sampling, and the mutants, for all claims about it; and how far rounding can move it.
/// </summary>
internal static class LineMeasures
{
    /// <summary>The total variation of f on segments, [R, N].</summary>
    internal static readonly UnderTest<Func<FullyConnected, Segments, Tensor>> FunctionVariations = new(
        ExactPathLength.OfFunction,
        ("exact-variation-from-end-to-end", (network, segments) => PathLength.OfFunction(network, segments, 2)),
        ("exact-variation-sampled", (network, segments) => PathLength.OfFunction(network, segments, 100)));

    /// <summary>The total variation of the Jacobian on segments, [R, N].</summary>
    internal static readonly UnderTest<Func<FullyConnected, Segments, Tensor>> GradientVariations = new(
        ExactPathLength.OfGradient,
        ("exact-gradient-variation-once-a-unit", OnceAUnit),
        ("exact-gradient-variation-from-end-to-end", FromEndToEnd),
        ("exact-gradient-variation-of-the-function", ExactPathLength.OfFunction));

    /// <summary>
    /// How far points keep their class along lines, against the direction and along it, each up to a range: network, points, directions,
    /// ranges.
    /// </summary>
    internal static readonly UnderTest<StretchMeasure> Stretches = new(
        StretchesOf,
        ("exact-interval-without-the-backward-ray", (network, points, directions, backward, forward) =>
            [.. StretchesOf(network, points, directions, backward, forward).Select(one => (0.0, one.Forward))]),
        ("exact-interval-with-the-rays-exchanged", (network, points, directions, backward, forward) =>
            [.. StretchesOf(network, points, directions, backward, forward).Select(one => (one.Forward, one.Backward))]),
        ("exact-interval-capped-at-one", (network, points, directions, backward, forward) =>
            [.. from one in StretchesOf(network, points, directions, backward, forward)
                select (Math.Min(1, one.Backward), Math.Min(1, one.Forward))]));

    /// <inheritdoc cref="Stretches"/>
    internal delegate (double Backward, double Forward)[] StretchMeasure(
        FullyConnected network, Tensor points, Tensor directions, double backward, double forward);

    /// <summary>The largest p-slope on lines: network, points, directions, p, and the first and last t.</summary>
    internal static readonly UnderTest<Func<FullyConnected, Tensor, Tensor, double, double, double, double[]>> LargestSlopes = new(
        LargestSlopesOf,
        ("largest-slope-of-the-first-half", (network, points, directions, p, from, to) =>
            LargestSlopesOf(network, points, directions, p, from, (from + to) / 2)),
        ("largest-slope-in-the-dual-norm", (network, points, directions, p, from, to) =>
            LargestSlopesOf(network, points, directions, p == 1 ? double.PositiveInfinity : p == 2 ? 2 : 1, from, to)));

    /// <summary>The pieces of one line: network, point, direction, and the first and last t.</summary>
    internal static readonly UnderTest<Func<SmallNetwork, double[], double[], double, double, IReadOnlyList<MeasuredPiece>>> Pieces = new(
        PiecesOf,
        ("measured-pieces-without-the-last-kink", (network, point, direction, from, to) =>
        {
            var pieces = PiecesOf(network, point, direction, from, to);
            return pieces.Count < 2 ? pieces : [.. pieces.SkipLast(2), pieces[^2] with { End = to, AtEnd = pieces[^1].AtEnd }];
        }),
        ("measured-pieces-with-the-first-jacobian", (network, point, direction, from, to) =>
        {
            var pieces = PiecesOf(network, point, direction, from, to);
            return [.. pieces.Select(piece => piece with { Jacobian = pieces[0].Jacobian })];
        }));

    /// <summary>One segment's variation of f.</summary>
    internal static double FunctionVariation(SmallNetwork network, double[] start, double[] end) =>
        One(FunctionVariations.Run, network, start, end);

    /// <summary>One segment's variation of the Jacobian.</summary>
    internal static double GradientVariation(SmallNetwork network, double[] start, double[] end) =>
        One(GradientVariations.Run, network, start, end);

    /// <summary>One point's stretch.</summary>
    internal static (double Backward, double Forward) Stretch(
        SmallNetwork network, double[] point, double[] direction, double backward, double forward)
    {
        using var scope = NewDisposeScope();
        return Stretches.Run(network.ToEnsemble(), Batch(point), Batch(direction), backward, forward)[0];
    }

    /// <summary>One line's largest slope.</summary>
    internal static double LargestSlope(SmallNetwork network, double[] point, double[] direction, double p, double from, double to)
    {
        using var scope = NewDisposeScope();
        return LargestSlopes.Run(network.ToEnsemble(), Batch(point), Batch(direction), p, from, to)[0];
    }

    /// <summary>
    /// How far rounding moves the outputs at a node of x + td, |t| ≤ furthest. Every pre-activation is off by at most twice
    /// <see cref="LineDecomposition.Rounding"/> times Σ|w|·max|h| + |b|, once where it is taken for 0 and once by its own rounding, which
    /// covers that of t; the layers behind carry that on by at most their Σ|w|. The factor 2 covers the reference's own conversion to
    /// float64.
    /// </summary>
    internal static double OfOutputs(SmallNetwork network, double[] point, double[] direction, double furthest)
    {
        var size = point.Max(Math.Abs) + (furthest * direction.Max(Math.Abs));
        for (var i = 0; i < network.Layers; i++)
        {
            var weights = network.Weights[i];
            var largestRow = Enumerable.Range(0, weights.GetLength(0)).Max(row => Arrays.Row(weights, row).Sum(Math.Abs));
            size = (largestRow * size) + network.Biases[i].Max(Math.Abs);
        }

        return 4 * network.Layers * LineDecomposition.Rounding * size;
    }

    private static double One(Func<FullyConnected, Segments, Tensor> measure, SmallNetwork network, double[] start, double[] end)
    {
        using var scope = NewDisposeScope();
        return measure(network.ToEnsemble(), new Segments(Batch(start), Batch(end))).item<double>();
    }

    private static (double Backward, double Forward)[] StretchesOf(
        FullyConnected network, Tensor points, Tensor directions, double backward, double forward)
    {
        using var one = LayeredNetwork.Of(network, 0);
        using var decomposition = new LineDecomposition(one);
        var stretch = new ExactInterval(one, points);
        foreach (var pieces in decomposition.Of(points, directions, -backward, 0, forward))
        {
            stretch.Add(pieces);
        }

        return [.. stretch.Backward.Zip(stretch.Forward, (back, ahead) => (Math.Min(back, backward), Math.Min(ahead, forward)))];
    }

    private static double[] LargestSlopesOf(
        FullyConnected network, Tensor points, Tensor directions, double p, double from, double to)
    {
        using var one = LayeredNetwork.Of(network, 0);
        using var decomposition = new LineDecomposition(one);
        var largest = new double[points.size(0)];
        foreach (var pieces in decomposition.Of(points, directions, from, to))
        {
            AlongLines.RaiseSlope(pieces, p, from, to, largest);
        }

        return largest;
    }

    private static List<MeasuredPiece> PiecesOf(SmallNetwork network, double[] point, double[] direction, double from, double to)
    {
        using var scope = NewDisposeScope();
        using var one = LayeredNetwork.Of(network.ToEnsemble(), 0);
        using var decomposition = new LineDecomposition(one);
        var found = new List<MeasuredPiece>();
        foreach (var pieces in decomposition.Of(Batch(point), Batch(direction), from, to))
        {
            double[] At(int row) => pieces.Outputs[(row * pieces.OutputCount)..((row + 1) * pieces.OutputCount)];
            foreach (var row in Enumerable.Range(0, pieces.Rows).Where(pieces.BeginsPiece))
            {
                var jacobian = Numbers(pieces.Jacobians(row));
                found.Add(new MeasuredPiece(
                    pieces.Positions[row], pieces.Positions[row + 1], At(row), At(row + 1),
                    Arrays.Build(network.Outputs, network.Inputs, (i, j) => jacobian[(i * network.Inputs) + j])));
            }
        }

        return found;
    }

    // A mutant: only the ends count.
    private static Tensor FromEndToEnd(FullyConnected network, Segments segments)
    {
        var jump = Jacobian.ByLayers(network, segments.Ends) - Jacobian.ByLayers(network, segments.Starts);
        return jump.flatten(2, 3).square().sum(-1).sqrt();
    }

    // A mutant: the jump is added for every unit that switches, also where several do at once.
    private static Tensor OnceAUnit(FullyConnected network, Segments segments)
    {
        using var one = LayeredNetwork.Of(network, 0);
        using var decomposition = new LineDecomposition(one);
        var totals = new double[segments.Count];
        foreach (var pieces in decomposition.Of(segments.Starts, segments.Ends - segments.Starts, 0, 1))
        {
            var jumps = pieces.Jumps();
            foreach (var unit in pieces.Switches)
            {
                totals[pieces.Lines[unit.Row]] += jumps[unit.Row];
            }
        }

        return tensor(totals).unsqueeze(0);
    }
}

/// <summary>A piece of a line as the library cuts it.</summary>
/// <param name="Start">t where it begins.</param>
/// <param name="End">t where it ends.</param>
/// <param name="AtStart">f there.</param>
/// <param name="AtEnd">f there.</param>
/// <param name="Jacobian">[n_c, n_0].</param>
internal sealed record MeasuredPiece(double Start, double End, double[] AtStart, double[] AtEnd, double[,] Jacobian);
