using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using Reproduce.Training;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Sections 4.4 and 4.6: with a final softmax no network fits its labels perfectly, and it is no longer piecewise linear; by regression a
/// two-layer network can fit.
/// </summary>
public sealed class Remark_Softmax
{
    /// <summary>The loss at outputs, by the class of the point.</summary>
    private static readonly UnderTest<Func<double[], int, double>> LossOf = new(
        (outputs, label) => Number(Loss.CrossEntropy.Of(tensor(outputs).reshape(1, 1, -1), OneHot(outputs.Length, label))),
        ("softmax-as-a-hinge", (outputs, label) => Math.Max(0, 1 - Margin(outputs, label))),
        ("softmax-of-the-largest-output", (outputs, label) => outputs.Max() - outputs[label]));

    private static readonly Arbitrary<int[]> Outputs = Arb.From(
        from classes in Gen.Choose(2, 10)
        from outputs in Gen.ArrayOf(Gen.Choose(-15, 15), classes)
        select outputs);

    /// <summary>
    /// At a margin of d to the largest other output the loss is at least log(1 + e^(−d)): positive, however large the margin.
    /// </summary>
    [Claim("smoothness.softmax")]
    public void RandomOutputs_CrossEntropy_IsPositiveForEveryLabel() =>
        Instances.Satisfy("log(1 + e^(−d)) less the cross-entropy of a label, d its margin", Outputs, numbers =>
        {
            using var scope = NewDisposeScope();
            double[] outputs = [.. numbers.Select(number => (double)number)];
            return Enumerable.Range(0, outputs.Length).Select(label =>
            {
                var (loss, least) = (LossOf.Run(outputs, label), double.LogP1(Math.Exp(-Margin(outputs, label))));
                return loss > 0 ? new Deviation(Math.Max(0, least - loss), 64 * Rounding.Unit * (1 + least)) : Deviation.Exact(false);
            }).Aggregate(Deviation.Worse);
        }, "64u of 1 plus the bound: at most ten exponentials, a sum, a logarithm and a difference; the loss itself must be above 0");

    /// <summary>Outputs 0 and d: the loss of the second class is log(1 + e^(−d)).</summary>
    [ClaimRows("smoothness.softmax")]
    [InlineData(0, 0.693147)]
    [InlineData(10, 4.539890e-5)]
    [InlineData(30, 9.357623e-14)]
    public void TwoClasses_ByHand_ApproachZeroWithoutReachingIt(double margin, double expected)
    {
        using var scope = NewDisposeScope();
        LossOf.Run([0, margin], 1).Should().BeInRange(0.99 * expected, 1.01 * expected);
    }

    /// <summary>The second of two classes has probability 1/(1 + e^(−d)): concave for d &gt; 0, convex below, nowhere linear.</summary>
    [ClaimRows("smoothness.softmax")]
    [InlineData(1, 0.5)]
    [InlineData(5, 1)]
    [InlineData(-3, 2)]
    [InlineData(0.25, 0.125)]
    public void TwoClasses_Probability_IsNotLinearInTheMargin(double margin, double step)
    {
        using var scope = NewDisposeScope();
        static double Probability(double margin) => Math.Exp(-LossOf.Run([0, margin], 1));
        var bend = Probability(margin - step) + Probability(margin + step) - (2 * Probability(margin));
        (bend * margin).Should().BeLessThan(-1e-5);
    }

    /// <summary>
    /// The spline through integer points with labels ±1 is a two-layer network, and its mean square error on them is exactly 0.
    /// </summary>
    [Claim("smoothness.softmax")]
    public void RandomLabels_RegressionOnALine_IsPerfect() =>
        Instances.Satisfy(
            "mean square error of the network through labels ±1",
            Outputs,
            numbers => ErrorOfTheSpline(numbers, [1], i => [i]),
            "none: whole numbers are exact");

    /// <summary>
    /// In the plane the points (i mod 3, ⌊i/3⌋) have different values of x + 3y, namely i, so the spline of x + 3y goes through any labels.
    /// </summary>
    [Claim("smoothness.softmax")]
    public void RandomLabels_RegressionInThePlane_IsPerfect() =>
        Instances.Satisfy(
            "mean square error of the network through labels ±1 at points of a grid",
            Outputs,
            numbers => ErrorOfTheSpline(numbers, [1, 3], i => [i % 3, i / 3]),
            "none: whole numbers are exact");

    /// <summary>A single class has probability 1, and its loss is 0: there have to be at least two.</summary>
    [Claim("smoothness.softmax", Role.Control)]
    public void OneClass_TwoClassesDropped_IsFitted()
    {
        using var scope = NewDisposeScope();
        LossOf.Run([3], 0).Should().Be(0);
    }

    // The spline through (i, ±1), the labels the signs of the numbers, as a function of ⟨v, x⟩; ⟨v, x_i⟩ = i.
    private static Deviation? ErrorOfTheSpline(int[] numbers, double[] v, Func<int, double[]> point)
    {
        using var scope = NewDisposeScope();
        double[] labels = [.. numbers.Select(number => number < 0 ? -1.0 : 1)];
        var data = labels.Select((label, i) => ((Rational)i, Rational.Of(label)));
        var line = Remark_OneDimension.Represent.Run(PiecewiseLinear.Through([.. data])).ToSmallNetwork();
        var inner = Arrays.Build(line.Biases[0].Length, v.Length, (unit, input) => line.Weights[0][unit, 0] * v[input]);
        var network = (line with { Weights = [inner, line.Weights[1]] }).ToEnsemble();
        double[] points = [.. Enumerable.Range(0, labels.Length).SelectMany(point)];
        var outputs = network.Forward(tensor(points).reshape(-1, v.Length));
        return new Deviation(Numbers(Loss.MeanSquare.Of(outputs, tensor(labels).reshape(1, -1, 1))).Max(), 0);
    }

    private static double Margin(double[] outputs, int label) =>
        outputs[label] - outputs.Where((_, i) => i != label).DefaultIfEmpty(0).Max();

    private static Tensor OneHot(int classes, int label) =>
        tensor([.. Enumerable.Range(0, classes).Select(i => i == label ? 1.0 : 0)]).reshape(1, 1, -1);
}
