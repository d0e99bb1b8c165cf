using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Design.Support.VectorAlgebra;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 5: dropout multiplies path products by the probabilities of keeping the units on the path. For independent units that is the
/// expectation over all masks, which are enumerated here, and also what Hinton's rule gives: outgoing weights times the probability. The
/// hidden derivatives of a chain serve as probabilities.
/// </summary>
public sealed class Remark_Dropout
{
    private static readonly UnderTest<Func<LayerChain, Rational[,]>> Scaled = new(
        chain => WithHidden(chain, keep => keep).Jacobian,
        ("dropout-with-the-probability-of-dropping", chain => WithHidden(chain, keep => 1 - keep).Jacobian),
        ("dropout-on-both-sides-of-a-unit", chain => WithHidden(chain, keep => keep * keep).Jacobian),
        ("dropout-undone-by-rescaling", chain => WithHidden(chain, _ => 1).Jacobian));

    [Claim("design.dropout-paths")]
    public void RandomChains_ExpectationOverAllMasks_IsTheScaledNetworks() =>
        ExactInstances.Satisfy(
            "mean of the path sums over all masks, weighted by their probabilities, against outgoing weights times the probability",
            LayerChain.Arbitrary,
            chain => Hidden(chain).Count() > 6 ? null : Fractions.AreEqual(Expectation(chain), Scaled.Run(chain)),
            count: 100);

    [Claim("design.dropout-paths")]
    public void RandomChains_OneProbability_ScalesEveryPathByItsPower() =>
        ExactInstances.Satisfy(
            "path sums with probability 2/3 for n − 1 hidden layers against (2/3)ⁿ⁻¹ of the linear network's",
            LayerChain.Arbitrary,
            chain => Fractions.AreEqual(
                Scaled.Run(WithHidden(chain, _ => new Rational(2, 3))),
                Fractions.Times(WithHidden(chain, _ => 1).Jacobian, Power(new Rational(2, 3), chain.Weights.Count - 1))));

    /// <summary>Weights 2, 3, 5 with two hidden units, kept with 1/2 and 1/3: the path product 30 becomes 30/6 = 5.</summary>
    [Claim("design.dropout-paths")]
    public void TwoHiddenUnits_ByHand_Leave5Of30() =>
        Scaled.Run(OneUnitALayer([2, 3, 5], [new Rational(1, 2), new Rational(1, 3), 1]))[0, 0].Should().Be((Rational)5);

    /// <summary>One coin for both units: both are kept or both dropped, and the expectation is 1/2 of the path product, not 1/4.</summary>
    [Claim("design.dropout-paths", Role.Control)]
    public void OneCoinForAllUnits_IndependenceDropped_IsCaught()
    {
        LayerChain Kept(Rational keep) => OneUnitALayer([1, 1, 1], [keep, keep, 1]);
        var expectation = (Kept(0).Jacobian[0, 0] + Kept(1).Jacobian[0, 0]) / 2;
        expectation.Should().Be(new Rational(1, 2));
        WithHidden(Kept(new Rational(1, 2)), keep => keep).Jacobian[0, 0].Should().Be(new Rational(1, 4));
    }

    private static LayerChain OneUnitALayer(Rational[] weights, Rational[] kept) => new(
        [.. weights.Select(weight => Fractions.Diagonal([weight]))], [.. kept.Select(share => new[] { share })], Fractions.Identity(1), 1);

    private static IEnumerable<Rational> Hidden(LayerChain chain) => chain.Derivatives.SkipLast(1).SelectMany(layer => layer);

    // Linear, but for what is written into the hidden units.
    private static LayerChain WithHidden(LayerChain chain, Func<Rational, Rational> change) => chain with
    {
        Derivatives = [.. chain.Derivatives.Select((layer, i) =>
            layer.Select(keep => i == chain.Derivatives.Count - 1 ? 1 : change(keep)).ToArray())],
    };

    private static Rational[,] Expectation(LayerChain chain)
    {
        var keep = Hidden(chain).ToList();
        var sum = Fractions.Times(chain.Jacobian, 0);
        for (var mask = 0; mask < 1 << keep.Count; mask++)
        {
            var unit = 0;
            bool IsKept(int index) => (mask >> index & 1) == 1;
            var probability = Fractions.Product(keep.Select((value, index) => IsKept(index) ? value : 1 - value));
            sum = Fractions.Plus(sum, Fractions.Times(WithHidden(chain, _ => IsKept(unit++) ? 1 : 0).Jacobian, probability));
        }

        return sum;
    }
}
