using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Geometry;
using Reproduce.Networks;
using TorchSharp;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 3.1: the generalization layer with a skip connection, whose weights are kept small so that the product of Corollary 3.0.1 is
/// small. With the skip connection νx its Jacobian is νI + M, M that of the layer: however small M is, the norm is about ν. So the layer
/// enters the bound with the factor (ν + ‖M‖)², and every identity skip with (1 + ‖M‖)², which is checked on whole networks.
/// </summary>
public sealed class Remark_SkippedLayer
{
    /// <summary>The bound on λ_max(ζ) for the square loss: ∏σ_l², with a block's norm added to its skip connection's strength.</summary>
    private static readonly UnderTest<Func<ResidualNetwork, double>> Bound = new(
        network => BoundOf(network, (strength, norm) => strength + norm),
        ("skipped-layer-without-the-skip", network => BoundOf(network, (_, norm) => norm)),
        ("skipped-layer-in-series", network => BoundOf(network, (strength, norm) => strength * norm)),
        ("skipped-layer-as-the-larger", network => BoundOf(network, Math.Max)));

    private static readonly UnderTest<Func<ResidualNetwork, Tensor, Tensor>> Forward = new(
        (network, point) => network.Forward(point),
        ("residual-network-without-its-skips", (network, point) => new ResidualNetwork(
            network.Shape with { Blocks = [.. network.Shape.Blocks.Select(block => (block.Layers, Shortcut.None))] }, network.Parameters)
            .Forward(point)),
        ("residual-network-with-skips-of-one", (network, point) =>
            new ResidualNetwork(network.Shape, network.Parameters) { ShortcutWeight = 1 }.Forward(point)));

    /// <summary>
    /// The strength ν = 1 with which the paper starts, and a generalization layer with weights 0: f(x) = x for x > 0, and ζ = 1. The
    /// product over the layers is 1² · 0² · 1² = 0.
    /// </summary>
    [Claim("design.gl-skip", Role.Counterexample)]
    public void WeightsZero_BesideASkipOfOne_LeaveTheMetricAtOne()
    {
        using var scope = NewDisposeScope();
        var network = OneUnit(weight: 0, strength: 1);
        var zeta = LargestEigenvalue(network, tensor([2.0]));
        zeta.Should().Be(1);
        BoundOf(network, (_, norm) => norm).Should().Be(0);
        Evidence.Record(new Measurement("ζ of a generalization layer with weights 0 beside a skip connection of 1", zeta, "∏σ_l² = 0")
        {
            Paper = "the layer keeps ∏σ_l² small, which bounds λ_max(ζ)",
            Dtype = "exact (integers)",
        });
    }

    [Claim("design.gl-skip")]
    public void RandomNetworks_WithSkips_StayBelowTheProductOfSums() =>
        Instances.Satisfy(
            "excess of λ_max(ζ) over ∏(s + ‖M‖)² over the blocks, s the strength of the skip; square loss",
            Networks,
            instance => Excess(instance, Bound.Run),
            Tolerance,
            count: 150);

    /// <summary>
    /// x > 0, a layer with weight M and a skip of ν: the slope is ν + M. With M = 0 and a small ν, as at the end, ζ is small.
    /// </summary>
    [ClaimRows("design.gl-skip")]
    [InlineData(3, 1, 16)]
    [InlineData(0, 1, 1)]
    [InlineData(0, 0.5, 0.25)]
    [InlineData(0, 0.125, 0.015625)]
    public void OneUnit_ByHand_AttainsTheSquaredSum(double weight, double strength, double square)
    {
        using var scope = NewDisposeScope();
        var network = OneUnit(weight, strength);
        LargestEigenvalue(network, tensor([2.0])).Should().Be(square);
        Bound.Run(network).Should().Be(square);
    }

    [Claim("design.gl-skip", Role.Control)]
    public void SkipsLeftOutOfTheProduct_AreCaught() =>
        Instances.Violate("λ_max(ζ) ≤ ∏‖M‖²", Networks, instance => Excess(instance, network => BoundOf(network, (_, norm) => norm)));

    private const string Tolerance = "64Lγ_50 ∏(s + ‖M‖_F)²: singular values of matrices up to 4 × 4 for each of the L layers";

    private static ResidualNetwork OneUnit(double weight, double strength)
    {
        Tensor One(double entry) => tensor([entry], [1, 1, 1]);
        Tensor Zero() => zeros([1, 1], float64);
        return new(new ResidualShape(1, 1, 1, [(1, Shortcut.Weighted)]), [One(1), Zero(), One(weight), Zero(), One(1), Zero()])
        {
            ShortcutWeight = strength,
        };
    }

    // ‖J‖², by automatic differentiation.
    private static double LargestEigenvalue(ResidualNetwork network, Tensor point)
    {
        using var scope = NewDisposeScope();
        using var recording = enable_grad();
        var input = point.unsqueeze(0).requires_grad_();
        var outputs = Forward.Run(network, input);
        Tensor Row(int k) => autograd.grad([outputs.select(2, k).sum()], [input], retain_graph: true)[0].squeeze(0);
        return Number(MatrixNorm.Of(stack([.. Enumerable.Range(0, network.Shape.Outputs).Select(Row)], 0), 2).square());
    }

    private static double BoundOf(ResidualNetwork network, Func<double, double, double> factor) =>
        BoundOf(network, factor, weight => Number(MatrixNorm.Of(weight, 2)));

    private static double BoundOf(ResidualNetwork network, Func<double, double, double> factor, Func<Tensor, double> norm)
    {
        using var scope = NewDisposeScope();
        double Norm(int layer) => norm(network.Parameters[2 * layer]);
        var (bound, next) = (Norm(0), 1);
        foreach (var (layers, shortcut) in network.Shape.Blocks)
        {
            var product = Enumerable.Range(next, layers).Aggregate(1.0, (product, layer) => product * Norm(layer));
            bound *= shortcut switch
            {
                Shortcut.None => product,
                Shortcut.Identity => factor(1, product),
                _ => factor(network.ShortcutWeight, product),
            };
            next += layers;
        }

        return Math.Pow(bound * Norm(next), 2);
    }

    private static Deviation Excess(Instance instance, Func<ResidualNetwork, double> bound)
    {
        using var scope = NewDisposeScope();
        var network = instance.ToNetwork();
        var scale = BoundOf(network, (strength, norm) => strength + norm, weight => weight.norm().item<double>());
        var excess = LargestEigenvalue(network, tensor(instance.Point)) - bound(network);
        return new Deviation(Math.Max(0, excess), 64 * (network.Shape.HiddenLayers + 1) * Rounding.Gamma(50) * scale);
    }

    // One or two inputs and outputs, one to four units, up to three blocks of one or two layers with every kind of skip.
    private static Arbitrary<Instance> Networks { get; } = Arb.From(
        from inputs in Gen.Choose(1, 2)
        from width in Gen.Choose(1, 4)
        from outputs in Gen.Choose(1, 2)
        from blocks in Gen.Choose(1, 3).SelectMany(count => Gen.ArrayOf(Block, count))
        let shape = new ResidualShape(inputs, width, outputs, blocks)
        from scale in Gen.Elements(1e-3, 1, 1)
        from parameters in Gen.CollectToArray(shape.ParameterShapes(), one => Gen.ArrayOf(Entry, (int)one.Aggregate(1L, (a, b) => a * b)))
        from point in Gen.ArrayOf(Entry, inputs)
        from strength in Gen.Elements(0, 0.1, 0.5, 1)
        select new Instance(shape, [.. parameters.Select(values => values.Select(value => scale * value).ToArray())], point, strength));

    private static Gen<double> Entry => Gen.Choose(-2000, 2000).Select(value => value / 1000.0);

    private static Gen<(int Layers, Shortcut Shortcut)> Block =>
        from layers in Gen.Choose(1, 2)
        from shortcut in Gen.Elements(Shortcut.Weighted, Shortcut.Weighted, Shortcut.Identity, Shortcut.None)
        select (layers, shortcut);

    private sealed record Instance(ResidualShape Shape, double[][] Parameters, double[] Point, double Strength)
    {
        internal ResidualNetwork ToNetwork() =>
            new(Shape, [.. Parameters.Zip(Shape.ParameterShapes(), (values, shape) => tensor(values, [1, .. shape]))])
            {
                ShortcutWeight = Strength,
            };

        public override string ToString() =>
            $"{Shape.Inputs}-{Shape.Width}-{Shape.Outputs}, blocks {string.Join(", ", Shape.Blocks)}, ν = {Strength}, "
            + $"parameters {string.Join("; ", Parameters.Select(values => string.Join(' ', values)))} at {string.Join(' ', Point)}";
    }
}
