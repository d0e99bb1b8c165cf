using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using Reproduce.Networks;
using Reproduce.Randomness;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 5, on the width: more units give more paths, but initial weights have mean zero and a variance that corrects for the number of
/// units, so the sum over paths does not grow with the width: with He's variance 2/fan_in its variance is 2ᴸ/n_0, with Xavier's
/// 2/(fan_in + fan_out) it is at most 1/√(n_0 n_L). Weights of ±1 times the standard deviation stand for all such distributions: the first
/// two moments of a path sum depend on nothing else, and the mean over all signs is exact.
/// </summary>
public sealed class Remark_Width
{
    /// <summary>Mean and mean square of the path sum from the first input to the first output; variances from fan-in and fan-out.</summary>
    private static readonly UnderTest<Func<int[], Func<int, int, Rational>, (Rational Mean, Rational Square)>> Moments = new(
        (widths, variance) => MomentsOf(widths, sum => sum, variance),
        ("path-moments-without-fan-in", (widths, _) => MomentsOf(widths, sum => sum, (_, _) => 1)),
        ("path-moments-with-fan-out", (widths, variance) => MomentsOf(widths, sum => sum, (inputs, outputs) => variance(outputs, inputs))),
        ("path-moments-of-magnitudes", (widths, variance) => MomentsOf(widths, Rational.Abs, variance)));

    /// <summary>The library's networks with Xavier's variance.</summary>
    private static readonly UnderTest<Func<FullyConnectedShape, IReadOnlyList<Seed>, FullyConnected>> Initial = new(
        (shape, seeds) => Initialisation.VarianceScaling(shape, 1, seeds, float64),
        ("xavier-weights-of-pytorch", (shape, seeds) => Initialisation.PyTorchDefault(shape, seeds, float64)),
        ("xavier-weights-with-twice-the-variance", (shape, seeds) => Initialisation.VarianceScaling(shape, 2, seeds, float64)));

    /// <summary>
    /// He: Σ over n_1⋯n_(L−1) paths of a product of variances 2/n_0 ⋯ 2/n_(L−1) is 2ᴸ/n_0, whatever the hidden widths are.
    /// </summary>
    [ClaimRows("design.width-paths")]
    [InlineData("1-1-1")]
    [InlineData("1-2-1")]
    [InlineData("1-3-1")]
    [InlineData("1-4-1")]
    [InlineData("1-5-1")]
    [InlineData("2-2-1")]
    [InlineData("2-3-1")]
    [InlineData("2-2-2")]
    [InlineData("3-1-2-1")]
    [InlineData("1-2-2-1")]
    [InlineData("2-1-1-1-1")]
    public void PathSums_WithHesVariance_HaveTheSameVarianceAtEveryWidth(string shape)
    {
        var widths = Widths(shape);
        var (mean, square) = Moments.Run(widths, He);
        mean.Should().Be((Rational)0);
        square.Should().Be(new Rational(1 << (widths.Length - 1), widths[0]));
        Record(shape, "He's", square, "2ᴸ/n_0");
    }

    [ClaimRows("design.width-paths")]
    [InlineData("1-1-1")]
    [InlineData("1-2-1")]
    [InlineData("1-3-1")]
    [InlineData("1-4-1")]
    [InlineData("1-5-1")]
    [InlineData("2-2-1")]
    [InlineData("2-3-1")]
    [InlineData("2-2-2")]
    [InlineData("3-1-2-1")]
    [InlineData("1-2-2-1")]
    [InlineData("2-1-1-1-1")]
    public void PathSums_WithXaviersVariance_StayBelowABoundWithoutHiddenWidths(string shape)
    {
        var widths = Widths(shape);
        var (mean, square) = Moments.Run(widths, Xavier);
        mean.Should().Be((Rational)0);
        (square * square * widths[0] * widths[^1] <= 1).Should().BeTrue();
        (square * square * widths[0] * widths[^1] == 1).Should().Be(widths.Distinct().Count() == 1, "equality needs equal widths");
        Record(shape, "Xavier's", square, "at most 1/√(n_0 n_L)");
    }

    /// <summary>
    /// 2000 networks as the library draws them: the mean of the path sums, and that of their squares, within 5 standard errors; the seed is
    /// fixed.
    /// </summary>
    [ClaimRows("design.width-paths")]
    [InlineData("1-8-1")]
    [InlineData("1-64-1")]
    [InlineData("4-4-4-4")]
    [InlineData("2-64-8-2")]
    public void PathSums_OfTheLibrarysNetworks_HaveXaviersMoments(string shape)
    {
        const int Replicas = 2000;
        using var scope = NewDisposeScope();
        var (widths, seed) = (Widths(shape), Seed.Of(("claim", "design.width-paths"), ("shape", shape)));
        var networks = Initial.Run(new(widths), [.. Enumerable.Range(0, Replicas).Select(replica => seed.With("replica", replica))]);
        var sums = networks.Weights.Aggregate((product, weight) => weight.bmm(product)).select(1, 0).select(1, 0);
        var layers = widths.Zip(widths.Skip(1), Xavier);
        var expected = Fractions.Product(layers.Concat(widths[1..^1].Select(width => (Rational)width))).ToDouble();
        AreAround(0, Tensors.Numbers(sums));
        AreAround(expected, Tensors.Numbers(sums.square()));
        (expected * expected * widths[0] * widths[^1]).Should().BeLessThanOrEqualTo(1 + 1e-15);

        static void AreAround(double mean, double[] values)
        {
            var average = values.Average();
            var error = Math.Sqrt(values.Sum(value => (value - average) * (value - average)) / (values.Length - 1.0) / values.Length);
            average.Should().BeApproximately(mean, 5 * error);
        }
    }

    /// <summary>
    /// 1-2-1 has two paths. With He's variances 2 and 1 each has the variance 2, together 4; with Xavier's 2·⅔·⅔ = 8/9.
    /// </summary>
    [Claim("design.width-paths")]
    public void TwoHiddenUnits_ByHand_HaveMeanSquaresFourAndEightNinths()
    {
        Moments.Run([1, 2, 1], He).Should().Be(((Rational)0, (Rational)4));
        Moments.Run([1, 2, 1], Xavier).Should().Be(((Rational)0, new Rational(8, 9)));
    }

    /// <summary>All signs equal, variance 1/fan_in: n paths of 1/√n each sum to √n, and the square n grows with the width.</summary>
    [Claim("design.width-paths", Role.Control)]
    public void WeightsOfOneSign_MeanZeroDropped_Grow() =>
        Enumerable.Range(1, 4).Select(width => Square(width) / width).Should().Equal(1, 2, 3, 4);

    private static Rational He(int inputs, int outputs) => new(2, inputs);

    private static Rational Xavier(int inputs, int outputs) => new(2, inputs + outputs);

    private static int[] Widths(string shape) => [.. shape.Split('-').Select(int.Parse)];

    private static void Record(string shape, string variance, Rational square, string expected) => Evidence.Record(new Measurement(
        $"mean square of the path sum of {shape} networks with {variance} variance, over all signs",
        square.ToDouble(),
        $"{expected}, and mean 0")
    {
        Dtype = Fractions.Arithmetic,
    });

    private static Rational Square(int width)
    {
        var ones = new LayerChain(
            [Arrays.Build(width, 1, (_, _) => (Rational)1), Arrays.Build(1, width, (_, _) => (Rational)1)],
            [[.. Enumerable.Repeat((Rational)1, width)], [1]],
            Fractions.Identity(1),
            1);
        return ones.Jacobian[0, 0] * ones.Jacobian[0, 0];
    }

    private static (Rational Mean, Rational Square) MomentsOf(
        int[] widths, Func<Rational, Rational> change, Func<int, int, Rational> variance)
    {
        var layers = widths.Zip(widths.Skip(1)).ToList();
        var count = layers.Sum(layer => layer.First * layer.Second);
        var (sum, squares) = ((Rational)0, (Rational)0);
        for (var signs = 0; signs < 1 << count; signs++)
        {
            var place = 0;
            Rational Sign(int row, int column) => (signs >> place++ & 1) == 0 ? 1 : -1;
            var weights = layers.Select(layer => Arrays.Build(layer.Second, layer.First, Sign)).ToList();
            var path = change(weights.Aggregate((product, weight) => Arrays.Multiply(weight, product))[0, 0]);
            sum += path;
            squares += path * path;
        }

        var scale = Fractions.Product(layers.Select(layer => variance(layer.First, layer.Second)));
        return (sum / (1L << count), squares / (1L << count) * scale);
    }
}
