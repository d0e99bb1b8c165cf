using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Appendix A: a margin of κ = 4.5 over each other class means e^4.5 ≈ 90 to one, and a softmax of about 0.9 for ten classes. Smallest
/// where all margins are exactly κ: 1/(1 + 9e^(−κ)).
/// </summary>
public sealed class Remark_TrainingRequirement
{
    private const int Classes = 10;
    private const double Kappa = 4.5;

    // The softmax of the largest of ten outputs.
    private static readonly UnderTest<Func<double[], double>> Confidence = new(
        outputs => Number(tensor(outputs).unsqueeze(0).softmax(-1).amax(-1)),
        ("confidence-to-base-two", outputs => Number((tensor(outputs) * Math.Log(2)).unsqueeze(0).softmax(-1).amax(-1))),
        ("confidence-of-the-second-class", outputs => Number(tensor([.. outputs.OrderDescending().Skip(1)]).softmax(-1).amax(-1))),
        ("confidence-against-the-runner-up-only", outputs =>
            Number(tensor([.. outputs.OrderDescending().Take(2)]).softmax(-1).amax(-1))));

    /// <summary>
    /// Ten outputs with margins of at least κ: those of random networks, repeated or cut to ten, and one that is κ above all.
    /// </summary>
    [Claim("intervals.kappa")]
    public void RandomOutputs_WithTheMargin_HaveASoftmaxAboveTheBound() =>
        Instances.Satisfy(
            "shortfall of the largest softmax below 1/(1 + 9e^(−4.5)) = 0.9091",
            NetworkAtPoint.Arbitrary,
            instance => new Deviation(Math.Max(0, Bound(Kappa) - Confidence.Run(WithMargin(instance, Kappa))), 1e-14),
            "1e-14: ten exponentials and their sum, at most 1");

    /// <summary>
    /// Outputs (4.5, 0 nine times): e^4.5 = 90.017…, so 90.017/99.017 = 0.9091 for the right class and 0.0101 for the others.
    /// </summary>
    [Claim("intervals.kappa")]
    public void EqualMargins_ByHand_GiveNinetyOnePercent()
    {
        // To 20 digits e^4.5 = 90.017131300521813551.
        Math.Exp(Kappa).Should().BeApproximately(90.017131300521813551, 1e-13);
        double[] outputs = [Kappa, .. new double[Classes - 1]];
        var confidence = Confidence.Run(outputs);
        confidence.Should().BeApproximately(90.017131300521813551 / 99.017131300521813551, 1e-14);
        ((1 - confidence) / (Classes - 1)).Should().BeApproximately(0.0101, 0.00005);
        Evidence.Record(new Measurement(
            "softmax of (4.5, 0, …, 0), ten classes",
            confidence,
            "0.9, the others 0.01, as printed to one digit")
        {
            Paper = "0.9",
            Dtype = "float64",
        });
    }

    /// <summary>The library's loss at that margin: −log 0.9091 with equal margins, and at most that with larger ones.</summary>
    [Claim("intervals.kappa")]
    public void RandomOutputs_WithTheMargin_HaveALossBelowThatOfEqualMargins()
    {
        double LossOf(double[] outputs) => TrainingLosses.OfEveryLabel(outputs)[0];
        LossOf([Kappa, .. new double[Classes - 1]]).Should().BeApproximately(-Math.Log(Bound(Kappa)), 1e-14);
        Instances.Satisfy(
            "excess of the library's loss over −log 0.9091",
            NetworkAtPoint.Arbitrary,
            instance => new Deviation(Math.Max(0, LossOf(WithMargin(instance, Kappa)) + Math.Log(Bound(Kappa))), 1e-14),
            "1e-14: ten exponentials and the logarithm of their sum, at most 5");
    }

    /// <summary>κ = 4 gives 54.6/63.6 = 0.858; the smallest margin for 0.9 is log 81 = 4.394.</summary>
    [Claim("intervals.kappa", Role.Control)]
    public void SmallerMargin_HypothesisDropped_IsCaught()
    {
        Confidence.Run([4, .. new double[Classes - 1]]).Should().BeLessThan(0.86).And.BeLessThan(Bound(Kappa));
        Bound(Math.Log(81)).Should().BeApproximately(0.9, 1e-15);
    }

    /// <summary>
    /// With a thousand classes the same margin gives 0.083: κ belongs to ten classes, as the paper says of its exact value.
    /// </summary>
    [Claim("intervals.kappa", Role.Control)]
    public void MoreClasses_HypothesisDropped_AreCaught() =>
        Confidence.Run([Kappa, .. new double[999]]).Should().BeLessThan(0.09);

    private static double Bound(double margin) => 1 / (1 + ((Classes - 1) * Math.Exp(-margin)));

    private static double[] WithMargin(NetworkAtPoint instance, double margin)
    {
        var outputs = instance.Network.Evaluate(instance.Point).Output;

        // The others, less their largest, are at most 0.
        return [margin, .. Enumerable.Range(0, Classes - 1).Select(i => outputs[i % outputs.Length] - outputs.Max())];
    }
}
