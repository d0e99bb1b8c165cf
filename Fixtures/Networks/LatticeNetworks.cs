using FsCheck;
using FsCheck.Fluent;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Fixtures.Networks;

/// <summary>
/// Random networks with small integers as parameters, at points that are multiples of 1/2 or 1/16: float64 computes without rounding, exact
/// fractions stay short, and many points lie on kinks, often on several at once.
/// </summary>
public static class LatticeNetworks
{
    /// <summary>
    /// 1 to 4 layers, 1 to 4 units and inputs; half of the networks have zero biases, so that the origin lies on the kinks of all units.
    /// </summary>
    public static Arbitrary<NetworkAtPoint> Arbitrary { get; } = Of(inputs: 4, outputs: 4);

    /// <summary><see cref="Arbitrary"/> with 1 or 2 inputs, where directions can be enumerated.</summary>
    public static Arbitrary<NetworkAtPoint> InThePlane { get; } = Of(inputs: 2, outputs: 3);

    /// <summary><see cref="Arbitrary"/> with a single output.</summary>
    public static Arbitrary<NetworkAtPoint> WithOneOutput { get; } = Of(inputs: 4, outputs: 1);

    /// <summary>Segments between lattice points; some run along kinks, some are points.</summary>
    public static Arbitrary<NetworkOnSegment> Segments { get; } = Arb.From(
        from start in Arbitrary.Generator
        from steps in Gen.ArrayOf(Gen.Choose(-3, 3), start.Network.Inputs)
        from axis in Gen.Frequency((2, Gen.Constant(-1)), (1, Gen.Choose(0, start.Network.Inputs - 1)))
        let end = start.Point.Select((value, i) => axis < 0 || axis == i ? value + steps[i] : value).ToArray()
        select new NetworkOnSegment(start.Network, start.Point, end),
        segment => NetworkAtPoint.Arbitrary.Shrinker(new NetworkAtPoint(segment.Network, segment.From))
            .Select(one => segment with { Network = one.Network, From = one.Point }));

    private static Arbitrary<NetworkAtPoint> Of(int inputs, int outputs) => Arb.From(
        from layers in Gen.Frequency((1, Gen.Constant(1)), (4, Gen.Constant(2)), (3, Gen.Constant(3)), (1, Gen.Constant(4)))
        from first in Gen.Choose(1, inputs)
        from hidden in Gen.ArrayOf(Gen.Choose(1, 4), layers - 1)
        from last in Gen.Choose(1, outputs)
        let widths = (int[])[first, .. hidden, last]
        from weights in Gen.CollectToArray(Enumerable.Range(0, layers), i => Weights(widths[i + 1], widths[i]))
        from biases in Gen.CollectToArray(Enumerable.Range(0, layers), i => Entries(widths[i + 1], 3))
        from withBiases in Gen.Elements(true, false)
        from halves in Gen.ArrayOf(Gen.Choose(-5, 5), first)
        from sixteenths in Gen.ArrayOf(Gen.Choose(-7, 7), first)
        from place in Gen.Frequency((4, Gen.Constant(1)), (2, Gen.Constant(0)), (1, Gen.Constant(-1)))
        select new NetworkAtPoint(
            new SmallNetwork(weights, withBiases ? biases : [.. biases.Select(bias => new double[bias.Length])]),
            place < 0 ? new double[first] : [.. halves.Zip(sixteenths, (half, offset) => (half / 2.0) + (place * offset / 16.0))]),
        instance => NetworkAtPoint.Arbitrary.Shrinker(instance));

    private static Gen<double[]> Entries(int count, int largest) =>
        Gen.ArrayOf(Gen.Choose(-largest, largest).Select(value => (double)value), count);

    // One matrix in six has a row of zeros, one in six a row that repeats the first.
    private static Gen<double[,]> Weights(int rows, int columns) =>
        from entries in Entries(rows * columns, 3)
        from defect in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(2)))
        select Arrays.Build(rows, columns, (row, column) => defect switch
        {
            1 when row == rows - 1 => 0,
            2 when row == rows - 1 => entries[column],
            _ => entries[(row * columns) + column],
        });
}

/// <summary>A network and a segment in its input space.</summary>
/// <param name="Network">The network.</param>
/// <param name="From">n_0 numbers.</param>
/// <param name="To">n_0 numbers.</param>
public sealed record NetworkOnSegment(SmallNetwork Network, double[] From, double[] To)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Network} from [{Arrays.Text(From)}] to [{Arrays.Text(To)}]";
}
