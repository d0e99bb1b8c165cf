using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Networks;
using Reproduce.Networks;
using TorchSharp;
using static Reproduce.Claims.Slope.Networks;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Proposition 7: for every layer i there is a direction v_i in parameter space along which f is multiplied by a constant:
/// f at θ + (c − 1)v_i is c·f at θ, so the derivative of f along v_i is f itself.
/// </summary>
public sealed class Proposition7
{
    private const string Tolerance = "8γ_k max(1, |c|) times the outputs of the network of magnitudes (rounding of a forward pass)";

    [Claim("slope.prop-7")]
    public void RandomNetworks_EveryLayersDirection_ScalesTheOutputs() =>
        Instances.Satisfy("|f at θ + (c−1)v_i − c·f|, every i, c = 0, 0.5, 2, 10", NetworkAtPoint.Arbitrary, instance => Scaling(instance, [0, 0.5, 2, 10], ScalingDirection.Of), Tolerance);

    /// <summary>At the last layer no ReLU follows, so negative constants work too: the proposition holds for every c.</summary>
    [Claim("slope.prop-7")]
    public void RandomNetworks_LastLayersDirection_ScalesByNegativeConstantsToo() =>
        Instances.Satisfy("|f at θ + (c−1)v_n − c·f|, c = −3, −1", NetworkAtPoint.Arbitrary, instance => Scaling(instance, [-3, -1], ScalingDirection.Of, lastLayerOnly: true), Tolerance);

    [Claim("slope.prop-7")]
    public void RandomNetworks_GradientAlongTheDirection_IsTheOutput() =>
        Instances.Satisfy("|∂f/∂θ · v_i − f| by automatic differentiation, every i and output", NetworkAtPoint.Arbitrary, AutogradAlong, Tolerance);

    /// <summary>ReLU(2x + 1)·3 + 5 at x = 1 is 14. Along v_1 with c = 2: ReLU(4x + 2)·3 + 10 = 28.</summary>
    [Claim("slope.prop-7")]
    public void OneUnit_ByHand_Doubles()
    {
        var network = new SmallNetwork([new double[,] { { 2 } }, new double[,] { { 3 } }], [[1], [5]]);
        using var ensemble = network.ToEnsemble();
        using var doubled = ScalingDirection.Move(ensemble, ScalingDirection.Of(ensemble, 1), 1);
        Number(ensemble.Forward(Batch([1]))).Should().Be(14);
        Number(doubled.Forward(Batch([1]))).Should().Be(28);
        doubled.Parameters.SelectMany(Numbers).Should().Equal(4, 2, 3, 10);
    }

    /// <summary>Before the last layer c must not be negative: ReLU(−x) is not −ReLU(x).</summary>
    [Claim("slope.prop-7", Role.Control)]
    public void NegativeConstantBeforeTheLastLayer_IsCaught() =>
        Instances.Violate("c = −1 at every layer", NetworkAtPoint.Arbitrary, instance => Scaling(instance, [-1], ScalingDirection.Of));

    [Claim("slope.prop-7", Role.Control)]
    public void LaterBiasesLeftAlone_AreCaught() =>
        Instances.Violate("only W_i and b_i scaled", NetworkAtPoint.Arbitrary, instance => Scaling(instance, [2], (network, layer) =>
            [.. ScalingDirection.Of(network, layer).Select((one, i) => i / 2 > layer - 1 ? zeros_like(one) : one)]));

    [Claim("slope.prop-7", Role.Control)]
    public void LayersOwnBiasLeftAlone_IsCaught() =>
        Instances.Violate("b_i not scaled", NetworkAtPoint.Arbitrary, instance => Scaling(instance, [2], (network, layer) =>
            [.. ScalingDirection.Of(network, layer).Select((one, i) => i == (2 * layer) - 1 ? zeros_like(one) : one)]));

    private static Deviation? Scaling(NetworkAtPoint instance, double[] constants, Func<FullyConnected, int, IReadOnlyList<Tensor>> directionOf, bool lastLayerOnly = false)
    {
        using var scope = NewDisposeScope();
        var ensemble = instance.Network.ToEnsemble();
        var points = Batch(instance.Point);
        var output = ensemble.Forward(points);
        var rounding = Rounding.OfOutputs(instance.Network, instance.Point);
        var worst = new Deviation(0, rounding);
        for (var layer = lastLayerOnly ? ensemble.Shape.Layers : 1; layer <= ensemble.Shape.Layers; layer++)
        {
            var direction = directionOf(ensemble, layer);
            foreach (var c in constants)
            {
                var moved = ScalingDirection.Move(ensemble, direction, c - 1).Forward(points);
                worst = Deviation.Worse(worst, new Deviation((moved - (c * output)).abs().max().item<double>(), rounding * Math.Max(1, Math.Abs(c))));
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
                var direction = ScalingDirection.Of(ensemble, layer);
                var along = direction.Select((one, i) => gradients[i] is null or { IsInvalid: true } ? 0 : (one * gradients[i]).sum().item<double>()).Sum();
                worst = Deviation.Worse(worst, new Deviation(Math.Abs(along - Numbers(output.detach())[k]), rounding));
            }
        }

        return worst;
    }
}
