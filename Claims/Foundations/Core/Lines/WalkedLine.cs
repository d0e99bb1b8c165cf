using Reproduce.Lines;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;

namespace Reproduce.Claims.Foundations.Core.Lines;

/// <summary>
/// One line of one network walked without rounding, and what rounding may make of it. u is 2⁻⁵³; the network of magnitudes bounds all
/// terms of a sum.
/// </summary>
/// <remarks>
/// <para>A pre-activation of layer l is off by at most E = κ_l·u·M, with M its value in the network of magnitudes at |x| + max|t|·|d|,
/// and κ_l growing by 24(n + 4) + 16 a layer of n inputs: a sum of n products loses n + 2 roundings of M; between two nodes at most n
/// cuts add their columns twice to a slope whose partial sums stay below 6M, and the slope is added n times; what is set to 0 is below
/// 16u·M.</para>
/// <para>A kink is the root of a line, so it is off by E over its slope. Kinks within the resolution are one node: there a
/// pre-activation is off by its slope times the gap, and all later ones by no more than the network of magnitudes without biases makes
/// of it.</para>
/// </remarks>
internal sealed class WalkedLine
{
    private const double Unit = 1.0 / (1L << 53);

    private readonly Lazy<Rational[][,]> _jacobians;

    internal WalkedLine(SmallNetwork network, double[] start, double[] direction, double[] positions)
    {
        (Network, Start, Direction, Given) = (network, start, direction, positions);
        var walk = new ActivationPatternWalk(network.Exact());
        Pieces = walk.Pieces(Exact(start), Exact(direction), Rational.Of(positions[0]), Rational.Of(positions[^1]));
        _jacobians = new Lazy<Rational[][,]>(() => [.. Pieces.Select(walk.Jacobian)]);
        Resolution = (positions[^1] - positions[0]) * LineDecomposition.Resolution;

        var reach = positions.Max(Math.Abs);
        var magnitudes = network.OfMagnitudes();
        var sizes = magnitudes.Evaluate([.. start.Select((value, i) => Math.Abs(value) + (reach * Math.Abs(direction[i])))]).Preactivations;
        var factor = 0.0;
        Rounding = [.. sizes.Select((layer, i) =>
        {
            factor += (24 * (network.Weights[i].GetLength(1) + 4)) + 16;
            return layer.Select(size => factor * Unit * size).ToArray();
        })];

        double[] change = [.. direction.Select(Math.Abs)];
        foreach (var weights in magnitudes.Weights)
        {
            change = Arrays.Multiply(weights, change);
        }

        double[] nodes = [.. Kinks.Select(kink => kink.ToDouble()), .. positions];
        Array.Sort(nodes);
        Merged = nodes.Zip(nodes.Skip(1), (one, next) => next - one).Where(gap => gap < 2 * Resolution).Sum();
        OutputRounding = [.. Rounding[^1].Select((rounding, i) => rounding + (Merged * change[i]))];
        IsClear = Clear();
    }

    internal SmallNetwork Network { get; }

    internal double[] Start { get; }

    internal double[] Direction { get; }

    /// <summary>The nodes that are asked for.</summary>
    internal double[] Given { get; }

    internal IReadOnlyList<ExactPiece> Pieces { get; }

    internal Rational[][,] Jacobians => _jacobians.Value;

    /// <summary>Where pieces meet.</summary>
    internal IEnumerable<Rational> Kinks => Pieces.Skip(1).Select(piece => piece.Start);

    /// <summary>Nodes that are closer are one.</summary>
    internal double Resolution { get; }

    /// <summary>E of every unit of every layer, the outputs last.</summary>
    internal double[][] Rounding { get; }

    /// <summary>By how much an output may be off at a node.</summary>
    internal double[] OutputRounding { get; }

    /// <summary>The sum of the gaps between nodes that may be merged.</summary>
    internal double Merged { get; }

    /// <summary>
    /// Rounding cannot change which units switch where: what is within E of 0 at a node leaves it within a quarter of the resolution, and
    /// nodes are either the same up to that or further apart than rounding and the resolution.
    /// </summary>
    internal bool IsClear { get; }

    /// <summary>A bound of the rounding of the Jacobian's entries, as a share of the product of matrices of magnitudes.</summary>
    internal double JacobianRounding => Unit * Network.Weights.Sum(weights => weights.GetLength(1) + 3.0);

    /// <summary>The product of the matrices of magnitudes.</summary>
    internal double[,] MagnitudeProduct =>
        Network.OfMagnitudes().Weights.Aggregate((product, weights) => Arrays.Multiply(weights, product));

    /// <summary>
    /// How far the norm of a jump may be off: both factors, or both Jacobians, within their rounding of the product of the layers'
    /// Frobenius norms, and the first layer's orthogonal factor within 8·n_0·n_1 roundings (Higham, Accuracy and Stability, Theorem 19.4).
    /// </summary>
    internal double JumpRounding =>
        ((4 * JacobianRounding) + (8 * Unit * Network.Weights[0].Length))
        * Network.Weights.Aggregate(1.0, (product, weights) => product * Frobenius(weights));

    /// <summary>The number of the piece that holds t.</summary>
    internal int PieceAt(Rational t) => Enumerable.Range(0, Pieces.Count).First(i => t <= Pieces[i].End);

    /// <summary>The exact Frobenius norm of the difference of two pieces' Jacobians.</summary>
    internal double Jump(int left, int right) =>
        left == right
            ? 0
            : Root(Rational.Sum(Jacobians[left].Cast<Rational>()
                .Zip(Jacobians[right].Cast<Rational>(), (one, other) => (one - other) * (one - other))));

    /// <summary>The exact total variation of f between two t.</summary>
    internal double FunctionVariation(Rational from, Rational to) =>
        Pieces.Where(piece => piece.Start < to && piece.End > from).Sum(piece =>
        {
            var length = (piece.End < to ? piece.End : to) - Rational.Max(piece.Start, from);
            return Root(Rational.Sum(piece.Preactivations[^1].Select(line => line.Slope * line.Slope)) * length * length);
        });

    /// <summary>The exact total variation of the Jacobian strictly between two t.</summary>
    internal double GradientVariation(Rational from, Rational to) =>
        Enumerable.Range(1, Pieces.Count - 1).Where(i => Pieces[i].Start > from && Pieces[i].Start < to).Sum(i => Jump(i - 1, i));

    internal static Rational[] Exact(double[] values) => [.. values.Select(Rational.Of)];

    /// <summary>√ of a fraction, to rounding also where it is tiny or huge.</summary>
    internal static double Root(Rational square) => Math.Sqrt(square.ToDouble());

    private static double Frobenius(double[,] matrix) => Math.Sqrt(matrix.Cast<double>().Sum(value => value * value));

    public override string ToString() =>
        $"{Network} from [{string.Join(' ', Start.Select(value => value.ToString("G17")))}] "
        + $"along [{string.Join(' ', Direction.Select(value => value.ToString("G17")))}], "
        + $"t = {string.Join(", ", Given)}";

    private bool Clear()
    {
        var nodes = new List<(double Position, double Rounding)>();
        foreach (var t in Kinks.Concat(Exact(Given)).Distinct().Order())
        {
            var largest = 0.0;
            foreach (var piece in Pieces.Where(piece => piece.Start <= t && t <= piece.End))
            {
                for (var layer = 0; layer < piece.On.Length; layer++)
                {
                    for (var unit = 0; unit < piece.On[layer].Length; unit++)
                    {
                        var line = piece.Preactivations[layer][unit];
                        var (value, slope) = (Math.Abs(line.At(t).ToDouble()), Math.Abs(line.Slope.ToDouble()));
                        if (value <= Rounding[layer][unit] && (value, slope) != (0, 0))
                        {
                            largest = Math.Max(largest, (value + Rounding[layer][unit]) / slope);
                        }
                    }
                }
            }

            nodes.Add((t.ToDouble(), largest));
        }

        return nodes.Zip(nodes.Skip(1)).All(pair =>
        {
            var (gap, rounding) = (pair.Second.Position - pair.First.Position, pair.First.Rounding + pair.Second.Rounding);
            return gap > (2 * Resolution) + rounding || gap + rounding < Resolution / 4;
        });
    }
}
