using FsCheck;
using FsCheck.Fluent;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Fixtures.Networks;

/// <summary>A network and a point: an instance for properties.</summary>
/// <param name="Network">The network.</param>
/// <param name="Point">n_0 numbers.</param>
public sealed record NetworkAtPoint(SmallNetwork Network, double[] Point)
{
    /// <summary>
    /// Random instances that cover corner cases: 1 to 8 layers, layers of width 1, dead units and layers, zero rows and columns, repeated
    /// rows, integer entries (ties), points on the kinks of one unit or of a whole layer, points at the origin, scales from 10⁻⁶ to 10⁶.
    /// They shrink to fewer layers and to rounder numbers.
    /// </summary>
    public static Arbitrary<NetworkAtPoint> Arbitrary { get; } = Arb.From(Generator(), Shrink);

    /// <inheritdoc/>
    public override string ToString() => $"{Network} at x = [{Arrays.Text(Point)}]";

    private static Gen<NetworkAtPoint> Generator() =>
        from layers in Gen.Frequency((8, Gen.Choose(1, 3)), (2, Gen.Choose(4, 8)))
        from widths in Gen.ArrayOf(Gen.Frequency((1, Gen.Constant(1)), (4, Gen.Choose(2, 6))), layers + 1)
        from integers in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from weights in Gen.CollectToArray(Enumerable.Range(0, layers), i => Matrix(widths[i + 1], widths[i], integers))
        from biases in Gen.CollectToArray(Enumerable.Range(0, layers), i => Bias(widths[i + 1], integers))
        from scale in Gen.Frequency((6, Gen.Constant(1.0)), (1, Gen.Elements(1e-6, 1e-3, 1e3, 1e6)))
        from point in Gen.Frequency((9, Gen.ArrayOf(Entry(integers), widths[0])), (1, Gen.Constant(new double[widths[0]])))
        from kinks in Gen.Frequency((8, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(int.MaxValue)))
        from layer in Gen.Choose(0, layers - 1)
        select OnKinks(new NetworkAtPoint(new SmallNetwork([Times(weights[0], scale), .. weights[1..]], biases), point), layer, kinks);

    // Changes the biases of the first units of a hidden layer so that their pre-activations are exactly zero.
    private static NetworkAtPoint OnKinks(NetworkAtPoint instance, int layer, int units)
    {
        var network = instance.Network;
        if (units == 0 || layer == network.Layers - 1)
        {
            return instance;
        }

        double[][] biases = [.. network.Biases];
        biases[layer] = new double[biases[layer].Length];
        var reached = new SmallNetwork(network.Weights, biases).Evaluate(instance.Point).Preactivations[layer];
        biases[layer] = [.. network.Biases[layer].Select((bias, unit) => unit < units ? -reached[unit] : bias)];
        return instance with { Network = new SmallNetwork(network.Weights, biases) };
    }

    private static Gen<double> Entry(bool integer) =>
        integer
            ? Gen.Choose(-2, 2).Select(value => (double)value)
            : Gen.Choose(-1_000_000, 1_000_000).Select(value => value / 500_000.0);

    private static Gen<double[,]> Matrix(int rows, int columns, bool integers) =>
        from entries in Gen.ArrayOf(Entry(integers), rows * columns)
        from defect in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Choose(1, 3)))
        from place in Gen.Choose(0, 1000)
        select Spoil(entries, rows, columns, defect, place);

    private static Gen<double[]> Bias(int rows, bool integers) =>
        from entries in Gen.ArrayOf(Entry(integers), rows)
        from kind in Gen.Frequency((6, Gen.Constant(0)), (2, Gen.Constant(1)), (1, Gen.Constant(2)))
        select kind switch
        {
            0 => entries,
            1 => new double[rows],
            _ => [.. entries.Select(_ => -1000.0)],
        };

    // Defects: 0 none, 1 a row of zeros, 2 a column of zeros, 3 a row that repeats the first.
    private static double[,] Spoil(double[] entries, int rows, int columns, int defect, int place) =>
        Arrays.Build(rows, columns, (row, column) => defect switch
        {
            1 when row == place % rows => 0,
            2 when column == place % columns => 0,
            3 when row == place % rows => entries[column],
            _ => entries[(row * columns) + column],
        });

    private static double[,] Times(double[,] matrix, double scale) => Arrays.Map(matrix, value => value * scale);

    private static IEnumerable<NetworkAtPoint> Shrink(NetworkAtPoint instance)
    {
        var (network, point) = instance;

        // Without the last layer: the outputs are then the pre-activations of a hidden layer.
        if (network.Layers > 1)
        {
            yield return instance with { Network = new SmallNetwork([.. network.Weights.SkipLast(1)], [.. network.Biases.SkipLast(1)]) };
        }

        // One unit fewer in a layer.
        for (var layer = 0; layer < network.Layers; layer++)
        {
            if (network.Biases[layer].Length > 1)
            {
                yield return instance with { Network = WithoutLastUnit(network, layer) };
            }
        }

        // Rounder numbers.
        foreach (var digits in new[] { 0, 2 })
        {
            double Rounded(double value) => Math.Round(value, digits);
            var weights = network.Weights.Select(one => Arrays.Map(one, Rounded));
            var biases = network.Biases.Select(one => one.Select(Rounded).ToArray());
            var rounder = new NetworkAtPoint(new SmallNetwork([.. weights], [.. biases]), [.. point.Select(Rounded)]);
            if (rounder.ToString() != instance.ToString())
            {
                yield return rounder;
            }
        }
    }

    private static SmallNetwork WithoutLastUnit(SmallNetwork network, int layer)
    {
        var weights = network.Weights.ToArray();
        var biases = network.Biases.ToArray();
        weights[layer] = Cut(weights[layer], weights[layer].GetLength(0) - 1, weights[layer].GetLength(1));
        biases[layer] = biases[layer][..^1];
        if (layer + 1 < weights.Length)
        {
            weights[layer + 1] = Cut(weights[layer + 1], weights[layer + 1].GetLength(0), weights[layer + 1].GetLength(1) - 1);
        }

        return new SmallNetwork(weights, biases);
    }

    private static double[,] Cut(double[,] matrix, int rows, int columns) =>
        Arrays.Build(rows, columns, (row, column) => matrix[row, column]);
}
