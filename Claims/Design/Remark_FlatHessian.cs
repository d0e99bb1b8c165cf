using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Fixtures.Numbers.Arrays;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 3: for a ReLU network the Hessian of f in x is zero wherever it exists, while ζ changes from region to region. In fractions:
/// inside a region the second difference of f along v is zero, and that of ½‖f‖², the square loss's ψ at f(x), is vᵀζv times the squared
/// step. So there ζ is the Hessian of ψ∘f, exactly.
/// </summary>
public sealed class Remark_FlatHessian
{
    private static readonly UnderTest<Func<ReluNetwork<Rational>, Rational[], Rational[], Rational>> SquaredSpeed = new(
        (network, point, direction) => Square(network.DirectionalDerivative(point, direction)),
        ("squared-speed-at-the-origin", (network, point, direction) =>
            Square(network.DirectionalDerivative([.. point.Select(_ => (Rational)0)], direction))),
        ("squared-speed-of-the-outputs", (network, point, direction) => Square(network.Evaluate(direction).Output)),
        ("squared-speed-halved", (network, point, direction) => Square(network.DirectionalDerivative(point, direction)) / 2));

    [Claim("design.hessian-flat")]
    public void RandomNetworks_InsideARegion_SecondDifferenceOfTheMapIsZero_AndOfTheLossIsTheMetric() =>
        ExactInstances.Satisfy(
            "f(x + tv) + f(x − tv) − 2f(x) = 0, and the same of ½‖f‖² is t²vᵀζv",
            NetworkAtPoint.Arbitrary,
            instance => SecondDifferencesAgree(instance, SquaredSpeed.Run),
            count: 150);

    /// <summary>The library's ζ along v, and by the first check the second difference of the loss.</summary>
    [Claim("design.hessian-flat")]
    public void RandomNetworks_InsideARegion_LibrarysMetricAlongADirection_IsTheSquaredSpeed() =>
        ExactInstances.Satisfy(
            "vᵀζv by the library against ‖f'(x; v)‖₂², square loss",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
                Rational[] direction = [.. point.Select((_, index) => (Rational)(long)(index % 2 == 0 ? index + 1 : -index))];
                if (!LayerChain.IsOffTheKinks(network, point))
                {
                    return null;
                }

                var v = tensor([.. direction.Select(entry => entry.ToDouble())]);
                var metric = Prop31_PulledBackMetric.PullBack
                    .Run(instance.Network.ToEnsemble(), Batch(instance.Point), OutputMetric.SquareLoss).squeeze(0).squeeze(0);
                return Rational.Of(Number(v.dot(metric.mv(v)))) == SquaredSpeed.Run(network, point, direction);
            });

    /// <summary>
    /// ReLU(2x) + ReLU(x − 3): the Hessian is 0 at −1, 1 and 4, ζ is 0, 4 and 9 there: products of the weights that are active.
    /// </summary>
    [Claim("design.hessian-flat")]
    public void TwoUnits_ByHand_HaveThreeMetricsAndOneHessian()
    {
        var network = new SmallNetwork([new double[,] { { 2 }, { 1 } }, new double[,] { { 1, 1 } }], [[0, -3], [0]]).Exact();
        Rational[] places = [-1, 1, 4];
        var metrics = places.Select(place => SquaredSpeed.Run(network, [place], [1])).ToList();
        metrics.Should().Equal(0, 4, 9);
        places.Select(place => SecondDifference(network, place, new Rational(1, 2))).Should().Equal(0, 0, 0);
        Evidence.Record(new Measurement("ζ of ReLU(2x) + ReLU(x − 3) at −1, 1, 4, where the Hessian is 0", 9, "0, 4, 9 by hand")
        {
            Series = [.. metrics.Select(metric => metric.ToDouble())],
            Dtype = "exact (integers)",
        });
    }

    /// <summary>ReLU(x) − ReLU(−x) = x at 0: both units are on their kinks, yet the Hessian exists and is 0.</summary>
    [Claim("design.hessian-flat")]
    public void IdentityAtZero_WhereTheHessianExistsOnAKink_IsFlat() =>
        Enumerable.Range(1, 3).Select(step => SecondDifference(ExampleNetworks.Identity.Exact(), 0, new Rational(1, step)))
            .Should().Equal(0, 0, 0);

    /// <summary>At the kink of ReLU the second difference is t, so over t² it grows without bound: there is no Hessian.</summary>
    [Claim("design.hessian-flat", Role.Control)]
    public void Kink_InsideDropped_IsCaught() =>
        SecondDifference(SmallNetwork.WithoutBiases(new double[,] { { 1 } }, new double[,] { { 1 } }).Exact(), 0, new Rational(1, 10))
            .Should().Be(new Rational(1, 10));

    /// <summary>The metric along the first axis is another one: for x + 2y it is 1, and along v = (1, 2) it is (1 + 2 · 2)² = 25.</summary>
    [Claim("design.hessian-flat", Role.Control)]
    public void OneAxisForTheDirection_IsCaught() =>
        ExactInstances.Violate(
            "second difference of ½‖f‖² along v against the metric along the first axis",
            NetworkAtPoint.Arbitrary,
            instance => SecondDifferencesAgree(instance, (network, point, direction) =>
                Square(network.DirectionalDerivative(point, [.. direction.Select((_, i) => (Rational)(i == 0 ? 1 : 0))]))));

    private static bool? SecondDifferencesAgree(
        NetworkAtPoint instance, Func<ReluNetwork<Rational>, Rational[], Rational[], Rational> squaredSpeed)
    {
        var network = instance.Network.Exact();
        Rational[] point = Arrays.Exact(instance.Point);
        Rational[] direction = [.. point.Select((_, index) => (Rational)(long)(index % 2 == 0 ? index + 1 : -index))];
        if (!LayerChain.IsOffTheKinks(network, point))
        {
            return null;
        }

        var step = StepInside(network, point, direction);
        Rational[] After(Rational steps) => network.Evaluate(Moved(point, direction, steps)).Output;
        var (ahead, here, behind) = (After(step), After(0), After(-step));
        var isFlat = here.Select((value, k) => ahead[k] + behind[k] - (2 * value)).All(difference => difference == 0);
        var loss = (Square(ahead) + Square(behind) - (2 * Square(here))) / 2;
        return isFlat && loss == step * step * squaredSpeed(network, point, direction);
    }

    private static Rational SecondDifference(ReluNetwork<Rational> network, Rational place, Rational step) =>
        network.Evaluate([place + step]).Output[0] + network.Evaluate([place - step]).Output[0] - (2 * network.Evaluate([place]).Output[0]);

    // A step t so small that x ± tv lie in the activation region of x.
    private static Rational StepInside(ReluNetwork<Rational> network, Rational[] point, Rational[] direction)
    {
        bool[] Active(Rational[] at) =>
            [.. network.Evaluate(at).Preactivations.SkipLast(1).SelectMany(layer => layer.Select(value => value > 0))];
        var here = Active(point);
        bool IsInside(Rational[] at) => LayerChain.IsOffTheKinks(network, at) && Active(at).SequenceEqual(here);
        Rational step = 1;
        while (!(IsInside(Moved(point, direction, step)) && IsInside(Moved(point, direction, -step))))
        {
            step /= 64;
        }

        return step;
    }

    private static Rational[] Moved(Rational[] point, Rational[] direction, Rational step) =>
        [.. point.Zip(direction, (value, along) => value + (step * along))];

    private static Rational Square(Rational[] vector) => Dot(vector, vector);
}
