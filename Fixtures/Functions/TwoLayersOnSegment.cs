using FsCheck;
using FsCheck.Fluent;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Fixtures.Functions;

/// <summary>
/// A two-layer network with one output and a segment in its input space, all in small integers, so that float64 computes without rounding
/// at points that divide the segment by dyadic fractions.
/// </summary>
/// <param name="Network">n_0 inputs, one hidden layer, one output.</param>
/// <param name="Start">a.</param>
/// <param name="End">b.</param>
public sealed record TwoLayersOnSegment(SmallNetwork Network, double[] Start, double[] End)
{
    /// <summary>
    /// Random instances with 1 to 4 inputs and 1 to 7 units: rows of zeros, repeated and opposite rows, zero biases, large biases (units
    /// that never switch), kinks at the ends, segments that are points. They shrink to fewer units.
    /// </summary>
    public static Arbitrary<TwoLayersOnSegment> Arbitrary { get; } = Arb.From(Generator(), Shrink);

    /// <summary>w1_i, exact.</summary>
    public Rational[] Inner(int unit) => Arrays.Exact(Arrays.Row(Network.Weights[0], unit));

    /// <summary>w2_i, exact.</summary>
    public Rational Outer(int unit) => Rational.Of(Network.Weights[1][0, unit]);

    /// <summary>t ↦ f((1 − t)a + tb), the slice of eq. 3.3: a network with one input t in [0, 1].</summary>
    public OneInputNetwork Slice()
    {
        var exact = Network.Exact();
        var atStart = exact.Evaluate(Arrays.Exact(Start)).Preactivations[0];
        var atEnd = exact.Evaluate(Arrays.Exact(End)).Preactivations[0];
        var units = atStart.Zip(atEnd).Select((pair, unit) => new Unit(pair.Second - pair.First, pair.First, Outer(unit)));
        return new OneInputNetwork([.. units], Rational.Of(Network.Biases[1][0]));
    }

    /// <summary>
    /// Σ w2_i w1_i H(z_i) at fractions t of the segment, for a given H(0): ∇f off the kinks, and its value by that convention on a kink.
    /// </summary>
    public IReadOnlyList<Rational[]> Gradients(IEnumerable<Rational> fractions, Rational atZero)
    {
        var units = Slice().Units;
        Rational[][] jumps = [.. units.Select((unit, i) => Arrays.Times(unit.Outer, Inner(i)))];
        return [.. fractions.Select(t => units.Zip(jumps).Aggregate(new Rational[Start.Length], (gradient, unit) =>
        {
            var preactivation = (unit.First.Inner * t) + unit.First.Bias;
            var active = preactivation > 0 ? 1 : preactivation == 0 ? atZero : 0;
            return active == 0 ? gradient : Arrays.Add(gradient, Arrays.Times(active, unit.Second));
        }))];
    }

    /// <summary>One of the <see cref="Gradients"/>.</summary>
    public Rational[] Gradient(Rational t, Rational atZero) => Gradients([t], atZero)[0];

    private static Gen<TwoLayersOnSegment> Generator() =>
        from inputs in Gen.Choose(1, 4)
        from units in Gen.Frequency((1, Gen.Constant(1)), (5, Gen.Choose(2, 7)))
        from inner in Gen.ArrayOf(Gen.Choose(-3, 3), inputs * units)
        from outer in Gen.ArrayOf(Gen.Choose(-3, 3), units)
        from bias in Gen.ArrayOf(Gen.Choose(-6, 6), units)
        from biases in Gen.Frequency((5, Gen.Constant(1)), (1, Gen.Constant(0)), (2, Gen.Constant(20)))
        from shift in Gen.Choose(-3, 3)
        from defect in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(-1)))
        from start in Gen.ArrayOf(Gen.Choose(-4, 4), inputs)
        from end in Gen.Frequency((9, Gen.ArrayOf(Gen.Choose(-4, 4), inputs)), (1, Gen.Constant(start)))
        select Build(inputs, units, inner, outer, [.. bias.Select(value => (double)biases * value)], shift, defect, start, end);

    // With defect 1 the last unit has the hyperplane of the first, with −1 the opposite one.
    private static TwoLayersOnSegment Build(
        int inputs, int units, int[] inner, int[] outer, double[] bias, int shift, int defect, int[] start, int[] end)
    {
        var last = defect == 0 ? -1 : units - 1;
        double Inner(int row, int column) => row == last ? defect * inner[column] : inner[(row * inputs) + column];
        var weights = Arrays.Build(units, inputs, Inner);
        double[] biases = [.. bias.Select((value, row) => row == last ? defect * bias[0] : value)];
        return new TwoLayersOnSegment(
            new SmallNetwork([weights, Arrays.Build(1, units, (_, column) => (double)outer[column])], [biases, [shift]]),
            [.. start.Select(value => (double)value)],
            [.. end.Select(value => (double)value)]);
    }

    private static IEnumerable<TwoLayersOnSegment> Shrink(TwoLayersOnSegment instance)
    {
        var units = instance.Network.Biases[0].Length;
        for (var left = 0; left < units && units > 1; left++)
        {
            var kept = Enumerable.Range(0, units).Where(unit => unit != left).ToArray();
            var (weights, biases) = (instance.Network.Weights, instance.Network.Biases);
            var inner = Arrays.Build(kept.Length, instance.Start.Length, (row, column) => weights[0][kept[row], column]);
            var outer = Arrays.Build(1, kept.Length, (_, column) => weights[1][0, kept[column]]);
            yield return instance with { Network = new SmallNetwork([inner, outer], [[.. kept.Select(unit => biases[0][unit])], [0]]) };
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Network} from [{Arrays.Text(Start)}] to [{Arrays.Text(End)}]";
}
