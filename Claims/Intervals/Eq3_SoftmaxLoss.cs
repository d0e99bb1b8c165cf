using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Training;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Equations 3 and 4: the softmax of the last layer and the cross-entropy. The library's are compared with the quotient and the sum of
/// the definitions, evaluated in scalar arithmetic. Equation 4 as printed has an unbound index.
/// </summary>
public sealed class Eq3_SoftmaxLoss
{
    private static readonly UnderTest<Func<double[], double[]>> Softmax = new(
        outputs => Numbers(tensor(outputs).unsqueeze(0).softmax(-1)),
        ("softmax-over-the-batch", outputs => Numbers(tensor(outputs).unsqueeze(0).softmax(0))),
        ("softmax-not-normalised", outputs => Numbers(tensor(outputs).exp())),
        ("softmax-to-base-two", outputs => Numbers((tensor(outputs) * Math.Log(2)).unsqueeze(0).softmax(-1))));

    private static readonly UnderTest<Func<double[], int, double>> Loss = new(
        CrossEntropy,
        ("cross-entropy-of-the-first-class", (outputs, _) => CrossEntropy(outputs, 0)),
        ("cross-entropy-averaged-over-classes", (outputs, label) => CrossEntropy(outputs, label) / outputs.Length),
        ("cross-entropy-to-base-two", (outputs, label) => CrossEntropy(outputs, label) / Math.Log(2)));

    [Claim("intervals.eq-3")]
    public void RandomOutputs_Softmax_IsTheQuotientOfExponentials() =>
        Instances.Satisfy(
            "|a_k Σ exp(z_j) / exp(z_k) − 1|",
            NetworkAtPoint.Arbitrary,
            instance => AgainstQuotient(Softmax.Run(Outputs(instance)), Outputs(instance)),
            "8γ_k relative, k = classes + 8 + the spread of the outputs: exp passes on the rounding of its argument");

    /// <summary>
    /// The activations are a probability distribution that is ordered like the outputs and does not change when all outputs are shifted.
    /// </summary>
    [Claim("intervals.eq-3")]
    public void RandomOutputs_Softmax_IsADistributionInTheOrderOfTheOutputs() =>
        Instances.Satisfy(
            "|Σ a_k − 1|, with a wrong order or a change under a shift by 1 as 1",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                var outputs = Outputs(instance);
                var allowed = AllowedShare(outputs);
                var softmax = Softmax.Run(outputs);
                if (!softmax.All(one => one is >= 0 and <= 1) || !AreOrdered(outputs, softmax, allowed))
                {
                    return Deviation.Exact(false);
                }

                var shifted = Softmax.Run([.. outputs.Select(output => output + 1)]);
                var moved = softmax.Zip(shifted, (one, other) => Math.Abs(one - other)).Max();
                var allowedMove = (2 * allowed) + (4 * Rounding.Unit * (1 + outputs.Max(Math.Abs)));
                return Deviation.Worse(new Deviation(Math.Abs(softmax.Sum() - 1), allowed), new Deviation(moved, allowedMove));
            },
            "8γ_k, k = classes + 8 + the spread of the outputs; twice that and 4u(1 + max |z_j|) for the shift, which rounds the outputs");

    /// <summary>The library's activations as its loss has them, a_k = exp(−loss for the label k): they sum to 1.</summary>
    [Claim("intervals.eq-3")]
    public void RandomOutputs_ExponentialsOfTheLibrarysLosses_AreADistribution() =>
        Instances.Satisfy(
            "|Σ_k exp(−loss for the label k) − 1|",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                var outputs = Outputs(instance);
                var sum = outputs.Select((_, label) => Math.Exp(-Loss.Run(outputs, label))).Sum();
                return new Deviation(Math.Abs(sum - 1), 2 * AllowedShare(outputs) * (1 + outputs.Max(Math.Abs)));
            },
            "16γ_k(1 + max |z_j|): what intervals.eq-4 allows a loss, relative to its exponential");

    /// <summary>Outputs (log 1, log 2, log 5): 1/8, 2/8, 5/8.</summary>
    [Claim("intervals.eq-3")]
    public void LogarithmsOfIntegers_ByHand_GiveTheirShares()
    {
        var softmax = Softmax.Run([0, Math.Log(2), Math.Log(5)]);
        softmax.Zip([0.125, 0.25, 0.625], (one, share) => Math.Abs(one - share)).Max()
            .Should().BeLessThanOrEqualTo(AllowedShare([0, 1, 2]));
        Evidence.Record(new Measurement("softmax of (log 1, log 2, log 5)", softmax[2], "1/8, 2/8, 5/8 by hand")
        {
            Series = softmax,
            Dtype = "float64",
        });
    }

    /// <summary>The definition does not work as it stands: with outputs of 1000 the quotient is ∞/∞ in float64.</summary>
    [Claim("intervals.eq-3", Role.Control)]
    public void QuotientAsItStands_WithLargeOutputs_IsNotANumber()
    {
        double[] outputs = [1000, 1000];
        (Math.Exp(outputs[0]) / outputs.Sum(Math.Exp)).Should().Be(double.NaN);
        Softmax.Run(outputs).Should().Equal(0.5, 0.5);
    }

    [Claim("intervals.eq-3", Role.Control)]
    public void HalvedOutputs_AreCaught() =>
        Instances.Violate("softmax at temperature 2", NetworkAtPoint.Arbitrary, instance =>
        {
            var outputs = Outputs(instance);
            return AgainstQuotient(Softmax.Run([.. outputs.Select(output => output / 2)]), outputs);
        });

    /// <summary>
    /// With y a unit vector Σ_i y_i log a_k is log a_k: a free k on the right, and no label. At activations (1/4, 3/4) the printed sum is
    /// log 1/4 or log 3/4 for either label, by the choice of k alone, while the cross-entropy is −log 1/4 for the first label and −log 3/4
    /// for the second. The arguments of the logarithms are compared, as fractions.
    /// </summary>
    [Claim("intervals.eq-4", Role.Counterexample)]
    public void PrintedSum_WithTwoClasses_DoesNotDependOnTheLabel()
    {
        Rational[] activations = [new(1, 4), new(3, 4)];
        Rational[][] labels = [[1, 0], [0, 1]];

        // ∏ a^(y_i) over i, the argument of the logarithm: with y_i ∈ {0, 1} a product of some activations.
        Rational Printed(Rational[] label, int k) => Fractions.Product(label.Where(y => y == 1).Select(_ => activations[k]));
        Rational Meant(Rational[] label) => Fractions.Product(activations.Where((_, i) => label[i] == 1));
        Printed(labels[0], 0).Should().Be(Printed(labels[1], 0), "the label makes no difference");
        Printed(labels[0], 1).Should().Be(Printed(labels[1], 1));
        Meant(labels[0]).Should().Be(new Rational(1, 4));
        Meant(labels[1]).Should().Be(new Rational(3, 4));
        double[] printed = [.. labels.Select(label => Printed(label, 1).ToDouble())];
        Evidence.Record(new Measurement(
            "argument of the logarithm as printed with k = 2, for the labels 1 and 2 at activations (1/4, 3/4)",
            printed[0],
            "1/4 and 3/4 for cross-entropy")
        {
            Series = printed,
            Dtype = Fractions.Arithmetic,
        });
    }

    [Claim("intervals.eq-4")]
    public void RandomOutputs_LossOfTheLabel_IsTheSumWithTheBoundIndex() =>
        Instances.Satisfy(
            "|loss + Σ_i y_i log a_i|, every label",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                var outputs = Outputs(instance);
                return Enumerable.Range(0, outputs.Length).Where(label => double.IsFinite(Exact(outputs, label)))
                    .Select(label => OfLoss(outputs, label, Loss.Run(outputs, label)))
                    .Aggregate(new Deviation(0, 0), Deviation.Worse);
            },
            "8γ_k(1 + max |z_j|), k = classes + 8 + the spread of the outputs");

    /// <summary>Outputs (0, log 3): −log 1/4 = log 4 for the first label, log 4/3 for the second.</summary>
    [ClaimRows("intervals.eq-4")]
    [InlineData(0, 4)]
    [InlineData(1, 4.0 / 3)]
    public void TwoClasses_ByHand_CostLogFourAndLogFourThirds(int label, double argument) =>
        Loss.Run([0, Math.Log(3)], label).Should().BeApproximately(Math.Log(argument), 1e-15);

    [Claim("intervals.eq-4", Role.Control)]
    public void LabelsNeighbour_IsCaught() =>
        Instances.Violate("the loss of the next class", NetworkAtPoint.Arbitrary, instance =>
        {
            var outputs = Outputs(instance);
            return OfLoss(outputs, 0, Loss.Run(outputs, outputs.Length - 1));
        });

    private static double CrossEntropy(double[] outputs, int label)
    {
        var target = OneHot.Of([(byte)label], outputs.Length, float64).unsqueeze(0);
        return Number(Training.Loss.CrossEntropy.Of(tensor(outputs).reshape(1, 1, -1), target));
    }

    private static double[] Outputs(NetworkAtPoint instance) => instance.Network.Evaluate(instance.Point).Output;

    private static bool AreOrdered(double[] outputs, double[] softmax, double allowed) =>
        Enumerable.Range(0, outputs.Length).All(i => Enumerable.Range(0, outputs.Length).All(j =>
            outputs[i] > outputs[j] || softmax[i] <= softmax[j] * (1 + allowed)));

    // −log a_i = log Σ exp(z_j − z_i): no term cancels.
    private static double Exact(double[] outputs, int label) => Math.Log(outputs.Sum(output => Math.Exp(output - outputs[label])));

    private static Deviation OfLoss(double[] outputs, int label, double loss) =>
        new(Math.Abs(loss - Exact(outputs, label)), AllowedShare(outputs) * (1 + outputs.Max(Math.Abs)));

    private static Deviation AgainstQuotient(double[] softmax, double[] outputs)
    {
        var largest = outputs.Max();
        var sum = outputs.Sum(output => Math.Exp(output - largest));

        // Below 1e-290 a double is nearly subnormal and has no relative precision.
        return softmax.Zip(outputs, (one, output) => (One: one, Share: Math.Exp(output - largest) / sum))
            .Where(pair => pair.Share > 1e-290)
            .Select(pair => new Deviation(Math.Abs((pair.One / pair.Share) - 1), AllowedShare(outputs)))
            .Aggregate(new Deviation(0, 0), Deviation.Worse);
    }

    // z_j − max z rounds once, by a share u of itself, and exp turns that into a relative error; the sum adds one rounding a class.
    private static double AllowedShare(double[] outputs) =>
        8 * Rounding.Gamma(outputs.Length + 8 + (int)Math.Min(1e4, outputs.Max() - outputs.Min()));
}
