using Reproduce.Fixtures.Networks;
using Reproduce.Geometry;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Geometry;

/// <summary>Corner cases of the interval and what it refuses; its values are checked by intervals.eq-6.</summary>
[Trait("Category", "Foundation")]
public sealed class GeneralizationIntervalTests
{
    /// <summary>Outputs (x, −x): class 1 right of 0.</summary>
    private static readonly SmallNetwork Sign = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } });

    private static Tensor One => ones([1, 1], float64);

    [Theory]
    [InlineData(0, 4, 4)]
    [InlineData(-1, 4, 4)]
    [InlineData(double.NaN, 4, 4)]
    [InlineData(double.PositiveInfinity, 4, 4)]
    [InlineData(1, 0, 4)]
    [InlineData(1, 4, -1)]
    public void Ray_WithoutRangeOrSteps_IsRefused(double range, int steps, int halvings)
    {
        using var network = Sign.ToEnsemble();
        FluentActions.Invoking(() => Ray(network, One, One, range, steps, halvings)).Should().Throw<ArgumentException>();
    }

    /// <summary>From 1 down to 1 − 1.2 in one step the class changes at 1: the first halving finds 0.6 stable, the second 0.9.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.6)]
    [InlineData(2, 0.9)]
    public void Ray_InOneStep_IsHalvedAsOftenAsAsked(int halvings, double expected)
    {
        using var network = Sign.ToEnsemble();
        Ray(network, One, -One, 1.2, 1, halvings).Should().BeApproximately(expected, 1e-15);
    }

    [Fact]
    public void Ray_OfOtherNumbersOfPointsAndDirections_IsRefused()
    {
        using var network = Sign.ToEnsemble();
        FluentActions.Invoking(() => GeneralizationInterval.Ray(network, ones([2, 1], float64), ones([3, 1], float64), 1, 4))
            .Should().Throw<ArgumentException>().WithMessage("*[3, 1]*[2, 1]*");
    }

    /// <summary>Along the direction 0, and with a single class, nothing changes.</summary>
    [Fact]
    public void Ray_ThatNeverLeaves_IsTheWholeRange()
    {
        using var network = Sign.ToEnsemble();
        Ray(network, One, 0 * One, 7, 3).Should().Be(7);
        using var single = SmallNetwork.WithoutBiases(new double[,] { { 1 } }).ToEnsemble();
        Ray(single, One, -One, 7, 3).Should().Be(7);
    }

    /// <summary>Without halvings the ray ends at the last grid point before the change: from 1 down to 0 in steps of 0.3, at 0.9.</summary>
    [Fact]
    public void Ray_WithoutHalvings_EndsOnTheGrid()
    {
        using var network = Sign.ToEnsemble();
        Ray(network, One, -One, 3, 10, halvings: 0).Should().Be(3 * 3.0 / 10);
    }

    [Fact]
    public void Ray_InFloat32_StaysInFloat32()
    {
        using var network = new FullyConnected([tensor(new float[] { 1, -1 }).reshape(1, 2, 1)], [zeros([1, 2], float32)]);
        using var ray = GeneralizationInterval.Ray(network, ones([1, 1], float32), -ones([1, 1], float32), 4, 16);
        ray.dtype.Should().Be(float32);
        ray.item<float>().Should().BeApproximately(1, 1e-5f);
    }

    private static double Ray(FullyConnected network, Tensor point, Tensor direction, double range, int steps, int halvings = 20) =>
        GeneralizationInterval.Ray(network, point, direction, range, steps, halvings).item<double>();
}
