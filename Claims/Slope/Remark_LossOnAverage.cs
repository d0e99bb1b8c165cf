using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Networks;
using Reproduce.Training;
using static Reproduce.Claims.Shared.Kinks;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// After Proposition 7: where most points are classified correctly, the loss is expected to decline on average along the directions v_i. It
/// does where all points are, point by point; a single wrong point can outweigh many right ones.
/// </summary>
public sealed class Remark_LossOnAverage
{
    /// <summary>
    /// The exponential of the summed loss at c times the logits, integers times log 2, of points whose right class is the first: the
    /// product of their 1/softmax.
    /// </summary>
    private static readonly UnderTest<Func<IReadOnlyList<int[]>, int, Rational>> TotalOdds = new(
        ProductOfOdds,
        ("total-odds-of-the-right-points", (points, c) => ProductOfOdds([.. points.Where(IsRight)], c)),
        ("total-odds-of-the-first-point", (points, c) => ProductOfOdds([points[0]], c)));

    /// <summary>The derivative of a point's loss by c at c = 1, from its outputs, probabilities and label: Σ_j (p_j − y_j)f_j.</summary>
    private static readonly UnderTest<Func<double[], double[], int, double>> LossAlong = new(
        (outputs, p, label) => Arrays.Dot(p, outputs) - outputs[label],
        ("loss-along-without-the-labels", (outputs, p, _) => Arrays.Dot(p, outputs)),
        ("loss-along-the-right-output", (outputs, _, label) => -outputs[label]));

    /// <summary>1 to 5 points of 2 to 5 classes, with the first class the right one for each and the largest by 1 at least.</summary>
    private static readonly Arbitrary<int[][]> RightPoints = Arb.From(
        from classes in Gen.Choose(1, 4)
        from count in Gen.Choose(1, 5)
        from margins in Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(1, 8), classes), count)
        from first in Gen.Choose(-4, 4)
        select margins.Select(point => (int[])[first, .. point.Select(margin => first - margin)]).ToArray());

    /// <summary>The same, with one point more of which the second class is the largest.</summary>
    private static readonly Arbitrary<int[][]> OneWrongPoint = Arb.From(
        from right in RightPoints.Generator
        from margin in Gen.Choose(1, 8)
        select (int[][])[.. right, [0, margin, .. Enumerable.Repeat(-margin, right[0].Length - 2)]]);

    /// <summary>
    /// f(x) = (x/2, −x/2) with the first class right at 0.1, nine times, and at −10: the mean loss of the library at θ + (c − 1)v_1.
    /// </summary>
    [ClaimRows("slope.on-average", Role.Counterexample)]
    [InlineData(1, 1.5799615)]
    [InlineData(1.1, 1.6756947)]
    [InlineData(2, 2.5383250)]
    public void NineRightPointsAndAWrongOne_HaveALossThatRises(double c, double expected)
    {
        using var scope = NewDisposeScope();
        var network = SmallNetwork.WithoutBiases(new double[,] { { 0.5 }, { -0.5 } }).ToEnsemble();
        var points = tensor([.. Enumerable.Repeat(0.1, 9), -10.0], [10, 1]);
        var outputs = ScalingDirection.Move(network, ScalingDirection.Of(network, 1), c - 1).Forward(points);
        var loss = Number(Loss.CrossEntropy.Of(outputs, OneHot.Of(new byte[10], 2, float64).unsqueeze(0)).mean());
        Evidence.Record(new Measurement($"mean loss at c = {c}, nine points of ten right", loss, "declines with c as printed")
        {
            Dtype = "float64",
        });
        loss.Should().BeApproximately(expected, 1e-6);
    }

    /// <summary>
    /// The same with margins log 2 and −10 log 2: (3/2)⁹·(1 + 2¹⁰) at c = 1 and (5/4)⁹·(1 + 2²⁰) at c = 2.
    /// </summary>
    [Claim("slope.on-average", Role.Counterexample)]
    public void NineRightPointsAndAWrongOne_Exactly_HaveALossThatRises()
    {
        int[][] points = [.. Enumerable.Repeat<int[]>([1, 0], 9), [0, 10]];
        points.Count(IsRight).Should().Be(9);
        TotalOdds.Run(points, 1).Should().Be(Power(new(3, 2), 9) * 1025);
        TotalOdds.Run(points, 2).Should().Be(Power(new(5, 4), 9) * 1_048_577).And.BeGreaterThan(TotalOdds.Run(points, 1));
    }

    /// <summary>
    /// A critical point: eight margins log 2, whose 1 − p is 1/3, and one of −3 log 2, whose 1 − p is 8/9, since 8·1/3 = 3·8/9. The loss
    /// rises both ways.
    /// </summary>
    [Claim("slope.on-average", Role.Counterexample)]
    public void EightRightPointsAndAWrongOne_AreACriticalPoint()
    {
        int[][] points = [.. Enumerable.Repeat<int[]>([1, 0], 8), [0, 3]];
        Rational Wrong(int[] point) => 1 - (1 / TotalOdds.Run([point], 1));
        Rational.Sum(points.Select(point => (point[0] - point[1]) * Wrong(point))).Should().Be((Rational)0);
        int[] others = [0, 2, 3];
        others.Should().OnlyContain(c => TotalOdds.Run(points, c) > TotalOdds.Run(points, 1));
    }

    [Claim("slope.on-average", Role.Repair)]
    public void AllPointsRight_TheSummedLossFalls() =>
        ExactInstances.Satisfy(
            "∏ 1/softmax at c against c = 1, all points right, c = 2, 3",
            RightPoints,
            points => TotalOdds.Run(points, 2) < TotalOdds.Run(points, 1) && TotalOdds.Run(points, 3) < TotalOdds.Run(points, 2));

    /// <summary>Along every v_i the derivative is the same, by automatic differentiation with respect to all parameters.</summary>
    [Claim("slope.on-average", Role.Repair)]
    public void RandomNetworks_DerivativeOfTheLossAlongEveryDirection_IsThatByTheFactor() =>
        Instances.Satisfy(
            "|∂L/∂θ · v_i − Σ_j (p_j − y_j)f_j| for every i and label",
            NetworkAtPoint.Arbitrary,
            OffByAutograd,
            "4n times the rounding of an output, n the layers, and 64u n_c Σ|f_j|",
            count: 150);

    [Claim("slope.on-average", Role.Control)]
    public void OneWrongPointAmongRightOnes_IsCaught() =>
        ExactInstances.Violate(
            "∏ 1/softmax at c = 2 against c = 1 with one point wrong",
            OneWrongPoint,
            points => ProductOfOdds(points, 2) < ProductOfOdds(points, 1));

    private static Rational ProductOfOdds(IReadOnlyList<int[]> points, int c) =>
        points.Aggregate((Rational)1, (product, logits) => product * Prop6_CrossEntropyFalls.Odds.Run(logits, 0, c));

    private static bool IsRight(int[] logits) => logits.Skip(1).All(other => other < logits[0]);

    private static Rational Power(Rational value, int exponent) => Enumerable.Repeat(value, exponent).Aggregate((a, b) => a * b);

    private static Deviation? OffByAutograd(NetworkAtPoint instance)
    {
        if (!OffTheKinks(instance))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        using var recording = enable_grad();
        var (classes, ensemble) = (instance.Network.Outputs, instance.Network.ToEnsemble());
        var parameters = ensemble.Parameters.ToList();
        parameters.ForEach(parameter => parameter.requires_grad_());
        var output = ensemble.Forward(Batch(instance.Point));
        var (numbers, p) = (Numbers(output.detach()), Numbers(output.detach().softmax(-1)));
        var allowed = (4 * instance.Network.Layers * Rounding.OfOutputs(instance.Network, instance.Point))
            + (64 * Rounding.Unit * classes * numbers.Sum(Math.Abs));
        var worst = new Deviation(0, allowed);
        for (var label = 0; label < classes; label++)
        {
            var loss = TrainingLosses.CrossEntropies.Run(output, OneHot.Of([(byte)label], classes, float64).unsqueeze(0)).sum();
            var gradients = autograd.grad([loss], parameters, retain_graph: true, allow_unused: true);
            for (var layer = 1; layer <= ensemble.Shape.Layers; layer++)
            {
                double Along(Tensor one, Tensor? gradient) =>
                    gradient is null or { IsInvalid: true } ? 0 : (one * gradient).sum().item<double>();
                var along = Prop7_DirectionsOfTheParameters.Direction.Run(ensemble, layer).Zip(gradients, Along).Sum();
                worst = Deviation.Worse(worst, new Deviation(Math.Abs(along - LossAlong.Run(numbers, p, label)), allowed));
            }
        }

        return worst;
    }
}
