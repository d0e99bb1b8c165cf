using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Networks;
using static Reproduce.Claims.Shared.Kinks;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Proposition 7: for every layer i there is a direction v_i in parameter space along which f is multiplied by a constant:
/// f at θ + (c − 1)v_i is c·f at θ, so the derivative of f along v_i is f itself.
/// </summary>
public sealed class Prop7_DirectionsOfTheParameters
{
    private const string Tolerance = "8γ_k max(1, |c|) times the outputs of the network of magnitudes (rounding of a forward pass)";

    /// <summary>v_i, in the order of the parameters.</summary>
    internal static readonly UnderTest<Func<FullyConnected, int, IReadOnlyList<Tensor>>> Direction = new(
        ScalingDirection.Of,
        ("direction-without-later-biases", (network, layer) =>
            [.. ScalingDirection.Of(network, layer).Select((one, i) => i / 2 > layer - 1 ? zeros_like(one) : one)]),
        ("direction-without-its-own-bias", (network, layer) =>
            [.. ScalingDirection.Of(network, layer).Select((one, i) => i == (2 * layer) - 1 ? zeros_like(one) : one)]),
        ("direction-with-all-later-weights", (network, layer) =>
            [.. network.Parameters.Select((parameter, i) => i / 2 >= layer - 1 ? parameter.clone() : zeros_like(parameter))]),
        ("direction-with-all-biases", (network, layer) =>
            [.. ScalingDirection.Of(network, layer).Select((one, i) => i % 2 == 1 ? network.Biases[i / 2].clone() : one)]));

    /// <summary>
    /// Layer k of the scaled network at k = i, from the unchanged layer below: the first case of the proof's display, without its last
    /// ReLU.
    /// </summary>
    private static readonly UnderTest<Func<ReluNetwork<Rational>, int, Rational[], Rational, Rational[]>> ScaledLayer = new(
        (network, layer, below, c) => AfterRelu(network, layer, Affine(network, layer, below, c, c)),
        ("scaled-layer-with-a-relu-at-the-end", (network, layer, below, c) =>
            [.. Affine(network, layer, below, c, c).Select(value => Rational.Max(value, 0))]),
        ("scaled-layer-without-its-bias", (network, layer, below, c) => AfterRelu(network, layer, Affine(network, layer, below, c, 1))));

    /// <summary>Layer k &gt; i, from the layer below, already multiplied by c: the second case, without its last ReLU.</summary>
    private static readonly UnderTest<Func<ReluNetwork<Rational>, int, Rational[], Rational, Rational[]>> LaterLayer = new(
        (network, layer, scaledBelow, c) => AfterRelu(network, layer, Affine(network, layer, scaledBelow, 1, c)),
        ("later-layer-with-its-old-bias", (network, layer, scaledBelow, c) =>
            AfterRelu(network, layer, Affine(network, layer, scaledBelow, 1, 1))),
        ("later-layer-with-scaled-weights", (network, layer, scaledBelow, c) =>
            AfterRelu(network, layer, Affine(network, layer, scaledBelow, c, c))));

    /// <summary>The network at θ + (c − 1)v_i.</summary>
    private static readonly UnderTest<Func<SmallNetwork, int, double, SmallNetwork>> Scaled = new(
        Moved,
        ("layers-of-the-direction-below", (network, layer, c) => Moved(network, Math.Max(1, layer - 1), c)),
        ("layers-with-all-biases-scaled", (network, layer, c) =>
        {
            var moved = Moved(network, layer, c);
            return new(moved.Weights, [.. network.Biases.Select(bias => bias.Select(value => c * value).ToArray())]);
        }));

    [Claim("slope.prop-7")]
    public void RandomNetworks_EveryLayersDirection_ScalesTheOutputs() =>
        Instances.Satisfy(
            "|f at θ + (c−1)v_i − c·f|, every i, c = 0, 0.5, 2, 10",
            NetworkAtPoint.Arbitrary,
            instance => Scaling(instance, [0, 0.5, 2, 10]),
            Tolerance,
            count: 75);

    /// <summary>On small integers nothing is rounded.</summary>
    [Claim("slope.prop-7")]
    public void LatticeNetworks_EveryLayersDirection_ScalesTheOutputsExactly() =>
        Instances.Satisfy(
            "f at θ + (c−1)v_i against c·f, every i, c = 0, 0.5, 2, 10",
            LatticeNetworks.Arbitrary,
            instance => Scaling(instance, [0, 0.5, 2, 10]) is { } scaling ? Deviation.Exact(scaling.Error == 0) : null,
            "none: small integers are exact in float64",
            count: 150);

    /// <summary>At the last layer no ReLU follows, so negative constants work too: the proposition holds for every c.</summary>
    [Claim("slope.prop-7")]
    public void RandomNetworks_LastLayersDirection_ScalesByNegativeConstantsToo() =>
        Instances.Satisfy(
            "|f at θ + (c−1)v_n − c·f|, c = −3, −1",
            NetworkAtPoint.Arbitrary,
            instance => Scaling(instance, [-3, -1], lastLayerOnly: true),
            Tolerance);

    [Claim("slope.prop-7")]
    public void RandomNetworks_GradientAlongTheDirection_IsTheOutput() =>
        Instances.Satisfy(
            "|∂f/∂θ · v_i − f| by automatic differentiation, every i and output",
            NetworkAtPoint.Arbitrary,
            AutogradAlong,
            Tolerance,
            count: 150);

    /// <summary>ReLU(2x + 1)·3 + 5 at x = 1 is 14. Along v_1 with c = 2: ReLU(4x + 2)·3 + 10 = 28.</summary>
    [Claim("slope.prop-7")]
    public void OneUnit_ByHand_Doubles()
    {
        var network = new SmallNetwork([new double[,] { { 2 } }, new double[,] { { 3 } }], [[1], [5]]);
        using var ensemble = network.ToEnsemble();
        using var doubled = ScalingDirection.Move(ensemble, Direction.Run(ensemble, 1), 1);
        Number(ensemble.Forward(Batch([1]))).Should().Be(14);
        Number(doubled.Forward(Batch([1]))).Should().Be(28);
        doubled.Parameters.SelectMany(Numbers).Should().Equal(4, 2, 3, 10);
    }

    /// <summary>Before the last layer c must not be negative: ReLU(−x) is not −ReLU(x).</summary>
    [Claim("slope.prop-7", Role.Control)]
    public void NegativeConstantBeforeTheLastLayer_IsCaught() =>
        Instances.Violate("c = −1 at every layer", NetworkAtPoint.Arbitrary, instance => Scaling(instance, [-1]));

    /// <summary>
    /// The proof's display puts a ReLU at every layer, the last included. For f(x) = −x, one layer, it gives ReLU(c·(−1)) = 0 at x = 1, not
    /// −c.
    /// </summary>
    [Claim("slope.prop-7.proof", Role.Counterexample)]
    public void NegativeOutput_UnderTheProofsLastRelu_IsLost()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { -1 } }).Exact();
        Rational.Max(Affine(network, 1, [1], 2, 2)[0], 0).Should().Be((Rational)0);
        network.Evaluate([1]).Output.Should().Equal(-1);
        Evidence.Record(new Measurement("f_c(1) of f(x) = −x at c = 2 by the proof's display", 0, "c·f(1) = −2")
        {
            Dtype = "exact (integers)",
        });
    }

    /// <summary>Without ReLU at the last layer, at every layer i the scaled parameters give c·f^i from the unchanged f^(i−1).</summary>
    [Claim("slope.prop-7.proof")]
    public void LatticeNetworks_ScaledLayer_IsCTimesTheLayer() =>
        Instances.Satisfy(
            "f_c^i against c·f^i for every layer i, c = 1/3, 2",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var network = instance.Network.Exact();
                var layers = Layers(network, Arrays.Exact(instance.Point));
                bool Holds(int layer, Rational c) =>
                    ScaledLayer.Run(network, layer, layers[layer - 1], c).SequenceEqual(Times(c, layers[layer]));
                return Deviation.Exact(Enumerable.Range(1, network.Layers).All(layer => Constants.All(c => Holds(layer, c))));
            },
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>The second case: from c·f^(k−1), with the weights as they were and c·b_k, comes c·f^k.</summary>
    [Claim("slope.prop-7.proof")]
    public void LatticeNetworks_LayersAboveTheScaledOne_PassTheFactorOn() =>
        Instances.Satisfy(
            "W_k(c f^(k−1)) + c b_k, with ReLU before the last layer only, against c·f^k for every k > 1, c = 1/3, 2",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var network = instance.Network.Exact();
                var layers = Layers(network, Arrays.Exact(instance.Point));
                bool Holds(int layer, Rational c) =>
                    LaterLayer.Run(network, layer, Times(c, layers[layer - 1]), c).SequenceEqual(Times(c, layers[layer]));
                return Deviation.Exact(Enumerable.Range(2, network.Layers - 1).All(layer => Constants.All(c => Holds(layer, c))));
            },
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>
    /// ReLU(2x + 1)·3 + 5 at x = 1: the hidden layer has 3, the output 14. With c = 2: ReLU(4 + 2) = 6 and 3·6 + 10 = 28.
    /// </summary>
    [Claim("slope.prop-7.proof")]
    public void TwoLayers_ByHand_PassTheFactorOn()
    {
        var network = new SmallNetwork([new double[,] { { 2 } }, new double[,] { { 3 } }], [[1], [5]]).Exact();
        ScaledLayer.Run(network, 1, [1], 2).Should().Equal(6);
        LaterLayer.Run(network, 2, [6], 2).Should().Equal(28);
    }

    /// <summary>Both cases at once with the library's network at θ + (c − 1)v_i; hidden layers are given by pre-activations.</summary>
    [Claim("slope.prop-7.proof")]
    public void LatticeNetworks_LibrarysLayersFromTheScaledOneOn_AreCTimesTheLayers() =>
        Instances.Satisfy(
            "pre-activations of the library's layers k ≥ i at θ + (c − 1)v_i against c times those at θ, c = 0.5, 2",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var (ensemble, points) = (instance.Network.ToEnsemble(), Batch(instance.Point));
                IEnumerable<Tensor> LayersOf(FullyConnected network) => network.Preactivations(points).Append(network.Forward(points));
                bool Holds(int layer, double c)
                {
                    var moved = ScalingDirection.Move(ensemble, Direction.Run(ensemble, layer), c - 1);
                    return LayersOf(moved).Zip(LayersOf(ensemble)).Skip(layer - 1)
                        .All(pair => Numbers(pair.First).SequenceEqual(Numbers(c * pair.Second)));
                }

                return Deviation.Exact(Enumerable.Range(1, instance.Network.Layers).All(layer => Holds(layer, 0.5) && Holds(layer, 2)));
            },
            "none: small integers are exact in float64",
            count: 150);

    /// <summary>A negative constant at a hidden layer: ReLU(−1·1) = 0 is not −ReLU(1).</summary>
    [Claim("slope.prop-7.proof", Role.Control)]
    public void NegativeConstantAtAHiddenLayer_ByHand_IsCaught()
    {
        ReluNetwork<Rational> network = new([new Rational[,] { { 1 } }, new Rational[,] { { 1 } }], [[0], [0]]);
        Rational.Max(Affine(network, 1, [1], -1, -1)[0], 0).Should().NotBe((Rational)(-1));
    }

    /// <summary>ReLU(x) as the first layer, i = 1, c = 2: at 1 it gives 2 and not 1.</summary>
    [Claim("slope.prop-7.unchanged", Role.Counterexample)]
    public void ScaledLayerItself_Changes()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 } }, new double[,] { { 1 } });
        OfLayers(Scaled.Run(network, 1, 2), [1])[0].Should().Equal(2);
        OfLayers(network, [1])[0].Should().Equal(1);
        Evidence.Record(new Measurement("f_c¹(1) of f¹(x) = ReLU(x) at i = 1, c = 2", 2, "f¹(1) = 1 as printed")
        {
            Dtype = "exact (integers)",
        });
    }

    [Claim("slope.prop-7.unchanged")]
    public void LatticeNetworks_LayersBelowTheScaledOne_StayAsTheyAre() =>
        Instances.Satisfy(
            "f_c^k against f^k for every k < i, c = 0.5, 2",
            LatticeNetworks.Arbitrary,
            instance => Deviation.Exact(Enumerable.Range(1, instance.Network.Layers).All(layer =>
                new[] { 0.5, 2 }.All(c => AgreeBelow(instance, layer, c, layer)))),
            "none: small integers are exact in float64",
            count: 150);

    /// <summary>f^i as well is too much.</summary>
    [Claim("slope.prop-7.unchanged", Role.Control)]
    public void ScaledLayerIncluded_IsCaught() =>
        Instances.Violate("f_c^k = f^k for every k ≤ i", LatticeNetworks.Arbitrary, instance => Deviation.Exact(
            Enumerable.Range(1, instance.Network.Layers).All(layer => AgreeBelow(instance, layer, 2, layer + 1))));

    private static bool AgreeBelow(NetworkAtPoint instance, int layer, double c, int end) =>
        OfLayers(Scaled.Run(instance.Network, layer, c), instance.Point).Zip(OfLayers(instance.Network, instance.Point))
            .Take(end - 1).All(pair => pair.First.SequenceEqual(pair.Second));

    // f¹, …, fⁿ; pre-activations serve, since a ReLU of what is the same is the same.
    private static double[][] OfLayers(SmallNetwork network, double[] point) => network.Evaluate(point).Preactivations;

    private static SmallNetwork Moved(SmallNetwork network, int layer, double c)
    {
        using var scope = NewDisposeScope();
        var ensemble = network.ToEnsemble();
        var moved = ScalingDirection.Move(ensemble, ScalingDirection.Of(ensemble, layer), c - 1);
        double[,] Matrix(Tensor weight, double[,] old)
        {
            var numbers = Numbers(weight);
            return Arrays.Build(old.GetLength(0), old.GetLength(1), (row, column) => numbers[(row * old.GetLength(1)) + column]);
        }

        return new([.. moved.Weights.Zip(network.Weights, Matrix)], [.. moved.Biases.Select(Numbers)]);
    }

    private static readonly Rational[] Constants = [new(1, 3), 2];

    // x, f¹, …, fⁿ.
    private static IReadOnlyList<Rational[]> Layers(ReluNetwork<Rational> network, Rational[] point) =>
        [point, .. network.Evaluate(point).Preactivations.Select((values, i) => AfterRelu(network, i + 1, values))];

    private static Rational[] AfterRelu(ReluNetwork<Rational> network, int layer, Rational[] values) =>
        layer == network.Layers ? values : [.. values.Select(value => Rational.Max(value, 0))];

    private static Rational[] Times(Rational factor, Rational[] vector) => [.. vector.Select(value => factor * value)];

    private static Rational[] Affine(ReluNetwork<Rational> network, int layer, Rational[] below, Rational weights, Rational bias) =>
        Arrays.Pair(
            Arrays.Multiply(network.Weights[layer - 1], below),
            network.Biases[layer - 1],
            (value, own) => (weights * value) + (bias * own));

    private static Deviation? Scaling(NetworkAtPoint instance, double[] constants, bool lastLayerOnly = false)
    {
        using var scope = NewDisposeScope();
        var ensemble = instance.Network.ToEnsemble();
        var points = Batch(instance.Point);
        var output = ensemble.Forward(points);
        var rounding = Rounding.OfOutputs(instance.Network, instance.Point);
        var worst = new Deviation(0, rounding);
        for (var layer = lastLayerOnly ? ensemble.Shape.Layers : 1; layer <= ensemble.Shape.Layers; layer++)
        {
            var direction = Direction.Run(ensemble, layer);
            foreach (var c in constants)
            {
                var moved = ScalingDirection.Move(ensemble, direction, c - 1).Forward(points);
                var error = (moved - (c * output)).abs().max().item<double>();
                worst = Deviation.Worse(worst, new Deviation(error, rounding * Math.Max(1, Math.Abs(c))));
            }
        }

        return worst;
    }

    private static Deviation? AutogradAlong(NetworkAtPoint instance)
    {
        // On a kink the derivative along v_i still exists, but automatic differentiation's convention need not give it.
        if (!OffTheKinks(instance))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        using var recording = enable_grad();
        var ensemble = instance.Network.ToEnsemble();
        var parameters = ensemble.Parameters.ToList();
        parameters.ForEach(parameter => parameter.requires_grad_());
        var output = ensemble.Forward(Batch(instance.Point));
        var rounding = Rounding.OfOutputs(instance.Network, instance.Point) * instance.Network.Layers;
        var worst = new Deviation(0, rounding);
        for (var k = 0; k < instance.Network.Outputs; k++)
        {
            var gradients = autograd.grad([output.select(2, k).sum()], parameters, retain_graph: true, allow_unused: true);
            for (var layer = 1; layer <= ensemble.Shape.Layers; layer++)
            {
                var direction = Direction.Run(ensemble, layer);
                double Along(Tensor one, Tensor? gradient) =>
                    gradient is null or { IsInvalid: true } ? 0 : (one * gradient).sum().item<double>();
                var along = direction.Zip(gradients, Along).Sum();
                worst = Deviation.Worse(worst, new Deviation(Math.Abs(along - Numbers(output.detach())[k]), rounding));
            }
        }

        return worst;
    }
}
