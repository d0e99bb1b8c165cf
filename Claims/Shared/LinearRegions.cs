using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Shared;

/// <summary>
/// Where a ReLU network is affine, in exact fractions. A unit's sign at x + εv + ε²w + … for infinitesimal ε &gt; 0 is the sign of its
/// first coefficient that is not zero; so patterns next to a point are found without a step size.
/// </summary>
internal static class LinearRegions
{
    /// <summary>
    /// The pre-activations at x + εv + ε²w + … as coefficients of 1, ε, ε², …: [layer][unit][power], the outputs last.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="flag">x, v, w, …</param>
    internal static Rational[][][] Germs(ReluNetwork<Rational> network, params Rational[][] flag)
    {
        var germs = new Rational[network.Layers][][];
        var vectors = flag;
        for (var i = 0; i < network.Layers; i++)
        {
            var moved = Array.ConvertAll(vectors, vector => Multiply(network.Weights[i], vector));
            moved[0] = Add(moved[0], network.Biases[i]);
            var units = Enumerable.Range(0, moved[0].Length);
            var layer = germs[i] = [.. units.Select(unit => Array.ConvertAll(moved, vector => vector[unit]))];
            vectors = [.. moved.Select(vector => vector.Select((value, unit) => Sign(layer[unit]) > 0 ? value : 0).ToArray())];
        }

        return germs;
    }

    /// <summary>The sign of the first coefficient that is not zero; 0 where all are.</summary>
    internal static int Sign(Rational[] germ) => germ.Select(coefficient => coefficient.Numerator.Sign).FirstOrDefault(sign => sign != 0);

    /// <summary>Which hidden units are on just beyond x in the direction of the flag, [layer][unit]; on a kink of x alone, off.</summary>
    internal static bool[][] Pattern(ReluNetwork<Rational> network, params Rational[][] flag) =>
        [.. Germs(network, flag).SkipLast(1).Select(layer => layer.Select(germ => Sign(germ) > 0).ToArray())];

    /// <summary>W_n Z_(n−1) W_(n−1) ⋯ Z_1 W_1 for a pattern, [n_c, n_0].</summary>
    internal static Rational[,] Jacobian(ReluNetwork<Rational> network, bool[][] pattern) =>
        pattern.Index().Aggregate(
            network.Weights[0], (product, layer) => Multiply(network.Weights[layer.Index + 1], Masked(product, layer.Item)));

    /// <summary>
    /// f is affine around x because no unit is on its kink there: each hidden unit is either not zero at x, or zero all around it. (Where
    /// all units before it are so, a unit that does not move along any axis does not move at all.)
    /// </summary>
    internal static bool IsOffTheKinks(ReluNetwork<Rational> network, Rational[] point) =>
        (from axis in Enumerable.Range(0, point.Length)
         from sign in (double[])[1, -1]
         select Exact(Array.ConvertAll(Vectors.Axis(point.Length, axis), value => sign * value)))
        .All(direction => Germs(network, point, direction).SkipLast(1).All(layer => layer.All(germ => germ[0] != 0 || germ[1] == 0)));

    private static Rational[,] Masked(Rational[,] matrix, bool[] rows) =>
        Build(matrix.GetLength(0), matrix.GetLength(1), (row, column) => rows[row] ? matrix[row, column] : 0);

    /// <summary>
    /// For a flag (x, d): the least t &gt; 0 at which a hidden unit changes its sign on x + td. For (x, v, d): the least t at which one
    /// that is on its kink at x does, on the directions v + td. Null if none ever does.
    /// </summary>
    internal static Rational? FirstKink(ReluNetwork<Rational> network, params Rational[][] flag)
    {
        var crossings = Germs(network, flag).SkipLast(1).SelectMany(layer => layer)
            .Where(germ => germ.SkipLast(2).All(coefficient => coefficient == 0) && germ[^2] * germ[^1] < 0)
            .Select(germ => -germ[^2] / germ[^1]).ToList();
        return crossings.Count == 0 ? null : crossings.Min();
    }

    /// <summary>0 = t_0 &lt; … &lt; t_m = 1: the breakpoints on the segment, where a hidden unit changes its sign, and its ends.</summary>
    internal static IReadOnlyList<Rational> Breaks(ReluNetwork<Rational> network, Rational[] from, Rational[] to) =>
        [0, .. ExactLine.Pieces(network, from, Minus(to, from), 1).Select(piece => piece.End)];

    /// <summary>
    /// Unit vectors for p = 1 or ∞, in order around the circle, between which f'(x; ·) is linear: the corners of the unit ball and the
    /// directions at which a unit on its kink changes sign. One or two inputs only.
    /// </summary>
    internal static IReadOnlyList<Rational[]> Rays(ReluNetwork<Rational> network, Rational[] point, double p)
    {
        var corners = Corners(point.Length, p);
        if (point.Length == 1)
        {
            return corners;
        }

        var rays = new List<Rational[]>();
        for (var i = 0; i < corners.Count; i++)
        {
            var side = Minus(corners[(i + 1) % corners.Count], corners[i]);
            for (Rational at = 0; at < 1;)
            {
                rays.Add(Along(corners[i], side, at));
                at = FirstKink(network, point, rays[^1], side) is { } step ? at + step : 1;
            }
        }

        return rays;
    }

    /// <summary>The corners of the unit ball for p = 1 or ∞ in one or two dimensions, in order around it.</summary>
    internal static IReadOnlyList<Rational[]> Corners(int inputs, double p) => (inputs, p) switch
    {
        (1, _) => [[1], [-1]],
        (2, 1) => [[1, 0], [0, 1], [-1, 0], [0, -1]],
        (2, double.PositiveInfinity) => [[1, 1], [-1, 1], [-1, -1], [1, -1]],
        _ => throw new ArgumentException($"corners for {inputs} inputs and p = {p}"),
    };

    /// <summary>
    /// Around x, one entry a sector between neighbouring rays: its two sides and f's Jacobian there. One or two inputs only.
    /// </summary>
    internal static IReadOnlyList<(Rational[] From, Rational[] To, Rational[,] Jacobian)> Sectors(
        ReluNetwork<Rational> network, Rational[] point)
    {
        var rays = Rays(network, point, double.PositiveInfinity);
        return [.. rays.Select((ray, i) =>
        {
            var next = point.Length == 1 ? ray : rays[(i + 1) % rays.Count];
            Rational[][] flag = point.Length == 1 ? [point, ray] : [point, ray, Minus(next, ray)];
            return (ray, next, Jacobian(network, Pattern(network, flag)));
        })];
    }

    /// <summary>The p-slope by Definition 1, for p = 1 or ∞ and one or two inputs, kinks included.</summary>
    internal static Rational SlopeAt(ReluNetwork<Rational> network, Rational[] point, double p) =>
        Rays(network, point, p).Max(ray => Norm(network.DirectionalDerivative(point, ray), p));

    /// <summary>
    /// (1, 1009, 1009², …): a direction along which no unit of a network of small integers stays on its kink, unless it does in all.
    /// </summary>
    internal static Rational[] Skew(int inputs) => [.. Enumerable.Range(0, inputs).Select(power => (Rational)(long)Math.Pow(1009, power))];
}
