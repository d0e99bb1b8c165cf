using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using Reproduce.Measures;
using Reproduce.Networks;
using Reproduce.Training;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Equation 4.7: the path length of a batch x_1, …, x_k split into k/2 pairs, printed as (2/k) Σ_(i=1)^k over the segments [x_i, x_(i+k)].
/// The library's estimate, averaged over all batches, against lengths in fractions.
/// </summary>
public sealed class Eq47_BatchEstimator
{
    private const int PointsOnSegment = 10;
    private const string Tolerance = "10⁻¹² of 1 plus the sum of |w2|(|w1|·|x| + |b1|): means of at most 81 sums of nine differences";

    /// <summary>PL0 of a batch for each replica: [R, k, n_0] to [R].</summary>
    private static readonly UnderTest<Func<FullyConnected, Tensor, Tensor>> Estimate = new(
        Regularisers.FunctionPathLength,
        ("batch-estimate-twice-too-large", (network, batch) => 2 * Regularisers.FunctionPathLength(network, batch)),
        ("batch-estimate-with-cyclic-indices", (network, batch) =>
            2 * PathLength.OfFunction(network, new Segments(batch, batch), PointsOnSegment).mean([1])),
        ("batch-estimate-of-overlapping-neighbours", (network, batch) =>
        {
            var others = batch.size(1) - 1;
            var neighbours = new Segments(batch.narrow(1, 0, others), batch.narrow(1, 1, others));
            return 2 * PathLength.OfFunction(network, neighbours, PointsOnSegment).sum([1]) / (others + 1.0);
        }));

    private static readonly int[] Sizes = [2, 4];

    /// <summary>
    /// A batch of k = 2 points at distance 1, for a function with slope 1. As printed, i = 1 needs x_3 and i = 2 needs x_4, which are not
    /// in the batch. With 2k points available it gives (2/2)(1 + 1) = 2, twice the length 1 of every pair; with cyclic indices it gives 0.
    /// </summary>
    [Claim("smoothness.batch-estimator", Role.Counterexample)]
    public void TwoPoints_InEveryReading_MissTheLengthOne()
    {
        const int Size = 2;
        var asked = Enumerable.Range(1, Size).Select(i => i + Size);
        asked.Should().Equal(3, 4).And.OnlyContain(index => index > Size, "no second end lies in the batch");

        // Any two different points are 1 apart.
        static Rational Length(int a, int b) => a == b ? 0 : 1;
        var withTwiceThePoints = Rational.Sum(Enumerable.Range(1, Size).Select(i => Length(i, i + Size))) * 2 / Size;
        var cyclic = Rational.Sum(Enumerable.Range(0, Size).Select(i => Length(i, (i + Size) % Size))) * 2 / Size;
        withTwiceThePoints.Should().Be((Rational)2);
        cyclic.Should().Be((Rational)0);
        Evidence.Record(new Measurement(
            "equation 4.7 with 2k points available, where every pair has length 1",
            withTwiceThePoints.ToDouble(),
            "1 for an estimate of the mean length; with cyclic indices it is 0")
            { Series = [2, 0], Dtype = "exact (integers)" });
    }

    /// <summary>
    /// Over all batches of 2 and 4 drawn with replacement the mean is the empirical path length of equation 3.5, with the sampled lengths
    /// of equation 3.6: the estimate is unbiased.
    /// </summary>
    [Claim("smoothness.batch-estimator")]
    public void AllBatches_WithReplacement_AverageToThePathLength() =>
        Instances.Satisfy("|mean over all batches of 2 and 4 − (1/n²) ΣΣ lengths|", NetworkOnInterval.Arbitrary, instance =>
        {
            using var scope = NewDisposeScope();
            return Sizes.Select(size => Off(instance, Batches(size), 1)).Aggregate(Deviation.Worse);
        }, Tolerance, count: 60);

    /// <summary>
    /// Over batches of distinct points, as in an epoch, it is n/(n − 1) times that: equation 3.5 pairs points with themselves.
    /// </summary>
    [Claim("smoothness.batch-estimator")]
    public void AllBatches_OfDistinctPoints_AverageToSlightlyMore() =>
        Instances.Satisfy("|mean over all batches of 2 distinct points − (1/n(n − 1)) ΣΣ lengths|", NetworkOnInterval.Arbitrary, instance =>
        {
            using var scope = NewDisposeScope();
            return Off(instance, Distinct(2), new Rational(Points, Points - 1));
        }, Tolerance, count: 60);

    /// <summary>f(x) = x at 0, 1, 3, 7, in this order: pairs (0, 3) and (1, 7), mean (3 + 6)/2.</summary>
    [Claim("smoothness.batch-estimator")]
    public void FourPoints_ByHand_GiveFourAndAHalf()
    {
        using var scope = NewDisposeScope();
        var identity = ExampleNetworks.TwoLayers(new double[,] { { 1 }, { -1 } }, [0, 0], [1, -1]).ToEnsemble();
        Number(Estimate.Run(identity, tensor([0.0, 1, 3, 7]).reshape(1, 4, 1))).Should().BeApproximately(4.5, 1e-12);
    }

    /// <summary>For distinct points the check fails without the factor n/(n − 1).</summary>
    [Claim("smoothness.batch-estimator", Role.Control)]
    public void DistinctPoints_WithoutTheFactor_AreCaught() =>
        Instances.Violate("|mean over all batches of 2 distinct points − (1/n²) ΣΣ lengths|", NetworkOnInterval.Arbitrary, instance =>
        {
            using var scope = NewDisposeScope();
            return Off(instance, Distinct(2), 1);
        });

    // Points of the population: the ends and the middle of the interval.
    private const int Points = 3;

    private static Rational[] Population(NetworkOnInterval instance) => [instance.From, (instance.From + instance.To) / 2, instance.To];

    // The mean of the library's estimates over batches, one per replica of the network, against a multiple of equation 3.5.
    private static Deviation Off(NetworkOnInterval instance, IReadOnlyList<int[]> batches, Rational factor)
    {
        var points = Population(instance);
        var one = instance.Network.ToSmallNetwork().ToEnsemble();
        var network = new FullyConnected(
            [.. one.Weights.Select(weights => weights.expand(batches.Count, -1, -1).contiguous())],
            [.. one.Biases.Select(biases => biases.expand(batches.Count, -1).contiguous())]);
        var batch = tensor([.. batches.SelectMany(indices => indices.Select(i => points[i].ToDouble()))]).reshape(batches.Count, -1, 1);
        var lengths = from a in points from b in points select Sampled(instance.Network, a, b);
        var expected = factor * Rational.Sum(lengths) / (Points * Points);
        var reach = 1 + Math.Abs(instance.From.ToDouble()) + Math.Abs(instance.To.ToDouble());
        var size = 1 + instance.Network.Units.Sum(unit =>
            (Rational.Abs(unit.Outer) * (Rational.Abs(unit.Inner) + Rational.Abs(unit.Bias))).ToDouble() * reach);
        return new Deviation(Math.Abs(Numbers(Estimate.Run(network, batch)).Average() - expected.ToDouble()), 1e-12 * size);
    }

    // Equation 3.6 with ten points.
    private static Rational Sampled(OneInputNetwork network, Rational a, Rational b)
    {
        Rational Value(int i) => network.At(a + (new Rational(i, PointsOnSegment - 1) * (b - a)));
        return Rational.Sum(Enumerable.Range(1, PointsOnSegment - 1).Select(i => Rational.Abs(Value(i) - Value(i - 1))));
    }

    private static IReadOnlyList<int[]> Distinct(int size) => [.. Batches(size).Where(batch => batch.Distinct().Count() == size)];

    private static IReadOnlyList<int[]> Batches(int size) => size == 0
        ? [[]]
        : [.. Batches(size - 1).SelectMany(batch => Enumerable.Range(0, Points).Select(next => (int[])[.. batch, next]))];
}
