using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Reproduce.Fixtures.Networks;

/// <summary>
/// Random networks of small integers at points that are halves or sixteenths: on them float64 rounds nothing, exact fractions stay
/// short, and many points lie on kinks, often on several at once.
/// </summary>
public static class LatticeNetworks
{
    /// <summary>1 to 4 layers, 1 to 4 units and inputs; half of the networks have no biases, so that the origin is a kink of all units.</summary>
    public static Arbitrary<NetworkAtPoint> Arbitrary { get; } = Of(inputs: 4, outputs: 4);

    /// <summary>The same with 1 or 2 inputs, where directions can be enumerated.</summary>
    public static Arbitrary<NetworkAtPoint> InThePlane { get; } = Of(inputs: 2, outputs: 3);

    /// <summary>The same as <see cref="Arbitrary"/> with a single output.</summary>
    public static Arbitrary<NetworkAtPoint> WithOneOutput { get; } = Of(inputs: 4, outputs: 1);

    /// <summary>Segments between lattice points; some run along kinks, some are points.</summary>
    public static Arbitrary<NetworkOnSegment> Segments { get; } = Arb.From(
        from start in Arbitrary.Generator
        from steps in Gen.ArrayOf(Gen.Choose(-3, 3), start.Network.Inputs)
        from only in Gen.Frequency((2, Gen.Constant(-1)), (1, Gen.Choose(0, start.Network.Inputs - 1)))
        select new NetworkOnSegment(start.Network, start.Point, [.. start.Point.Select((value, index) => only < 0 || only == index ? value + steps[index] : value)]),
        segment => NetworkAtPoint.Arbitrary.Shrinker(new NetworkAtPoint(segment.Network, segment.From)).Select(one => segment with { Network = one.Network, From = one.Point }));

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

    private static Gen<double[]> Entries(int count, int largest) => Gen.ArrayOf(Gen.Choose(-largest, largest).Select(value => (double)value), count);

    // One matrix in six has a row of zeros, one in six a row that repeats the first.
    private static Gen<double[,]> Weights(int rows, int columns) =>
        from entries in Entries(rows * columns, 3)
        from defect in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(2)))
        select Numbers.Arrays.Build(rows, columns, (row, column) => row < rows - 1 || defect == 0 ? entries[(row * columns) + column] : defect == 1 ? 0 : entries[column]);
}

/// <summary>A network and a segment in its input space.</summary>
/// <param name="Network">The network.</param>
/// <param name="From">n_0 numbers.</param>
/// <param name="To">n_0 numbers.</param>
public sealed record NetworkOnSegment(SmallNetwork Network, double[] From, double[] To)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        static string Text(double[] point) => string.Join(' ', point.Select(value => value.ToString("G17", CultureInfo.InvariantCulture)));
        return $"{Network} from [{Text(From)}] to [{Text(To)}]";
    }
}
