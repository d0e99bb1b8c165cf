using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Geometry;
using Reproduce.Training;
using TorchSharp;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// The remark after Definition A.1 explains the first of the two factors of ζ, the curvature ∂∂ψ(f(x)) of the output manifold, as how close
/// the prediction is to the maximum-likelihood estimate. But the target does not enter: the Hessian of the library's losses in the
/// prediction, which is that curvature, is the same for every label.
/// </summary>
public sealed class Remark_OutputCurvature
{
    /// <summary>The Hessian of a loss in the outputs, [n, n], for one label.</summary>
    private static readonly UnderTest<Func<Loss, Tensor, Tensor, Tensor>> HessianOfTheLoss = new(
        Hessian,
        ("hessian-times-the-label", (loss, outputs, label) => Hessian(loss, outputs, label) * label.unsqueeze(-1)));

    /// <summary>
    /// Logits (log 3, 0), p = (¾, ¼). The maximum-likelihood estimate for the first label is (1, 0), for the second (0, 1), at the
    /// distances ¼ and ¾ in p; the Hessian is 3/16·(1 −1; −1 1) for both.
    /// </summary>
    [ClaimRows("design.curvature-ml", Role.Counterexample)]
    [InlineData(1, 0, 0.25)]
    [InlineData(0, 1, 0.75)]
    public void OnePrediction_WithEitherLabel_HasOneCurvature(double first, double second, double distance)
    {
        using var scope = NewDisposeScope();
        var (outputs, label) = (tensor([Math.Log(3), 0]), tensor([first, second]));
        (outputs.softmax(-1) - label).abs().max().item<double>().Should().BeApproximately(distance, 8 * Rounding.Unit);
        var curvature = Numbers(HessianOfTheLoss.Run(Loss.CrossEntropy, outputs, label).flatten());
        curvature.Zip([3.0 / 16, -3.0 / 16, -3.0 / 16, 3.0 / 16]).Should()
            .AllSatisfy(entry => entry.First.Should().BeApproximately(entry.Second, 8 * Rounding.Unit));
        Evidence.Record(new Measurement($"curvature at p = ¾, {distance} from the estimate", curvature[0], "3/16 for both labels")
        {
            Paper = "how close the prediction is to the ML estimate",
            Dtype = "float64",
        });
    }

    /// <summary>Square loss ½(f − y)², prediction 0: the curvature is 1 for the target 0, which it hits, and for the target 100.</summary>
    [ClaimRows("design.curvature-ml", Role.Counterexample)]
    [InlineData(0)]
    [InlineData(100)]
    public void PredictionOfZero_OfEveryTarget_HasCurvatureOne(double target)
    {
        using var scope = NewDisposeScope();
        var outputs = tensor([0.0]);
        Number(HessianOfTheLoss.Run(Loss.MeanSquare, outputs, tensor([target])) / 2.0).Should().Be(1);
        Number(NetworkGeometry.OutputMetrics.Run(OutputMetric.SquareLoss, outputs)).Should().Be(1);
    }

    [Claim("design.curvature-ml", Role.Repair)]
    public void RandomPredictions_HessianOfTheLoss_IsTheMetricOfThePredictionAlone() =>
        Instances.Satisfy(
            "largest entry of |∂∂ of the cross-entropy in the logits − (diag(p) − ppᵀ)|, whatever the label",
            Predictions,
            instance => Compare(instance, NetworkGeometry.OutputMetrics.Run(OutputMetric.Softmax, tensor(instance.Logits))),
            Tolerance,
            count: 150);

    /// <summary>p(1 − p) with p = 1/(1 + e^−θ), for the odds e^θ = 1, 3, 1/3, 7, 1/7.</summary>
    [ClaimRows("design.curvature-ml", Role.Repair)]
    [InlineData(1.0, 1.0 / 4)]
    [InlineData(3.0, 3.0 / 16)]
    [InlineData(1.0 / 3, 3.0 / 16)]
    [InlineData(7.0, 7.0 / 64)]
    [InlineData(1.0 / 7, 7.0 / 64)]
    public void Logits_ByHand_HaveTheCurvatureOfTheirOwnUncertainty(double odds, double curvature) =>
        OfOneLogit(Math.Log(odds)).Should().BeApproximately(curvature, 8 * Rounding.Unit);

    [Claim("design.curvature-ml", Role.Repair)]
    public void Curvature_IsLargestWhereThePredictionIsUndecided() =>
        Enumerable.Range(-400, 801).Max(step => OfOneLogit(step / 10.0)).Should().Be(0.25);

    /// <summary>Were it a distance to the label, it would be (y − p)(y − p)ᵀ, the square of the loss's gradient.</summary>
    [Claim("design.curvature-ml", Role.Control)]
    public void DistanceToTheLabel_IsCaught() =>
        Instances.Violate("∂∂ of the cross-entropy against (y − p)(y − p)ᵀ", Predictions, instance =>
        {
            var error = tensor(instance.Logits).softmax(-1) - tensor(instance.Label);
            return Compare(instance, error.unsqueeze(-1) * error.unsqueeze(-2));
        });

    private const string Tolerance = "64u(1 + max |logit|): a handful of exponentials of differences of logits, all results below 1";

    private static double OfOneLogit(double logit) => Number(NetworkGeometry.OutputMetrics.Run(OutputMetric.Logistic, tensor([logit])));

    private static Deviation Compare(Prediction instance, Tensor expected)
    {
        using var scope = NewDisposeScope();
        var found = HessianOfTheLoss.Run(Loss.CrossEntropy, tensor(instance.Logits), tensor(instance.Label));
        var allowed = 64 * Rounding.Unit * (1 + instance.Logits.Max(Math.Abs));
        return new Deviation((found - expected).abs().max().item<double>(), allowed);
    }

    // By automatic differentiation, twice.
    private static Tensor Hessian(Loss loss, Tensor outputs, Tensor label)
    {
        using var recording = enable_grad();
        var logits = outputs.detach().clone().requires_grad_();
        var value = loss.Of(logits.reshape(1, 1, -1), label.reshape(1, 1, -1)).sum();
        var gradient = autograd.grad([value], [logits], retain_graph: true, create_graph: true)[0];
        Tensor Row(long k) => autograd.grad([gradient[k]], [logits], retain_graph: true)[0];
        return stack([.. Enumerable.Range(0, (int)logits.size(0)).Select(k => Row(k))], 0);
    }

    // Two to five classes, one-hot or soft labels.
    private static Arbitrary<Prediction> Predictions { get; } = Arb.From(
        from classes in Gen.Choose(2, 5)
        from logits in Gen.ArrayOf(Gen.Choose(-10_000, 10_000).Select(value => value / 1000.0), classes)
        from label in Gen.Choose(0, classes - 1)
        from softness in Gen.Elements(0.0, 0.0, 0.25, 1)
        select new Prediction(logits, [.. logits.Select((_, k) => (k == label ? 1 - softness : 0) + (softness / classes))]));

    private sealed record Prediction(double[] Logits, double[] Label)
    {
        public override string ToString() => $"logits {string.Join(' ', Logits)}, label {string.Join(' ', Label)}";
    }
}
