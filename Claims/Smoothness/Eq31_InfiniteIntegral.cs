using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 3.1.1, on Definition 4: why the norm of the gradient is averaged over P_X and not integrated over the whole space. The integral
/// is infinite for every two-layer network that is not constant, unless it has one input and is constant to both sides.
/// </summary>
public sealed class Eq31_InfiniteIntegral
{
    private const long Far = 1L << 12;
    private static readonly int[] Distances = [1, 2];

    /// <summary>
    /// With one input the integral over [−T, T] grows by (|s_left| + |s_right|)·T once T is beyond all knots, s the outer slopes.
    /// </summary>
    [Claim("smoothness.gn-integral")]
    public void RandomNetworks_OneInput_IntegralGrowsByTheOuterSlopes() =>
        ExactInstances.Satisfy("∫|f′| from T to 2T on both sides = (|s_left| + |s_right|)·T", NetworkOnInterval.Arbitrary, instance =>
        {
            var beyond = instance.Network.Knots.Select(Rational.Abs).Append(1).Max();
            Rational Slope(int sign) => Rational.Sum(
                instance.Network.Units.Where(unit => unit.Inner.CompareTo(0) == sign).Select(unit => unit.Outer * unit.Inner));
            Rational Integral(Rational end) => PartitionVariation.Sum.Run(instance.Network.On(-end, end).Values);
            return Integral(2 * beyond) - Integral(beyond) == (Rational.Abs(Slope(-1)) + Rational.Abs(Slope(1))) * beyond;
        });

    /// <summary>
    /// With two inputs or more the hyperplane of a unit reaches infinity, and ∇f jumps across all of it by the same vector. So beyond all
    /// other kinks ∇f is not 0 on one of its sides, which is a region of infinite volume.
    /// </summary>
    [Claim("smoothness.gn-integral")]
    public void RandomNetworks_SeveralInputs_GradientDoesNotVanishFarAway() =>
        Instances.Satisfy(
            "‖∇f‖ = 0 on both sides of a hyperplane with a jump, at distances T and 2T",
            TwoLayersOnSegment.Arbitrary,
            instance => BesideAHyperplane(instance) is { } sides
                ? Deviation.Exact(Distances.All(times => sides(times).Any(point =>
                    SmoothnessMeasures.GradientNormAt(instance.Network, point) > 0)))
                : null,
            "none: a gradient is a sum of whole numbers, and no point is near a kink");

    /// <summary>[x]₊ − 1 on the plane: the gradient is (1, 0) on the half-plane x > 0, however far away.</summary>
    [ClaimRows("smoothness.gn-integral")]
    [InlineData(1)]
    [InlineData(1e6)]
    public void HalfPlane_ByHand_HasGradientOneFarAway(double distance) =>
        SmoothnessMeasures.GradientNormAt(ExampleNetworks.TwoLayers(new double[,] { { 1, 0 } }, [0], [1], shift: -1), [distance, -distance])
            .Should().Be(1);

    /// <summary>
    /// The tent [x + 1]₊ − 2[x]₊ + [x − 1]₊ has one input and is 0 off [−1, 1]: its integral is 2 however wide the interval.
    /// </summary>
    [ClaimRows("smoothness.gn-integral", Role.Control)]
    [InlineData(1)]
    [InlineData(1000)]
    public void Tent_SeveralInputsDropped_HasAFiniteIntegral(int end) =>
        PartitionVariation.Sum.Run(OneInputNetwork.Of((1, 1, 1), (1, 0, -2), (1, -1, 1)).On(-end, end).Values).Should().Be((Rational)2);

    // Two points on the two sides of a unit's hyperplane, at a multiple of a distance beyond all crossings; null where no unit has a jump
    // of its own, or there is one input.
    private static Func<int, double[][]>? BesideAHyperplane(TwoLayersOnSegment instance)
    {
        var inner = Enumerable.Range(0, instance.Network.Biases[0].Length).Select(instance.Inner).ToList();
        var biases = Exact(instance.Network.Biases[0]);
        var turning = Enumerable.Range(0, inner.Count).Where(unit => inner[unit].Any(weight => weight != 0)).ToList();
        if (instance.Start.Length < 2 || turning.Count == 0)
        {
            return null;
        }

        // Units with inner weights λw and bias λb switch together, and the gradient jumps by (Σ |λ| w2)·w.
        var turned = turning[0];
        var normal = inner[turned];
        var squares = Dot(normal, normal);
        var axis = Array.FindIndex(normal, weight => weight != 0);
        bool IsParallel(int unit)
        {
            var product = Dot(inner[unit], normal);
            return product * product == Dot(inner[unit], inner[unit]) * squares;
        }

        var parallel = turning.Where(IsParallel).ToList();
        var same = parallel.Where(unit => biases[unit] * normal[axis] == biases[turned] * inner[unit][axis]).ToList();
        if (Rational.Sum(same.Select(unit => instance.Outer(unit) * Rational.Abs(inner[unit][axis] / normal[axis]))) == 0)
        {
            return null;
        }

        // Along the hyperplane, and across every one that is not parallel to it: (1, k, k², …) less its share of the normal.
        var along = Enumerable.Range(1, 12)
            .Select(k => Enumerable.Range(0, normal.Length).Select(power => (Rational)(long)Math.Pow(k, power)).ToArray())
            .Select(direction => Pair(direction, normal, (entry, weight) => (entry * squares) - (weight * Dot(direction, normal))))
            .FirstOrDefault(direction =>
                direction.Any(entry => entry != 0) && turning.Except(parallel).All(unit => Dot(inner[unit], direction) != 0));
        if (along is null)
        {
            return null;
        }

        // Nearer to this hyperplane than to the parallel ones.
        var above = (Dot(normal, Exact(instance.Start)) + biases[turned]) / squares;
        Rational[] start = Pair(Exact(instance.Start), normal, (entry, weight) => entry - (weight * above));
        Rational Gap(int unit) => Rational.Abs((Dot(inner[unit], start) + biases[unit]) / Dot(inner[unit], normal));
        var gaps = parallel.Except(same).Select(Gap);
        var aside = gaps.Append(1).Min() / 2;
        return times =>
        {
            var far = Pair(start, along, (entry, direction) => entry + (times * Far * direction));
            double[] Beside(Rational step) =>
                [.. Pair(far, normal, (entry, weight) => entry + (step * weight)).Select(one => one.ToDouble())];
            return [Beside(-aside), Beside(aside)];
        };
    }
}
