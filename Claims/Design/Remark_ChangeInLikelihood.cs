using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Fixtures.Numbers.Arrays;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Below equation 8: the flatter the output's metric H, the smaller the change in likelihood when the prediction moves by dθ. On average
/// over labels from the model's own law the change of −log p is ½dθᵀH dθ to leading order. For one label there is also ⟨p − y, dθ⟩, of
/// which H says nothing.
/// </summary>
public sealed class Remark_ChangeInLikelihood
{
    /// <summary>The mean change of the cross-entropy from the logits θ to θ + dθ, over labels from the law at θ.</summary>
    private static readonly UnderTest<Func<double[], double[], double>> MeanChange = new(
        (logits, step) => Dot(Softmax(logits), Changes(logits, step)),
        ("mean-change-of-equal-labels", (logits, step) => Changes(logits, step).Average()),
        ("mean-change-of-the-likeliest-label", (logits, step) => Changes(logits, step)[Array.IndexOf(logits, logits.Max())]),
        ("mean-change-after-the-step", (logits, step) => Dot(Softmax(Add(logits, step)), Changes(logits, step))));

    [Claim("design.change-in-likelihood")]
    public void RandomPredictions_MeanChange_IsHalfTheSquaredLength() =>
        Instances.Satisfy(
            "|mean change of the cross-entropy − ½dθᵀH dθ|, entries of dθ at most 1/20",
            Moves,
            move => new Deviation(Math.Abs(MeanChange.Run(move.Logits, move.Step) - (SquaredLength(move) / 2)), Allowed(move)),
            Tolerance);

    [Claim("design.change-in-likelihood")]
    public void RandomPredictions_MeanChange_IsAtMostHalfTheLargestEigenvalue() =>
        Instances.Satisfy(
            "excess of the mean change over ½λ_max(H)‖dθ‖²",
            Moves,
            move =>
            {
                using var scope = NewDisposeScope();
                var largest = Number(MatrixNorm.Of(OutputMetric.Softmax.At(tensor(move.Logits)), 2));
                return new Deviation(
                    Math.Max(0, MeanChange.Run(move.Logits, move.Step) - (largest * Dot(move.Step, move.Step) / 2)), Allowed(move));
            },
            Tolerance);

    /// <summary>
    /// Logits (0, 0) and dθ = (log 3, 0): the labels' probabilities go from ½ and ½ to ¾ and ¼, and their −log by log ⅔ and log 2. The mean
    /// is ½ log (4/3).
    /// </summary>
    [Claim("design.change-in-likelihood")]
    public void TwoClasses_ByHand_ChangeByHalfTheLogarithmOfFourThirds()
    {
        MeanChange.Run([0, 0], [Math.Log(3), 0]).Should().BeApproximately(Math.Log(4.0 / 3) / 2, 8 * Rounding.Unit);
        Changes([0, 0], [Math.Log(3), 0])[1].Should().BeApproximately(Math.Log(2), 8 * Rounding.Unit);
    }

    /// <summary>
    /// One logistic output, dθ = 1. At θ = 10 H = p(1 − p) = 4.5·10⁻⁵, and −log of the probability of the label 0 grows by 1.000. At θ = 0
    /// H = ¼, and that of the label 1 falls by 0.38. The flatter landscape has the larger change.
    /// </summary>
    [Claim("design.change-in-likelihood", Role.Counterexample)]
    public void OneLogit_FlatterLandscape_HasTheLargerChange()
    {
        using var scope = NewDisposeScope();
        double Metric(double logit) => Number(OutputMetric.Logistic.At(tensor([logit])));
        var (flat, curved) = (Changes([10, 0], [1, 0])[1], Changes([0, 0], [1, 0])[0]);
        Metric(10).Should().BeApproximately(4.54e-5, 1e-7);
        Metric(0).Should().BeApproximately(0.25, Rounding.Unit);
        flat.Should().BeApproximately(1, 1e-4);
        curved.Should().BeApproximately(-0.3799, 1e-4);
        Evidence.Record(new Measurement("change of −log p for dθ = 1 where H = 4.5·10⁻⁵ and where H = ¼", flat, "the flatter, the smaller")
        {
            Series = [flat, curved],
            Paper = "the flatter the landscape, the smaller the change in likelihood",
            Dtype = "float64",
        });
    }

    [Claim("design.change-in-likelihood", Role.Control)]
    public void OneLabel_MeanDropped_IsCaught() =>
        Instances.Violate("change for the first label against ½dθᵀH dθ", Moves, move =>
            new Deviation(Math.Abs(Changes(move.Logits, move.Step)[0] - (SquaredLength(move) / 2)), Allowed(move)));

    private const string Tolerance = "r³/24, r the range of the step's entries, plus 64u(1 + max |logit|)";

    private static double Allowed(Move move) =>
        (Math.Pow(move.Step.Max() - move.Step.Min(), 3) / 24) + (64 * Rounding.Unit * (1 + move.Logits.Max(Math.Abs)));

    private static double SquaredLength(Move move)
    {
        using var scope = NewDisposeScope();
        var step = tensor(move.Step);
        return Number(step.dot(NetworkGeometry.OutputMetrics.Run(OutputMetric.Softmax, tensor(move.Logits)).mv(step)));
    }

    private static double[] Softmax(double[] logits)
    {
        using var scope = NewDisposeScope();
        return Numbers(tensor(logits).softmax(-1));
    }

    // Of the library's cross-entropy, for every label.
    private static double[] Changes(double[] logits, double[] step) =>
        Minus(TrainingLosses.OfEveryLabel(Add(logits, step)), TrainingLosses.OfEveryLabel(logits));

    // Two to five classes.
    private static Arbitrary<Move> Moves { get; } = Arb.From(
        from classes in Gen.Choose(2, 5)
        from logits in Gen.ArrayOf(Gen.Choose(-10_000, 10_000).Select(value => value / 1000.0), classes)
        from step in Gen.ArrayOf(Gen.Choose(-50, 50).Select(value => value / 1000.0), classes)
        select new Move(logits, step));

    private sealed record Move(double[] Logits, double[] Step)
    {
        public override string ToString() => $"logits {string.Join(' ', Logits)}, step {string.Join(' ', Step)}";
    }
}
