using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Claims.Shared.LinearRegions;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// After Proposition 5: the slope connects probabilities with distances. Softmax is ½-Lipschitz in every p-norm, so the probabilities of a
/// network with slope at most K move by at most ½K times the way.
/// </summary>
public sealed class Remark_Probabilities
{
    /// <summary>The Jacobian of softmax where it has the given probabilities.</summary>
    private static readonly UnderTest<Func<Rational[], Rational[,]>> SoftmaxJacobian = new(
        p => Minus(Diagonal(p), Outer(p)),
        ("softmax-jacobian-without-the-product", Diagonal),
        ("softmax-jacobian-with-the-product-added", p => Plus(Diagonal(p), Outer(p))));

    private static readonly UnderTest<Func<double[], double[]>> Probabilities = new(
        Softmax,
        ("probabilities-over-the-largest", outputs => [.. outputs.Select(value => Math.Exp(value - outputs.Max()))]),
        ("probabilities-of-four-times-the-outputs", outputs => Softmax([.. outputs.Select(value => 4 * value)])));

    private static readonly Arbitrary<Rational[]> Distributions = Arb.From(
        from classes in Gen.Choose(1, 6)
        from counts in Gen.ArrayOf(Gen.Choose(1, 20), classes)
        select counts.Select(count => new Rational(count, counts.Sum())).ToArray());

    /// <summary>Segments of <see cref="LatticeNetworks"/>, with outputs a 32nd as large: few probabilities near 0 or 1.</summary>
    private static readonly Arbitrary<NetworkOnSegment> SmallOutputs = Arb.From(
        from segment in LatticeNetworks.Segments.Generator
        let network = segment.Network
        select segment with
        {
            Network = new(
                [.. network.Weights.SkipLast(1), Arrays.Map(network.Weights[^1], value => value / 32)],
                [.. network.Biases.SkipLast(1), [.. network.Biases[^1].Select(value => value / 32)]]),
        });

    [Claim("slope.probabilities")]
    public void RandomProbabilities_JacobianOfSoftmax_HasNormAtMostAHalf() =>
        ExactInstances.Satisfy(
            "row sums of magnitudes of diag(p) − ppᵀ against 2p_i(1 − p_i) and ½, and its largest eigenvalue against ½",
            Distributions,
            p =>
            {
                var jacobian = SoftmaxJacobian.Run(p);
                Rational[] sums = [.. p.Select((_, row) => Norm(Arrays.Row(jacobian, row), 1))];
                return AreEqual(jacobian, Arrays.Transpose(jacobian))
                    && sums.SequenceEqual(p.Select(value => 2 * value * (1 - value)))
                    && sums.All(sum => sum <= new Rational(1, 2))
                    && LargestEigenvalueIsAtMost(jacobian, new(1, 2));
            });

    /// <summary>The library has that Jacobian as the output metric of the softmax.</summary>
    [Claim("slope.probabilities")]
    public void RandomProbabilities_LibrarysOutputMetric_IsTheJacobianOfSoftmax() =>
        Instances.Satisfy(
            "largest entry of |the library's H at (log p_1, …) − (diag(p) − ppᵀ)|",
            Distributions,
            p =>
            {
                using var scope = NewDisposeScope();
                var logits = tensor([.. p.Select(value => Math.Log(value.ToDouble()))]);
                var metric = NetworkGeometry.OutputMetrics.Run(OutputMetric.Softmax, logits);
                var errors = Tensors.Numbers(metric.flatten())
                    .Zip(SoftmaxJacobian.Run(p).Cast<Rational>(), (entry, exact) => Math.Abs(entry - exact.ToDouble()));
                return new Deviation(errors.Max(), 64 * Rounding.Unit);
            },
            "64u: logarithms of at most 5, a softmax of at most six classes and a sum of six products");

    [Claim("slope.probabilities")]
    public void RandomSegments_Probabilities_MoveByAtMostHalfTheSlopeTimesTheWay() =>
        Instances.Satisfy(
            "excess of ‖softmax f(x) − softmax f(y)‖_p over ½K‖x − y‖_p, K the largest slope on the segment, p = 1, 2, ∞",
            SmallOutputs,
            segment => Excess(segment, 0.5),
            "n_c times the rounding of an output and 16u, and that of a Jacobian times ‖x − y‖₁");

    /// <summary>
    /// f = (x/2, −x/2) from −h to h: each probability moves by tanh(h/2), and ½K‖x − y‖_∞ = ½·½·2h. At h = 0.01 the two differ by h²/12.
    /// </summary>
    [Claim("slope.probabilities")]
    public void TwoClasses_ByHand_NearlyAttainTheHalf()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 0.5 }, { -0.5 } });
        SlopeAt(network.Exact(), [0], double.PositiveInfinity).Should().Be(new Rational(1, 2));
        double First(double x) => Probabilities.Run(network.Evaluate([x]).Output)[0];
        ((First(0.01) - First(-0.01)) / 0.005).Should().BeApproximately(1 - (1e-4 / 12), 1e-8);
    }

    /// <summary>A quarter, the largest derivative of one probability by its own output, is too little.</summary>
    [Claim("slope.probabilities", Role.Control)]
    public void QuarterInPlaceOfAHalf_IsCaught() =>
        Instances.Violate("the bound with ¼", SmallOutputs, segment => Excess(segment, 0.25));

    /// <summary>The converse: (x, x) moves at slope 1 for p = ∞, and its probabilities stay.</summary>
    [Claim("slope.probabilities", Role.Control)]
    public void EqualOutputs_MoveWithoutTheirProbabilities()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { 1 } });
        SlopeAt(network.Exact(), [0], double.PositiveInfinity).Should().Be((Rational)1);
        new double[] { -5, 0, 3 }.SelectMany(x => Softmax(network.Evaluate([x]).Output)).Should().OnlyContain(value => value == 0.5);
    }

    private static Deviation? Excess(NetworkOnSegment segment, double factor)
    {
        var (network, direction) = (segment.Network, Arrays.Minus(segment.To, segment.From));
        double[] At(double[] point) => Probabilities.Run(network.Evaluate(point).Output);
        var change = Arrays.Minus(At(segment.To), At(segment.From));
        double Allowed(double p) =>
            factor * LineMeasures.LargestSlope(network, segment.From, direction, p, 0, 1) * Vectors.Norm(direction, p);
        var excess = direction.All(value => value == 0)
            ? change.Max(Math.Abs)
            : Vectors.ClosedForms.Max(p => Vectors.Norm(change, p) - Allowed(p));
        var ofOutputs = LineMeasures.OfOutputs(network, segment.From, direction, 1) + (16 * Rounding.Unit);
        var allowed = (network.Outputs * ofOutputs) + (Rounding.OfJacobian(network) * Vectors.Norm(direction, 1));
        return new Deviation(Math.Max(0, excess), allowed);
    }

    private static double[] Softmax(double[] outputs)
    {
        var powers = outputs.Select(value => Math.Exp(value - outputs.Max())).ToArray();
        return [.. powers.Select(power => power / powers.Sum())];
    }

    private static Rational[,] Outer(Rational[] vector) =>
        Arrays.Build(vector.Length, vector.Length, (row, column) => vector[row] * vector[column]);
}
