using Reproduce.Fixtures.Numbers;

namespace Reproduce.Fixtures.Functions;

/// <summary>
/// A continuous function on an interval that is affine between its knots, in exact arithmetic: what a ReLU network with one input is,
/// and what interpolates data. Its variations are finite sums.
/// </summary>
/// <param name="Knots">x_1 &lt; … &lt; x_n, at least two; the ends of the interval among them.</param>
/// <param name="Values">f(x_1), …, f(x_n).</param>
public sealed record PiecewiseLinear(IReadOnlyList<Rational> Knots, IReadOnlyList<Rational> Values)
{
    /// <summary>The slopes of the n − 1 pieces.</summary>
    public IReadOnlyList<Rational> Slopes { get; } = [.. Enumerable.Range(1, Knots.Count - 1).Select(i => (Values[i] - Values[i - 1]) / (Knots[i] - Knots[i - 1]))];

    /// <summary>The total variation: between knots f is monotone, so the knots are the best partition.</summary>
    public Rational Variation => Rational.Sum(Enumerable.Range(1, Knots.Count - 1).Select(i => Rational.Abs(Values[i] - Values[i - 1])));

    /// <summary>The total variation of f′ where it exists: the sum of the changes of slope.</summary>
    public Rational DerivativeVariation => Rational.Sum(Enumerable.Range(1, Slopes.Count - 1).Select(i => Rational.Abs(Slopes[i] - Slopes[i - 1])));

    /// <summary>Through points with increasing x, such as data: the linear spline.</summary>
    public static PiecewiseLinear Through(params IReadOnlyList<(Rational X, Rational Y)> points) => new([.. points.Select(point => point.X)], [.. points.Select(point => point.Y)]);

    /// <summary>f(x), beyond the ends along the first and the last piece.</summary>
    public Rational At(Rational x)
    {
        var piece = 0;
        while (piece < Slopes.Count - 1 && x > Knots[piece + 1])
        {
            piece++;
        }

        return Values[piece] + (Slopes[piece] * (x - Knots[piece]));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(" ", Knots.Zip(Values, (x, y) => $"({x}, {y})"));
}
