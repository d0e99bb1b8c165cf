using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>Data, and a piecewise linear function through them with up to two more knots between neighbours.</summary>
/// <param name="Data">At least two, with increasing x.</param>
/// <param name="Interpolant">The function.</param>
internal sealed record Interpolation((Rational X, Rational Y)[] Data, PiecewiseLinear Interpolant)
{
    /// <summary>The linear spline, eq. 3.11.</summary>
    internal static readonly UnderTest<Func<(Rational X, Rational Y)[], PiecewiseLinear>> Spline = new(
        PiecewiseLinear.Through,
        ("spline-with-a-point-left-out", data => PiecewiseLinear.Through(data.Length > 2 ? [data[0], .. data[2..]] : data)),
        ("spline-labels-moved-on", data =>
            PiecewiseLinear.Through([.. data.Select((point, i) => (point.X, data[(i + 1) % data.Length].Y))])),
        ("spline-with-an-extra-kink", data => WithAPoint(data, data[0].Y)),
        ("spline-that-overshoots", data => WithAPoint(data, Rational.Max(data[0].Y, data[1].Y) + 1)));

    /// <summary>The variation of the derivative.</summary>
    internal static readonly UnderTest<Func<PiecewiseLinear, Rational>> SecondVariation = new(
        f => f.DerivativeVariation,
        ("second-variation-counts-the-ends", f => f.DerivativeVariation + Rational.Abs(f.Slopes[0]) + Rational.Abs(f.Slopes[^1])),
        ("second-variation-by-range", f => f.Slopes.Max() - f.Slopes.Min()),
        ("second-variation-of-the-function", f => f.Variation));

    /// <summary>Two to five data, with equal labels in a sixth of the instances.</summary>
    internal static Arbitrary<Interpolation> Arbitrary { get; } = Arb.From(
        from count in Gen.Choose(2, 5)
        from steps in Gen.ArrayOf(Gen.Choose(1, 3), count - 1)
        from labels in Gen.ArrayOf(Gen.Choose(-3, 3), count)
        from alike in Gen.Frequency((5, Gen.Constant(1)), (1, Gen.Constant(0)))
        from thirds in Gen.ArrayOf(Gen.Choose(-4, 4), 2 * (count - 1))
        from bent in Gen.Choose(0, (1 << (2 * (count - 1))) - 1)
        select Of(steps, [.. labels.Select(label => label * alike)], thirds, bent));

    /// <summary>Σ |y_(i+1) − y_i|.</summary>
    internal Rational LeastVariation => Variation(Data.Select(point => point.Y));

    /// <summary>Σ |s_(i+1) − s_i|, s_i the slopes of the chords.</summary>
    internal Rational LeastSecondVariation => Variation(Chords.Select(chord => chord.Slope));

    /// <summary>The chords between neighbouring data.</summary>
    internal IReadOnlyList<(Rational From, Rational To, Rational Slope)> Chords { get; } =
        [.. Data.Zip(Data.Skip(1), (one, next) => (one.X, next.X, (next.Y - one.Y) / (next.X - one.X)))];

    /// <summary>The linear spline through the data, or its mutant.</summary>
    internal PiecewiseLinear ItsSpline => Spline.Run(Data);

    /// <summary>A function through all data but the second; null where that leaves only one.</summary>
    internal PiecewiseLinear? Missing => Data.Length < 3 ? null : PiecewiseLinear.Through([Data[0], .. Data[2..]]);

    /// <summary>The interpolant does not turn between neighbouring data.</summary>
    internal bool IsMonotoneBetweenData => Data.Zip(Data.Skip(1)).All(pair =>
    {
        var (knots, slopes) = (Interpolant.Knots, Interpolant.Slopes);
        var inside = slopes.Where((_, i) => knots[i] >= pair.First.X && knots[i + 1] <= pair.Second.X).ToList();
        return inside.All(slope => slope >= 0) || inside.All(slope => slope <= 0);
    });

    /// <inheritdoc/>
    public override string ToString() => $"data {PiecewiseLinear.Through(Data)}, interpolant {Interpolant}";

    private static PiecewiseLinear WithAPoint((Rational X, Rational Y)[] data, Rational y) =>
        PiecewiseLinear.Through([data[0], ((data[0].X + data[1].X) / 2, y), .. data[1..]]);

    private static Rational Variation(IEnumerable<Rational> values) =>
        Rational.Sum(values.Zip(values.Skip(1), (one, next) => Rational.Abs(next - one)));

    private static Interpolation Of(int[] steps, int[] labels, int[] thirds, int bent)
    {
        (Rational X, Rational Y)[] data = [.. labels.Select((label, i) => ((Rational)steps.Take(i).Sum(), (Rational)label))];
        List<(Rational X, Rational Y)> points = [data[0]];
        for (var i = 1; i < data.Length; i++)
        {
            for (var third = 0; third < 2; third++)
            {
                var place = (2 * (i - 1)) + third;
                if ((bent >> place & 1) == 1)
                {
                    points.Add((data[i - 1].X + ((data[i].X - data[i - 1].X) * new Rational(third + 1, 3)), thirds[place]));
                }
            }

            points.Add(data[i]);
        }

        return new Interpolation(data, PiecewiseLinear.Through([.. points]));
    }
}
