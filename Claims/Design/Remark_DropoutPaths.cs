using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 5 reads dropout as the full network with every hidden unit's outgoing weights multiplied by its probability of being kept (its
/// share), and says that in the path products of equation 4 all shares multiply. The terms of equation 4 contain derivatives too, which
/// stay the same only while no unit crosses its kink.
/// </summary>
public sealed class Remark_DropoutPaths
{
    /// <summary>The Jacobian after multiplying each hidden layer's outgoing weights by its share of kept units.</summary>
    private static readonly UnderTest<Func<Rational[,], Rational[], Rational[,]>> Thinned = new(
        (jacobian, kept) => Arrays.Map(jacobian, entry => kept.Aggregate(entry, (product, share) => product * share)),
        ("dropout-counted-once", (jacobian, kept) =>
            Arrays.Map(jacobian, entry => kept.Take(1).Aggregate(entry, (product, share) => product * share))),
        ("dropout-adds", (jacobian, kept) =>
            Arrays.Map(jacobian, entry => kept.Length == 0 ? entry : entry * Rational.Sum(kept) / kept.Length)),
        ("dropout-left-out", (jacobian, _) => jacobian));

    /// <summary>
    /// Without biases, and with one share q_l for all units of layer l, scaling a layer's outgoing weights by q_l moves no unit across its
    /// kink; every path keeps its derivatives, and J is multiplied by the product of the shares.
    /// </summary>
    [Claim("design.dropout-paths")]
    public void RandomNetworks_OneShareALayer_MultipliesTheJacobianByTheProduct() =>
        ExactInstances.Satisfy(
            "J of the scaled network against ∏ q_l · J",
            Dropouts,
            instance => OneShareALayer(instance, withBiases: false),
            count: 200);

    /// <summary>f = ReLU(ReLU(2x)·3)·5 at x = 1 has J = 30; with the shares ½ and ⅓ it is 5.</summary>
    [Claim("design.dropout-paths")]
    public void TwoHiddenLayers_ByHand_LeaveFiveOfThirty()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 2 } }, new double[,] { { 3 } }, new double[,] { { 5 } }).Exact();
        Rational[] kept = [new(1, 2), new(1, 3)];
        var scaled = Scale(network, [[kept[0]], [kept[1]]]);
        Fractions.AreEqual(network.DerivativesAlongAxes([1]), new Rational[,] { { 30 } }).Should().BeTrue();
        Fractions.AreEqual(scaled.DerivativesAlongAxes([1]), new Rational[,] { { 5 } }).Should().BeTrue();
        Fractions.AreEqual(Thinned.Run(new Rational[,] { { 30 } }, kept), new Rational[,] { { 5 } }).Should().BeTrue();
    }

    /// <summary>
    /// Two units x and x, and then ReLU(2·first − 3·second) = ReLU(−x) = 0 at x = 1: the sum over paths of equation 4 is 0. With the shares
    /// 1 and ⅓ it is ReLU(2x − x) = x with J = 1: two paths with products 2 and −3 and the shares 1 and ⅓ give 2 − 1 = 1 only because their
    /// derivatives went from 0 to 1. With a bias one unit is enough: ReLU(ReLU(x) − 1) has J = 1 at x = 3/2, and 0 with the share ½, not ½.
    /// </summary>
    [Claim("design.dropout-paths", Role.Control)]
    public void SharesThatDifferOrABias_MoveAUnitAcrossItsKink()
    {
        double[,] one = { { 1 } };
        var differing = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { 1 } }, new double[,] { { 2, -3 } }, one).Exact();
        Fractions.AreEqual(differing.DerivativesAlongAxes([1]), new Rational[1, 1]).Should().BeTrue();
        var thinned = Scale(differing, [[1, new Rational(1, 3)], [1]]);
        Fractions.AreEqual(thinned.DerivativesAlongAxes([1]), new Rational[,] { { 1 } }).Should().BeTrue();

        var biased = new SmallNetwork([one, one, one], [[0], [-1], [0]]).Exact();
        Rational[] point = [new(3, 2)];
        Fractions.AreEqual(biased.DerivativesAlongAxes(point), new Rational[,] { { 1 } }).Should().BeTrue();
        Fractions.AreEqual(Scale(biased, [[new Rational(1, 2)], [1]]).DerivativesAlongAxes(point), new Rational[1, 1]).Should().BeTrue();
        Evidence.Record(new Measurement(
            "J of ReLU(2h − 3h′), h = h′ = x, at x = 1 after the shares 1 and ⅓",
            1,
            "0 if the shares only multiplied the terms of equation 4")
        {
            Paper = "all probabilities multiply",
            Dtype = Fractions.Arithmetic,
        });
    }

    [Claim("design.dropout-paths", Role.Control)]
    public void Biases_AreCaught() =>
        ExactInstances.Violate("with the networks' biases", Dropouts, instance => OneShareALayer(instance, withBiases: true));

    private static Arbitrary<(NetworkAtPoint At, Rational Share)> Dropouts { get; } = Arb.From(
        from instance in NetworkAtPoint.Arbitrary.Generator
        from share in Gen.Choose(1, 9)
        select (instance, new Rational(share, 10)));

    private static bool OneShareALayer((NetworkAtPoint At, Rational Share) instance, bool withBiases)
    {
        var network = instance.At.Network.Exact();
        if (!withBiases)
        {
            network = new ReluNetwork<Rational>(network.Weights, [.. network.Biases.Select(bias => new Rational[bias.Length])]);
        }

        // Shares q, q/2, q/3, … so that layers differ.
        Rational[] kept = [.. Enumerable.Range(1, network.Layers - 1).Select(layer => instance.Share / layer)];
        Rational[] point = Arrays.Exact(instance.At.Point);
        var scaled = Scale(network, [.. kept.Select((share, layer) => Enumerable.Repeat(share, network.Biases[layer].Length).ToArray())]);

        // One-sided derivatives along the axes, so kinks need no exception: scaling by a positive number keeps their side.
        return Fractions.AreEqual(scaled.DerivativesAlongAxes(point), Thinned.Run(network.DerivativesAlongAxes(point), kept));
    }

    // The weights out of each hidden unit times its share.
    private static ReluNetwork<Rational> Scale(ReluNetwork<Rational> network, Rational[][] shares) =>
        new(
            [
                network.Weights[0],
                .. network.Weights.Skip(1).Select((weight, layer) => Arrays.Multiply(weight, Fractions.Diagonal(shares[layer]))),
            ],
            network.Biases);
}
