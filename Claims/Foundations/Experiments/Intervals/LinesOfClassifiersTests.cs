using MathNet.Numerics.LinearAlgebra;
using Reproduce.Fixtures.Experiments.Intervals;
using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Experiments.Intervals;

/// <summary>Lines through a classifier that can be drawn by hand, and principal components of four points.</summary>
[Trait("Category", "Foundation")]
public sealed class LinesOfClassifiersTests
{
    // Small multiples of powers of two, and quotients of these.
    private const double Tolerance = 1e-12;

    /// <summary>The outputs are 1 − |x| and its negative: class 0 between −1 and 1.</summary>
    [Theory]
    [InlineData(2, 3, 1, 1, 3, false)]
    [InlineData(0.5, 0.25, 0.5, 0.25, 0.5, true)]
    [InlineData(0, 3, 0, 1, 3, false)]
    [InlineData(0, 0.5, 0, 0.5, 0.5, true)]
    public void Interval_OfATent_IsWhereItIsPositive(
        double backward, double forward, double keptBackward, double keptForward, double range, bool isKept)
    {
        using var scope = NewDisposeScope();
        using var tent = new LayeredNetwork(
            new DenseLayer(tensor([1.0, -1.0], [2, 1]), tensor([0.0, 0.0])),
            new DenseLayer(tensor([-1.0, -1.0, 1.0, 1.0], [2, 2]), tensor([1.0, -1.0])));

        var lines = IntervalsOnLines.Of(tent, tensor([0.0], [1, 1]), tensor([1.0], [1, 1]), backward, forward, [0]);

        lines.Classes.Should().Equal(0);
        lines.Backward[0].Should().BeApproximately(keptBackward, Tolerance);
        lines.Forward[0].Should().BeApproximately(keptForward, Tolerance);
        lines.Intervals[0].Should().BeApproximately(keptBackward + keptForward, Tolerance);
        lines.Ranges[0].Should().BeApproximately(range, Tolerance, "the output is 1 in the middle and 1 − |x| at the ends");
        lines.IsKept(0).Should().Be(isKept);
    }

    [Fact]
    public void Axes_OfFourPoints_AreTheirTwoDirections()
    {
        double[,] points = { { 3.0, 5, 1 }, { -1.0, 5, 1 }, { 1.0, 6, 1 }, { 1.0, 4, 1 } };
        var axes = new PrincipalAxes(Matrix<double>.Build.DenseOfArray(points));

        axes.Mean.Should().Equal(1, 5, 1);
        axes.Variance(0).Should().BeApproximately(8.0 / 3, Tolerance);
        axes.Variance(1).Should().BeApproximately(2.0 / 3, Tolerance);
        axes.Variance(2).Should().BeApproximately(0, Tolerance);
        bool Near(double one, double other) => Math.Abs(one - other) <= Tolerance;
        axes.Axis(0).Select(Math.Abs).Should().Equal([1.0, 0, 0], Near);
        axes.Axis(1).Select(Math.Abs).Should().Equal([0.0, 1, 0], Near);
    }
}
