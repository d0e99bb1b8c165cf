using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// The proof of Corollary 3.0.1, in fractions: equation 16 writes ζ as a product over the layers, equation 19 bounds its largest eigenvalue
/// by its trace, the trace by a product of the layers' traces, and that by the product of their largest σ² with a constant.
/// </summary>
public sealed class Eq16_ProofOfTheCorollary
{
    private static readonly UnderTest<Func<LayerChain, Rational[,]>> LayerProduct = new(
        chain => Mirrored(chain, Arrays.Transpose),
        ("metric-product-with-the-derivatives-once", chain =>
            Fractions.Product([.. Factors(chain), chain.Metric, .. chain.Weights.Reverse()])),
        ("metric-product-without-the-output-metric", chain =>
            Fractions.Product([.. Factors(chain), .. Factors(chain).Reverse().Select(Arrays.Transpose)])));

    private static readonly UnderTest<Func<LayerChain, Rational>> TraceBound = new(
        chain => OutputFactor(chain) * Fractions.Product(LayerTraces(chain)),
        ("trace-bound-without-the-output-metric", chain => chain.Metric.GetLength(0) * Fractions.Product(LayerTraces(chain))),
        ("trace-bound-of-mean-squares", chain =>
            OutputFactor(chain) * Fractions.Product(LayerTraces(chain).Zip(chain.Weights, (traces, weight) => traces / weight.Length))),
        ("trace-bound-without-the-first-layer", chain => OutputFactor(chain) * Fractions.Product(LayerTraces(chain).Skip(1))));

    private static readonly UnderTest<Func<LayerChain, Rational>> Constant = new(
        chain => Product(chain.Weights.Select(weight => Outputs(weight) * Math.Min(Outputs(weight), Inputs(weight)))),
        ("trace-constant-with-each-dimension-once", chain => Product(chain.Weights.Select(Outputs).Prepend(Inputs(chain.Weights[0])))),
        ("trace-constant-one", _ => 1));

    [Claim("design.eq-16")]
    public void RandomChains_EveryFactorTransposed_GiveZeta() =>
        ExactInstances.Satisfy(
            "product over the layers against JᵀHJ",
            LayerChain.OfAnySign,
            chain => Fractions.AreEqual(LayerProduct.Run(chain), chain.Zeta));

    [Claim("design.eq-16")]
    public void RandomReluNetworks_ProductOverTheLayers_IsTheLibrarysMetric() =>
        ExactInstances.Satisfy(
            "product over the layers against the library's ζ, square loss",
            LatticeNetworks.Arbitrary,
            instance => LayerProduct.Run(ChainOf(instance)).Cast<Rational>().SequenceEqual(MetricOf(instance).Cast<Rational>()));

    /// <summary>W = (1 2), one output with derivative 1/2 and H = 4: ζ = ½(1; 2) · 4 · ½(1 2) = (1 2; 2 4).</summary>
    [Claim("design.eq-16")]
    public void OneLayer_ByHand_GivesTheOuterProduct() =>
        LayerProduct.Run(new LayerChain([Fractions.Of(new[,] { { 1, 2 } })], [[new Rational(1, 2)]], Fractions.Of(new[,] { { 4 } }), 4))
            .Cast<Rational>().Should().Equal(1, 2, 2, 4);

    /// <summary>
    /// As printed only the derivatives are transposed, which changes nothing. One linear layer W = (0 1; 0 0), H = I: the product is
    /// W · W = 0, ζ is not.
    /// </summary>
    [Claim("design.eq-16", Role.Counterexample)]
    public void NilpotentLayer_WithoutTheTranspose_GivesZero()
    {
        var chain = new LayerChain([Fractions.Of(new[,] { { 0, 1 }, { 0, 0 } })], [Fractions.Of(1, 1)], Fractions.Identity(2), 1);
        Mirrored(chain, factor => factor).Cast<Rational>().Should().Equal(0, 0, 0, 0);
        chain.Zeta.Cast<Rational>().Should().Equal(0, 0, 0, 1);
        Evidence.Record(new Measurement("trace of ζ for W = (0 1; 0 0), H = I", 1, "equation 16 as printed gives W·W = 0")
        {
            Paper = "W ⊙ c' ⋯ ζ_ψ W ⊙ c'ᵀ ⋯",
            Dtype = "exact (integers)",
        });
    }

    [Claim("design.eq-16", Role.Control)]
    public void TransposesLeftOut_OnSquareLayers_AreCaught() =>
        ExactInstances.Violate(
            "the printed product, square layers",
            LayerChain.OfAnySign,
            chain => chain.Weights.All(weight => Outputs(weight) == Inputs(weight))
                ? Fractions.AreEqual(Mirrored(chain, factor => factor), chain.Zeta)
                : null);

    [Claim("design.eq-19")]
    public void RandomChains_LargestEigenvalue_IsAtMostTheTrace() =>
        ExactInstances.Satisfy(
            "λ_max(ζ) ≤ tr ζ",
            LayerChain.OfAnySign,
            chain => Fractions.LargestEigenvalueIsAtMost(chain.Zeta, Fractions.Trace(chain.Zeta)));

    [Claim("design.eq-19")]
    public void RandomChains_Trace_IsAtMostTheProductOfTraces() =>
        ExactInstances.Satisfy(
            "tr ζ ≤ dim(F) σ_ψ ∏ tr(WᵀW) tr(D²)",
            LayerChain.OfAnySign,
            chain => Fractions.Trace(chain.Zeta) <= TraceBound.Run(chain));

    /// <summary>Activations of any slope: the derivatives of the units of a layer times 1, −3, 5, −7.</summary>
    [Claim("design.eq-19")]
    public void RandomChains_SlopesBeyondOne_KeepBothInequalities() =>
        ExactInstances.Satisfy(
            "λ_max(ζ) ≤ tr ζ ≤ dim(F) σ_ψ ∏ tr(WᵀW) tr(D²), derivatives in [−7, 7]",
            LayerChain.OfAnySign,
            chain =>
            {
                Rational Steeper(Rational slope, int unit) => slope * ((2 * unit) + 1) * (unit % 2 == 0 ? 1 : -1);
                var steep = chain with { Derivatives = [.. chain.Derivatives.Select(layer => layer.Select(Steeper).ToArray())] };
                return Fractions.LargestEigenvalueIsAtMost(steep.Zeta, Fractions.Trace(steep.Zeta))
                    && Fractions.Trace(steep.Zeta) <= TraceBound.Run(steep);
            });

    /// <summary>tr ζ ≤ σ_ψ‖J‖_F², and ‖J‖_F ≤ ∏‖W_l‖_F‖D_l‖₂: neither dim(F) nor more than the largest entry of a D_l² is needed.</summary>
    [Claim("design.eq-19")]
    public void RandomChains_Trace_IsAtMostTheProductWithoutDimensions() =>
        ExactInstances.Satisfy(
            "tr ζ ≤ σ_ψ ∏ ‖W_l‖_F² ‖D_l‖₂², and that at most the printed bound",
            LayerChain.OfAnySign,
            chain => Fractions.Trace(chain.Zeta) <= SharperBound(chain) && SharperBound(chain) <= TraceBound.Run(chain));

    [Claim("design.eq-19")]
    public void RandomReluNetworks_TraceOfTheLibrarysMetric_IsAtMostTheProduct() =>
        ExactInstances.Satisfy(
            "trace of the library's ζ against n_n ∏ tr(WᵀW) tr(D²), square loss",
            LatticeNetworks.Arbitrary,
            instance => Fractions.Trace(MetricOf(instance)) <= TraceBound.Run(ChainOf(instance)));

    /// <summary>
    /// One unit, W = 3, D = 1/2, H = 5: ζ = 45/4, and the bound 1 · 5 · 9 · 1/4 is the same. Two outputs, W = (1; 1), D = H = I: ζ = 2, and
    /// the bound is 2 · 1 · 2 · 2 = 8; without the dimensions it is 1 · 2 · 1 = 2, attained.
    /// </summary>
    [Claim("design.eq-19")]
    public void OneAndTwoOutputs_ByHand_Give45QuartersAnd8()
    {
        var one = new LayerChain([Fractions.Of(new[,] { { 3 } })], [[new Rational(1, 2)]], Fractions.Of(new[,] { { 5 } }), 5);
        var two = new LayerChain([Fractions.Of(new[,] { { 1 }, { 1 } })], [Fractions.Of(1, 1)], Fractions.Identity(2), 1);
        new[] { Fractions.Trace(one.Zeta), TraceBound.Run(one) }.Should().Equal(new Rational(45, 4), new Rational(45, 4));
        new[] { Fractions.Trace(two.Zeta), SharperBound(two), TraceBound.Run(two) }.Should().Equal(2, 2, 8);
    }

    /// <summary>H = diag(1, −1) is not positive semidefinite: f the identity gives the largest eigenvalue 1 and the trace 0.</summary>
    [Claim("design.eq-19", Role.Control)]
    public void IndefiniteMetric_ConvexityDropped_ExceedsTheTrace()
    {
        var zeta = Fractions.PullBack(Fractions.Identity(2), Fractions.Diagonal([1, -1]));
        Fractions.LargestEigenvalueIsAtMost(zeta, Fractions.Trace(zeta)).Should().BeFalse();
    }

    [Claim("design.eq-19", Role.Control)]
    public void DerivativesTakenForTheirSquares_AreCaught() =>
        ExactInstances.Violate(
            "∏ tr(WᵀW) tr(D) with derivatives of any sign",
            LayerChain.OfAnySign,
            chain => Fractions.Trace(chain.Zeta)
                <= OutputFactor(chain) * Fractions.Product(chain.Weights.Zip(chain.Derivatives, (weight, slopes) =>
                    SumOfSquares(weight.Cast<Rational>()) * Rational.Sum(slopes))));

    /// <summary>
    /// W = (0 1; 0 0) with σ = 0 for its largest eigenvalue: the product of traces is 2 · 1 · 1 · 2 = 4, the last member is 0.
    /// </summary>
    [Claim("design.eq-19.last", Role.Counterexample)]
    public void NilpotentLayer_WithEigenvaluesZero_BreaksTheLastStep()
    {
        var chain = new LayerChain([Fractions.Of(new[,] { { 0, 1 }, { 0, 0 } })], [Fractions.Of(1, 1)], Fractions.Identity(2), 1);
        TraceBound.Run(chain).Should().Be((Rational)4);
        Evidence.Record(new Measurement(
            "dim(F) σ_ψ tr(WᵀW) tr(D²) for W = (0 1; 0 0)", 4, "dim(F) C σ_ψ ∏σ_l² = 0 with σ_l the largest eigenvalue of W_l, whatever C")
        {
            Paper = "at most dim(F) C σ_ψ ∏σ_l²",
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// tr(WᵀW) ≤ min(m, n) σ² and tr(D²) ≤ m for an m × n layer with derivatives in [−1, 1]. The first is decided without computing
    /// σ: the largest eigenvalue of WᵀW is at least tr(WᵀW)/min(m, n), which is eq. 18 on the smaller of WᵀW and WWᵀ.
    /// </summary>
    [Claim("design.eq-19.last", Role.Repair)]
    public void RandomChains_EveryLayersTraces_AreBelowSingularValueAndConstant() =>
        ExactInstances.Satisfy(
            "∏ tr(WᵀW) tr(D²) ≤ C ∏σ_l² with C = ∏ min(n_(l−1), n_l) n_l, decided layer by layer",
            LayerChain.OfAnySign,
            chain => chain.Weights.Select((weight, i) => LayerHolds(weight, chain.Derivatives[i])).All(holds => holds));

    /// <summary>The same for all layers at once, derivatives of 1 and the library's ∏σ_l².</summary>
    [Claim("design.eq-19.last", Role.Repair)]
    public void RandomNetworks_ProductOfTraces_IsAtMostTheLibrarysProductWithTheConstant() =>
        Instances.Satisfy(
            "excess of ∏ tr(WᵀW) n_l over C ∏σ_l² by the library, relative",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var chain = ChainOf(instance);
                Rational[] Ones(Rational[] slopes) => [.. slopes.Select(_ => (Rational)1)];
                var linear = chain with { Derivatives = [.. chain.Derivatives.Select(Ones)] };
                var traces = Fractions.Product(LayerTraces(linear)).ToDouble();
                var product = Number(Cor301_LargestEigenvalue.Bound.Run(instance.Network.ToEnsemble()));
                var bound = Constant.Run(linear).ToDouble() * product;
                return new Deviation(Math.Max(0, traces - bound), 64 * instance.Network.Layers * Rounding.Gamma(20) * traces);
            },
            "64Lγ_20 of the product of traces: a singular value of a matrix up to 4 × 4 for each of the L layers",
            count: 200);

    /// <summary>
    /// Two layers that are the identity of order 2, square loss: tr ζ = 2, the product of traces is 2 · (2 · 2)² = 32, and ∏σ_l² = 1:
    /// equality with C = (2 · 2)(2 · 2) = 16. The three dimensions 2 · 2 · 2 once each give 2 · 8 = 16, too little for this step.
    /// </summary>
    [Claim("design.eq-19.last", Role.Repair)]
    public void TwoIdentities_ByHand_NeedTheConstant16()
    {
        var chain = new LayerChain(
            [Fractions.Identity(2), Fractions.Identity(2)], [Fractions.Of(1, 1), Fractions.Of(1, 1)], Fractions.Identity(2), 1);
        Fractions.Trace(chain.Zeta).Should().Be((Rational)2);
        TraceBound.Run(chain).Should().Be((Rational)32);
        (2 * Constant.Run(chain)).Should().Be((Rational)32);
        Evidence.Record(new Measurement(
            "C that the last step needs for two layers of two units",
            16,
            "∏ min(n_(l−1), n_l) n_l; the dimensions once each give 8, the bound itself needs only 1 (design.cor-3.0.1)")
        {
            Paper = "a product of dimensions of layers",
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// Rectangles with ones on the diagonal, σ = 1, and D = I: the step is an equality for all widths, so C is the smallest constant.
    /// </summary>
    [Claim("design.eq-19.last", Role.Repair)]
    public void RectangularIdentities_OfAllWidths_AttainTheConstant() =>
        ExactInstances.Satisfy(
            "∏ tr(WᵀW) tr(D²) = C",
            LayerChain.OfAnySign,
            chain =>
            {
                var identities = chain with
                {
                    Weights = [.. chain.Weights.Select(weight =>
                        Arrays.Build(weight.GetLength(0), weight.GetLength(1), (row, column) => row == column ? (Rational)1 : 0))],
                    Derivatives = [.. chain.Derivatives.Select(slopes => slopes.Select(_ => (Rational)1).ToArray())],
                };
                return Fractions.Product(LayerTraces(identities)) == Constant.Run(identities);
            });

    [Claim("design.eq-19.last", Role.Control)]
    public void SteepDerivatives_LipschitzDropped_AreCaught() =>
        LayerHolds(Fractions.Identity(1), [2]).Should().BeFalse();

    private static LayerChain ChainOf(NetworkAtPoint instance) =>
        LayerChain.Of(instance.Network.Exact(), Arrays.Exact(instance.Point));

    // ζ by the library for the square loss: small integers are exact in float64.
    private static Rational[,] MetricOf(NetworkAtPoint instance)
    {
        using var scope = NewDisposeScope();
        var (ensemble, inputs) = (instance.Network.ToEnsemble(), instance.Network.Inputs);
        var entries = Numbers(Prop31_PulledBackMetric.PullBack.Run(ensemble, Batch(instance.Point), OutputMetric.SquareLoss).flatten());
        return Arrays.Build(inputs, inputs, (row, column) => Rational.Of(entries[(row * inputs) + column]));
    }

    private static bool LayerHolds(Rational[,] weight, Rational[] slopes)
    {
        var layer = new LayerChain([weight], [slopes], Fractions.Identity(slopes.Length), 1);
        var transposed = Arrays.Transpose(weight);
        var gram = Outputs(weight) <= Inputs(weight) ? Arrays.Multiply(weight, transposed) : Arrays.Multiply(transposed, weight);

        // tr(WᵀW) tr(D²) ≤ C σ², that is, σ² ≥ tr(WᵀW) tr(D²)/C.
        return Fractions.LargestEigenvalueIsAtLeast(gram, LayerTraces(layer).Single() / Constant.Run(layer));
    }

    private static int Outputs(Rational[,] weight) => weight.GetLength(0);

    private static int Inputs(Rational[,] weight) => weight.GetLength(1);

    private static Rational Product(IEnumerable<int> dimensions) => Fractions.Product(dimensions.Select(one => (Rational)(long)one));

    // σ_ψ ∏ tr(WᵀW) ‖D‖₂².
    private static Rational SharperBound(LayerChain chain) =>
        chain.MetricNorm * Fractions.Product(chain.Weights.Zip(chain.Derivatives, (weight, slopes) =>
            SumOfSquares(weight.Cast<Rational>()) * slopes.Max(slope => slope * slope)));

    // dim(F) σ_ψ.
    private static Rational OutputFactor(LayerChain chain) => chain.Metric.GetLength(0) * chain.MetricNorm;

    // tr(WᵀW) tr(D²) of every layer.
    private static IEnumerable<Rational> LayerTraces(LayerChain chain) =>
        chain.Weights.Zip(chain.Derivatives, (weight, slopes) => SumOfSquares(weight.Cast<Rational>()) * SumOfSquares(slopes));

    private static Rational SumOfSquares(IEnumerable<Rational> values) => Rational.Sum(values.Select(value => value * value));

    // W_1ᵀ D_1, W_2ᵀ D_2, …: in equation 16 a layer's matrix has a row an input.
    private static IEnumerable<Rational[,]> Factors(LayerChain chain) =>
        chain.Weights.Zip(chain.Derivatives, (weight, slopes) => Arrays.Multiply(Arrays.Transpose(weight), Fractions.Diagonal(slopes)));

    private static Rational[,] Mirrored(LayerChain chain, Func<Rational[,], Rational[,]> mirror) =>
        Fractions.Product([.. Factors(chain), chain.Metric, .. Factors(chain).Reverse().Select(mirror)]);
}
