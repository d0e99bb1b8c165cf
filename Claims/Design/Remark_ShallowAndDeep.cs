using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Claims.Shared.Vectors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// The remark after Corollary 3.0.1. A small ∏σ_l forces a network to be nearly constant on bounded sets, because it is a Lipschitz
/// constant: for one hidden layer, as the remark says, but for every other depth as well. And one hidden layer can do what the remark says
/// needs depth, fit all data exactly with a flat ζ at each of them: plateaus joined by ramps.
/// </summary>
public sealed class Remark_ShallowAndDeep
{
    private static readonly UnderTest<Func<FullyConnected, double>> LipschitzBound = new(
        network => Math.Sqrt(Number(SpectralProduct.Of(network))),
        ("lipschitz-bound-without-the-first-layer", network => Product(network.Weights.Skip(1), SpectralNorm)),
        ("lipschitz-bound-of-row-norms", network =>
            Product(network.Weights, weight => weight.square().sum(-1).amax(-1).sqrt().item<double>())),
        ("lipschitz-bound-of-the-largest-layer", network => network.Weights.Max(SpectralNorm)));

    private static readonly UnderTest<Func<Data, ReluNetwork<Rational>>> Plateaus = new(
        data => Ramps(data, start: 1, end: 2, thirds: 3),
        ("plateaus-without-room", data => Ramps(data, start: 0, end: 3, thirds: 3)),
        ("plateaus-that-rise-by-half", data => Ramps(data, start: 1, end: 2, thirds: 3, share: new Rational(1, 2))),
        ("plateaus-beside-the-data", data => Ramps(data, start: 2, end: 4, thirds: 3)));

    [Claim("design.shallow-constant", Role.Repair)]
    public void RandomShallowNetworks_ChangesAreAtMostTheProductTimesTheDistance() =>
        Instances.Satisfy(
            "‖f(x) − f(y)‖ over ∏σ_l ‖x − y‖, one hidden layer, three y for each x",
            NetworkAtPoint.Arbitrary,
            instance => instance.Network.Layers < 2 ? null : Change(instance with
            {
                Network = new SmallNetwork([.. instance.Network.Weights.Take(2)], [.. instance.Network.Biases.Take(2)]),
            }),
            "1 of the bound, and the rounding of the outputs at both points",
            count: 150);

    /// <summary>
    /// However wide: w hidden units with weights 1/(1000w) in and 1 out sum to ReLU(x)/1000, and σ_1 σ_2 = (√w/(1000w))·√w = 1/1000. From
    /// y = −1 to x = 2 the change is 2/1000, where 3/1000 is allowed.
    /// </summary>
    [ClaimRows("design.shallow-constant", Role.Repair)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(64)]
    public void WideNetworks_ByHand_StayBelowTheirProductAtEveryWidth(int width)
    {
        using var scope = NewDisposeScope();
        var network = SmallNetwork.WithoutBiases(
            Arrays.Build(width, 1, (_, _) => 1.0 / (1000 * width)), Arrays.Build(1, width, (_, _) => 1.0));
        (network.Evaluate([2]).Output[0] - network.Evaluate([-1]).Output[0]).Should().BeApproximately(0.002, 1e-15);
        LipschitzBound.Run(network.ToEnsemble()).Should().BeApproximately(0.001, 1e-15);
    }

    /// <summary>
    /// With the printed meaning of σ, the largest eigenvalue: W_1 = (0 1; 0 0), W_2 = I. The product is 0, and f(x, y) = ReLU(y) in the
    /// first output.
    /// </summary>
    [Claim("design.shallow-constant", Role.Counterexample)]
    public void NilpotentLayer_WithEigenvaluesZero_IsNotConstant()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 0, 1 }, { 0, 0 } }, new double[,] { { 1, 0 }, { 0, 1 } }).Exact();
        network.Evaluate([0, 1000]).Output[0].Should().Be((Rational)1000);
        network.Evaluate([0, 0]).Output[0].Should().Be((Rational)0);
        Evidence.Record(new Measurement(
            "change of f from (0, 0) to (0, 1000) where the product of the largest eigenvalues is 0",
            1000,
            "nearly constant, the paper says")
        {
            Paper = "close to a constant function",
            Dtype = "exact (integers)",
        });
    }

    /// <summary>Singular values, unbounded inputs: f(x) = ReLU(x)/1000 has ∏σ_l² = 10⁻⁶ and changes by 1000 between 0 and 10⁶.</summary>
    [Claim("design.shallow-constant", Role.Counterexample)]
    public void UnboundedInputs_SmallProduct_IsNotConstant()
    {
        var network = new ReluNetwork<Rational>([new[,] { { new Rational(1, 1000) } }, new Rational[,] { { 1 } }], [[0], [0]]);
        network.Evaluate([1_000_000]).Output[0].Should().Be((Rational)1000);
    }

    [Claim("design.shallow-constant", Role.Control)]
    public void LargestEntryForTheSingularValue_IsCaught() =>
        Instances.Violate(
            "‖f(x) − f(y)‖ over ∏ (largest entry) ‖x − y‖",
            NetworkAtPoint.Arbitrary,
            instance => Change(instance, network => Product(network.Weights, weight => weight.abs().max().item<double>())));

    /// <summary>
    /// The data 0 ↦ 0 and 1 ↦ 1. By the bound, every network with ∏σ_l = 1/10, of whatever depth, has |f(1) − f(0)| ≤ 1/10, nine tenths
    /// short of the label. The bound is attained at 2 to 8 layers, with weights 2⁻ᵈ⁺¹/10 in the first layer and 2 in the others.
    /// </summary>
    [Claim("design.depth-essential", Role.Counterexample)]
    public void SmallProduct_AtEveryDepth_AllowsATenthAndIsAttained()
    {
        var changes = Enumerable.Range(2, 7).Select(depth =>
        {
            var network = new ReluNetwork<Rational>(
                [
                    new[,] { { new Rational(1, 10 * (1L << (depth - 1))) } },
                    .. Enumerable.Range(1, depth - 1).Select(_ => new Rational[,] { { 2 } }),
                ],
                [.. Enumerable.Range(0, depth).Select(_ => new Rational[] { 0 })]);
            using var ensemble = new SmallNetwork(
                [.. network.Weights.Select(weight => Arrays.Map(weight, value => value.ToDouble()))],
                [.. network.Biases.Select(_ => new double[1])]).ToEnsemble();
            LipschitzBound.Run(ensemble).Should().BeApproximately(0.1, 64 * depth * Rounding.Unit);
            return network.Evaluate([1]).Output[0] - network.Evaluate([0]).Output[0];
        }).ToList();
        changes.Should().AllBeEquivalentTo(new Rational(1, 10));
        Evidence.Record(new Measurement(
            "f(1) − f(0) for ∏σ_l = 1/10, 2 to 8 layers",
            0.1,
            "the most that ∏σ_l = 1/10 allows at any depth; 1 is needed to fit the labels 0 and 1")
        {
            Paper = "depth allows ∏σ_l² ≈ 0 and zero training error",
            Series = [.. changes.Select(change => change.ToDouble())],
            Dtype = Fractions.Arithmetic,
        });
    }

    /// <summary>
    /// The data 0 ↦ 0 and 3 ↦ 1, one hidden layer of two units: f(x) = ReLU(x − 1) − ReLU(x − 2) fits both exactly, and around each of them
    /// it is constant, so ζ = 0. Depth is not needed for that.
    /// </summary>
    [Claim("design.depth-essential", Role.Counterexample)]
    public void OneHiddenLayer_FitsExactly_WithFlatMetrics()
    {
        var network = new SmallNetwork([new double[,] { { 1 }, { 1 } }, new double[,] { { 1, -1 } }], [[-1, -2], [0]]).Exact();
        foreach (var (input, label) in new (Rational, Rational)[] { (0, 0), (3, 1) })
        {
            network.Evaluate([input]).Output[0].Should().Be(label);
            network.DirectionalDerivative([input], [1])[0].Should().Be((Rational)0);
            network.DirectionalDerivative([input], [-1])[0].Should().Be((Rational)0);
        }

        Evidence.Record(new Measurement(
            "largest eigenvalue of ζ at both data of an exact fit with one hidden layer",
            0,
            "depth is the essential enabler, the paper says")
        {
            Paper = "only deep networks reach both",
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// With the printed meaning of σ, the largest eigenvalue, the product 0 limits networks of no depth: (0 1; 0 0) with the eigenvalues 0,
    /// and then identities. With 2 to 8 layers the first output changes by 1000 from (0, 0) to (0, 1000).
    /// </summary>
    [Claim("design.depth-essential", Role.Counterexample)]
    public void NilpotentLayer_WithEigenvaluesZero_IsNotConstantAtAnyDepth()
    {
        var nilpotent = Fractions.Of(new[,] { { 0, 1 }, { 0, 0 } });
        Fractions.Product(nilpotent, nilpotent).Cast<Rational>()
            .Should().AllBeEquivalentTo((Rational)0, "W² = 0, so that every eigenvalue of W is 0");
        foreach (var depth in Enumerable.Range(2, 7))
        {
            var network = new ReluNetwork<Rational>(
                [nilpotent, .. Enumerable.Repeat(Fractions.Identity(2), depth - 1)],
                [.. Enumerable.Range(0, depth).Select(_ => new Rational[2])]);
            (network.Evaluate([0, 1000]).Output[0] - network.Evaluate([0, 0]).Output[0]).Should().Be((Rational)1000);
        }
    }

    [Claim("design.depth-essential", Role.Repair)]
    public void RandomNetworks_OfEveryDepth_ChangesAreAtMostTheProductTimesTheDistance() =>
        Instances.Satisfy(
            "‖f(x) − f(y)‖ over ∏σ_l ‖x − y‖, 1 to 8 layers, three y for each x",
            NetworkAtPoint.Arbitrary,
            instance => Change(instance),
            "1 of the bound, and the rounding of the outputs at both points",
            count: 150);

    /// <summary>
    /// Any finite data with distinct inputs: a line on which they stay distinct, a plateau for each of them, and a ramp in the middle third
    /// between two neighbours. One hidden layer, two units a ramp, exact in fractions.
    /// </summary>
    [Claim("design.depth-essential", Role.Repair)]
    public void RandomData_PlateausOfOneHiddenLayer_FitExactlyWithFlatMetrics() =>
        ExactInstances.Satisfy(
            "f(x_i) = y_i, and no one-sided derivative of f at x_i, with one hidden layer",
            Data.Arbitrary,
            data =>
            {
                var network = Plateaus.Run(data);
                return network.Layers == 2 && data.Inputs.Zip(data.Labels).All(datum =>
                    network.Evaluate(datum.First).Output.SequenceEqual(datum.Second) && IsFlatAt(network, datum.First));
            },
            count: 150);

    /// <summary>f(x) = 3x has ∏σ = 3, and from 0 to 2 the change 6 is the bound.</summary>
    [Claim("design.depth-essential", Role.Repair)]
    public void LinearNetwork_ByHand_AttainsTheBound()
    {
        using var ensemble = SmallNetwork.WithoutBiases(new double[,] { { 3 } }).ToEnsemble();
        LipschitzBound.Run(ensemble).Should().Be(3);
    }

    [Claim("design.depth-essential", Role.Control)]
    public void LastLayerLeftOutOfTheProduct_IsCaught() =>
        Instances.Violate(
            "‖f(x) − f(y)‖ over ∏σ_l ‖x − y‖ without the last layer",
            NetworkAtPoint.Arbitrary,
            instance => Change(instance, network => Product(network.Weights.SkipLast(1), SpectralNorm)));

    /// <summary>One hidden layer that fits the data exactly and is constant around each of them.</summary>
    internal static ReluNetwork<Rational> FitByPlateaus(Data data) => Plateaus.Run(data);

    /// <summary>No one-sided derivative along an axis or a diagonal differs from 0.</summary>
    internal static bool IsFlatAt(ReluNetwork<Rational> network, Rational[] point) =>
        Directions(point.Length).All(direction => network.DirectionalDerivative(point, direction).All(change => change == 0));

    /// <summary>Three points to compare a point with: the origin, its reflection, a neighbour.</summary>
    internal static IEnumerable<double[]> Others(double[] point) =>
    [
        new double[point.Length],
        [.. point.Select(value => -value)],
        [.. point.Select((value, index) => value + (index % 2 == 0 ? 1 : -2))],
    ];

    private static double SpectralNorm(Tensor weight) => Number(MatrixNorm.Of(weight, 2));

    private static double Product(IEnumerable<Tensor> weights, Func<Tensor, double> norm) =>
        weights.Aggregate(1.0, (product, weight) => product * norm(weight));

    private static Deviation Change(NetworkAtPoint instance, Func<FullyConnected, double>? constant = null)
    {
        using var scope = NewDisposeScope();
        var (network, point) = instance;
        var lipschitz = (constant ?? LipschitzBound.Run)(network.ToEnsemble());
        var worst = new Deviation(0, 1);
        foreach (var other in Others(point))
        {
            var change = Norm([.. network.Evaluate(point).Output.Zip(network.Evaluate(other).Output, (one, two) => one - two)], 2);
            var distance = Norm([.. point.Zip(other, (one, two) => one - two)], 2);
            var rounding = network.Outputs * (Rounding.OfOutputs(network, point) + Rounding.OfOutputs(network, other));
            var bound = lipschitz * distance * (1 + (64 * network.Layers * Rounding.Gamma(50)));
            worst = Deviation.Worse(worst, new Deviation(change, bound + rounding));
        }

        return worst;
    }

    private static IEnumerable<Rational[]> Directions(int inputs) =>
        SignedAxes(inputs).Concat(SignVectors(inputs)).Select(direction => direction.Select(Rational.Of).ToArray());

    // Between neighbours on the line a and b = a + 3g: a ramp from a + start·g to a + end·g.
    private static ReluNetwork<Rational> Ramps(Data data, int start, int end, int thirds, Rational? share = null)
    {
        var inputs = data.Inputs[0].Length;
        Rational[] line = [.. Enumerable.Range(0, inputs).Select(index => Fractions.Product(Enumerable.Repeat((Rational)100, index)))];
        var order = data.Inputs.Zip(data.Labels, (input, label) => (At: Arrays.Dot(input, line), Label: label))
            .OrderBy(datum => datum.At).ToList();
        var units = order.Zip(order.Skip(1)).SelectMany(pair =>
        {
            var gap = (pair.Second.At - pair.First.At) / thirds;
            Rational[] rise =
                [.. pair.First.Label.Zip(pair.Second.Label, (from, to) => (to - from) * (share ?? 1) / (gap * (end - start)))];
            return new[]
            {
                (At: pair.First.At + (start * gap), Slope: rise),
                (At: pair.First.At + (end * gap), Slope: rise.Select(value => -value).ToArray()),
            };
        }).DefaultIfEmpty((At: 0, Slope: new Rational[order[0].Label.Length])).ToList();
        return new ReluNetwork<Rational>(
            [
                Arrays.Build(units.Count, inputs, (_, column) => line[column]),
                Arrays.Build(order[0].Label.Length, units.Count, (row, column) => units[column].Slope[row]),
            ],
            [[.. units.Select(unit => -unit.At)], order[0].Label]);
    }

    /// <summary>Data with distinct inputs.</summary>
    internal sealed record Data(IReadOnlyList<Rational[]> Inputs, IReadOnlyList<Rational[]> Labels)
    {
        /// <summary>
        /// 1 to 6 data, 1 to 3 inputs between −9 and 9, 1 or 2 labels; one datum, equal labels and close neighbours among them.
        /// </summary>
        internal static Arbitrary<Data> Arbitrary { get; } = Arb.From(
            from count in Gen.Choose(1, 6)
            from dimension in Gen.Choose(1, 3)
            from outputs in Gen.Choose(1, 2)
            from inputs in Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(-9, 9), dimension), count)
            from labels in Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(-3, 3), outputs), count)
            let distinct = inputs.Zip(labels).DistinctBy(datum => string.Join(' ', datum.First)).ToList()
            select new Data(
                [.. distinct.Select(datum => Fractions.Of(datum.First))],
                [.. distinct.Select(datum => Fractions.Of(datum.Second))]));

        public override string ToString() =>
            string.Join(", ", Inputs.Zip(Labels, (input, label) => $"({string.Join(' ', input)}) ↦ ({string.Join(' ', label)})"));
    }
}
