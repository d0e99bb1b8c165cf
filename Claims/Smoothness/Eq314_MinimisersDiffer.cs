using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Smoothness.Support.Interpolation;

namespace Reproduce.Claims.Smoothness;

/// <summary>Equation 3.14 minimises PL1 and not PL0; that the converse happens, too, is left to the reader, and shown here.</summary>
public sealed class Eq314_MinimisersDiffer
{
    private static readonly PiecewiseLinear Tooth = PiecewiseLinear.Through((0, 0), (1, 0), (2, 2));
    private static readonly (Rational X, Rational Y)[] TwoData = [(0, 0), (2, 2)];

    /// <summary>
    /// The function of eq. 3.14: TV(f) = 1 + 1/2 + 1/2 + 1 = 3, TV(f′) = 2 since f′ climbs from −1 to 1. The spline has 2 and 2. f is
    /// monotone on the four parts between −2, −1, 0, 1, 2, and f′ on the whole: so all finer partitions give the same sums.
    /// </summary>
    [ClaimRows("smoothness.example-3.14")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(32)]
    public void Example314_HasThreeAndTwo_ItsSplineTwoAndTwo(int parts)
    {
        Example314.Data.Should().OnlyContain(point => Example314.Value(point.X) == point.Y, "it interpolates");
        Rational[] partition = [.. Enumerable.Range(0, (4 * parts) + 1).Select(i => -2 + new Rational(i, parts))];
        var spline = Spline.Run(Example314.Data);
        Rational[] values =
        [
            PartitionVariation.Sum.Run([.. partition.Select(Example314.Value)]),
            PartitionVariation.Sum.Run([.. partition.Select(Example314.Slope)]),
            PartitionVariation.Sum.Run(spline.Values),
            SecondVariation.Run(spline),
        ];
        values.Should().Equal(3, 2, 2, 2);
        Evidence.Record(new Measurement(
            $"PL0 and PL1 of eq. 3.14 on {4 * parts} parts, then of its spline", values[0].ToDouble(), "3, 2, 2, 2")
            { Series = [.. values.Select(value => value.ToDouble())], Dtype = "exact (rationals)" });
    }

    /// <summary>
    /// The slope used above is the derivative: on a piece of degree at most two the symmetric difference quotient is exact.
    /// </summary>
    [ClaimRows("smoothness.example-3.14")]
    [InlineData(-3, 2)]
    [InlineData(-1, 2)]
    [InlineData(0, 1)]
    [InlineData(1, 3)]
    [InlineData(7, 4)]
    public void Example314_Slope_IsTheDifferenceQuotient(int numerator, int denominator)
    {
        var (x, h) = (new Rational(numerator, denominator), new Rational(1, 8));
        ((Example314.Value(x + h) - Example314.Value(x - h)) / (2 * h)).Should().Be(Example314.Slope(x));
    }

    /// <summary>|x| − 1 and max(|x| − 1, −1/2) are piecewise linear, as the section asks and eq. 3.14 is not: 4 and 2, 3 and 2.</summary>
    [Claim("smoothness.example-3.14")]
    public void PiecewiseLinearRivals_ByHand()
    {
        HasVariations(PiecewiseLinear.Through((-2, 1), (0, -1), (2, 1)), 4, 2);
        HasVariations(PiecewiseLinear.Through((-2, 1), (new(-1, 2), new(-1, 2)), (new(1, 2), new(-1, 2)), (2, 1)), 3, 2);

        static void HasVariations(PiecewiseLinear f, int first, int second)
        {
            Example314.Data.Should().OnlyContain(point => f.At(point.X) == point.Y);
            PartitionVariation.Sum.Run(f.Values).Should().Be((Rational)first);
            SecondVariation.Run(f).Should().Be((Rational)second);
        }
    }

    /// <summary>The first of them and the spline as networks, and measured: 4 and 2 for f, 2 and 2 for f′.</summary>
    [Claim("smoothness.example-3.14")]
    public void PiecewiseLinearRival_AsANetwork_VariesByFourAndTwo()
    {
        PiecewiseLinear[] both = [PiecewiseLinear.Through((-2, 1), (0, -1), (2, 1)), Spline.Run(Example314.Data)];
        var networks = both.Select(f => Remark_OneDimension.Represent.Run(f).ToSmallNetwork()).ToList();
        networks.Select(network => LineMeasures.FunctionVariation(network, [-2], [2])).Should().Equal(4, 2);
        networks.Select(network => LineMeasures.GradientVariation(network, [-2], [2])).Should().Equal(2, 2);
    }

    /// <summary>An interpolant whose slope leaves [−1, 1], by way of (0, 1): slopes −1, 1, −1, 1, and TV(f′) = 6.</summary>
    [Claim("smoothness.example-3.14", Role.Control)]
    public void OvershootingInterpolant_IsNotMinimal() =>
        PiecewiseLinear.Through((-2, 1), (-1, 0), (0, 1), (1, 0), (2, 1)).DerivativeVariation.Should().Be((Rational)6);

    /// <summary>
    /// Two data, (0, 0) and (2, 2), and f = max(0, 2x − 2): it never falls, so TV = 2, the least; its slopes 0, 2 vary by 2, the spline's
    /// by 0.
    /// </summary>
    [Claim("smoothness.exercise")]
    public void Tooth_IsMinimalForPL0AndNotForPL1()
    {
        var spline = Spline.Run(TwoData);
        PartitionVariation.Sum.Run(Tooth.Values).Should().Be(PartitionVariation.Sum.Run(spline.Values)).And.Be((Rational)2);
        double[] second = [SecondVariation.Run(Tooth).ToDouble(), SecondVariation.Run(spline).ToDouble()];
        second.Should().Equal(2, 0);
        Evidence.Record(new Measurement(
            "PL1 of max(0, 2x − 2) on [0, 2], and of the spline; both have PL0 = 2", second[0], "above 0, the least")
            { Series = second, Dtype = "exact (integers)" });
    }

    /// <summary>The tooth and the spline as networks, and measured: 2 and 2 for f, 2 and 0 for f′.</summary>
    [Claim("smoothness.exercise")]
    public void Tooth_AsANetwork_IsMinimalForPL0AndNotForPL1()
    {
        var networks = new[] { Tooth, Spline.Run(TwoData) }.Select(f => Remark_OneDimension.Represent.Run(f).ToSmallNetwork()).ToList();
        networks.Select(network => LineMeasures.FunctionVariation(network, [0], [2])).Should().Equal(2, 2);
        networks.Select(network => LineMeasures.GradientVariation(network, [0], [2])).Should().Equal(2, 0);
    }

    /// <summary>Nor is the tooth an exception: some random interpolants with the spline's PL0 have more than its PL1.</summary>
    [Claim("smoothness.exercise", Role.Control)]
    public void RandomInterpolants_MinimalForPL0_AreNotAllMinimalForPL1() =>
        ExactInstances.Violate("minimal PL0 ⇒ minimal PL1", Interpolation.Arbitrary, instance =>
            instance.Interpolant.Variation == instance.LeastVariation
                ? instance.Interpolant.DerivativeVariation == instance.LeastSecondVariation
                : null);
}
