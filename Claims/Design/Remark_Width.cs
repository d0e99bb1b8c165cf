using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 5, on the width: more units give more paths, but initial weights have mean zero and a variance that corrects for the number of
/// units, so the sum over paths does not grow. Weights of ±1/√fan_in stand for all such distributions: the first two moments of a path sum
/// depend on nothing else, and the mean over all signs is exact.
/// </summary>
public sealed class Remark_Width
{
    private static readonly UnderTest<Func<int[], (Rational Mean, Rational Square)>> Moments = new(
        widths => MomentsOf(widths, sum => sum, widths.SkipLast(1)),
        ("path-moments-without-fan-in", widths => MomentsOf(widths, sum => sum, [])),
        ("path-moments-with-fan-out", widths => MomentsOf(widths, sum => sum, widths.Skip(1))),
        ("path-moments-of-magnitudes", widths => MomentsOf(widths, Rational.Abs, widths.SkipLast(1))));

    /// <summary>Σ over n_1⋯n_(L−1) paths of a product of variances 1/n_0 ⋯ 1/n_(L−1) is 1/n_0, whatever the hidden widths are.</summary>
    [ClaimRows("design.width-paths")]
    [InlineData(new[] { 1, 1, 1 })]
    [InlineData(new[] { 1, 2, 1 })]
    [InlineData(new[] { 1, 3, 1 })]
    [InlineData(new[] { 1, 4, 1 })]
    [InlineData(new[] { 1, 5, 1 })]
    [InlineData(new[] { 2, 2, 1 })]
    [InlineData(new[] { 2, 3, 1 })]
    [InlineData(new[] { 3, 1, 2, 1 })]
    [InlineData(new[] { 1, 2, 2, 1 })]
    [InlineData(new[] { 2, 1, 1, 1, 1 })]
    public void PathSums_OverAllSigns_HaveMeanZeroAndTheSameVarianceAtEveryWidth(int[] widths)
    {
        var (mean, square) = Moments.Run(widths);
        mean.Should().Be((Rational)0);
        square.Should().Be(new Rational(1, widths[0]));
        Evidence.Record(new Measurement(
            $"mean square of the path sum of {string.Join('-', widths)} networks over all signs", square.ToDouble(), "1/n_0, and mean 0")
        {
            Dtype = Fractions.Arithmetic,
        });
    }

    /// <summary>1-2-1: (s_1 t_1 + s_2 t_2)/√2 is 0 or ±√2, as often one as the other: mean 0, mean square 1.</summary>
    [Claim("design.width-paths")]
    public void TwoHiddenUnits_ByHand_HaveMeanSquareOne() => Moments.Run([1, 2, 1]).Should().Be(((Rational)0, (Rational)1));

    /// <summary>All signs equal: n paths of 1/√n each sum to √n, and the square n grows with the width.</summary>
    [Claim("design.width-paths", Role.Control)]
    public void WeightsOfOneSign_MeanZeroDropped_Grow() =>
        Enumerable.Range(1, 4).Select(width => Square(width) / width).Should().Equal(1, 2, 3, 4);

    private static Rational Square(int width)
    {
        var ones = new LayerChain(
            [Arrays.Build(width, 1, (_, _) => (Rational)1), Arrays.Build(1, width, (_, _) => (Rational)1)],
            [[.. Enumerable.Repeat((Rational)1, width)], [1]],
            Fractions.Identity(1),
            1);
        return ones.Jacobian[0, 0] * ones.Jacobian[0, 0];
    }

    // Of the path sum from the first input to the first output, over all signs of the weights; the square over the given numbers.
    private static (Rational Mean, Rational Square) MomentsOf(int[] widths, Func<Rational, Rational> change, IEnumerable<int> fans)
    {
        var count = widths.Zip(widths.Skip(1), (inputs, outputs) => inputs * outputs).Sum();
        var (sum, squares) = ((Rational)0, (Rational)0);
        for (var signs = 0; signs < 1 << count; signs++)
        {
            var place = 0;
            Rational Sign(int row, int column) => (signs >> place++ & 1) == 0 ? 1 : -1;
            Rational[][,] weights = [.. Enumerable.Range(0, widths.Length - 1).Select(i => Arrays.Build(widths[i + 1], widths[i], Sign))];
            var path = change(weights.Aggregate((product, weight) => Arrays.Multiply(weight, product))[0, 0]);
            sum += path;
            squares += path * path;
        }

        return (sum / (1L << count), squares / (1L << count) / Fractions.Product(fans.Select(fan => (Rational)(long)fan)));
    }
}
