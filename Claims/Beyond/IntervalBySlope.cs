using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.LineMeasures;
using static Reproduce.Claims.Shared.Vectors;

namespace Reproduce.Claims.Beyond;

/// <summary>
/// What ties paper I to paper S: before the class at x is lost, the lead of its output over another one has to fall by the margin m. With
/// 1/p + 1/q = 1 the lead moves at most ‖e_i − e_j‖_q = 2^(1/q) times as far as the outputs in the p-norm, and these at most the largest
/// p-slope on the way times ‖d‖_p.
/// </summary>
public sealed class IntervalBySlope
{
    private const double Range = 4;

    private static readonly double[] ExactOrders = [1, double.PositiveInfinity];

    /// <summary>2^(1 − 1/p).</summary>
    private static readonly UnderTest<Func<double, double>> Constant = new(
        p => Math.Pow(2, 1 - (1 / p)),
        ("slope-interval-constant-one", _ => 1),
        ("slope-interval-constant-of-the-dual", p => Math.Pow(2, 1 / p)),
        ("slope-interval-constant-two", _ => 2));

    /// <summary>(u, −u) with u = 1 − |x|: class 1 for −1 &lt; x &lt; 1.</summary>
    private static SmallNetwork Tent { get; } =
        new([new double[,] { { 1 }, { -1 } }, new double[,] { { -1, -1 }, { 1, 1 } }], [[0, 0], [1, -1]]);

    [Claim("beyond.gi-slope")]
    public void RandomLines_RaysInFractions_AreAtLeastMarginOverSlope() =>
        Instances.Satisfy(
            "a ray shorter than min(4, m/(2^(1−1/p) L ‖d‖_p)), p = 1, ∞, L the largest slope on it",
            NetworkOnLine.Arbitrary,
            instance => InFractions(instance, p => Rational.Of(Constant.Run(p)), SlopeOnRay),
            Fractions.Exactly,
            dtype: Fractions.Arithmetic);

    [Claim("beyond.gi-slope")]
    public void RandomLines_Measured_AreAtLeastMarginOverSlope() =>
        Instances.Satisfy(
            "shortfall of a ray against min(4, m/(2^(1−1/p) L ‖d‖_p)), p = 1, 2, ∞, all by the library",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (network, point, direction) = (instance.Network, instance.Point, instance.Direction);
                var outputs = network.Evaluate(point).Output.OrderDescending().ToArray();
                if (outputs.Length == 1 || outputs[0] == outputs[1])
                {
                    return null;
                }

                var margin = outputs[0] - outputs[1];
                var (backward, forward) = Stretch(network, point, direction, Range, Range);
                return ClosedForms.Select(p =>
                {
                    var slope = LargestSlope(network, point, direction, p, -Range, Range);
                    var bound = Math.Min(Range, margin / (Constant.Run(p) * slope * Norm(direction, p)));
                    var ofMargin = OfOutputs(network, point, direction, Range) / margin;
                    var ofSlope = slope > 0 ? Rounding.OfJacobian(network) / slope : 0;
                    return new Deviation(
                        Math.Max(0, bound - Math.Min(backward, forward)), bound * (ofMargin + ofSlope + (8 * Rounding.Unit)));
                }).Aggregate(Deviation.Worse);
            },
            "the bound times the rounding of an output over the margin, of a slope over the slope, and 8u",
            count: 120);

    /// <summary>Entries of the Jacobian are sums of products of quarters of small whole numbers, so float64 has them exactly.</summary>
    [Claim("beyond.gi-slope")]
    public void RandomLines_LargestSlope_IsThatOfThePiecesInFractions() =>
        Instances.Satisfy(
            "|library's largest slope on the line − that in fractions|, p = 1, ∞",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (point, direction) = (Arrays.Exact(instance.Point), Arrays.Exact(instance.Direction));
                Rational Measured(double p) => Rational.Of(LargestSlope(instance.Network, instance.Point, instance.Direction, p, 0, Range));
                return Deviation.Exact(ExactOrders.All(p => Measured(p) == SlopeOnRay(instance.Network.Exact(), point, direction, p)));
            },
            "none: binary fractions are exact",
            count: 120,
            dtype: "exact (binary fractions)");

    /// <summary>
    /// (u, −u) with u = 1 − |x| at 0 along 1: the margin is 2 and GI = 2. The slopes are 2, √2, 1 for p = 1, 2, ∞, so 2m/(2^(1−1/p) L) is
    /// 4/2, 4/(√2·√2) and 4/2: the constants cannot be lowered.
    /// </summary>
    [ClaimRows("beyond.gi-slope")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(double.PositiveInfinity)]
    public void Tent_ByHand_AttainsTheBound(double p)
    {
        var slope = LargestSlope(Tent, [0], [1], p, -Range, Range);
        slope.Should().BeApproximately(Math.Pow(2, 1 / p), 8 * Rounding.Unit);
        (4 / (Constant.Run(p) * slope)).Should().BeApproximately(2, 16 * Rounding.Unit);
        Stretch(Tent, [0], [1], Range, Range).Should().Be((1.0, 1.0));
    }

    /// <summary>
    /// The same without the constant: 2m/Slope₂ = 4/√2 = 2.83 and 2m/Slope_∞ = 4, and GI = 2. For p = 1, and only there, it is 1: 4/2.
    /// </summary>
    [Claim("beyond.gi-slope", Role.Control)]
    public void Tent_WithoutTheConstant_IsShorter()
    {
        var (backward, forward) = Stretch(Tent, [0], [1], Range, Range);
        (backward + forward).Should().Be(2);
        double[] without = [.. ClosedForms.Select(p => 4 / LargestSlope(Tent, [0], [1], p, -Range, Range))];
        without[0].Should().Be(2);
        without[1..].Should().OnlyContain(length => length > 2.8);
        Evidence.Record(new Measurement(
            "GI of (1 − |x|, |x| − 1) at 0",
            backward + forward,
            "control: without the constant the bound would be 2, 2.83 and 4 for p = 1, 2, ∞")
        {
            Series = without,
            Dtype = "float64",
        });
    }

    /// <summary>The slope at x does not do: the class may be lost on a steeper piece.</summary>
    [Claim("beyond.gi-slope", Role.Control)]
    public void SlopeAtThePoint_InsteadOfTheLine_IsCaught() =>
        Instances.Violate("the bound with the slope of the first piece", NetworkOnLine.Arbitrary, instance =>
            InFractions(instance, p => Rational.Of(Constant.Run(p)), (network, point, direction, p) =>
                Slopes(network, point, direction, p).First()));

    [Claim("beyond.gi-slope", Role.Control)]
    public void WithoutTheConstant_IsCaught() =>
        Instances.Violate(
            "the bound without 2^(1−1/p)", NetworkOnLine.Arbitrary, instance => InFractions(instance, _ => 1, SlopeOnRay), count: 1000);

    private delegate Rational SlopeOf(ReluNetwork<Rational> network, Rational[] point, Rational[] direction, double p);

    // Both rays; null where the point has no class or there is no other output.
    private static Deviation? InFractions(NetworkOnLine instance, Func<double, Rational> constant, SlopeOf slopeOf)
    {
        var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
        var margin = ExactLine.Margin(network.Evaluate(point).Output);
        if (instance.Network.Outputs == 1 || margin == 0)
        {
            return null;
        }

        var direction = Arrays.Exact(instance.Direction);
        return Deviation.Exact(ExactOrders.All(p => IsLongEnough(direction, p) && IsLongEnough(Arrays.Times(-1, direction), p)));

        bool IsLongEnough(Rational[] along, double p)
        {
            var speed = constant(p) * slopeOf(network, point, along, p) * Fractions.Norm(along, p);
            var length = ExactLine.Ray(network, point, along, Rational.Of(Range));
            return length == Rational.Of(Range) || length * speed >= margin;
        }
    }

    private static Rational SlopeOnRay(ReluNetwork<Rational> network, Rational[] point, Rational[] direction, double p) =>
        Slopes(network, point, direction, p).Max();

    // Of the pieces on the ray, in order.
    private static IEnumerable<Rational> Slopes(ReluNetwork<Rational> network, Rational[] point, Rational[] direction, double p) =>
        from piece in ExactLine.Pieces(network, point, direction, Rational.Of(Range))
        select Fractions.Norm(LinearRegions.Jacobian(network, piece.On), p);
}
