using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Networks;
using Reproduce.Training;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Equation 5, the gradient of the cross-entropy with respect to the last weights. The right one is ∂e/∂W_kj = −r_j (y_k − a_k), with r the
/// last hidden activations; the printed one sums over the classes inside the bracket and has an unbound index on r. Checked on the
/// library's backward pass, against that formula in scalar arithmetic and against automatic differentiation.
/// </summary>
public sealed class Eq5_LastLayerGradient
{
    private const string Tolerance =
        "16γ_k(1 + M)², M the largest pre-activation of the network of magnitudes: "
        + "softmax passes on twice the rounding of the outputs, and r ≤ M";

    private static readonly SmallNetwork TwoZeros = SmallNetwork.WithoutBiases(new double[,] { { 0 }, { 0 } });

    // The gradient with respect to W_n, [n_n, n_(n−1)], of the loss at one point.
    private static readonly UnderTest<Func<FullyConnected, double[], int, double[]>> Gradient = new(
        (network, point, label) =>
            Numbers(BackwardPass.Run(network, Batch(point).unsqueeze(0), Target(network, label), Loss.CrossEntropy).Gradients[^2]),
        ("last-gradient-as-printed", (network, point, label) =>
            WithError(network, point, label, (y, a, k) => y.Select(one => one - a[k]).Sum())),
        ("last-gradient-upwards", (network, point, label) => WithError(network, point, label, (y, a, k) => a[k] - y[k])),
        ("last-gradient-without-the-label", (network, point, label) => WithError(network, point, label, (y, a, k) => -a[k])),
        ("last-gradient-of-the-first-class", (network, point, label) => WithError(network, point, 0, (y, a, k) => y[k] - a[k])));

    /// <summary>
    /// One input r = 1, two classes, zero weights: a = (1/2, 1/2). For the first label the gradient of its row is −1·(1 − 1/2) = −1/2. The
    /// printed Σ_i (y_i − a_k) is 1 − 2·1/2 = 0, for either label: equation 5 would never train.
    /// </summary>
    [Claim("intervals.eq-5", Role.Counterexample)]
    public void ZeroWeightsAndTwoClasses_PrintedSum_VanishesForEveryLabel()
    {
        Rational half = new(1, 2);
        Rational Printed(Rational[] y) => y.Aggregate((Rational)0, (sum, one) => sum + (one - half));
        Printed([1, 0]).Should().Be((Rational)0);
        Printed([0, 1]).Should().Be((Rational)0);

        using var scope = NewDisposeScope();
        Autograd(TwoZeros.ToEnsemble(), [1], 0).Should().Equal(-0.5, 0.5);
        Autograd(TwoZeros.ToEnsemble(), [1], 1).Should().Equal(0.5, -0.5);
        Record("∂e/∂W of the right class with r = 1, W = 0, two classes", -0.5, "0 as printed, for either label");
    }

    /// <summary>
    /// The charitable reading in which i counts samples and y_i says whether sample i belongs to class k: then r must stand inside the sum.
    /// Two samples with r = 1 and 2, labels 1 and 2, zero weights: −[1·(1 − 1/2) + 2·(0 − 1/2)] = 1/2, and with r outside −r·0 = 0.
    /// </summary>
    [Claim("intervals.eq-5", Role.Counterexample)]
    public void SumOverSamples_WithTheActivationOutside_VanishesToo()
    {
        using var scope = NewDisposeScope();
        var network = TwoZeros.ToEnsemble();
        var total = Autograd(network, [1], 0)[0] + Autograd(network, [2], 1)[0];
        total.Should().Be(0.5);
        Rational half = new(1, 2);
        (1 - half + (0 - half)).Should().Be((Rational)0, "so the printed product is 0 for whichever r is meant");
        Record("∂/∂W of the summed loss of two samples, read with i over samples", total, "0 as printed");
    }

    [Claim("intervals.eq-5", Role.Repair)]
    public void RandomNetworks_LibraryGradient_IsTheRepairedFormula() =>
        Instances.Satisfy(
            "|gradient + r_j (y_k − a_k)|, every label",
            NetworkAtPoint.Arbitrary,
            instance => Against(instance, Gradient.Run, WithReference),
            Tolerance);

    [Claim("intervals.eq-5", Role.Repair)]
    public void RandomNetworks_LibraryGradient_IsAutograds() =>
        Instances.Satisfy(
            "|gradient − autograd|, every label",
            NetworkAtPoint.Arbitrary,
            instance => Against(instance, Gradient.Run, Autograd),
            Tolerance,
            count: 150);

    /// <summary>
    /// Outputs (log 1, log 3) from biases, r = (1, 2): a = (1/4, 3/4); for the first label the rows are −(3/4)(1, 2) and (3/4)(1, 2).
    /// </summary>
    [Claim("intervals.eq-5", Role.Repair)]
    public void QuarterActivations_ByHand_GiveTheGradient()
    {
        using var scope = NewDisposeScope();
        var network = new SmallNetwork([new double[,] { { 0, 0 }, { 0, 0 } }], [[0, Math.Log(3)]]);
        Gradient.Run(network.ToEnsemble(), [1, 2], 0).Zip([-0.75, -1.5, 0.75, 1.5], (one, exact) => Math.Abs(one - exact)).Max()
            .Should().BeLessThanOrEqualTo(16 * Rounding.Gamma(12));
    }

    [Claim("intervals.eq-5", Role.Control)]
    public void GradientOfAnotherLabel_IsCaught() =>
        Instances.Violate("the gradient of the first label for all", NetworkAtPoint.Arbitrary, instance =>
            Against(instance, (network, point, _) => Autograd(network, point, 0), WithReference));

    /// <summary>
    /// After a step the row of the right class has a larger inner product with r and all other rows have a smaller one; in distance the
    /// same holds where no row has yet gone beyond r and the step is not too long.
    /// </summary>
    [Claim("intervals.eq-5.pull")]
    public void RandomNetworks_OneStep_PullsTheRightRowAndPushesTheOthers() =>
        Instances.Satisfy(
            "a row that moves in the wrong direction, of the last weights after a step of 1/8",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var (outputs, r, norm) = LastLayer(instance.Network, instance.Point);
                if (outputs.Length == 1 || norm == 0 || outputs.Max() - outputs.Min() > 30)
                {
                    return null;
                }

                var labels = Enumerable.Range(0, outputs.Length);
                return Deviation.Exact(labels.All(label =>
                {
                    var gradients = Gradient.Run(instance.Network.ToEnsemble(), instance.Point, label).Chunk(r.Length).ToList();
                    return labels.All(row =>
                        MovesAsStated(Arrays.Row(instance.Network.Weights[^1], row), gradients[row], r, row == label));
                }));
            },
            "none: signs; outputs lie within 30 of each other, so that no activation rounds to 0 or 1");

    /// <summary>r = 1, two classes, rows 0 and 0: a step of 1 moves them to 1/2, towards r, and −1/2, away from it.</summary>
    [Claim("intervals.eq-5.pull")]
    public void ZeroWeights_ByHand_MoveByAHalf()
    {
        using var scope = NewDisposeScope();
        Gradient.Run(TwoZeros.ToEnsemble(), [1], 0).Should().Equal(-0.5, 0.5);
    }

    /// <summary>
    /// In distance: r = 1 and a right row of 2, beyond r. Whatever the step, it moves further beyond, from distance 1 to more than 1.
    /// </summary>
    [Claim("intervals.eq-5.pull", Role.Control)]
    public void RowBeyondTheActivation_MovesAwayFromIt()
    {
        using var scope = NewDisposeScope();
        var gradient = Autograd(SmallNetwork.WithoutBiases(new double[,] { { 2 }, { 0 } }).ToEnsemble(), [1], 0);
        gradient[0].Should().BeNegative("the gradient is −r (1 − a), so a step adds to 2");
        var distance = Math.Abs(2 - gradient[0] - 1);
        Record("distance from r = 1 of the right row 2 after a step of 1", distance, "below 1 if the row came closer", "float64");
        distance.Should().BeGreaterThan(1);
    }

    /// <summary>A dead last hidden layer, r = 0: nothing moves.</summary>
    [Claim("intervals.eq-5.pull", Role.Control)]
    public void NoActivation_HypothesisDropped_MovesNothing()
    {
        using var scope = NewDisposeScope();
        var network = SmallNetwork.WithoutBiases(new double[,] { { -1 } }, new double[,] { { 1 }, { 0 } });
        Autograd(network.ToEnsemble(), [1], 0).Should().OnlyContain(one => one == 0);
    }

    // A row w of the last weights after a step of 1/8, in its inner product with r and, where it has not gone beyond r, in its distance
    // from r.
    private static bool MovesAsStated(double[] row, double[] gradient, double[] r, bool isRight)
    {
        var norm = Arrays.Dot(r, r);
        var along = -0.125 * Arrays.Dot(gradient, r);
        var product = Arrays.Dot(row, r);

        // The change is s·r, and ‖w + s r − r‖² − ‖w − r‖² = s(s‖r‖² + 2(w·r − ‖r‖²)).
        var s = along / norm;
        var distance = s * ((s * norm) + (2 * (product - norm)));
        return isRight
            ? along > 0 && (product + (s * norm) >= norm || distance < 0)
            : along < 0 && (product > norm || distance > 0);
    }

    private static Deviation? Against(
        NetworkAtPoint instance,
        Func<FullyConnected, double[], int, double[]> one,
        Func<FullyConnected, double[], int, double[]> other)
    {
        using var scope = NewDisposeScope();
        var (network, point) = (instance.Network.ToEnsemble(), instance.Point);
        double[] magnitudes = [.. point.Select(Math.Abs)];
        var sizes = instance.Network.OfMagnitudes().Evaluate(magnitudes).Preactivations.SelectMany(layer => layer).Concat(magnitudes).Max();
        var operations = instance.Network.Inputs + instance.Network.Biases.Sum(bias => bias.Length + 2) + instance.Network.Outputs + 8;
        var allowed = 16 * Rounding.Gamma(operations) * (1 + sizes) * (1 + sizes);
        return Enumerable.Range(0, instance.Network.Outputs)
            .Select(label => one(network, point, label).Zip(other(network, point, label), (a, b) => Math.Abs(a - b)).Max())
            .Select(difference => new Deviation(difference, allowed))
            .Aggregate(new Deviation(0, allowed), Deviation.Worse);
    }

    private static double[] Autograd(FullyConnected network, double[] point, int label)
    {
        using var recording = enable_grad();
        var copy = network.Clone();
        copy.Weights[^1].requires_grad_();
        var loss = Loss.CrossEntropy.Of(copy.Forward(Batch(point)), Target(network, label)).sum();
        return Numbers(autograd.grad([loss], [copy.Weights[^1]])[0]);
    }

    private static double[] WithReference(FullyConnected network, double[] point, int label) =>
        WithError(network, point, label, (y, a, k) => y[k] - a[k]);

    // −r_j · error_k, from the activations of a scalar evaluation.
    private static double[] WithError(FullyConnected network, double[] point, int label, Func<double[], double[], int, double> error)
    {
        var widths = network.Shape.Widths;
        var weights = network.Weights.Select(Numbers).Select((numbers, i) =>
            Arrays.Build(widths[i + 1], widths[i], (row, column) => numbers[(row * widths[i]) + column]));
        var (outputs, r, _) = LastLayer(new SmallNetwork([.. weights], [.. network.Biases.Select(Numbers)]), point);
        var largest = outputs.Max();
        var exponentials = outputs.Select(output => Math.Exp(output - largest)).ToArray();
        double[] a = [.. exponentials.Select(one => one / exponentials.Sum())];
        double[] y = [.. outputs.Select((_, k) => k == label ? 1.0 : 0)];
        return [.. Enumerable.Range(0, outputs.Length).SelectMany(k => r.Select(one => -one * error(y, a, k)))];
    }

    // The outputs, the last hidden activations r (the point itself where there is no hidden layer), and ‖r‖².
    private static (double[] Outputs, double[] Activations, double Norm) LastLayer(SmallNetwork network, double[] point)
    {
        var (outputs, preactivations) = network.Evaluate(point);
        double[] r = network.Layers == 1 ? point : [.. preactivations[^2].Select(value => Math.Max(0, value))];
        return (outputs, r, Arrays.Dot(r, r));
    }

    private static Tensor Target(FullyConnected network, int label) =>
        OneHot.Of([(byte)label], network.Shape.Outputs, float64).unsqueeze(0);

    private static void Record(string quantity, double value, string rule, string dtype = "exact (halves)") =>
        Evidence.Record(new Measurement(quantity, value, rule) { Dtype = dtype });
}
