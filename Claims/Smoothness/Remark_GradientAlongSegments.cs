using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 3.2.1: the variation of ∇f along [a, b] is 0 exactly when ∇f is constant there, and then f interpolates linearly between its
/// values at a and b. Along a segment a two-layer network has finitely many pieces, so everything is exact.
/// </summary>
public sealed class Remark_GradientAlongSegments
{
    /// <summary>All values of ∇f along the segment, in order: at the ends, at every kink (where ReLU′(0) = 1) and in between.</summary>
    internal static readonly UnderTest<Func<TwoLayersOnSegment, IReadOnlyList<Rational[]>>> Gradients = new(
        instance => Along(instance, _ => true),
        ("gradient-at-the-ends-alone", instance => Along(instance, t => t == 0 || t == 1)),
        ("gradient-inside-alone", instance => Along(instance, t => t > 0 && t < 1)),
        ("gradient-in-the-first-half-alone", instance => Along(instance, t => t <= new Rational(1, 2))),
        ("gradient-without-second-input", instance => [.. Along(instance, _ => true).Select(gradient => gradient.Take(1).ToArray())]));

    // Shares of a segment, both ends and some arbitrary ones.
    private static readonly Rational[] Shares =
        [0, new(1, 97), new(1, 7), new(3, 11), new(5, 13), new(1, 2), new(7, 12), new(9, 13), new(9, 10), new(96, 97), 1];

    private static readonly TwoLayersOnSegment Ramp = new(
        ExampleNetworks.TwoLayers(new double[,] { { 1, 0 }, { 1, 0 } }, [0, -1], [1, -1]), [-1, 0], [2, 0]);

    [Claim("smoothness.pl1-linear")]
    public void RandomNetworks_VariationIsZero_ExactlyWhenTheGradientIsConstant() =>
        ExactInstances.Satisfy("TV of ∇f on [a, b] is 0 ⇔ ∇f is the same all along", TwoLayersOnSegment.Arbitrary, instance =>
        {
            var gradients = instance.Gradients(Shares.Concat(instance.Slice().Stations(0, 1)), 1);
            var constant = gradients.All(gradient => gradient.SequenceEqual(gradients[0]));
            return HasNoVariation(instance) == constant;
        });

    /// <summary>
    /// The library's variation of ∇f, from all kinks, against the true gradients between them: 0 exactly where these are all equal. They
    /// are whole numbers, so two different ones are at least 1 apart.
    /// </summary>
    [Claim("smoothness.pl1-linear")]
    public void RandomNetworks_MeasuredVariationIsZero_ExactlyWhenTheTrueGradientIsConstant() =>
        Instances.Satisfy("library's TV of ∇f below 1/2 ⇔ ∇f is the same between all kinks", TwoLayersOnSegment.Arbitrary, instance =>
        {
            var knots = instance.Slice().On(0, 1).Knots;
            var gradients = instance.Gradients(knots.Zip(knots.Skip(1), (from, to) => (from + to) / 2), 0);
            var variation = LineMeasures.GradientVariation(instance.Network, instance.Start, instance.End);
            return Deviation.Exact(variation < 0.5 == gradients.All(gradient => gradient.SequenceEqual(gradients[0])));
        }, "none: 1/2 separates 0 from the least distance of two gradients");

    /// <summary>
    /// With biases that outweigh every input (at most 48), no unit switches: the library samples a variation of exactly 0.
    /// </summary>
    [Claim("smoothness.pl1-linear")]
    public void RandomNetworks_NothingSwitches_IsSampledAsZero() =>
        Instances.Satisfy("sampled TV of ∇f where no unit switches", TwoLayersOnSegment.Arbitrary, instance =>
        {
            double[] biases = [.. instance.Network.Biases[0].Select(bias => bias + (bias < 0 ? -100 : 100))];
            var network = instance.Network with { Biases = [biases, instance.Network.Biases[1]] };
            return new Deviation(SmoothnessMeasures.GradientLength(instance with { Network = network }, 9), 0);
        }, "none: equal masks give equal gradients");

    /// <summary>
    /// 2[x + y]₊ from (−1, 0) to (1, 0): ∇f jumps from (0, 0) to (2, 2), a variation of 2√2. From (1, 0) to (3, 0) it is constant. And for
    /// [x]₊ − [x − 1]₊ from (−1, 0) to (2, 0) it starts and ends at (0, 0), with (1, 0) in between.
    /// </summary>
    [Claim("smoothness.pl1-linear")]
    public void OneUnit_ByHand_JumpsByTwoTwo()
    {
        var network = ExampleNetworks.TwoLayers(new double[,] { { 1, 1 } }, [0], [2]);
        var crossing = Gradients.Run(new TwoLayersOnSegment(network, [-1, 0], [1, 0]));
        crossing[0].Should().Equal(0, 0);
        crossing[^1].Should().Equal(2, 2);
        HasNoVariation(new TwoLayersOnSegment(network, [-1, 0], [1, 0])).Should().BeFalse();
        HasNoVariation(new TwoLayersOnSegment(network, [1, 0], [3, 0])).Should().BeTrue();
        HasNoVariation(Ramp).Should().BeFalse();
    }

    /// <summary>
    /// The segment has to be closed: [x]₊ from −1 to 0 has ∇f = 0 inside, and 1 at the end, by the postulate ReLU′(0) = 1.
    /// </summary>
    [Claim("smoothness.pl1-linear", Role.Counterexample)]
    public void KinkAtTheEnd_OpenSegmentAsPrinted_IsMissed()
    {
        var instance = new TwoLayersOnSegment(ExampleNetworks.TwoLayers(new double[,] { { 1 } }, [0], [1]), [-1], [0]);
        Shares.SkipLast(1).Select(t => instance.Gradient(t, 1)[0]).Should().OnlyContain(value => value == 0);
        HasNoVariation(instance).Should().BeFalse("the gradient at the end is 1");
        Evidence.Record(new Measurement(
            "TV of ∇f on [−1, 0] for [x]₊, whose gradient is 0 on (−1, 0)",
            instance.Gradient(1, 1)[0].ToDouble(),
            "0 as printed: ∇f is constant on the open segment")
            { Dtype = "exact (integers)" });
    }

    [Claim("smoothness.pl1-linear", Role.Control)]
    public void OpenSegments_ClosedDropped_AreCaught() =>
        ExactInstances.Violate("TV on [a, b] is 0 ⇔ ∇f is the same inside (a, b)", TwoLayersOnSegment.Arbitrary, instance =>
        {
            var inside = instance.Gradients(instance.Slice().Stations(0, 1).Skip(1).SkipLast(1), 1);
            return HasNoVariation(instance) == inside.All(gradient => gradient.SequenceEqual(inside[0]));
        }, count: 1000);

    [Claim("smoothness.pl1-linear.minimizer")]
    public void RandomNetworks_NoVariation_AreLinearBetweenTheEnds() =>
        ExactInstances.Satisfy("TV of ∇f is 0 ⇒ f((1 − t)a + tb) = (1 − t)f(a) + tf(b)", TwoLayersOnSegment.Arbitrary, instance =>
            !HasNoVariation(instance) || IsLinear(instance));

    /// <summary>The same with the library's variation: on whole numbers its jumps are exact.</summary>
    [Claim("smoothness.pl1-linear.minimizer")]
    public void RandomNetworks_NoMeasuredVariation_AreLinearBetweenTheEnds() =>
        ExactInstances.Satisfy(
            "library's TV of ∇f is 0 ⇒ f((1 − t)a + tb) = (1 − t)f(a) + tf(b)",
            TwoLayersOnSegment.Arbitrary,
            instance => LineMeasures.GradientVariation(instance.Network, instance.Start, instance.End) != 0 || IsLinear(instance),
            count: 600);

    /// <summary>
    /// In one dimension the converse holds, too, for the true slope; not for eq. 3.16 on knots that are shared or lie on an end.
    /// </summary>
    [Claim("smoothness.pl1-linear.minimizer")]
    public void RandomNetworks_OneInput_LinearExactlyWhenTheSlopeIsConstant() =>
        ExactInstances.Satisfy("f is linear on [a, b] ⇔ its changes of slope sum to 0", NetworkOnInterval.Arbitrary, instance =>
        {
            var f = instance.Network.On(instance.From, instance.To);
            var length = instance.To - instance.From;
            Rational Chord(Rational x) => f.Values[0] + ((x - instance.From) / length * (f.Values[^1] - f.Values[0]));
            var linear = Shares.Select(t => instance.From + (t * length)).All(x => instance.Network.At(x) == Chord(x))
                && f.Knots.All(x => f.At(x) == Chord(x));
            return linear == (f.DerivativeVariation == 0);
        });

    /// <summary>[x + 3]₊ from (0, 0) to (2, 2) has ∇f = (1, 0) all along: f = 3, 4, 5 at the ends and halfway.</summary>
    [Claim("smoothness.pl1-linear.minimizer")]
    public void OneUnit_AlwaysOn_ByHand()
    {
        var instance = new TwoLayersOnSegment(ExampleNetworks.TwoLayers(new double[,] { { 1, 0 } }, [3], [1]), [0, 0], [2, 2]);
        HasNoVariation(instance).Should().BeTrue();
        new Rational[] { 0, new(1, 2), 1 }.Select(instance.Slice().At).Should().Equal(3, 4, 5);
        IsLinear(Ramp).Should().BeFalse("0, 0, 1, 1 at −1, 0, 1, 2");
        HasNoVariation(Ramp).Should().BeFalse();
    }

    /// <summary>
    /// With two inputs the converse fails: [x + y]₊ − [x − y]₊ is 0 all along from (−1, 0) to (1, 0), while ∇f turns from (0, 0) to (0, 2).
    /// So a linear interpolation need not be a minimiser of PL1.
    /// </summary>
    [Claim("smoothness.pl1-linear.minimizer", Role.Control)]
    public void TwoInputs_LinearAlongTheSegment_MayTurnAcross()
    {
        var instance = new TwoLayersOnSegment(
            ExampleNetworks.TwoLayers(new double[,] { { 1, 1 }, { 1, -1 } }, [0, 0], [1, -1]), [-1, 0], [1, 0]);
        IsLinear(instance).Should().BeTrue();
        instance.Gradient(0, 1).Should().Equal(0, 0);
        instance.Gradient(1, 1).Should().Equal(0, 2);
        HasNoVariation(instance).Should().BeFalse();
        Evidence.Record(new Measurement(
            "TV of ∇f for [x + y]₊ − [x − y]₊ from (−1, 0) to (1, 0), where f = 0",
            SmoothnessMeasures.GradientLength(instance, 100),
            "control: 2, though f is linear along the segment")
            { Dtype = "float64" });
    }

    [Claim("smoothness.pl1-linear.minimizer", Role.Control)]
    public void RandomNetworks_WithVariation_AreNotLinear() =>
        ExactInstances.Violate("f is linear on [a, b] whatever the variation of ∇f", TwoLayersOnSegment.Arbitrary, instance =>
            IsLinear(instance));

    private static bool HasNoVariation(TwoLayersOnSegment instance)
    {
        var gradients = Gradients.Run(instance);
        return gradients.Zip(gradients.Skip(1)).All(pair => pair.First.SequenceEqual(pair.Second));
    }

    private static bool IsLinear(TwoLayersOnSegment instance)
    {
        var slice = instance.Slice();
        return Shares.Concat(slice.Stations(0, 1)).All(t => slice.At(t) == ((1 - t) * slice.At(0)) + (t * slice.At(1)));
    }

    private static IReadOnlyList<Rational[]> Along(TwoLayersOnSegment instance, Func<Rational, bool> seen) =>
        instance.Gradients(instance.Slice().Stations(0, 1).Where(seen), 1);
}
