using FsCheck;
using FsCheck.Fluent;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Fixtures.Functions;

/// <summary>A hidden unit with one input: outer·ReLU(inner·x + bias).</summary>
/// <param name="Inner">w1_i.</param>
/// <param name="Bias">b1_i.</param>
/// <param name="Outer">w2_i.</param>
public readonly record struct Unit(Rational Inner, Rational Bias, Rational Outer)
{
    /// <summary>−b/w, where the unit switches; null where w = 0 and it never does.</summary>
    public Rational? Knot => Inner == 0 ? null : -Bias / Inner;

    /// <inheritdoc/>
    public override string ToString() => $"{Outer}·[{Inner}x + {Bias}]₊";
}

/// <summary>
/// A two-layer ReLU network with one input and one output, in exact arithmetic (smoothness thesis, eq. 3.15). Along a segment every
/// two-layer network is one.
/// </summary>
/// <param name="Units">The hidden units.</param>
/// <param name="Shift">b2.</param>
public sealed record OneInputNetwork(IReadOnlyList<Unit> Units, Rational Shift)
{
    /// <summary>From integers (w1, b1, w2), with b2 = 0.</summary>
    public static OneInputNetwork Of(params (long Inner, long Bias, long Outer)[] units) =>
        new([.. units.Select(unit => new Unit(unit.Inner, unit.Bias, unit.Outer))], 0);

    /// <summary>WP: Σ |w2_i w1_i|.</summary>
    public Rational WeightsProduct => Rational.Sum(Units.Select(unit => Rational.Abs(unit.Outer * unit.Inner)));

    /// <summary>The knots of the units that have one, in the order of the units.</summary>
    public IReadOnlyList<Rational> Knots => [.. Units.Where(unit => unit.Inner != 0).Select(unit => unit.Knot!.Value)];

    /// <summary>f(x), eq. 3.15 term by term.</summary>
    public Rational At(Rational x) =>
        Rational.Sum(Units.Select(unit => unit.Outer * Rational.Max(0, (unit.Inner * x) + unit.Bias))) + Shift;

    /// <summary>f on [from, to], constructed from its values at the knots.</summary>
    public PiecewiseLinear On(Rational from, Rational to)
    {
        Rational[] knots = [from, .. Knots.Where(knot => knot > from && knot < to).Distinct().Order(), to];
        return new PiecewiseLinear(knots, [.. knots.Select(At)]);
    }

    /// <summary>
    /// The partition of [from, to] by its ends, all knots inside and the midpoints between neighbours. A function that is constant between
    /// knots takes all its values there, in order, so its total variation is the sum over this partition.
    /// </summary>
    public IReadOnlyList<Rational> Stations(Rational from, Rational to)
    {
        var knots = On(from, to).Knots;
        return [.. knots.SkipLast(1).SelectMany((knot, i) => new[] { knot, (knot + knots[i + 1]) / 2 }), to];
    }

    /// <summary>The network in float64. Its numbers must be representable.</summary>
    public SmallNetwork ToSmallNetwork()
    {
        var inner = Arrays.Build(Units.Count, 1, (row, _) => Units[row].Inner.ToDouble());
        var outer = Arrays.Build(1, Units.Count, (_, column) => Units[column].Outer.ToDouble());
        return new([inner, outer], [[.. Units.Select(unit => unit.Bias.ToDouble())], [Shift.ToDouble()]]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{string.Join(" + ", Units)} + {Shift}";
}

/// <summary>A network with one input and an interval: an instance for properties.</summary>
/// <param name="Network">The network.</param>
/// <param name="From">a.</param>
/// <param name="To">b, above a.</param>
public sealed record NetworkOnInterval(OneInputNetwork Network, Rational From, Rational To)
{
    /// <summary>
    /// Random instances with 1 to 6 units. A third have small integers, so that knots coincide or lie outside or at an end, and units
    /// cancel or never switch; the others have integer multiples of 1/8 on a wide interval, where most knots are distinct and inside. They
    /// shrink to fewer units.
    /// </summary>
    public static Arbitrary<NetworkOnInterval> Arbitrary { get; } =
        Arb.From(Gen.Frequency((1, Generator(2, 1, 3)), (2, Generator(24, 8, 8))), Shrink);

    private static Gen<NetworkOnInterval> Generator(int largest, int denominator, int end) =>
        from count in Gen.Choose(1, 6)
        from numbers in Gen.ArrayOf(Gen.Choose(-largest, largest), 3 * count)
        from biases in Gen.Frequency((5, Gen.Constant(1)), (1, Gen.Constant(0)))
        from shift in Gen.Choose(-3, 3)
        from start in Gen.Choose(-end, end - 1)
        from length in Gen.Choose(1, 2 * end)
        let fractions = numbers.Select(number => new Rational(number, denominator)).ToArray()
        let units = Enumerable.Range(0, count)
            .Select(i => new Unit(fractions[3 * i], biases * fractions[(3 * i) + 1], fractions[(3 * i) + 2])).ToArray()
        select new NetworkOnInterval(
            new OneInputNetwork(units, shift),
            denominator == 1 ? start : -end,
            denominator == 1 ? start + length : end);

    private static IEnumerable<NetworkOnInterval> Shrink(NetworkOnInterval instance) =>
        from left in Enumerable.Range(0, instance.Network.Units.Count)
        where instance.Network.Units.Count > 1
        let units = instance.Network.Units.Where((_, i) => i != left).ToArray()
        select instance with { Network = new OneInputNetwork(units, 0) };

    /// <inheritdoc/>
    public override string ToString() => $"{Network} on [{From}, {To}]";
}
