using FsCheck;
using FsCheck.Fluent;
using Reproduce.Lines;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Lines;

/// <summary>
/// Lines cut by the library against the same lines walked in exact fractions: nodes, outputs, Jacobians, switches, jumps and all sums,
/// on networks that are deep, narrow, dead, scaled and convolutional, on lines along kinks, through several kinks at once and of length 0.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class LineDecompositionTests
{
    private static readonly double[] Segment = [0, 1];
    private static readonly double[] AsInTheIntervalsPaper = [-1, 0, 1, 2];

    [Fact]
    public void Lines_OfRandomNetworks_AreAsWalked() => RandomNetworks(100, clear: 0.75);

    [Fact]
    public void Segments_OfLatticeNetworks_AreAsWalked() => Segments(120, clear: 0.95);

    [Fact]
    public void Rays_OfLatticeNetworks_AreAsWalked() => Rays(120, clear: 0.95);

    [Fact]
    public void Rays_OfLatticeNetworksWithoutBiases_AreAsWalked() =>
        Agree(Gen.Sample(NetworkOnLine.WithoutBiases.Generator, 1000, new Rnd(14, 1), 80), (instance, _) => Instance(
            instance.Network, [instance.Point], [instance.Direction], AsInTheIntervalsPaper), clear: 0.95);

    [Fact]
    public void Lines_OfConvolutionalNetworks_AreAsWalked() => Convolutional(60, clear: 0.9);

    /// <summary>Of the others, in a second or two: for mutation testing, which repeats it for every mutant.</summary>
    [Fact]
    public void AFewLines_AreAsWalked()
    {
        Segments(8, clear: 0);
        Rays(6, clear: 0);
        Convolutional(6, clear: 0);
    }

    /// <summary>
    /// A unit that is off nearly all the way, and turns on just before the end: the layer after it is 0 up to there, and all its units
    /// turn on with it. A trace of rounding before the cut would turn them on too early. f = 6·max(0, x), so that its slope jumps by 6.
    /// </summary>
    [Fact]
    public void Unit_ThatTurnsOnLate_LeavesNoTraceBefore()
    {
        var network = SmallNetwork.WithoutBiases(
            new double[,] { { 1 } },
            new double[,] { { 1 }, { 2 }, { 3 } },
            new double[,] { { 1, 1, 1 } });
        using var layers = Layers(network);
        double[][] starts = [.. Enumerable.Range(1, 50).Select(number => new[] { -1000 - (number / 7.0) })];
        double[][] directions = [.. starts.Select((start, number) => new[] { (1 / (3.0 * (number + 1))) - start[0] })];
        var found = EngineLines.Of(layers, starts, directions, Segment, 0, 1);
        foreach (var (line, nodes) in found.Lines.Index())
        {
            nodes.Should().HaveCount(3);
            nodes[1].Switches.Should().Equal((0, 0), (1, 0), (1, 1), (1, 2));
            nodes[0].Jacobian.Should().Equal(0);
            nodes[1].Jacobian.Should().Equal(6);
            found.Totals.Gradient[line].Should().Be(6);
        }
    }

    /// <summary>
    /// A unit that rises slowly through 0 and then falls steeply, so that its second cut joins the requested position 1: it is on between
    /// the two. z = 10⁻⁹(2t − 1) − 10⁴·max(0, t − 1).
    /// </summary>
    [Fact]
    public void Unit_WhoseSecondCutJoinsANode_IsOnBefore()
    {
        var network = new SmallNetwork(
            [new double[,] { { 2e-9 }, { 1 } }, new double[,] { { 1, -1e4 }, { -1, 0 } }, new double[,] { { 1, 0 } }],
            [[1, -1], [-1 - 1e-9, 0], [0]]);
        using var layers = Layers(network);
        var line = EngineLines.Of(layers, [[0]], [[1]], AsInTheIntervalsPaper, 0, 2).Lines[0];
        (int Layer, int Unit) unit = (1, 0);
        var cut = line.Single(node => node.Switches.Contains(unit) && node.Position < 0.9);
        cut.Position.Should().BeApproximately(0.5, 1e-6);
        cut.Jacobian.Should().Equal(2e-9);
        line.Should().Contain(node => Math.Abs(node.Position - 1) < 1e-11 && node.Switches.Contains(unit));
    }

    /// <summary>Blocks so small that each line is swept by itself, so that only one of two lines fits, and so that both do.</summary>
    [Fact]
    public void Lines_InSmallBlocks_AreTheSame()
    {
        var network = new SmallNetwork(
            [new double[,] { { 1 }, { 1 }, { 1 }, { -1 }, { 2 } }, new double[,] { { 1, -2, 3, 1, -1 } }],
            [[-0.125, -0.5, -0.75, 0.5, -1.5], [0]]);
        var walk = new WalkedLine(network, [0], [1], Segment);
        using var layers = Layers(network);
        foreach (var (elements, blocks) in new[] { (1L, 2), (7, 2), (12, 2), (1000, 1) })
        {
            var found = EngineLines.Of(layers, [[0], [0]], [[1], [1]], Segment, 0, 1, elements);
            LineAgreement.Differences(walk, found, 0, 0, 1).Should().BeEmpty();
            LineAgreement.Differences(walk, found, 1, 0, 1).Should().BeEmpty();
            found.Blocks.Should().Be(blocks);
        }
    }

    /// <summary>Seventy units: more than a word of signs, on many lines at once and one by one.</summary>
    [Fact]
    public void Lines_OfAWideNetwork_AreAsWalked_TogetherAndAlone()
    {
        var generator = Seed.Of(("wide", 0)).Generator();
        double[,] Matrix(int rows, int columns) => Arrays.Build(rows, columns, (_, _) => generator.Next(-32, 33) / 32.0);
        double[] Vector(int count) => [.. Enumerable.Range(0, count).Select(_ => generator.Next(-32, 33) / 32.0)];
        var network = new SmallNetwork([Matrix(70, 3), Matrix(5, 70), Matrix(2, 5)], [Vector(70), Vector(5), Vector(2)]);
        double[][] starts = [.. Enumerable.Range(0, 6).Select(_ => Vector(3))];
        double[][] directions = [.. Enumerable.Range(0, 6).Select(_ => Vector(3))];
        using var layers = Layers(network);
        var together = EngineLines.Of(layers, starts, directions, Segment, 0, 1);
        for (var line = 0; line < starts.Length; line++)
        {
            var walk = new WalkedLine(network, starts[line], directions[line], Segment);
            walk.IsClear.Should().BeTrue();
            LineAgreement.Differences(walk, together, line, 0, 1).Should().BeEmpty();
            var alone = EngineLines.Of(layers, [starts[line]], [directions[line]], Segment, 0, 1, 800);
            LineAgreement.Differences(walk, alone, 0, 0, 1).Should().BeEmpty();
        }
    }

    [Fact]
    public void Lines_ThatAreNone_AreRefused()
    {
        using var scope = NewDisposeScope();
        using var layers = Layers(SmallNetwork.WithoutBiases(new double[,] { { 1, 2 } }));
        using var lines = new LineDecomposition(layers);
        var good = ones([3, 2], float64);
        void Refused(Tensor starts, Tensor directions, string message, params double[] positions) =>
            FluentActions.Invoking(() => lines.Of(starts, directions, positions)).Should().Throw<ArgumentException>().WithMessage(message);
        Refused(ones([3, 1], float64), good, "*[3, 1]*2 inputs*", 0, 1);
        Refused(good, ones([2, 2], float64), "*[3, 2]*[2, 2]*", 0, 1);
        Refused(ones([2], float64), ones([2], float64), "*[2]*", 0, 1);
        Refused(good, good, "*[0]*ascend*", 0);
        Refused(good, good, "*[0, 0]*ascend*", 0, 0);
        Refused(good, good, "*[0, 2, 1]*ascend*", 0, 2, 1);
        Refused(good, good, "*ascend*", 0, double.NaN);
        Refused(good, good, "*ascend*", 0, double.PositiveInfinity);
        Refused(full([3, 2], double.NaN, float64), good, "*NaN or infinite*", 0, 1);
        Refused(good, full([3, 2], double.NegativeInfinity, float64), "*NaN or infinite*", 0, 1);
        FluentActions.Invoking(() => new LineDecomposition(layers, 0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new LineDecomposition(layers, (1L << 26) + 1)).Should().Throw<ArgumentOutOfRangeException>();
        using var largest = new LineDecomposition(layers, 1L << 26);
        lines.Of(zeros([0, 2], float64), zeros([0, 2], float64), 0, 1).Should().BeEmpty();
    }

    /// <summary>The last row of a line begins no piece, and neither does a row that is not there.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Jacobians_WhereNoPieceBegins_AreRefused(int row)
    {
        using var scope = NewDisposeScope();
        using var layers = Layers(SmallNetwork.WithoutBiases(new double[,] { { 1, 2 } }));
        using var lines = new LineDecomposition(layers);
        var pieces = lines.Of(ones([2, 2], float64), ones([2, 2], float64), 0, 1).Single();
        FluentActions.Invoking(() => pieces.Jacobians(0, row)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => pieces.Jacobians()).Should().Throw<ArgumentOutOfRangeException>();
        pieces.Jacobians(2, 0).cpu().data<double>().ToArray().Should().Equal(1, 2, 1, 2);
    }

    private static Case Instance(SmallNetwork network, double[][] starts, double[][] directions, double[] positions) =>
        new(network, () => Layers(network), starts, directions, positions);

    internal static LayeredNetwork Layers(SmallNetwork network)
    {
        using var ensemble = network.ToEnsemble();
        return LayeredNetwork.Of(ensemble, 0);
    }

    private static double[] Real(int count, Random generator) =>
        [.. Enumerable.Range(0, count).Select(_ => (4 * generator.NextDouble()) - 2)];

    // 1 to 8 layers with weights that are no short fractions.
    private static void RandomNetworks(int count, double clear) =>
        Agree(Gen.Sample(NetworkAtPoint.Arbitrary.Generator, 1000, new Rnd(11, 1), count), (instance, generator) => Instance(
            instance.Network,
            [instance.Point, Real(instance.Point.Length, generator)],
            [Real(instance.Point.Length, generator), Real(instance.Point.Length, generator)],
            AsInTheIntervalsPaper), clear);

    // Small integers: ties, kinks at ends, several units at one t, lines inside a kink, points for segments.
    private static void Segments(int count, double clear) =>
        Agree(Gen.Sample(LatticeNetworks.Segments.Generator, 1000, new Rnd(12, 1), count), (instance, _) => Instance(
            instance.Network,
            [instance.From, instance.To],
            [Arrays.Minus(instance.To, instance.From), new double[instance.From.Length]],
            Segment), clear);

    // Both rays of the intervals paper, with kinks at −1, 0, 1 and 2.
    private static void Rays(int count, double clear) =>
        Agree(Gen.Sample(NetworkOnLine.Arbitrary.Generator, 1000, new Rnd(13, 1), count), (instance, _) => Instance(
            instance.Network,
            [instance.Point, instance.End],
            [instance.Direction, instance.Direction],
            AsInTheIntervalsPaper), clear);

    // Sixty-fourths; every third network in halves, which tie.
    private static void Convolutional(int count, double clear) =>
        Agree(Enumerable.Range(0, count), (number, generator) =>
        {
            var unit = number % 3 == 0 ? 0.5 : 1.0 / 64;
            var network = SmallConvolutionalNetwork.Draw(generator, unit);
            var size = network.Convolutions[0].Image.Size;
            double[] Point() => [.. Enumerable.Range(0, size).Select(_ => generator.Next(-64, 65) * unit / 4)];
            return new Case(
                network.AsMatrices,
                network.ToLayers,
                [Point(), Point()],
                [Point(), Point()],
                number % 2 == 0 ? Segment : AsInTheIntervalsPaper);
        }, clear);

    // All lines of an instance in one block, and again each swept by itself.
    private static void Agree<T>(IEnumerable<T> instances, Func<T, Random, Case> make, double clear)
    {
        var generator = Seed.Of(("lines", typeof(T).Name)).Generator();
        var (failures, lines, clearLines) = (new List<string>(), 0, 0);
        foreach (var instance in instances)
        {
            using var scope = NewDisposeScope();
            var one = make(instance, generator);
            using var network = one.Layers();
            var walks = one.Starts
                .Zip(one.Directions, (start, direction) => new WalkedLine(one.Network, start, direction, one.Positions))
                .ToList();
            foreach (long? elements in (long?[])[null, 1])
            {
                var found = EngineLines.Of(network, one.Starts, one.Directions, one.Positions, 0, 1, elements);
                failures.AddRange(walks.SelectMany((walk, line) => LineAgreement.Differences(walk, found, line, 0, 1)
                    .Take(3)
                    .Select(text => $"{text}\n    on {walk}, in blocks of {elements}")));
            }

            lines += walks.Count;
            clearLines += walks.Count(walk => walk.IsClear);
        }

        failures.Take(5).Should().BeEmpty();
        clearLines.Should()
            .BeGreaterThan((int)(clear * lines), "on most lines rounding changes no pattern, so that patterns can be compared");
    }

    private sealed record Case(
        SmallNetwork Network,
        Func<LayeredNetwork> Layers,
        double[][] Starts,
        double[][] Directions,
        double[] Positions);
}
