using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using static Reproduce.Claims.Shared.ExampleNetworks;
using static Reproduce.Claims.Shared.Kinks;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Proposition 3.1: the output metric pulled back to the inputs is ζ = P H Pᵀ with P = Jᵀ, symmetric and positive semidefinite, and the
/// entries of P are sums over paths of the product of the weights times the product of the activations' derivatives. The path sums
/// are enumerated in fractions, and compared with the product of the layers, with one-sided derivatives of ReLU networks,
/// and with automatic differentiation of tanh networks.
/// </summary>
public sealed class Prop31_PulledBackMetric
{
    private const int MostPaths = 300;

    private static readonly double[] Steps = [1e-1, 1e-2, 1e-3];

    private static readonly OutputMetric[] Metrics = [OutputMetric.SquareLoss, OutputMetric.Softmax, OutputMetric.Logistic];

    /// <summary>ζ by the library, [R, N, n_0, n_0].</summary>
    internal static readonly UnderTest<Func<FullyConnected, Tensor, OutputMetric, Tensor>> PullBack = new(
        PulledBackMetric.At,
        ("pulled-back-metric-without-masks", (network, points, metric) =>
            Form(network.Weights.Aggregate((product, weight) => weight.matmul(product)).unsqueeze(1), metric.At(network.Forward(points)))),
        ("pulled-back-metric-without-output-metric", (network, points, _) =>
            Form(Jacobian.ByLayers(network, points), OutputMetric.SquareLoss.At(network.Forward(points)))),
        ("pulled-back-metric-with-plain-probabilities", (network, points, metric) =>
            Form(Jacobian.ByLayers(network, points), metric == OutputMetric.Softmax
                ? OutputMetric.SquareLoss.At(network.Forward(points)) * network.Forward(points).softmax(-1).unsqueeze(-1)
                : metric.At(network.Forward(points)))));

    private static readonly UnderTest<Func<LayerChain, Rational[,]>> PathSum = new(
        chain => SumOver(chain, path => path.Weights * path.Factor),
        ("path-sum-without-derivatives", chain => SumOver(chain, path => path.Weights)),
        ("path-sum-of-magnitudes", chain => SumOver(chain, path => Rational.Abs(path.Weights) * path.Factor)),
        ("path-sum-of-the-last-path-only", chain => Arrays.Transpose(LastPath(chain))));

    [Claim("design.prop-3.1")]
    public void RandomNetworks_PulledBackMetric_IsTheReferenceQuadraticForm() =>
        Instances.Satisfy(
            "largest entry of |ζ − JᵀHJ of the scalar reference|; square loss, softmax, logistic",
            NetworkAtPoint.Arbitrary,
            AgainstReference,
            "b(2δ + 4b(ω + 16n_c u)): b the sum of the entries of |W_n|⋯|W_1|, δ and ω the rounding of the Jacobian and of the outputs, "
                + "on which H depends 1-Lipschitz",
            count: 150);

    [Claim("design.prop-3.1")]
    public void RandomChains_PathSum_IsTheProductOfTheLayers() =>
        ExactInstances.Satisfy(
            "P by paths against D_n W_n ⋯ D_1 W_1 transposed",
            LayerChain.OfAnySign,
            chain => Fractions.AreEqual(PathSum.Run(chain), Arrays.Transpose(chain.Jacobian)));

    [Claim("design.prop-3.1")]
    public void RandomReluNetworks_OffTheKinks_PathSumIsTheDerivative() =>
        ExactInstances.Satisfy(
            "P by paths against the one-sided derivatives along the axes",
            NetworkAtPoint.Arbitrary,
            ReluPathSum,
            count: 100);

    /// <summary>tanh after every layer, including the last, as in equation 20: a smooth f, as the proposition assumes.</summary>
    [Claim("design.prop-3.1")]
    public void RandomTanhNetworks_PathSum_IsTheAutogradJacobian() =>
        Instances.Satisfy(
            "largest entry of |P by paths − automatic differentiation|, tanh networks",
            NetworkAtPoint.Arbitrary,
            TanhPathSum,
            "8γ_k b(1 + 2nM): rounding of the product, and of n derivatives (|tanh''| < 1), "
                + "M the largest pre-activation of the network of magnitudes, at least 1",
            count: 100);

    [Claim("design.prop-3.1")]
    public void RandomChains_Zeta_IsSymmetricAndPositiveSemidefinite() =>
        ExactInstances.Satisfy(
            "ζ = ζᵀ, and no pivot of ζ is negative",
            LayerChain.OfAnySign,
            chain =>
            {
                var path = PathSum.Run(chain);
                var zeta = Fractions.Product(path, chain.Metric, Arrays.Transpose(path));
                return Fractions.IsSymmetric(zeta) && Fractions.IsPositive(zeta) && Fractions.AreEqual(zeta, chain.Zeta);
            });

    /// <summary>Equations 10 and 11: a squared length dθᵀH dθ with dθ = J dx is dxᵀζ dx, also where f has no inverse.</summary>
    [Claim("design.prop-3.1")]
    public void RandomChains_SquaredLengths_AreTheSameInBothCoordinates() =>
        ExactInstances.Satisfy(
            "dxᵀζ dx against (J dx)ᵀH(J dx), dx = (1, −2, 3, …)",
            LayerChain.OfAnySign,
            chain =>
            {
                var step = Arrays.Build(chain.Weights[0].GetLength(1), 1, (row, _) => (Rational)(row % 2 == 0 ? row + 1 : -row - 1));
                var path = PathSum.Run(chain);
                return Fractions.AreEqual(
                    Fractions.PullBack(step, Fractions.Product(path, chain.Metric, Arrays.Transpose(path))),
                    Fractions.PullBack(Arrays.Multiply(chain.Jacobian, step), chain.Metric));
            });

    /// <summary>
    /// W_1 = (1 2; 3 −1), W_2 = (1 1), ReLU, square loss. At (1, 1) the pre-activations are 3 and 2: both units pass, the paths from
    /// the first input give 1·1 + 3·1 = 4, from the second 2·1 − 1·1 = 1, and ζ = (16 4; 4 1). At (1, 4) they are 9 and −1: only the
    /// first passes, P = (1, 2) and ζ = (1 2; 2 4).
    /// </summary>
    [Claim("design.prop-3.1")]
    public void TwoHiddenUnits_ByHand_GiveTheTwoMetrics()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1, 2 }, { 3, -1 } }, new double[,] { { 1, 1 } });
        PathSum.Run(LayerChain.Of(network.Exact(), Fractions.Of(1, 1))).Cast<Rational>().Should().Equal(4, 1);
        PathSum.Run(LayerChain.Of(network.Exact(), Fractions.Of(1, 4))).Cast<Rational>().Should().Equal(1, 2);
        var metrics = Numbers(PullBack.Run(network.ToEnsemble(), tensor([1.0, 1, 1, 4], [2, 2]), OutputMetric.SquareLoss));
        metrics.Should().Equal(16, 4, 4, 1, 1, 2, 2, 4);
        Evidence.Record(new Measurement(
            "ζ of ReLU(x + 2y) + ReLU(3x − y) at (1, 1) and (1, 4)", metrics[0], "(16 4; 4 1) and (1 2; 2 4) by hand")
        {
            Series = metrics,
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// Definition A.1 and equation 12: (16 4; 4 1) has the trace 17 and the determinant 0, so det(σI − ζ) = σ(σ − 17), and the largest root
    /// is 17. At (−1, −2) the pre-activations are −5 and −1, both units are off, ζ = 0, and the largest root is 0, which is not positive.
    /// </summary>
    [Claim("design.prop-3.1")]
    public void LargestEigenvalue_ByHand_IsTheLargestRoot()
    {
        using var ensemble = SmallNetwork.WithoutBiases(new double[,] { { 1, 2 }, { 3, -1 } }, new double[,] { { 1, 1 } }).ToEnsemble();
        var largest = Numbers(PulledBackMetric.LargestEigenvalue(ensemble, tensor([1.0, 1, -1, -2], [2, 2]), OutputMetric.SquareLoss));
        largest[0].Should().BeApproximately(17, 1e-14);
        largest[1].Should().Be(0);
    }

    /// <summary>Two replicas at three points each, softmax: the batched computation keeps replicas and points apart.</summary>
    [Claim("design.prop-3.1")]
    public void Ensemble_OfTwoReplicasAtThreePoints_MatchesAutograd()
    {
        using var scope = NewDisposeScope();
        Seed[] replicas = [Seed.Of(("replica", 0)), Seed.Of(("replica", 1))];
        var ensemble = Initialisation.PyTorchDefault(new FullyConnectedShape(4, 6, 5, 3), replicas, float64);
        var generator = Seed.Of(("points", 0)).Generator();
        var points = tensor([.. Enumerable.Range(0, 2 * 3 * 4).Select(_ => (2 * generator.NextDouble()) - 1)], [2, 3, 4]);
        var found = PullBack.Run(ensemble, points, OutputMetric.Softmax);
        var p = ensemble.Forward(points).softmax(-1).unsqueeze(-1);
        var expected = Form(Jacobian.ByAutograd(ensemble, points), (eye(3, dtype: float64) * p) - p.matmul(p.mT));
        found.shape.Should().Equal(2, 3, 4, 4);
        (found - expected).abs().max().item<double>()
            .Should().BeLessThanOrEqualTo(1e-14, "entries are below 1, and 18 operations make one of J");
    }

    /// <summary>
    /// Equation 11: ζ measures squared distances between predictions. For one logit f(x, y) = 2x + y at (1/2, 0), ψ = log(1 + exp θ) and
    /// v = (1, 0): twice the divergence between f(x) and f(x + tv), over t², tends to vᵀζv = 4p(1 − p) with p = 1/(1 + 1/e).
    /// </summary>
    [Claim("design.prop-3.1")]
    public void TwiceTheDivergence_OverTheSquaredStep_TendsToTheMetric()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 2, 1 } });
        var metric = Numbers(PullBack.Run(network.ToEnsemble(), Batch([0.5, 0]), OutputMetric.Logistic))[0];
        double Cumulant(double theta) => Math.Log(1 + Math.Exp(theta));
        var mean = 1 / (1 + Math.Exp(-1));
        double[] errors = [.. Steps.Select(t => Math.Abs((2 * (Cumulant(1 + (2 * t)) - Cumulant(1) - (2 * t * mean)) / (t * t)) - metric))];
        Evidence.Record(new Measurement(
            "error of 2·divergence/t² at t = 0.001",
            errors[2],
            "falls in proportion to t: by a factor between 8 and 12 each time t falls by 10")
        {
            Series = errors,
            Dtype = "float64",
        });
        (errors[0] / errors[1]).Should().BeInRange(8, 12);
        (errors[1] / errors[2]).Should().BeInRange(8, 12);
    }

    /// <summary>ψ(θ) = −θ²/2 is not convex: f(x) = x gives ζ = −1.</summary>
    [Claim("design.prop-3.1", Role.Control)]
    public void ConcaveCumulant_ConvexityDropped_IsNotPositive() =>
        Fractions.IsPositive(Fractions.PullBack(Fractions.Identity(1), Fractions.Of(new[,] { { -1 } }))).Should().BeFalse();

    /// <summary>
    /// Equations 3 and 13 print ∂_λ∂_λψ; with one index twice that is by the paper's convention a sum, the number tr H. For f the identity
    /// of the plane and the square loss PPᵀ tr H = 2I, and ζ = I.
    /// </summary>
    [Claim("design.prop-3.1", Role.Counterexample)]
    public void DoubledIndex_ReadAsASum_GivesTwiceTheMetric()
    {
        var chain = new LayerChain([Fractions.Identity(2)], [Fractions.Of(1, 1)], Fractions.Identity(2), 1);
        var path = PathSum.Run(chain);
        var printed = Fractions.Times(Fractions.Product(path, Arrays.Transpose(path)), Fractions.Trace(chain.Metric));
        printed.Cast<Rational>().Should().Equal(2, 0, 0, 2);
        chain.Zeta.Cast<Rational>().Should().Equal(1, 0, 0, 1);
        Evidence.Record(new Measurement("first entry of PPᵀ ∂_λ∂_λψ summed over λ, f the identity of the plane", 2, "ζ = I")
        {
            Paper = "ζ_ψ := ∂_λ∂_λψ(f(x))",
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// Equation 9 takes J at f(x). For f(x) = ReLU(−x) at x = −1 that is J(1) = 0, while J(−1) = −1 and ζ = 1. And f(x, y) = x has
    /// ζ = (1 0; 0 0), which is not positive definite.
    /// </summary>
    [Claim("design.prop-3.1", Role.Counterexample)]
    public void JacobianAtTheOutput_AndPositiveDefinite_AreNotMeant()
    {
        var flipped = SmallNetwork.WithoutBiases(new double[,] { { -1 } }, new double[,] { { 1 } }).Exact();
        var output = flipped.Evaluate([-1]).Output;
        flipped.DerivativesAlongAxes(output)[0, 0].Should().Be((Rational)0);
        flipped.DerivativesAlongAxes([-1])[0, 0].Should().Be((Rational)(-1));
        var projection = new LayerChain([Fractions.Of(new[,] { { 1, 0 } })], [Fractions.Of(1)], Fractions.Identity(1), 1);
        Fractions.IsPositive(projection.Zeta).Should().BeTrue();
        Fractions.IsPositive(projection.Zeta, strictly: true).Should().BeFalse();
    }

    /// <summary>x + 2x, a skip connection over a layer: the only path with one unit in each layer gives 2, the derivative is 3.</summary>
    [Claim("design.prop-3.1", Role.Control)]
    public void SkipConnection_OneUnitALayerDropped_IsMissedByThePaths()
    {
        var layer = SmallNetwork.WithoutBiases(new double[,] { { 2 } }).Exact();
        Rational WithSkip(Rational x) => x + layer.Evaluate([x]).Output[0];
        (WithSkip(1) - WithSkip(0)).Should().Be((Rational)3);
        SumOver(LayerChain.Of(layer, [0]), path => path.Weights * path.Factor)[0, 0].Should().Be((Rational)2);
    }

    /// <summary>ReLU(x) − ReLU(−x) = x at 0, where the activations are not smooth: the paths give 0, the derivative is 1.</summary>
    [Claim("design.prop-3.1", Role.Control)]
    public void Kink_SmoothnessDropped_IsCaught()
    {
        SumOver(LayerChain.Of(Identity.Exact(), [0]), path => path.Weights * path.Factor)[0, 0].Should().Be((Rational)0);
        Identity.Exact().DerivativesAlongAxes([0])[0, 0].Should().Be((Rational)1);
    }

    [Claim("design.prop-3.1", Role.Control)]
    public void OneDerivativeLeftOut_IsCaught() =>
        ExactInstances.Violate(
            "the first unit's derivative left out",
            LayerChain.OfAnySign,
            chain =>
            {
                var without = chain with { Derivatives = [[1, .. chain.Derivatives[0].Skip(1)], .. chain.Derivatives.Skip(1)] };
                return Fractions.AreEqual(SumOver(without, path => path.Weights * path.Factor), Arrays.Transpose(chain.Jacobian));
            });

    private static Rational[,] SumOver(LayerChain chain, Func<(int Start, int End, Rational Weights, Rational Factor), Rational> term)
    {
        var sum = new Rational[chain.Weights[0].GetLength(1), chain.Weights[^1].GetLength(0)];
        foreach (var path in chain.Paths())
        {
            sum[path.Start, path.End] += term(path);
        }

        return sum;
    }

    private static Rational[,] LastPath(LayerChain chain)
    {
        var last = new Rational[chain.Weights[^1].GetLength(0), chain.Weights[0].GetLength(1)];
        foreach (var path in chain.Paths())
        {
            last[path.End, path.Start] = path.Weights * path.Factor;
        }

        return last;
    }

    private static Tensor Form(Tensor map, Tensor metric) => map.mT.matmul(metric).matmul(map);

    private static bool HasFewPaths(SmallNetwork network) =>
        network.Biases.Aggregate((long)network.Inputs, (count, bias) => count * bias.Length) <= MostPaths;

    private static Deviation? AgainstReference(NetworkAtPoint instance)
    {
        if (!OffTheKinks(instance))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var allowed = Rounding.OfMetric(instance);
        var worst = new Deviation(0, allowed);
        var ensemble = instance.Network.ToEnsemble();
        var jacobian = instance.Network.DerivativesAlongAxes(instance.Point);
        foreach (var metric in Metrics)
        {
            var outputMetric = Reference(metric, instance.Network.Evaluate(instance.Point).Output);
            var expected = Arrays.Multiply(Arrays.Transpose(jacobian), Arrays.Multiply(outputMetric, jacobian));
            var found = Numbers(PullBack.Run(ensemble, Batch(instance.Point), metric).flatten());
            var error = found.Zip(expected.Cast<double>(), (one, other) => Math.Abs(one - other)).Max();
            worst = Deviation.Worse(worst, new Deviation(error, allowed));
        }

        return worst;
    }

    // H by its textbook formula, in scalar arithmetic.
    private static double[,] Reference(OutputMetric metric, double[] outputs)
    {
        double[] p = metric == OutputMetric.Softmax
            ? [.. outputs.Select(value => Math.Exp(value - outputs.Max()) / outputs.Sum(other => Math.Exp(other - outputs.Max())))]
            : [.. outputs.Select(value => 1 / (1 + Math.Exp(-value)))];
        return Arrays.Build(p.Length, p.Length, (row, column) =>
            metric == OutputMetric.SquareLoss ? (row == column ? 1 : 0)
            : metric == OutputMetric.Softmax ? (row == column ? p[row] : 0) - (p[row] * p[column])
            : row == column ? p[row] * (1 - p[row]) : 0);
    }

    private static bool? ReluPathSum(NetworkAtPoint instance)
    {
        var network = instance.Network.Exact();
        Rational[] point = Arrays.Exact(instance.Point);
        return HasFewPaths(instance.Network) && LayerChain.IsOffTheKinks(network, point)
            ? Fractions.AreEqual(PathSum.Run(LayerChain.Of(network, point)), Arrays.Transpose(network.DerivativesAlongAxes(point)))
            : null;
    }

    private static Deviation? TanhPathSum(NetworkAtPoint instance)
    {
        var (network, point) = instance;
        if (!HasFewPaths(network))
        {
            return null;
        }

        var derivatives = new List<Rational[]>();
        var activation = point;
        for (var i = 0; i < network.Layers; i++)
        {
            activation = [.. Arrays.Add(Arrays.Multiply(network.Weights[i], activation), network.Biases[i]).Select(Math.Tanh)];
            derivatives.Add([.. activation.Select(value => Rational.Of(1 - (value * value)))]);
        }

        using var scope = NewDisposeScope();
        using var recording = enable_grad();
        var inputs = tensor(point).requires_grad_();
        Tensor Layer(Tensor values, int i) => (tensor(network.Weights[i]).mv(values) + tensor(network.Biases[i])).tanh();
        var outputs = Enumerable.Range(0, network.Layers).Aggregate(inputs, Layer);
        Tensor GradientOf(int output) => autograd.grad([outputs.select(0, output)], [inputs], retain_graph: true)[0];
        var automatic = stack([.. Enumerable.Range(0, network.Outputs).Select(GradientOf)], 0);
        var paths = PathSum.Run(new LayerChain(network.Exact().Weights, derivatives, Fractions.Identity(network.Outputs), 1));
        var gamma = Rounding.OfJacobian(network);
        var largest = network.OfMagnitudes().Evaluate([.. point.Select(Math.Abs)]).Preactivations.SelectMany(layer => layer).Max();
        var errors = Numbers(automatic.mT.contiguous().flatten())
            .Zip(paths.Cast<Rational>(), (one, other) => Math.Abs(one - other.ToDouble()));
        return new Deviation(errors.Max(), gamma * (1 + (2 * network.Layers * Math.Max(1, largest))));
    }
}
