using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Lines;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Lines;

/// <summary>
/// Where cuts share a node: exactly at <see cref="LineDecomposition.Resolution"/> times the length of the line, on lines that are cut
/// together and on lines that are swept. All positions are exact in float64.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class LineResolutionTests
{
    private static readonly double Nearest = LineDecomposition.Resolution;

    /// <summary>Requested positions, where units switch, and where nodes lie.</summary>
    public static TheoryData<double[], double[], double[], long?> Cases
    {
        get
        {
            (double[] Positions, double[] Kinks, double[] Nodes)[] cases =
            [
                ([0, 1], [Nearest], [0, 1]),
                ([0, 1], [2 * Nearest], [0, 2 * Nearest, 1]),
                ([0, 1], [1 - Nearest], [0, 1]),
                ([0, 1], [1 - (2 * Nearest)], [0, 1 - (2 * Nearest), 1]),
                ([0, 1], [0.5, 0.5 + Nearest], [0, 0.5, 1]),
                ([0, 1], [0.5, 0.5 + (2 * Nearest)], [0, 0.5, 0.5 + (2 * Nearest), 1]),
                ([0, 0.5, 1], [0.5 + Nearest], [0, 0.5, 1]),
                ([0, 0.5, 1], [0.5 - Nearest], [0, 0.5, 1]),
                ([0, 0.5, 1], [0.5 - (2 * Nearest)], [0, 0.5 - (2 * Nearest), 0.5, 1]),

                // A chain of cuts, each near the one before.
                ([0, 1], [0.5, 0.5 + Nearest, 0.5 + (2 * Nearest)], [0, 0.5, 1]),

                // Eight long, and at zero in its middle; one long, and far from zero.
                ([-4, 4], [1, 1 + (8 * Nearest)], [-4, 1, 4]),
                ([-4, 4], [1, 1 + (16 * Nearest)], [-4, 1, 1 + (16 * Nearest), 4]),
                ([10, 11], [10.5, 10.5 + Nearest], [10, 10.5, 11]),
                ([10, 11], [10.5, 10.5 + (2 * Nearest)], [10, 10.5, 10.5 + (2 * Nearest), 11]),
            ];
            return new((from one in cases from elements in new long?[] { null, EngineLines.Swept }
                        select (one.Positions, one.Kinks, one.Nodes, elements)).ToArray());
        }
    }

    /// <summary>Σ max(0, t − k): on a piece its slope is the number of units that are on there.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Cuts_AsCloseAsTheResolution_ShareANode(double[] positions, double[] kinks, double[] nodes, long? elements)
    {
        using var layers = LineDecompositionTests.Layers(new SmallNetwork(
            [Arrays.Build(kinks.Length, 1, (_, _) => 1.0), Arrays.Build(1, kinks.Length, (_, _) => 1.0)],
            [[.. kinks.Select(kink => -kink)], [0]]));
        var line = EngineLines.Of(layers, [[0]], [[1]], positions, positions[0], positions[^1], elements).Lines[0];
        line.Select(node => node.Position).Should().Equal(nodes);
        foreach (var (here, next) in line.Zip(line.Skip(1)))
        {
            var middle = (here.Position + next.Position) / 2;
            here.Jacobian.Should().Equal(kinks.Count(kink => kink < middle));
        }

        foreach (var node in line)
        {
            // A unit that joins a node of another position is off by its distance to it.
            node.Outputs[0].Should().BeApproximately(
                kinks.Sum(kink => Math.Max(0, node.Position - kink)), 3 * Nearest * (positions[^1] - positions[0]));
        }

        line.Sum(node => node.Switches.Length).Should().Be(kinks.Count(kink => !IsAt(positions[0], kink) && !IsAt(positions[^1], kink)));

        bool IsAt(double end, double kink) => Math.Abs(end - kink) <= Nearest * (positions[^1] - positions[0]);
    }

    /// <summary>
    /// Units of two layers that switch at one node, the higher one first: v = max(0, t − ½ + 3u) of u = max(0, t − ½ − half the
    /// resolution). The slope jumps from 0 to 4, in whatever order the two are met.
    /// </summary>
    [Theory]
    [InlineData(null)]
    [InlineData(EngineLines.Swept)]
    public void Units_OfTwoLayersAtOneNode_AreFollowedFromBelow(long? elements)
    {
        using var layers = LineDecompositionTests.Layers(new SmallNetwork(
            [new double[,] { { 1 }, { 1 } }, new double[,] { { 1, 3 } }, new double[,] { { 1 } }],
            [[1, -0.5 - (Nearest / 2)], [-1.5], [0]]));
        var line = EngineLines.Of(layers, [[0]], [[1]], [0, 1], 0, 1, elements).Lines[0];
        line.Should().HaveCount(3);
        line[1].Position.Should().BeApproximately(0.5, Nearest);
        line[1].Switches.Should().Equal((0, 1), (1, 0));
        line[0].Jacobian.Should().Equal(0);
        line[1].Jacobian.Should().Equal(4);
        line[1].Jump.Should().Be(4);
    }

    /// <summary>Positions four times as far apart can be told from the cuts that join them.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(-4, 4)]
    [InlineData(10, 11)]
    public void Positions_CloserThanFourTimesTheResolution_AreRefused(double first, double last)
    {
        using var scope = NewDisposeScope();
        using var layers = LineDecompositionTests.Layers(SmallNetwork.WithoutBiases(new double[,] { { 1 } }));
        using var lines = new LineDecomposition(layers);
        var nearest = 4 * Nearest * (last - first);
        FluentActions.Invoking(() => lines.Of(ones([1, 1], float64), ones([1, 1], float64), first, first + nearest, last))
            .Should().Throw<ArgumentException>().WithMessage("*too close*");
        lines.Of(ones([1, 1], float64), ones([1, 1], float64), first, first + (2 * nearest), last).Single().Rows.Should().Be(3);
    }

    /// <summary>
    /// Slopes of a network with more inputs than units, for which only the Euclidean norm may put an orthogonal factor in its first
    /// layer's place: f′ is (4, 2, −1, −3), and (3, 2, 1, 0) where the second unit is off.
    /// </summary>
    [Theory]
    [InlineData(1, 4, 3)]
    [InlineData(2, 5.4772255750516612, 3.7416573867739413)]
    [InlineData(double.PositiveInfinity, 10, 6)]
    public void Slopes_WithMoreInputsThanUnits_AreThoseOfTheJacobian(double p, double before, double after)
    {
        using var scope = NewDisposeScope();
        var network = new SmallNetwork(
            [new double[,] { { 3, 2, 1, 0 }, { 1, 0, -2, -3 } }, new double[,] { { 1, 1 } }], [[10, 0.5], [0]]);
        using var layers = LineDecompositionTests.Layers(network);
        foreach (var elements in new long?[] { null, EngineLines.Swept })
        {
            using var lines = new LineDecomposition(layers, elements);
            var starts = zeros([1, 4], float64);
            var directions = tensor(new double[] { -1, 0, 0, 0 }, [1, 4]);
            var pieces = lines.Of(starts, directions, 0, 1).Single();
            pieces.Positions.Should().Equal(0, 0.5, 1);
            var slopes = pieces.Slopes(p);
            slopes[0].Should().BeApproximately(before, 1e-14 * before);
            slopes[1].Should().BeApproximately(after, 1e-14 * after);
            slopes[2].Should().Be(0);
        }
    }
}
