using FsCheck;
using FsCheck.Fluent;
using Reproduce.Lines;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Lines;

/// <summary>
/// Where a class is lost against the walk. Rounding moves a lead by at most 2E, so it is lost between the first t at which the exact
/// lead is at most 2E and the first at which it is at most −2E; a tie at x itself, exact on lattices, is no class at all.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class ExactIntervalTests
{
    private static readonly double[] Range = [-1, 0, 1, 2];

    [Fact]
    public void Stretches_OfLatticeNetworks_EndWhereTheLeadDoes()
    {
        var (failures, lost, ties) = (new List<string>(), 0, 0);
        var instances = Gen.Sample(NetworkOnLine.Arbitrary.Generator, 1000, new Rnd(21, 1), 150);
        foreach (var instance in instances.Where(instance => instance.Network.Outputs > 1))
        {
            foreach (long? elements in (long?[])[null, 1])
            {
                var (found, forward, backward) = Find(instance.Network, instance.Point, instance.Direction, elements);
                var outputs = instance.Network.Exact().Evaluate(WalkedLine.Exact(instance.Point)).Output;
                var own = Array.IndexOf(outputs, outputs.Max());
                var tie = outputs.Count(value => value == outputs[own]) > 1;
                ties += tie ? 1 : 0;
                lost += double.IsFinite(forward) ? 1 : 0;
                double[] opposite = [.. instance.Direction.Select(value => -value)];
                var agrees = found == own
                    && (tie
                        ? forward == 0 && backward == 0
                        : Bracketed(new WalkedLine(instance.Network, instance.Point, instance.Direction, [0, 1, 2]), own, forward)
                            && Bracketed(new WalkedLine(instance.Network, instance.Point, opposite, [0, 1]), own, backward));
                if (!agrees)
                {
                    failures.Add($"class {found}, {backward:G17} back and {forward:G17} forth in blocks of {elements} on {instance}");
                }
            }
        }

        failures.Take(5).Should().BeEmpty();
        lost.Should().BeGreaterThan(30);
        ties.Should().BeGreaterThan(5);
    }

    /// <summary>
    /// Outputs (x, −x) from x = 1: by −1 the class is lost at t = 1, by −1/2 at t = 2, where the line ends; backward it is kept.
    /// </summary>
    [Theory]
    [InlineData(-1, 1, double.PositiveInfinity)]
    [InlineData(-0.5, 2, double.PositiveInfinity)]
    [InlineData(-0.25, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(2, double.PositiveInfinity, 0.5)]
    [InlineData(0, double.PositiveInfinity, double.PositiveInfinity)]
    public void Stretch_OfASign_EndsAtZero(double direction, double forward, double backward) =>
        Find(SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }), [1], [direction], null).Should().Be((0L, forward, backward));

    /// <summary>Outputs (x, −x, −1): two classes tie at 0, and the third does not.</summary>
    [Fact]
    public void Tie_WithOneOfTheOtherClasses_IsNoClass() =>
        ShouldHaveNoClass(new SmallNetwork([new double[,] { { 1 }, { -1 }, { 0 } }], [[0, 0, -1]]), [0], [1]);

    /// <summary>A lead of 3·10⁻¹⁷, of 0.1 + 0.2 over 0.3, is less than the rounding of its terms.</summary>
    [Fact]
    public void Lead_LessThanItsRounding_IsNoClass() =>
        ShouldHaveNoClass(SmallNetwork.WithoutBiases(new double[,] { { 0.1, 0.2, 0 }, { 0, 0, 0.3 } }), [1, 1, 1], [1, 1, 1]);

    /// <summary>Outputs (x + 1, 0): the lead is 0 exactly where the line begins, at x = −1.</summary>
    [Fact]
    public void Tie_WhereTheLineBegins_EndsTheStretch() =>
        Find(new SmallNetwork([new double[,] { { 1 }, { 0 } }], [[1, 0]]), [0], [1], null, [-1, 0, 1])
            .Should().Be((0L, double.PositiveInfinity, 1.0));

    [Fact]
    public void OneOutput_HasNoClasses()
    {
        using var network = LineDecompositionTests.Layers(SmallNetwork.WithoutBiases(new double[,] { { 1 } }));
        using var point = ones([1, 1], float64);
        FluentActions.Invoking(() => new ExactInterval(network, point)).Should().Throw<ArgumentException>().WithMessage("*one output*");
    }

    // Where a line leads up to x, and where it begins there.
    private static void ShouldHaveNoClass(SmallNetwork network, double[] point, double[] direction)
    {
        foreach (double[] positions in (double[][])[Range, [0, 1]])
        {
            var (_, forward, backward) = Find(network, point, direction, null, positions);
            (forward, backward).Should().Be((0, 0));
        }
    }

    private static (long Class, double Forward, double Backward) Find(
        SmallNetwork network,
        double[] point,
        double[] direction,
        long? elements,
        double[]? positions = null)
    {
        using var scope = NewDisposeScope();
        using var layers = LineDecompositionTests.Layers(network);
        using var lines = new LineDecomposition(layers, elements);
        var starts = EngineLines.Matrix([point]);
        var stretch = new ExactInterval(layers, starts);
        foreach (var pieces in lines.Of(starts, EngineLines.Matrix([direction]), positions ?? Range))
        {
            stretch.Add(pieces);
        }

        return (stretch.Classes[0], stretch.Forward[0], stretch.Backward[0]);
    }

    private static bool Bracketed(WalkedLine line, int own, double found)
    {
        var allowed = Rational.Of(2 * line.OutputRounding.Max());
        var (earliest, latest) = (FirstAtMost(line, own, allowed), FirstAtMost(line, own, -allowed));
        if (earliest is not { } first)
        {
            return double.IsPositiveInfinity(found);
        }

        if (!double.IsFinite(found))
        {
            return latest is null;
        }

        // For the rounding of t itself.
        var rounding = Math.ScaleB(1, -50);
        return found >= first.ToDouble() - rounding && !(latest is { } last && found > last.ToDouble() + rounding);
    }

    // The first t at which the class's output exceeds some other one by no more than a level.
    private static Rational? FirstAtMost(WalkedLine line, int own, Rational level)
    {
        foreach (var piece in line.Pieces)
        {
            var outputs = piece.Preactivations[^1];
            var found = new List<Rational>();
            for (var other = 0; other < outputs.Length; other++)
            {
                var lead = new AffineInT(outputs[own].Constant - outputs[other].Constant, outputs[own].Slope - outputs[other].Slope);
                if (other != own && (lead.At(piece.Start) <= level || lead.At(piece.End) <= level))
                {
                    found.Add(lead.At(piece.Start) <= level ? piece.Start : (level - lead.Constant) / lead.Slope);
                }
            }

            if (found.Count > 0)
            {
                return found.Min();
            }
        }

        return null;
    }
}
