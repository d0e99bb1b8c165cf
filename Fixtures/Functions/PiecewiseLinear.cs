using Reproduce.Fixtures.Numbers;

namespace Reproduce.Fixtures.Functions;

/// <summary>
/// A continuous piecewise linear function on an interval in exact arithmetic, such as a ReLU network with one input, or a linear spline.
/// Its variations are finite sums.
/// </summary>
/// <param name="Knots">x_1 &lt; … &lt; x_n, at least two, including the ends of the interval.</param>
/// <param name="Values">f(x_1), …, f(x_n).</param>
public sealed record PiecewiseLinear(IReadOnlyList<Rational> Knots, IReadOnlyList<Rational> Values)
{
    /// <summary>The slopes of the n − 1 pieces.</summary>
    public IReadOnlyList<Rational> Slopes { get; } =
        [.. Enumerable.Range(1, Knots.Count - 1).Select(i => (Values[i] - Values[i - 1]) / (Knots[i] - Knots[i - 1]))];

    /// <summary>The total variation: between knots f is monotone, so the partition by the knots attains it.</summary>
    public Rational Variation => SumOfSteps(Values);

    /// <summary>The total variation of f′ where it exists: the sum of the changes of slope.</summary>
    public Rational DerivativeVariation => SumOfSteps(Slopes);

    /// <summary>The linear spline through points with increasing x.</summary>
    public static PiecewiseLinear Through(params IReadOnlyList<(Rational X, Rational Y)> points) =>
        new([.. points.Select(point => point.X)], [.. points.Select(point => point.Y)]);

    /// <summary>f(x); beyond the ends the first and the last piece are continued.</summary>
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

    private static Rational SumOfSteps(IReadOnlyList<Rational> values) =>
        Rational.Sum(values.Skip(1).Zip(values, (next, value) => Rational.Abs(next - value)));
}
