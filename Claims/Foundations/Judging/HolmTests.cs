using MathNet.Numerics.Random;
using Reproduce.Claims.Judging;

namespace Reproduce.Claims.Foundations.Judging;

/// <summary>Holm's correction on four p-values worked by hand, and the properties that define it on random ones.</summary>
[Trait("Category", "Foundation")]
public sealed class HolmTests
{
    /// <summary>
    /// Sorted 0.005, 0.01, 0.03, 0.04, times 4, 3, 2, 1: 0.02, 0.03, 0.06, 0.04. The last may not fall below the one before it.
    /// </summary>
    [Fact]
    public void Adjust_FourByHand_IsTheWorkedExample() =>
        Adjusted(0.01, 0.04, 0.03, 0.005).Should().Equal([0.03, 0.06, 0.06, 0.02], (one, other) => Math.Abs(one - other) < 1e-16);

    [Fact]
    public void Adjust_OneOrNone_ChangesNothing()
    {
        Adjusted(0.04).Should().Equal(0.04);
        Adjusted().Should().BeEmpty();
    }

    [Fact]
    public void Adjust_LargeValues_AreCappedAtOne() => Adjusted(0.5, 0.9, 0.4).Should().Equal(1, 1, 1);

    [Fact]
    public void Adjust_ZerosAndOnes_StayThere() => Adjusted(0, 1, 0).Should().Equal(0, 1, 0);

    [Fact]
    public void Adjust_EqualValues_AreTreatedAlike() => Adjusted(0.125, 0.125, 0.125).Should().Equal(0.375, 0.375, 0.375);

    [Fact]
    public void Adjust_RandomValues_KeepsTheirOrderAndLiesBetweenThemAndBonferroni()
    {
        var generator = new Xoshiro256StarStar(3);
        for (var round = 0; round < 50; round++)
        {
            double[] values = [.. generator.NextDoubles(1 + (round % 8)).Select(one => one * one)];
            var adjusted = Holm.Adjust(values);
            for (var i = 0; i < values.Length; i++)
            {
                adjusted[i].Should().BeInRange(values[i], Math.Min(1, values.Length * values[i]));
                for (var j = 0; j < values.Length; j++)
                {
                    (values[i] >= values[j] || adjusted[i] <= adjusted[j])
                        .Should().BeTrue("a smaller p-value is never adjusted above a larger one");
                }
            }
        }
    }

    private static double[] Adjusted(params double[] values) => Holm.Adjust(values);
}
