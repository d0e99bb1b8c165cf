using MathNet.Numerics.LinearAlgebra;
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
/// Below Corollary 3.0.1: tighter bounds by traces or by sums of the products of weights along paths. With magnitudes, B = |W_n|⋯|W_1|,
/// the sums give λ_max(ζ) ≤ σ_ψ‖B‖₂², at most the bound by traces and so at most the printed one with its constant. The plain sums bound
/// nothing.
/// </summary>
public sealed class Remark_TighterBounds
{
    /// <summary>The sums of |π_p| over the paths from every input to every output, [n_n, n_0].</summary>
    private static readonly UnderTest<Func<LayerChain, Rational[,]>> PathSums = new(
        chain => Fractions.Product(chain.Weights.Reverse().Select(weight => Arrays.Map(weight, Rational.Abs))),
        ("path-sums-with-signs", chain => Fractions.Product(chain.Weights.Reverse())),
        ("path-sums-of-the-largest-path", chain => OverPaths(chain, products => products.Max())));

    [Claim("design.cor-3.0.1.tighter")]
    public void RandomChains_ProductOfMagnitudes_SumsOverAllPaths() =>
        ExactInstances.Satisfy(
            "|W_n|⋯|W_1| against the sums of |π_p| over all paths",
            LayerChain.OfAnySign,
            chain => Fractions.AreEqual(PathSums.Run(chain), OverPaths(chain, Rational.Sum)),
            count: 100);

    [Claim("design.cor-3.0.1.tighter")]
    public void RandomChains_LargestEigenvalue_IsAtMostTheSquaredNormOfThePathSums() =>
        Instances.Satisfy("excess of λ_max(ζ) over σ_ψ‖B‖₂²", LayerChain.OfAnySign, chain => Excess(chain, PathSums.Run(chain)), Tolerance);

    [Claim("design.cor-3.0.1.tighter")]
    public void RandomReluNetworks_LibrarysLargestEigenvalue_IsAtMostTheSquaredNormOfThePathSums() =>
        Instances.Satisfy(
            "excess of the library's λ_max(ζ) over ‖B‖₂², square loss",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var chain = LayerChain.Of(instance.Network.Exact(), Arrays.Exact(instance.Point));
                var largest = Number(NetworkGeometry.LargestEigenvalues.Run(
                    instance.Network.ToEnsemble(), Batch(instance.Point), OutputMetric.SquareLoss));
                return Excess(chain, PathSums.Run(chain), largest);
            },
            Tolerance);

    /// <summary>The traces, and by equation 18 the product of σ_l² with the constant of design.eq-19.last, are larger.</summary>
    [Claim("design.cor-3.0.1.tighter")]
    public void RandomChains_SquaredNormOfThePathSums_IsAtMostTheProductOfTraces() =>
        ExactInstances.Satisfy(
            "‖B‖₂² ≤ ∏ tr(W_lᵀW_l), and every tr(W_lᵀW_l)/n_(l−1) ≤ σ_l²",
            LayerChain.OfAnySign,
            chain => Fractions.SquaredNormIsAtMost(Fractions.Product(Grams(chain).Select(Fractions.Trace)), PathSums.Run(chain))
                && Grams(chain).All(gram => Fractions.LargestEigenvalueIsAtLeast(gram, Fractions.Trace(gram) / gram.GetLength(0))));

    /// <summary>
    /// (1 1; 1 −1) twice: B = (2 2; 2 2) with ‖B‖₂² = 16, the product of traces is 4 · 4 = 16, and with C = (2 · 2)², as the last step of
    /// equation 19 needs, the printed bound is 16 · 2 · 2 = 64.
    /// </summary>
    [Claim("design.cor-3.0.1.tighter")]
    public void TwoLayers_ByHand_Give16WhereThePrintedConstantGives64()
    {
        PathSums.Run(TwoLayers).Cast<Rational>().Should().Equal(2, 2, 2, 2);
        Fractions.SquaredNormIsAtMost(16, PathSums.Run(TwoLayers)).Should().BeTrue();
        Fractions.SquaredNormIsAtMost(new Rational(159, 10), PathSums.Run(TwoLayers)).Should().BeFalse();
        Grams(TwoLayers).Select(Fractions.Trace).Should().Equal(4, 4);
        Evidence.Record(new Measurement("σ_ψ‖|W_2||W_1|‖₂² for (1 1; 1 −1) twice", 16, "64 = C∏σ_l² with C = 16; but ∏σ_l² = 4")
        {
            Paper = "a tighter bound",
            Dtype = "exact (integers)",
        });
    }

    /// <summary>The same layers: ∏σ_l² = 4, and that is a bound as well (design.cor-3.0.1). So with C = 1 neither is tighter.</summary>
    [Claim("design.cor-3.0.1.tighter", Role.Control)]
    public void TwoLayers_WithConstantOne_AreBoundedMoreTightlyByTheirSingularValues()
    {
        Grams(TwoLayers).Should().AllSatisfy(gram => Fractions.AreEqual(gram, Fractions.Diagonal([2, 2])).Should().BeTrue());
        Fractions.SquaredNormIsAtMost(4, PathSums.Run(TwoLayers)).Should().BeFalse();
    }

    /// <summary>ReLU(x) + ReLU(−x) at 1: the products of weights along the two paths are 1 and −1, with the sum 0, while ζ = 1.</summary>
    [Claim("design.cor-3.0.1.tighter", Role.Control)]
    public void AbsoluteValue_MagnitudesDropped_HasTheSumZero()
    {
        var chain = new LayerChain(
            [Fractions.Of(new[,] { { 1 }, { -1 } }), Fractions.Of(new[,] { { 1, 1 } })],
            [Fractions.Of(1, 0), Fractions.Of(1)],
            Fractions.Identity(1),
            1);
        Fractions.Product(chain.Weights.Reverse())[0, 0].Should().Be((Rational)0);
        chain.Zeta[0, 0].Should().Be((Rational)1);
    }

    [Claim("design.cor-3.0.1.tighter", Role.Control)]
    public void SignedSums_AreCaught() =>
        Instances.Violate(
            "λ_max(ζ) over σ_ψ‖W_n⋯W_1‖₂²", LayerChain.OfAnySign, chain => Excess(chain, Fractions.Product(chain.Weights.Reverse())));

    private const string Tolerance = "64γ_20 times σ_ψ ∏‖W_l‖_F²: eigenvalues and norms of matrices up to 4 × 4";

    private static LayerChain TwoLayers { get; } = new(
        [.. Enumerable.Repeat(Fractions.Of(new[,] { { 1, 1 }, { 1, -1 } }), 2)],
        [Fractions.Of(1, 1), Fractions.Of(1, 1)],
        Fractions.Identity(2),
        1);

    // W_lᵀW_l.
    private static IEnumerable<Rational[,]> Grams(LayerChain chain) =>
        chain.Weights.Select(weight => Fractions.PullBack(weight, Fractions.Identity(weight.GetLength(0))));

    private static Rational[,] OverPaths(LayerChain chain, Func<IEnumerable<Rational>, Rational> collect)
    {
        var paths = chain.Paths().ToLookup(path => (path.End, path.Start), path => Rational.Abs(path.Weights));
        return Arrays.Build(chain.Weights[^1].GetLength(0), chain.Weights[0].GetLength(1), (end, start) => collect(paths[(end, start)]));
    }

    private static Deviation Excess(LayerChain chain, Rational[,] sums) =>
        Excess(chain, sums, Real(chain.Zeta).Evd(Symmetricity.Symmetric).EigenValues.Max(value => value.Real));

    private static Deviation Excess(LayerChain chain, Rational[,] sums, double largest)
    {
        var norm = Real(sums).L2Norm();
        var scale = chain.MetricNorm * Fractions.Product(Grams(chain).Select(Fractions.Trace));
        var excess = largest - (chain.MetricNorm.ToDouble() * norm * norm);
        return new Deviation(Math.Max(0, excess), 64 * Rounding.Gamma(20) * scale.ToDouble());
    }

    private static Matrix<double> Real(Rational[,] matrix) =>
        Matrix<double>.Build.DenseOfArray(Arrays.Map(matrix, value => value.ToDouble()));
}
