using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Lines;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Lines;

/// <summary>
/// What is large in one unit, coordinate or class takes nothing from the others: networks that are the same function in other scales, by
/// powers of two, which round nothing, are cut at the same places into the same pieces. That the plain ones are cut right,
/// <see cref="LineDecompositionTests"/> shows.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class LineScalingTests
{
    // 4500 roundings.
    private const double Rounded = 1e-12;

    private static readonly double[] Positions = [-1, 0, 1, 2];

    /// <summary>Line by line in blocks, and swept.</summary>
    public static TheoryData<int, long?> Cases =>
        new((from seed in Enumerable.Range(1, 20) from elements in new long?[] { null, 1 } select (seed, elements)).ToArray());

    /// <summary>Each hidden unit times 2^k and its outgoing weights over it, k to ±300: the same function.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Units_InOtherScales_AreCutAlike(int seed, long? elements)
    {
        var (network, start, direction, generator) = Instance(seed);
        int[][] exponents = [.. network.Biases.SkipLast(1).Select(bias => bias.Select(_ => generator.Next(-300, 301)).ToArray())];
        var scaled = new SmallNetwork(
            [.. network.Weights.Select((weights, layer) => Arrays.Build(weights.GetLength(0), weights.GetLength(1), (row, column) =>
                Math.ScaleB(weights[row, column], Of(layer, row) - Of(layer - 1, column))))],
            [.. network.Biases.Select((bias, layer) => bias.Select((one, row) => Math.ScaleB(one, Of(layer, row))).ToArray())]);

        AreCutAlike(Cut(network, start, direction, elements), Cut(scaled, start, direction, elements));

        int Of(int layer, int unit) => layer < 0 || layer == exponents.Length ? 0 : exponents[layer][unit];
    }

    /// <summary>Each coordinate times 2^k and its weights over it, k to ±300: the same function of other units of measurement.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Coordinates_InOtherScales_AreCutAlike(int seed, long? elements)
    {
        var (network, start, direction, generator) = Instance(seed);
        int[] exponents = [.. start.Select(_ => generator.Next(-300, 301))];
        var first = network.Weights[0];
        var scaled = network with
        {
            Weights =
            [
                Arrays.Build(first.GetLength(0), first.GetLength(1), (row, column) => Math.ScaleB(first[row, column], -exponents[column])),
                .. network.Weights.Skip(1),
            ],
        };
        double[] Scaled(double[] point) => [.. point.Zip(exponents, Math.ScaleB)];

        AreCutAlike(Cut(network, start, direction, elements), Cut(scaled, Scaled(start), Scaled(direction), elements), withJumps: false);
    }

    /// <summary>A coordinate that no unit reads, of the size of a time stamp in microseconds and beyond.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Coordinate_ThatIsNotRead_ChangesNothing(int seed, long? elements)
    {
        var (network, start, direction, generator) = Instance(seed);
        var first = network.Weights[0];
        var inputs = first.GetLength(1);
        var wider = network with
        {
            Weights =
            [
                Arrays.Build(first.GetLength(0), inputs + 1, (row, column) => column < inputs ? first[row, column] : 0),
                .. network.Weights.Skip(1),
            ],
        };
        var stamp = Math.ScaleB(1 + generator.NextDouble(), generator.Next(50, 300));

        // One input more is another order of sums on some processors.
        var beside = Cut(wider, [.. start, stamp], [.. direction, stamp / 3], elements);
        AreCutAlike(Cut(network, start, direction, elements), beside, tolerance: Rounded);
    }

    /// <summary>A class that is masked by a bias of −2^k never leads, and changes no interval; nor how f varies along the line.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Class_ThatIsMasked_ChangesNoInterval(int seed, long? elements)
    {
        var (network, start, direction, generator) = Instance(seed);
        var last = network.Weights[^1];
        var mask = -Math.ScaleB(1, generator.Next(20, 300));
        var classes = last.GetLength(0);
        var more = Arrays.Build(classes + 1, last.GetLength(1), (row, column) => row < classes ? last[row, column] : 1 / (column + 1.0));
        SmallNetwork With(double bias) => new(
            [.. network.Weights.SkipLast(1), more],
            [.. network.Biases.SkipLast(1), [.. network.Biases[^1], bias]]);
        var plain = Cut(network, start, direction, elements);
        var masked = Cut(With(mask), start, direction, elements);
        var mild = Cut(With(0), start, direction, elements);

        // One class more is another order of sums.
        masked.Interval.Backward.Should().BeApproximately(plain.Interval.Backward, Rounded);
        masked.Interval.Forward.Should().BeApproximately(plain.Interval.Forward, Rounded);
        masked.Products.Should().Equal(mild.Products, "how f varies does not depend on a bias");
    }

    private static (SmallNetwork Network, double[] Start, double[] Direction, Random Generator) Instance(int seed)
    {
        var generator = Seed.Of(("test", nameof(LineScalingTests)), ("instance", seed)).Generator();
        double Draw() => StandardNormal.Next(generator);
        int[] widths = [4, 6, 5, 3];
        var network = new SmallNetwork(
            [.. widths.Zip(widths.Skip(1), (inputs, outputs) => Arrays.Build(outputs, inputs, (_, _) => Draw()))],
            [.. widths.Skip(1).Select(width => Enumerable.Range(0, width).Select(_ => Draw()).ToArray())]);
        return (network, [.. Enumerable.Range(0, 4).Select(_ => Draw())], [.. Enumerable.Range(0, 4).Select(_ => 3 * Draw())], generator);
    }

    private static void AreCutAlike(Pieces plain, Pieces scaled, bool withJumps = true, double tolerance = 0)
    {
        bool Agree(double one, double other) => Math.Abs(one - other) <= tolerance * Math.Max(1, Math.Abs(other));
        scaled.Positions.Should().Equal(plain.Positions, Agree).And.HaveCountGreaterThan(6, "there is something to lose");
        scaled.Products.Should().Equal(plain.Products, Agree);
        scaled.Switches.Should().Equal(plain.Switches);
        scaled.Interval.Backward.Should().BeApproximately(plain.Interval.Backward, tolerance);
        scaled.Interval.Forward.Should().BeApproximately(plain.Interval.Forward, tolerance);
        if (withJumps)
        {
            // An orthogonal factor of the first layer stands in for it.
            scaled.Jumps.Zip(plain.Jumps, (one, other) => Math.Abs(one - other) / Math.Max(other, 1)).Max().Should().BeLessThan(Rounded);
        }
    }

    private static Pieces Cut(SmallNetwork network, double[] start, double[] direction, long? elements)
    {
        using var scope = NewDisposeScope();
        using var layered = LayeredNetwork.Of(network.ToEnsemble(), 0);
        using var decomposition = new LineDecomposition(layered, elements);
        var starts = tensor(start, [1, start.Length]);
        var interval = new ExactInterval(layered, starts);
        var pieces = decomposition.Of(starts, tensor(direction, [1, direction.Length]), Positions).Single();
        interval.Add(pieces);
        return new Pieces(
            pieces.Positions,
            pieces.Products,
            [.. pieces.Switches],
            pieces.Jumps(),
            (interval.Backward[0], interval.Forward[0]));
    }

    private sealed record Pieces(
        double[] Positions,
        double[] Products,
        Switch[] Switches,
        double[] Jumps,
        (double Backward, double Forward) Interval);
}
