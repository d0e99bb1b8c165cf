using Reproduce.Fixtures.Networks;
using Reproduce.Geometry;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Geometry;

/// <summary>What the interval refuses, and its corners; its values are checked by intervals.eq-6.</summary>
[Trait("Category", "Foundation")]
public sealed class GeneralizationIntervalTests
{
    /// <summary>Outputs (x, −x): class 1 right of 0.</summary>
    private static readonly SmallNetwork Sign = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } });

    [Theory]
    [InlineData(0, 4, 4)]
    [InlineData(-1, 4, 4)]
    [InlineData(double.NaN, 4, 4)]
    [InlineData(double.PositiveInfinity, 4, 4)]
    [InlineData(1, 0, 4)]
    [InlineData(1, 4, -1)]
    public void Ray_WithNoRangeOrSteps_IsRefused(double range, int steps, int halvings)
    {
        using var network = Sign.ToEnsemble();
        FluentActions.Invoking(() => GeneralizationInterval.Ray(network, ones([1, 1], float64), ones([1, 1], float64), range, steps, halvings)).Should().Throw<ArgumentException>();
    }

    /// <summary>From 1 down to 1 − 1.2 in one step the class changes at 1: the first halving finds 0.6 stable, the second 0.9.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.6)]
    [InlineData(2, 0.9)]
    public void Ray_InOneStep_IsHalvedAsOftenAsAsked(int halvings, double expected)
    {
        using var network = Sign.ToEnsemble();
        GeneralizationInterval.Ray(network, ones([1, 1], float64), -ones([1, 1], float64), 1.2, 1, halvings).item<double>().Should().BeApproximately(expected, 1e-15);
    }

    [Fact]
    public void Ray_OfOtherNumbersOfPointsAndDirections_IsRefused()
    {
        using var network = Sign.ToEnsemble();
        FluentActions.Invoking(() => GeneralizationInterval.Ray(network, ones([2, 1], float64), ones([3, 1], float64), 1, 4)).Should().Throw<ArgumentException>().WithMessage("*[3, 1]*[2, 1]*");
    }

    /// <summary>The direction 0 goes nowhere: the whole range. So does a single class.</summary>
    [Fact]
    public void Ray_ThatNeverLeaves_IsTheWholeRange()
    {
        using var network = Sign.ToEnsemble();
        GeneralizationInterval.Ray(network, ones([1, 1], float64), zeros([1, 1], float64), 7, 3).item<double>().Should().Be(7);
        using var single = SmallNetwork.WithoutBiases(new double[,] { { 1 } }).ToEnsemble();
        GeneralizationInterval.Ray(single, ones([1, 1], float64), -ones([1, 1], float64), 7, 3).item<double>().Should().Be(7);
    }

    /// <summary>Without halvings the ray ends at the last point of the grid before the change: from 1 down to 0 in steps of 0.3, at 0.9.</summary>
    [Fact]
    public void Ray_WithoutHalvings_EndsOnTheGrid()
    {
        using var network = Sign.ToEnsemble();
        GeneralizationInterval.Ray(network, ones([1, 1], float64), -ones([1, 1], float64), 3, 10, halvings: 0).item<double>().Should().Be(3 * 3.0 / 10);
    }

    [Fact]
    public void Ray_InFloat32_StaysInFloat32()
    {
        using var network = new Reproduce.Networks.FullyConnected([tensor(new float[] { 1, -1 }).reshape(1, 2, 1)], [zeros([1, 2], float32)]);
        using var ray = GeneralizationInterval.Ray(network, ones([1, 1], float32), -ones([1, 1], float32), 4, 16);
        ray.dtype.Should().Be(float32);
        ray.item<float>().Should().BeApproximately(1, 1e-5f);
    }
}
