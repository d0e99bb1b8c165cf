using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 3: under constraints on the weights the configurations that fit random labels become unreachable. Not so for a classifier,
/// whose answer is its largest output: plateaus fit all labels with ζ = 0, and a last layer multiplied by a small number changes no answer,
/// however small ∏σ_l² becomes. What needs a large product is a margin.
/// </summary>
public sealed class Remark_RandomLabelsInReach
{
    private static readonly Rational Small = new(1, 1 << 20);

    /// <summary>The network with the weights and biases of its last layer times a positive factor.</summary>
    private static readonly UnderTest<Func<ReluNetwork<Rational>, Rational, ReluNetwork<Rational>>> ScaledDown = new(
        (network, factor) => LastLayerTimes(network, factor, factor),
        ("scaled-down-without-the-bias", (network, factor) => LastLayerTimes(network, factor, 1)),
        ("scaled-down-with-a-sign", (network, factor) => LastLayerTimes(network, -factor, -factor)));

    /// <summary>√2 times the largest margin at two points with different labels, over their distance, is at most this.</summary>
    private static readonly UnderTest<Func<FullyConnected, double>> MarginBound = new(
        network => Math.Sqrt(Number(SpectralProduct.Of(network))),
        ("margin-bound-without-the-first-layer", network => ProductOf(network.Weights.Skip(1))),
        ("margin-bound-of-row-norms", network => network.Weights.Aggregate(
            1.0, (product, weight) => product * weight.square().sum(-1).amax(-1).sqrt().item<double>())));

    /// <summary>
    /// All labels of all finite data: one hidden layer of plateaus makes no error and has ζ = 0 at every datum, also with its last layer
    /// scaled down until ∏σ_l² ≤ ∏‖W_l‖_F² ≤ 2⁻⁴⁰.
    /// </summary>
    [Claim("design.random-labels.unreachable", Role.Counterexample)]
    public void RandomLabels_PlateausScaledDown_AreFitWithFlatMetricsAndATinyProduct() =>
        ExactInstances.Satisfy(
            "largest output at the label, no one-sided derivative at a datum, ∏‖W_l‖_F² ≤ 2⁻⁴⁰; one hidden layer, 3 classes",
            Remark_ShallowAndDeep.Data.Arbitrary,
            data =>
            {
                int[] classes = [.. data.Labels.Select(label => (int)(((label[0].Numerator % 3) + 3) % 3))];
                Rational[] OneHot(int label) => [.. Enumerable.Range(0, 3).Select(one => one == label ? (Rational)1 : 0)];
                var fit = Remark_ShallowAndDeep.FitByPlateaus(data with { Labels = [.. classes.Select(OneHot)] });
                var scaled = ScaledDown.Run(fit, Small / (1 + FrobeniusProduct(fit)));
                return FrobeniusProduct(scaled) <= Small * Small
                    && data.Inputs.Zip(classes).All(datum =>
                        IsAnswer(scaled, datum.First, datum.Second) && Remark_ShallowAndDeep.IsFlatAt(scaled, datum.First));
            },
            count: 150);

    /// <summary>(x, −x) tells the labels of 1 and −1 apart, and so does 2⁻²⁰(x, −x), with ∏σ_l² = 2·2⁻⁴⁰.</summary>
    [Claim("design.random-labels.unreachable", Role.Counterexample)]
    public void TwoLabels_ByHand_AreFitWithTheProduct2ToTheMinus39()
    {
        var weight = Arrays.Build(2, 1, (row, _) => row == 0 ? (Rational)1 : -1);
        var scaled = ScaledDown.Run(new([weight], [new Rational[2]]), Small);
        IsAnswer(scaled, [1], 0).Should().BeTrue();
        IsAnswer(scaled, [-1], 1).Should().BeTrue();
        using var ensemble = Rounded(scaled).ToEnsemble();
        var product = Number(SpectralProduct.Of(ensemble));
        product.Should().BeApproximately(Math.Pow(2, -39), 64 * Rounding.Unit * Math.Pow(2, -39));
        Evidence.Record(new Measurement("∏σ_l² of a classifier without errors on two labels", product, "as small as one likes")
        {
            Paper = "the weight configuration fitting random labels becomes unreachable",
            Dtype = "float64",
        });
    }

    /// <summary>
    /// Whatever a network answers, it answers with the last layer times 2⁻²⁰, and ∏σ_l² is exactly 2⁻⁴⁰ times as large.
    /// </summary>
    [Claim("design.random-labels.unreachable", Role.Counterexample)]
    public void RandomClassifiers_ScaledDown_KeepEveryAnswer() =>
        Instances.Satisfy(
            "the order of the outputs, and ∏σ_l² against 2⁻⁴⁰ of it",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
                var scaled = ScaledDown.Run(network, Small);
                var (before, after) = (network.Evaluate(point).Output, scaled.Evaluate(point).Output);
                bool Agree(int one, int other) =>
                    Math.Sign(before[one].CompareTo(before[other])) == Math.Sign(after[one].CompareTo(after[other]));
                var outputs = Enumerable.Range(0, network.Outputs).ToList();
                return Deviation.Exact(outputs.All(one => outputs.All(other => Agree(one, other)))
                    && ProductOf(scaled) == Small.ToDouble() * Small.ToDouble() * ProductOf(network));
            },
            "none: exact fractions, and powers of two",
            count: 150);

    [Claim("design.random-labels.unreachable", Role.Repair)]
    public void RandomNetworks_MarginsAtTwoPoints_AreAtMostTheProductTimesTheDistance() =>
        Instances.Satisfy(
            "√2·m over ∏σ_l ‖x − y‖, m the smaller margin at x and at y, of the best two labels; three y for each x",
            NetworkAtPoint.Arbitrary,
            instance => Margin(instance, MarginBound.Run),
            "1 of the bound, and the rounding of the outputs at both points");

    /// <summary>(x, −x) at 1 and −1: both margins are 2, ∏σ_l = √2, and √2·2 = √2·‖1 − (−1)‖.</summary>
    [Claim("design.random-labels.unreachable", Role.Repair)]
    public void TwoLabels_ByHand_AttainTheBound()
    {
        using var ensemble = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }).ToEnsemble();
        MarginBound.Run(ensemble).Should().BeApproximately(Math.Sqrt(2), 8 * Rounding.Unit);
    }

    [Claim("design.random-labels.unreachable", Role.Control)]
    public void LastLayerLeftOutOfTheProduct_IsCaught() =>
        Instances.Violate(
            "√2·m over ∏σ_l ‖x − y‖ without the last layer",
            NetworkAtPoint.Arbitrary,
            instance => Margin(instance, network => ProductOf(network.Weights.SkipLast(1))));

    /// <summary>A factor for each output, (1, 2⁻²⁰) on (x, 2x) at 1: the answer changes from the second to the first.</summary>
    [Claim("design.random-labels.unreachable", Role.Control)]
    public void FactorForEachOutput_OneFactorDropped_ChangesTheAnswer()
    {
        ReluNetwork<Rational> Of(Rational second) =>
            new([Arrays.Build(2, 1, (row, _) => row == 0 ? (Rational)1 : second)], [new Rational[2]]);
        IsAnswer(Of(2), [1], 1).Should().BeTrue();
        IsAnswer(Of(2 * Small), [1], 1).Should().BeFalse();
    }

    private static bool IsAnswer(ReluNetwork<Rational> network, Rational[] point, int label)
    {
        var outputs = network.Evaluate(point).Output;
        return outputs.Index().All(output => output.Index == label || output.Item < outputs[label]);
    }

    private static ReluNetwork<Rational> LastLayerTimes(ReluNetwork<Rational> network, Rational weights, Rational biases) => new(
        [.. network.Weights.SkipLast(1), Fractions.Times(network.Weights[^1], weights)],
        [.. network.Biases.SkipLast(1), Arrays.Times(biases, network.Biases[^1])]);

    // ∏‖W_l‖_F², which is at least ∏σ_l².
    private static Rational FrobeniusProduct(ReluNetwork<Rational> network) =>
        Fractions.Product(network.Weights.Select(weight => Rational.Sum(weight.Cast<Rational>().Select(entry => entry * entry))));

    private static double ProductOf(ReluNetwork<Rational> network)
    {
        using var ensemble = Rounded(network).ToEnsemble();
        return Number(SpectralProduct.Of(ensemble));
    }

    private static double ProductOf(IEnumerable<Tensor> weights) =>
        weights.Aggregate(1.0, (product, weight) => product * Number(MatrixNorm.Of(weight, 2)));

    private static SmallNetwork Rounded(ReluNetwork<Rational> network) => new(
        [.. network.Weights.Select(weight => Arrays.Map(weight, value => value.ToDouble()))],
        [.. network.Biases.Select(bias => bias.Select(value => value.ToDouble()).ToArray())]);

    // Over all pairs of labels a at x and b at y: the smaller of f_a − f_b at x and f_b − f_a at y.
    private static Deviation? Margin(NetworkAtPoint instance, Func<FullyConnected, double> product)
    {
        var (network, point) = instance;
        if (network.Outputs < 2)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var bound = product(network.ToEnsemble()) * (1 + (64 * network.Layers * Rounding.Gamma(50)));
        var worst = new Deviation(0, 1);
        foreach (var other in Remark_ShallowAndDeep.Others(point))
        {
            var (one, two) = (network.Evaluate(point).Output, network.Evaluate(other).Output);
            var margin =
                from a in Enumerable.Range(0, network.Outputs)
                from b in Enumerable.Range(0, network.Outputs)
                select Math.Min(one[a] - one[b], two[b] - two[a]);
            var distance = Vectors.Norm(Arrays.Minus(point, other), 2);
            var rounding = network.Outputs * (Rounding.OfOutputs(network, point) + Rounding.OfOutputs(network, other));
            worst = Deviation.Worse(worst, new Deviation(Math.Sqrt(2) * margin.Max(), (bound * distance) + rounding));
        }

        return worst;
    }
}
