using Reproduce.Lines;
using Reproduce.Measures;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Measures;

/// <summary>Sums along lines, worked out by hand.</summary>
[Trait("Category", "Foundation")]
public sealed class AlongLinesTests
{
    private const double Small = 1.0 / (1L << 60);

    /// <summary>
    /// f = max(0, 1 + εx) + 2 max(0, εx) + max(0, y) with ε = 2⁻⁶⁰: where only x changes, outputs are 2⁶⁰ times what they vary by, and
    /// rates of change are added up; where y changes, steps are. One block has lines of both kinds. Its totals are added to what was there.
    /// </summary>
    [Theory]
    [InlineData(0, 1, new[] { 10 * Small, 1, 10 * Small, 5 })]
    [InlineData(0.5, 1, new[] { 6 * Small, 1, 4 * Small, 2.5 })]
    [InlineData(0, 0.5, new[] { 4 * Small, 0, 6 * Small, 2.5 })]
    public void FunctionVariation_OfLinesWithAndWithoutDigits_IsThatOfEach(double from, double to, double[] expected)
    {
        using var scope = NewDisposeScope();
        using var network = new LayeredNetwork(
        [
            new DenseLayer(tensor([Small, 0, Small, 0, 0, 1], [3, 2]), tensor([1.0, 0, 0])),
            new DenseLayer(tensor([1.0, 2, 1], [1, 3]), tensor([0.0])),
        ]);
        using var lines = new LineDecomposition(network);
        var starts = tensor([-1.0, 0, 0, -1, 3, 0, 0, 0], [4, 2]);
        var directions = tensor([4.0, 0, 0, 2, -4, 0, 0, 5], [4, 2]);
        double[] totals = [7, 7, 7, 7];
        foreach (var pieces in lines.Of(starts, directions, 0, 0.5, 1))
        {
            double[] own = new double[4];
            AlongLines.AddFunctionVariation(pieces, directions, from, to, own);
            own.Should().Equal(expected, (one, other) => Math.Abs(one - other) <= 1e-15 * other);
            AlongLines.AddFunctionVariation(pieces, directions, from, to, totals);
        }

        totals.Should().Equal(expected.Select(one => 7 + one), (one, other) => Math.Abs(one - other) <= 1e-14);
    }

    /// <summary>|x| + |x − 1| from −1 to 2: kinks at t = 1/3 and 2/3; those at an end of the range do not count.</summary>
    [Theory]
    [InlineData(-1, 2, 2, 4, 2)]
    [InlineData(0, 2, 1, 2, 2)]
    [InlineData(-1, 1, 1, 2, 2)]
    [InlineData(0, 1, 0, 0, 0)]
    public void KinksAndJumps_InsideTheRange_Count(double from, double to, long kinks, double jumps, double slope)
    {
        using var scope = NewDisposeScope();
        using var network = new LayeredNetwork(
        [
            new DenseLayer(tensor([1.0, -1, 1, -1], [4, 1]), tensor([0.0, 0, -1, 1])),
            new DenseLayer(ones([1, 4], float64), tensor([0.0])),
        ]);
        using var lines = new LineDecomposition(network);
        var (count, sum, largest) = (new long[1], new double[1], new double[1]);
        foreach (var pieces in lines.Of(zeros([1, 1], float64), ones([1, 1], float64), -1, 0, 1, 2))
        {
            AlongLines.AddKinks(pieces, from, to, count);
            AlongLines.AddGradientVariation(pieces, from, to, sum);
            AlongLines.RaiseSlope(pieces, 2, from, to, largest);
        }

        count.Should().Equal(kinks);
        sum.Should().Equal(jumps);
        largest.Should().Equal(slope);
    }
}
