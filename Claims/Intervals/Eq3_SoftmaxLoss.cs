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
/// the definitions, evaluated in scalar arithmetic. Equation 4 as printed has an index that nothing binds.
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
        Instances.Satisfy("|a_k Σ exp(z_j) / exp(z_k) − 1|", NetworkAtPoint.Arbitrary, instance => AgainstQuotient(Outputs(instance)), "8γ_k relative, k = classes + 8 + the spread of the outputs: exp passes on the rounding of its argument");

    /// <summary>The activations are a probability distribution that is ordered like the outputs and does not change when all outputs are shifted.</summary>
    [Claim("intervals.eq-3")]
    public void RandomOutputs_Softmax_IsADistributionInTheOrderOfTheOutputs() =>
        Instances.Satisfy("|Σ a_k − 1|, with a wrong order or a change under a shift by 1 as 1", NetworkAtPoint.Arbitrary, instance =>
        {
            var outputs = Outputs(instance);
            var allowed = AllowedShare(outputs);
            var softmax = Softmax.Run(outputs);
            var shifted = Softmax.Run([.. outputs.Select(output => output + 1)]);
            var pairs = from i in Enumerable.Range(0, outputs.Length) from j in Enumerable.Range(0, outputs.Length) select (i, j);
            var ordered = softmax.All(one => one is >= 0 and <= 1) && pairs.All(pair => outputs[pair.i] > outputs[pair.j] || softmax[pair.i] <= softmax[pair.j] * (1 + allowed));
            var moved = softmax.Zip(shifted, (one, other) => Math.Abs(one - other)).Max();
            return ordered ? Deviation.Worse(new Deviation(Math.Abs(softmax.Sum() - 1), allowed), new Deviation(moved, (2 * allowed) + (4 * Rounding.Unit * (1 + outputs.Max(Math.Abs))))) : Deviation.Exact(false);
        }, "8γ_k, k = classes + 8 + the spread of the outputs; twice that and 4u(1 + max |z_j|), for the shift rounds the outputs themselves");

    /// <summary>Outputs (log 1, log 2, log 5): 1/8, 2/8, 5/8.</summary>
    [Claim("intervals.eq-3")]
    public void LogarithmsOfIntegers_ByHand_GiveTheirShares()
    {
        var softmax = Softmax.Run([0, Math.Log(2), Math.Log(5)]);
        foreach (var (one, share) in softmax.Zip([0.125, 0.25, 0.625]))
        {
            one.Should().BeApproximately(share, AllowedShare([0, 1, 2]));
        }

        Evidence.Record(new Measurement("softmax of (log 1, log 2, log 5)", softmax[2], "1/8, 2/8, 5/8 by hand") { Series = softmax, Dtype = "float64" });
    }

    /// <summary>The definition taken literally is no implementation: with outputs of 1000 the quotient is ∞/∞ in float64.</summary>
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
            return Compare(Softmax.Run([.. outputs.Select(output => output / 2)]), outputs);
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

        // ∏ a_k^(y_i) over i, the argument of the logarithm: with y_i ∈ {0, 1} a product of some a_k.
        Rational Printed(Rational[] label, int k) => label.Aggregate((Rational)1, (product, y) => y == 1 ? product * activations[k] : product);
        Rational Meant(Rational[] label) => label.Zip(activations).Aggregate((Rational)1, (product, pair) => pair.First == 1 ? product * pair.Second : product);
        foreach (var k in new[] { 0, 1 })
        {
            Printed(labels[0], k).Should().Be(Printed(labels[1], k), "the label makes no difference");
        }

        Meant(labels[0]).Should().Be(new Rational(1, 4));
        Meant(labels[1]).Should().Be(new Rational(3, 4));
        double[] printed = [.. labels.Select(label => Printed(label, 1).ToDouble())];
        Evidence.Record(new Measurement("argument of the logarithm as printed with k = 2, for the labels 1 and 2 at activations (1/4, 3/4)", printed[0], "1/4 and 3/4 for cross-entropy") { Series = printed, Dtype = "exact (rationals)" });
    }

    [Claim("intervals.eq-4", Role.Repair)]
    public void RandomOutputs_LossOfTheLabel_IsTheSumWithTheBoundIndex() =>
        Instances.Satisfy("|loss + Σ_i y_i log a_i|, every label", NetworkAtPoint.Arbitrary, instance =>
        {
            var outputs = Outputs(instance);
            var worst = new Deviation(0, 0);
            for (var label = 0; label < outputs.Length; label++)
            {
                // −log a_i = log Σ exp(z_j − z_i): no term cancels.
                var exact = Math.Log(outputs.Sum(output => Math.Exp(output - outputs[label])));
                if (double.IsFinite(exact))
                {
                    worst = Deviation.Worse(worst, new Deviation(Math.Abs(Loss.Run(outputs, label) - exact), AllowedShare(outputs) * (1 + outputs.Max(Math.Abs))));
                }
            }

            return worst;
        }, "8γ_k(1 + max |z_j|), k = classes + 8 + the spread of the outputs");

    /// <summary>Outputs (0, log 3): −log 1/4 = log 4 for the first label, log 4/3 for the second.</summary>
    [Claim("intervals.eq-4", Role.Repair)]
    public void TwoClasses_ByHand_CostLogFourAndLogFourThirds()
    {
        Loss.Run([0, Math.Log(3)], 0).Should().BeApproximately(Math.Log(4), 1e-15);
        Loss.Run([0, Math.Log(3)], 1).Should().BeApproximately(Math.Log(4.0 / 3), 1e-15);
    }

    [Claim("intervals.eq-4", Role.Control)]
    public void LabelsNeighbour_IsCaught() =>
        Instances.Violate("the loss of the next class", NetworkAtPoint.Arbitrary, instance =>
        {
            var outputs = Outputs(instance);
            return new Deviation(Math.Abs(Loss.Run(outputs, outputs.Length - 1) - Math.Log(outputs.Sum(output => Math.Exp(output - outputs[0])))), AllowedShare(outputs) * (1 + outputs.Max(Math.Abs)));
        });

    private static double CrossEntropy(double[] outputs, int label)
    {
        var target = OneHot.Of([(byte)label], outputs.Length, float64).unsqueeze(0);
        return Number(Training.Loss.CrossEntropy.Of(tensor(outputs).reshape(1, 1, -1), target));
    }

    private static double[] Outputs(NetworkAtPoint instance) => instance.Network.Evaluate(instance.Point).Output;

    private static Deviation AgainstQuotient(double[] outputs) => Compare(Softmax.Run(outputs), outputs);

    private static Deviation Compare(double[] softmax, double[] outputs)
    {
        var largest = outputs.Max();
        var sum = outputs.Sum(output => Math.Exp(output - largest));
        var worst = new Deviation(0, 0);
        foreach (var (one, output) in softmax.Zip(outputs))
        {
            var share = Math.Exp(output - largest) / sum;

            // Below this a double is subnormal and has no relative precision.
            if (share > 1e-290)
            {
                worst = Deviation.Worse(worst, new Deviation(Math.Abs((one / share) - 1), AllowedShare(outputs)));
            }
        }

        return worst;
    }

    // z_j − max z rounds once, by a share u of itself, and exp turns that into a relative error; the sum adds one rounding a class.
    private static double AllowedShare(double[] outputs) => 8 * Rounding.Gamma(outputs.Length + 8 + (int)Math.Min(1e4, outputs.Max() - outputs.Min()));
}
