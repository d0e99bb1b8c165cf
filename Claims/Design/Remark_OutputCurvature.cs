using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// The remark after Definition A.1 explains the first of the two factors of ζ, the curvature ∂∂ψ(f(x)) of the output manifold, as how close
/// the prediction is to the maximum-likelihood estimate. But the target does not enter: a prediction has the same curvature whether its
/// label is right or wrong, and for the square loss it is 1 everywhere.
/// </summary>
public sealed class Remark_OutputCurvature
{
    private static readonly UnderTest<Func<double, double>> Curvature = new(
        logit => Number(OutputMetric.Logistic.At(tensor([logit]))),
        ("logistic-metric-as-the-probability", logit => 1 / (1 + Math.Exp(-logit))),
        ("logistic-metric-as-its-root", logit => Number(OutputMetric.Logistic.Root(tensor([logit])))));

    /// <summary>
    /// Square loss, prediction 0: the curvature is 1 beside the target 0, which it hits, and beside the target 100. One logit log 3,
    /// p = 3/4: the maximum-likelihood estimate is p = 1 for the label 1 and p = 0 for the label 0, at the distances 1/4 and 3/4; the
    /// curvature is 3/16.
    /// </summary>
    [Claim("design.curvature-ml", Role.Counterexample)]
    public void OnePrediction_NearAndFarFromItsTarget_HasOneCurvature()
    {
        Number(OutputMetric.SquareLoss.At(tensor([0.0]))).Should().Be(1);
        Number(OutputMetric.SquareLoss.At(tensor([100.0]))).Should().Be(1);
        var curvature = Curvature.Run(Math.Log(3));
        curvature.Should().BeApproximately(3.0 / 16, 8 * Rounding.Unit);
        Evidence.Record(new Measurement(
            "curvature at the prediction p = 3/4, for both labels", curvature, "3/16 at the distances 1/4 and 3/4 from the estimate")
        {
            Paper = "how close the prediction is to the ML estimate",
            Dtype = "float64",
        });
    }

    /// <summary>p(1 − p) with p = 1/(1 + e^−θ), for the odds e^θ = 1, 3, 1/3, 7, 1/7.</summary>
    [ClaimRows("design.curvature-ml", Role.Repair)]
    [InlineData(1.0, 1.0 / 4)]
    [InlineData(3.0, 3.0 / 16)]
    [InlineData(1.0 / 3, 3.0 / 16)]
    [InlineData(7.0, 7.0 / 64)]
    [InlineData(1.0 / 7, 7.0 / 64)]
    public void Logits_ByHand_HaveTheCurvatureOfTheirOwnUncertainty(double odds, double curvature) =>
        Curvature.Run(Math.Log(odds)).Should().BeApproximately(curvature, 8 * Rounding.Unit);

    [Claim("design.curvature-ml", Role.Repair)]
    public void Curvature_IsLargestWhereThePredictionIsUndecided() =>
        Enumerable.Range(-400, 801).Max(step => Curvature.Run(step / 10.0)).Should().Be(0.25);

    /// <summary>Were it the squared distance to the target, the curvatures beside the labels 1 and 0 would be 1/16 and 9/16.</summary>
    [Claim("design.curvature-ml", Role.Control)]
    public void DistanceToTheTarget_IsCaught() =>
        new[] { 1.0 / 16, 9.0 / 16 }.Should().NotContain(distance => Math.Abs(distance - Curvature.Run(Math.Log(3))) < 1e-9);
}
