using FsCheck;
using FsCheck.Fluent;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Fixtures.Networks;

/// <summary>
/// A classifier on a line through a point, all in small multiples of 1/4, so that float64 evaluates it without rounding.
/// </summary>
/// <param name="Network">The network.</param>
/// <param name="Point">n_0 numbers.</param>
/// <param name="Direction">n_0 numbers, not all zero.</param>
public sealed record NetworkOnLine(SmallNetwork Network, double[] Point, double[] Direction)
{
    /// <summary>
    /// Random instances with 1 to 4 layers of 1 to 4 units and 1 to 4 outputs: ties between outputs, points on kinks, lines within a kink,
    /// repeated and zero rows, directions along an axis, directions scaled by powers of two. They shrink to simpler numbers.
    /// </summary>
    public static Arbitrary<NetworkOnLine> Arbitrary { get; } = Arb.From(Generator(withBiases: true), Shrink);

    /// <summary><see cref="Arbitrary"/> with zero biases.</summary>
    public static Arbitrary<NetworkOnLine> WithoutBiases { get; } = Arb.From(Generator(withBiases: false), Shrink);

    /// <summary>The point plus the direction.</summary>
    public double[] End => Arrays.Add(Point, Direction);

    /// <inheritdoc/>
    public override string ToString() => $"{Network} at x = [{Arrays.Text(Point)}] along d = [{Arrays.Text(Direction)}]";

    private static Gen<NetworkOnLine> Generator(bool withBiases) =>
        from layers in Gen.Frequency((2, Gen.Constant(1)), (6, Gen.Choose(2, 3)), (1, Gen.Constant(4)))
        from inputs in Gen.Choose(1, 4)
        from hidden in Gen.ArrayOf(Gen.Choose(1, 4), layers - 1)
        from outputs in Gen.Frequency((1, Gen.Constant(1)), (9, Gen.Choose(2, 4)))
        let widths = (int[])[inputs, .. hidden, outputs]
        from unit in Gen.Frequency((2, Gen.Constant(1.0)), (1, Gen.Constant(0.25)))
        from weights in Gen.CollectToArray(Enumerable.Range(0, layers), i => Matrix(widths[i + 1], widths[i], unit))
        from biases in Gen.CollectToArray(widths.Skip(1), width => withBiases ? Vector(width, unit) : Zeros(width))
        from point in Gen.Frequency((9, Vector(inputs, unit)), (1, Zeros(inputs)))
        from direction in Gen.Frequency((7, Vector(inputs, 1)), (2, Gen.Choose(0, inputs - 1).Select(axis => Axis(inputs, axis))))
        from scale in Gen.Frequency((8, Gen.Constant(1.0)), (1, Gen.Elements(0.0625, 64)))
        let nonZero = direction.All(value => value == 0) ? Axis(inputs, 0) : direction
        select new NetworkOnLine(new SmallNetwork(weights, biases), point, [.. nonZero.Select(value => value * scale)]);

    private static Gen<double[]> Vector(int count, double unit) =>
        Gen.ArrayOf(Gen.Choose(-3, 3).Select(value => value * unit), count);

    private static Gen<double[]> Zeros(int count) => Gen.Constant(new double[count]);

    private static Gen<double[,]> Matrix(int rows, int columns, double unit) =>
        from entries in Vector(rows * columns, unit)
        from defect in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Choose(1, 2)))
        select Arrays.Build(rows, columns, (row, column) => defect switch
        {
            1 when row == rows - 1 => 0,
            2 when row == rows - 1 => entries[column],
            _ => entries[(row * columns) + column],
        });

    private static double[] Axis(int dimension, int index) => [.. Enumerable.Range(0, dimension).Select(i => i == index ? 1.0 : 0)];

    private static IEnumerable<NetworkOnLine> Shrink(NetworkOnLine instance)
    {
        var (network, point, direction) = instance;
        for (var layer = 0; layer < network.Layers; layer++)
        {
            for (var row = 0; row < network.Biases[layer].Length; row++)
            {
                if (network.Biases[layer][row] != 0)
                {
                    double[][] biases = [.. network.Biases.Select(bias => (double[])bias.Clone())];
                    biases[layer][row] = 0;
                    yield return instance with { Network = new SmallNetwork(network.Weights, biases) };
                }

                for (var column = 0; column < network.Weights[layer].GetLength(1); column++)
                {
                    if (network.Weights[layer][row, column] != 0)
                    {
                        double[][,] weights = [.. network.Weights.Select(weight => (double[,])weight.Clone())];
                        weights[layer][row, column] = 0;
                        yield return instance with { Network = new SmallNetwork(weights, network.Biases) };
                    }
                }
            }
        }

        for (var i = 0; i < point.Length; i++)
        {
            if (point[i] != 0)
            {
                yield return instance with { Point = [.. point.Select((value, place) => place == i ? 0 : value)] };
            }

            if (direction[i] != 0 && direction.Count(value => value != 0) > 1)
            {
                yield return instance with { Direction = [.. direction.Select((value, place) => place == i ? 0 : value)] };
            }
        }
    }
}
