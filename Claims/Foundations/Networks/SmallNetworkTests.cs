using FsCheck;
using FsCheck.Fluent;
using Reproduce.Fixtures.Networks;

namespace Reproduce.Claims.Foundations.Networks;

/// <summary>
/// The scalar reference for the claims. With integer weights and points every pre-activation is an integer, so
/// a step of 2⁻²⁰ crosses no kink, and all of it is exact in float64.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class SmallNetworkTests
{
    [Fact]
    public void DirectionalDerivative_OfIntegerNetworks_IsTheDifferenceQuotientExactly()
    {
        const double Step = 1.0 / (1 << 20);
        var instances = Gen.Sample(NetworkAtPoint.Arbitrary.Generator, 4000, new Rnd(3, 1), 30).Where(IsSmallInteger).ToList();
        instances.Count.Should().BeGreaterThan(300);
        var onKinks = 0;
        foreach (var (network, point) in instances)
        {
            var here = network.Evaluate(point).Output;
            onKinks += network.KinkMargin(point) == 0 ? 1 : 0;
            for (var index = 0; index < 2 * network.Inputs; index++)
            {
                var direction = new double[network.Inputs];
                direction[index / 2] = index % 2 == 0 ? 1 : -1;
                double[] moved = [.. point.Zip(direction, (x, v) => x + (Step * v))];
                var quotient = network.Evaluate(moved).Output.Zip(here, (there, start) => (there - start) / Step).ToArray();
                network.DirectionalDerivative(point, direction).Should().Equal(quotient);
            }
        }

        onKinks.Should().BeGreaterThan(100, "the derivative on kinks is the point of this reference");
    }

    [Fact]
    public void KinkMargin_ByHand_IsTheShareThatCancellationLeaves()
    {
        // 3·1 − 2·1 − 1 = 0 is on its kink; with 3.5 it is 0.5 out of 3.5 + 2 + 1.
        double MarginOf(double weight) =>
            new SmallNetwork([new[,] { { weight, -2 } }, new double[,] { { 1 } }], [[-1], [0]]).KinkMargin([1, 1]);
        MarginOf(3).Should().Be(0);
        MarginOf(3.5).Should().Be(0.5 / 6.5);
    }

    private static bool IsSmallInteger(NetworkAtPoint instance)
    {
        IEnumerable<double> numbers =
        [
            .. instance.Network.Weights.SelectMany(weight => weight.Cast<double>()),
            .. instance.Network.Biases.SelectMany(bias => bias),
            .. instance.Point,
        ];
        return instance.Network.Layers <= 3 && numbers.All(value => value == Math.Round(value) && Math.Abs(value) <= 2);
    }
}
