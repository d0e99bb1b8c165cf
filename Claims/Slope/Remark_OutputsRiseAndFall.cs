using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Networks;
using Reproduce.Networks;
using Reproduce.Randomness;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// After Proposition 3: of a classifier some outputs are expected to increase while others decrease. With symmetric random weights the
/// signs of the outputs' derivatives are independent and fair where no hidden layer is dead; but that f is a classifier implies nothing,
/// since a function added to all outputs leaves the probabilities as they are.
/// </summary>
public sealed class Remark_OutputsRiseAndFall
{
    private const string Claim = "slope.never-zero.coordinates";

    /// <summary>The probability that some outputs increase and others decrease, from the hidden widths and the number of outputs.</summary>
    private static readonly UnderTest<Func<int[], int, double>> Chance = new(
        (hidden, outputs) => NoneDead(hidden) * (1 - Math.Pow(2, 1 - outputs)),
        ("chance-of-both-signs-one-way-only", (hidden, outputs) => NoneDead(hidden) * (1 - Math.Pow(2, -outputs))),
        ("chance-of-both-signs-of-living-layers", (hidden, _) => NoneDead(hidden)),
        ("chance-of-both-signs-without-dead-layers", (_, outputs) => 1 - Math.Pow(2, 1 - outputs)));

    /// <summary>Whether some outputs increase and others decrease, from their derivatives.</summary>
    private static readonly UnderTest<Func<double[], bool>> HaveBothSigns = new(
        derivatives => derivatives.Max() > 0 && derivatives.Min() < 0,
        ("both-signs-as-any-movement", derivatives => derivatives.Any(value => value != 0)));

    /// <summary>
    /// 4000 networks of each shape along the first axis, at one normal point each: the number in which some outputs increase and others
    /// decrease lies between the 10⁻⁴ tails of the binomial with the probability of the formula.
    /// </summary>
    [ClaimRows(Claim)]
    [InlineData(new[] { 1 }, 2)]
    [InlineData(new[] { 2 }, 3)]
    [InlineData(new[] { 3, 2 }, 2)]
    [InlineData(new[] { 2, 4, 3 }, 5)]
    [InlineData(new[] { 8, 8 }, 2)]
    [InlineData(new[] { 8, 8 }, 7)]
    public void RandomNetworks_AtOnePoint_HaveOutputsOfBothSignsAtTheRateOfTheFormula(int[] hidden, int outputs)
    {
        NetworksAtInitialisation.HaveAtTheRate(
            Seed.Of(("claim", Claim), ("hidden", string.Join('-', hidden)), ("outputs", outputs)),
            hidden,
            outputs,
            Chance.Run(hidden, outputs),
            (networks, points) => AlongTheFirstAxis(networks, points).Count(HaveBothSigns.Run),
            $"share with outputs of both signs, {outputs} outputs, hidden layers {string.Join('-', hidden)}",
            "the formula");
    }

    /// <summary>Two classes, one unit: a half for the unit, a half for the signs. Ten classes behind 25 units: 511/512, nearly.</summary>
    [Claim(Claim)]
    public void Formula_ByHand_IsAQuarterForOneUnitAndTwoClasses()
    {
        Chance.Run([1], 2).Should().Be(0.25);
        Chance.Run([25, 25, 25], 10).Should().BeApproximately(511.0 / 512, 1e-7);
    }

    /// <summary>f(x) = (x, 2x): both outputs increase everywhere, and the probabilities are those of (−x/2, x/2).</summary>
    [ClaimRows(Claim, Role.Counterexample)]
    [InlineData(-3)]
    [InlineData(0)]
    [InlineData(2)]
    public void OneAndTwo_BothIncrease_WithTheProbabilitiesOfOppositeOutputs(int x)
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { 2 } });
        var opposite = SmallNetwork.WithoutBiases(new double[,] { { -0.5 }, { 0.5 } });
        network.DirectionalDerivative([x], [1]).Should().Equal(1, 2);
        Probabilities(network).Should().BeApproximately(Probabilities(opposite), 4 * Rounding.Unit);

        double Probabilities(SmallNetwork one) => Numbers(tensor(one.Evaluate([x]).Output).softmax(-1))[0];
    }

    /// <summary>
    /// Symmetry dropped: a multiple of the first output added to all of them leaves the probabilities as they are, up to rounding, and
    /// takes all outputs the same way.
    /// </summary>
    [Claim(Claim, Role.Control)]
    public void OneFunctionAddedToAllOutputs_KeepsTheProbabilitiesAndNoSigns()
    {
        const int Count = 100;
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("claim", Claim), ("what", "added"));
        List<Seed> seeds = [.. Enumerable.Range(0, Count).Select(replica => seed.With("replica", replica))];
        var networks = Initialisation.PyTorchDefault(new FullyConnectedShape([3, 8, 7]), seeds, float64);
        var points = ones([Count, 1, 3], float64);
        var before = networks.Forward(points).softmax(-1);
        AlongTheFirstAxis(networks, points).Count(HaveBothSigns.Run).Should().BeGreaterThan(Count / 2);
        networks.Weights[^1].add_(networks.Weights[^1].narrow(1, 0, 1) * 1e6);
        AlongTheFirstAxis(networks, points).Count(HaveBothSigns.Run).Should().Be(0);
        Number((networks.Forward(points).softmax(-1) - before).abs().max()).Should().BeLessThan(1e-8);
    }

    private static double NoneDead(int[] hidden) => hidden.Aggregate(1.0, (alive, width) => alive * (1 - Math.Pow(2, -width)));

    // The outputs' derivatives along e_1, of each network at its one point.
    private static IEnumerable<double[]> AlongTheFirstAxis(FullyConnected networks, Tensor points)
    {
        using var jacobians = NetworkGeometry.Jacobians.Run(networks, points);
        var inputs = (int)jacobians.size(3);
        return [.. Numbers(jacobians).Chunk((int)jacobians.size(2) * inputs)
            .Select(one => one.Where((_, index) => index % inputs == 0).ToArray())];
    }
}
