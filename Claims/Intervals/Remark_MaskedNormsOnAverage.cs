using System.Numerics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Intervals.Support;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Claims.Shared.Vectors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Appendix A argues that ‖W′‖_∞ ≈ ‖W‖_∞ for most W′, because the differences |W_2 W′_1| − |W_2 W_1| have random signs and cancel, the
/// better the more units there are. For weights of independent random signs both means are known exactly: with m hidden units and one
/// input W is a sum of m signs, and W′ at a point the sum of those that are active, half of them on average. The mean of |W′| is smaller
/// by the factor 1/√2.
/// </summary>
public sealed class Remark_MaskedNormsOnAverage
{
    // |W′| at x = 1.
    private static readonly UnderTest<Func<SmallNetwork, double>> MaskedNorm = new(
        network => NormOf(Jacobian.ByLayers(network.ToEnsemble(), Batch([1]))),
        ("masked-norm-without-the-mask", network => NormOf(Unmasked(network.ToEnsemble()))),
        ("masked-norm-of-magnitudes", network => NormOf(Jacobian.ByLayers(network.OfMagnitudes().ToEnsemble(), Batch([1])))));

    // The mean of |W′| over the mean of |W|, for m hidden units.
    private static readonly UnderTest<Func<int, Rational>> Ratio = new(
        MeanRatio,
        ("ratio-with-half-the-units-active", units => MeanMagnitude(units / 2) / MeanMagnitude(units)),
        ("ratio-with-all-units-active", _ => 1));

    /// <summary>|x| = ReLU(x) + ReLU(−x): W = 0 and ‖W′‖ = 1 at every x ≠ 0. So ‖W′‖ ≤ c‖W‖ holds nowhere but at 0, for any c.</summary>
    [Claim("intervals.norm-assumption.reason", Role.Counterexample)]
    public void Magnitude_HasMaskedNormOneEverywhere_AndNormZero()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, new double[,] { { 1, 1 } }).Exact();
        Rational[] points = [-7, new(-1, 9), new(1, 9), 7];
        points.Select(x => Fractions.RowNorm(MaskedWeights.MaskedProduct(network, [x]))).Should().OnlyContain(norm => norm == 1);
        Fractions.RowNorm(Arrays.Multiply(network.Weights[1], network.Weights[0])).Should().Be((Rational)0);
        Record("share of the inputs with ‖W′‖ ≤ 2‖W‖ for |x|", 0, "most, as printed", "exact (integers)");
    }

    /// <summary>
    /// All 16 networks with two hidden units and weights ±1, at x = 1: the sum of |W′| is 12 and that of |W| is 16. The mean difference is
    /// −1/4, not 0: it does not cancel.
    /// </summary>
    [Claim("intervals.norm-assumption.reason", Role.Counterexample)]
    public void AllSignNetworksOfTwoUnits_HaveSmallerMaskedNorms()
    {
        var networks = SignNetworks(2).Select(network => network.Exact()).ToList();
        var masked = Rational.Sum(networks.Select(network => Fractions.RowNorm(MaskedWeights.MaskedProduct(network, [1]))));
        var unmasked = Rational.Sum(networks.Select(network => Fractions.RowNorm(Arrays.Multiply(network.Weights[1], network.Weights[0]))));
        (networks.Count, masked, unmasked).Should().Be((16, (Rational)12, (Rational)16));
        Record(
            "mean of |W′| − |W| over all networks with weights ±1 and two hidden units",
            ((masked - unmasked) / 16).ToDouble(),
            "0, randomly positive or negative, as printed",
            "exact (integers)");
    }

    /// <summary>"The more nodes, the closer": the ratio of the means tends to 1/√2 = 0.707, not to 1.</summary>
    [Claim("intervals.norm-assumption.reason", Role.Counterexample)]
    public void WiderNetworks_DoNotComeCloser()
    {
        int[] widths = [2, 8, 32, 128, 512];
        double[] ratios = [.. widths.Select(units => Ratio.Run(units).ToDouble())];
        ratios.Should().BeInDescendingOrder("for even widths the ratio falls");
        ratios.Should().OnlyContain(ratio => ratio < 0.76);
        Record(
            "mean of |W′| over mean of |W| with 2, 8, 32, 128, 512 hidden units",
            ratios[3],
            "closer to 1 the more units, as printed",
            Fractions.Arithmetic,
            ratios);
    }

    /// <summary>
    /// The repaired statement: the ratio of the means is 1/√2 up to 0.27/m. By Stirling it is 1/√2·(1 + 1/(8m)) for even m and
    /// 1/√2·(1 − 3/(8m)) for odd m, and 3/(8√2) = 0.265.
    /// </summary>
    [ClaimRows("intervals.norm-assumption.reason", Role.Repair)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(512)]
    public void MeanRatio_TendsToOneOverRootTwo(int units)
    {
        var distance = Math.Abs(Ratio.Run(units).ToDouble() - Math.Sqrt(0.5)) * units;
        Record(
            $"m·|ratio − 1/√2|, m = {units}",
            distance,
            "at most 0.27: 3/(8√2) = 0.265 for odd m, less for even m",
            "exact (rationals), √2 in float64");
        distance.Should().BeLessThanOrEqualTo(0.27);
    }

    /// <summary>12 over 16 for two units, and 5/8 for three.</summary>
    [ClaimRows("intervals.norm-assumption.reason", Role.Repair)]
    [InlineData(2, 3, 4)]
    [InlineData(3, 5, 8)]
    public void MeanRatio_ByHand_OfTwoAndThreeUnits(int units, int numerator, int denominator) =>
        Ratio.Run(units).Should().Be(new Rational(numerator, denominator));

    /// <summary>The formula against all networks with weights ±1, through the library's Jacobian: up to 4 units, 2^8 networks.</summary>
    [ClaimRows("intervals.norm-assumption.reason", Role.Repair)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void MeanRatio_IsThatOfAllSignNetworks(int units)
    {
        using var scope = NewDisposeScope();
        var networks = SignNetworks(units).ToList();
        var masked = networks.Sum(MaskedNorm.Run);
        var unmasked = networks.Sum(network => Math.Abs(Arrays.Multiply(network.Weights[1], network.Weights[0])[0, 0]));
        (Rational.Of(masked) / Rational.Of(unmasked)).Should().Be(Ratio.Run(units));
    }

    /// <summary>Weights that are not symmetric, all positive: every unit is active at x = 1, and the ratio is 1.</summary>
    [Claim("intervals.norm-assumption.reason", Role.Control)]
    public void PositiveWeights_HypothesisDropped_HaveRatioOne()
    {
        using var scope = NewDisposeScope();
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { 1 } }, new double[,] { { 1, 1 } });
        (MaskedNorm.Run(network) / 2).Should().Be(1).And.NotBe(Ratio.Run(2).ToDouble());
    }

    /// <summary>
    /// Two inputs and two units with weights ±1 at (1, 1), where half of all units lie on their kinks: a unit is active with probability
    /// 1/4 and the mean of an entry of W′ is 2·(3/16) + 1/16 = 7/16 of that of W, not 3/4. At (1, 2), off the kinks, it is 3/4 again.
    /// </summary>
    [ClaimRows("intervals.norm-assumption.reason", Role.Control)]
    [InlineData(1, 7)]
    [InlineData(2, 12)]
    public void TwoInputs_OneInputDropped_HaveTheRatioOffTheKinksOnly(double second, int sixteenths)
    {
        using var scope = NewDisposeScope();
        var (masked, unmasked) = (0.0, 0.0);
        foreach (var signs in SignVectors(6))
        {
            double[,] first = { { signs[0], signs[1] }, { signs[2], signs[3] } };
            var network = SmallNetwork.WithoutBiases(first, new double[,] { { signs[4], signs[5] } }).ToEnsemble();
            masked += NormOf(Jacobian.ByLayers(network, Batch([1, second])));
            unmasked += NormOf(Unmasked(network));
        }

        (16 * masked / unmasked).Should().Be(sixteenths);
    }

    private static double NormOf(Tensor matrix) => Number(MatrixNorm.Of(matrix, double.PositiveInfinity));

    private static Tensor Unmasked(FullyConnected network) => network.Weights[1].bmm(network.Weights[0]);

    private static Rational MeanRatio(int units)
    {
        var masked = Rational.Sum(Enumerable.Range(0, units + 1).Select(active => Binomial(units, active) * MeanMagnitude(active)));
        return masked / (BigInteger.One << units) / MeanMagnitude(units);
    }

    // The mean of |±1 ± 1 … ± 1|, k terms: k·C(k−1, ⌊(k−1)/2⌋)/2^(k−1).
    private static Rational MeanMagnitude(int terms) =>
        terms == 0 ? 0 : new Rational(terms * Binomial(terms - 1, (terms - 1) / 2), BigInteger.One << (terms - 1));

    private static BigInteger Binomial(int n, int k) =>
        Enumerable.Range(1, k).Aggregate(BigInteger.One, (product, i) => product * (n - k + i) / i);

    private static IEnumerable<SmallNetwork> SignNetworks(int units) =>
        from first in SignVectors(units)
        from second in SignVectors(units)
        select SmallNetwork.WithoutBiases(
            Arrays.Build(units, 1, (row, _) => first[row]), Arrays.Build(1, units, (_, column) => second[column]));

    private static void Record(string quantity, double value, string rule, string dtype, double[]? series = null) =>
        Evidence.Record(new Measurement(quantity, value, rule) { Series = series, Dtype = dtype });
}
