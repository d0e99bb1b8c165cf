using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.Distributions;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Networks;
using Reproduce.Randomness;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Claims.Shared.LinearRegions;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Definition 2: the slope of a network is the expectation of Slope_f(x) for x distributed as the inputs, estimated by a mean over training
/// points. For points that are independent of f the mean and its standard error are checked against all samples there can be; for
/// points that f was fitted to, a network by hand shows how far off the mean can be.
/// </summary>
public sealed class Def2_MeanSlope
{
    /// <summary>The estimate from a sample, and the square of its standard error.</summary>
    private static readonly UnderTest<Func<Rational[], (Rational Mean, Rational ErrorSquared)>> Estimate = new(
        sample => (Mean(sample), SquaredDeviations(sample) / ((sample.Length - 1) * sample.Length)),
        ("estimate-with-the-error-over-n", sample => (Mean(sample), SquaredDeviations(sample) / (sample.Length * sample.Length))),
        ("estimate-with-the-spread-for-the-error", sample => (Mean(sample), SquaredDeviations(sample) / (sample.Length - 1))),
        ("estimate-by-the-median", sample =>
            (sample.Order().ElementAt(sample.Length / 2), SquaredDeviations(sample) / ((sample.Length - 1) * sample.Length))),
        ("estimate-by-the-largest", sample => (sample.Max(), SquaredDeviations(sample) / ((sample.Length - 1) * sample.Length))));

    /// <summary>
    /// Inputs that are equally likely to be one of four points: over all 64 samples of three, the mean of the estimates is the expected
    /// slope, and the mean of the squared standard errors is the variance of the estimates.
    /// </summary>
    [Claim("slope.def-2")]
    public void RandomNetworks_OverAllSamples_TheEstimateIsUnbiased() =>
        Instances.Satisfy(
            "mean of the estimates and of their squared errors over all samples of 3 from 4 points",
            LatticeNetworks.InThePlane,
            instance =>
            {
                var network = instance.Network.Exact();
                Rational SlopeOf(int i) =>
                    SlopeAt(network, Arrays.Exact([.. instance.Point.Select((value, axis) => (value * (i - 1)) + (i * axis))]), 1);
                var slopes = Enumerable.Range(0, 4).Select(SlopeOf).ToArray();
                var estimates = (from a in slopes from b in slopes from c in slopes select Estimate.Run([a, b, c])).ToArray();
                var expected = Mean(slopes);
                Rational SquaredError((Rational Mean, Rational) one) => (one.Mean - expected) * (one.Mean - expected);
                return Deviation.Exact(Mean([.. estimates.Select(one => one.Mean)]) == expected
                    && Mean([.. estimates.Select(one => one.ErrorSquared)]) == Mean([.. estimates.Select(SquaredError)]));
            },
            "none: exact",
            count: 200,
            dtype: "exact (rationals)");

    /// <summary>
    /// At every point the slope of a ReLU network is at most ∏‖W_i‖_p, kinks included, so that every distribution has a finite expectation.
    /// </summary>
    [Claim("slope.def-2")]
    public void RandomNetworks_SlopeIsBounded_SoThatEveryExpectationExists() =>
        Instances.Satisfy(
            "slope against ∏‖W_i‖_p, p = 1, ∞",
            LatticeNetworks.InThePlane,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Arrays.Exact(instance.Point));
                return Deviation.Exact(new[] { 1, double.PositiveInfinity }.All(p =>
                    SlopeAt(network, point, p) <= network.Weights.Aggregate((Rational)1, (product, weight) => product * Norm(weight, p))));
            },
            "none: exact",
            count: 150,
            dtype: "exact (rationals)");

    /// <summary>
    /// Not a ReLU network: x² has the slope 2|x|. Where the input is 2ᵏ with probability 2⁻ᵏ, k = 1, 2, …, each k adds 2·2ᵏ·2⁻ᵏ = 2 to
    /// the expectation.
    /// </summary>
    [Claim("slope.def-2", Role.Control)]
    public void Square_ReluNetworkDropped_HasNoFiniteExpectation() =>
        Rational.Sum(Enumerable.Range(1, 20).Select(k => 2 * (Rational)(1 << k) * new Rational(1, 1 << k)))
            .Should().Be((Rational)40, "each of the first 20 adds 2");

    /// <summary>
    /// f(x) = ReLU(x) + 3 ReLU(x − 1) with x uniform on [−1, 2]: slopes 0, 1, 4 on thirds, so 5/3; the sample 0, 1, 4 has the standard
    /// error √(13/9).
    /// </summary>
    [Claim("slope.def-2")]
    public void ThreePieces_ByHand_HaveSlopeFiveThirds()
    {
        var network = new SmallNetwork([new double[,] { { 1 }, { 1 } }, new double[,] { { 1, 3 } }], [[0, -1], [0]]).Exact();
        Rational[] slopes = [.. new Rational[] { new(-1, 2), new(1, 2), new(3, 2) }.Select(x => SlopeAt(network, [x], 1))];
        slopes.Should().Equal(0, 1, 4);

        // Deviations −5/3, −2/3, 7/3: squares 25/9 + 4/9 + 49/9 = 26/3, over 2·3.
        Estimate.Run(slopes).Should().Be((new Rational(5, 3), new Rational(13, 9)));
    }

    /// <summary>The same with the library's slopes.</summary>
    [Claim("slope.def-2")]
    public void ThreePieces_ByHand_HaveTheLibrarysMeanFiveThirds()
    {
        using var scope = NewDisposeScope();
        var network = new SmallNetwork([new double[,] { { 1 }, { 1 } }, new double[,] { { 1, 3 } }], [[0, -1], [0]]);
        var slopes = NetworkGeometry.Slopes.Run(network.ToEnsemble(), tensor([-0.5, 0.5, 1.5], [3, 1]), 1);
        Tensors.Number(slopes.sum()).Should().Be(5);
    }

    /// <summary>
    /// At the paper's 750 points: 200 estimates for one network spread as their standard error says. Their spread over it has a relative
    /// standard error of 1/√400; 4 of these are allowed, so a right implementation fails once in 16 000 seeds, and the seed is fixed.
    /// </summary>
    [Claim("slope.def-2")]
    public void EstimatesAt750Points_SpreadAsTheirStandardErrorSays()
    {
        using var scope = NewDisposeScope();
        const int Repetitions = 200;
        const int Points = 750;
        var seed = Seed.Of(("claim", "slope.def-2"), ("quantity", "spread at 750 points"));
        var network = Initialisation.PyTorchDefault(FullyConnectedShape.Uniform(4, 2, 8, 3), [seed.With("what", "network")], float64);
        var generator = seed.Generator();
        var points = tensor(
            [.. Enumerable.Range(0, Repetitions * Points * 4).Select(_ => Normal.Sample(generator, 0, 1))], [Repetitions * Points, 4]);
        var slopes = Geometry.Slope.At(network, points, 1).cpu().data<double>().ToArray();
        var means = slopes.Chunk(Points).Select(chunk => chunk.Average()).ToArray();
        var (mean, spread) = (slopes.Average(), Deviation(slopes));
        var ratio = Deviation(means) / (spread / Math.Sqrt(Points));
        Evidence.Record(new Measurement("spread of estimates from 750 points over the standard error", ratio, "1 within 4/√400 = 0.2")
        {
            Uncertainty = 1 / Math.Sqrt(2.0 * Repetitions),
            Samples = Repetitions,
            Seed = seed.ToString(),
            Dtype = "float64",
        });
        Evidence.Record(new Measurement(
            "standard error at 750 points as a share of the slope, one random 4-8-8-3 network",
            spread / mean / Math.Sqrt(Points),
            "no rule: how precise 750 points are")
        {
            Samples = Repetitions * Points,
            Dtype = "float64",
        });
        ratio.Should().BeApproximately(1, 4 / Math.Sqrt(2.0 * Repetitions));

        static double Deviation(double[] values)
        {
            var centre = values.Average();
            return Math.Sqrt(values.Sum(value => (value - centre) * (value - centre)) / (values.Length - 1));
        }
    }

    /// <summary>Points that are not drawn from the distribution of the inputs: the positive ones alone give the wrong mean.</summary>
    [Claim("slope.def-2", Role.Control)]
    public void PointsFromAnotherDistribution_AreCaught()
    {
        var network = new SmallNetwork([new double[,] { { 1 }, { 1 } }, new double[,] { { 1, 3 } }], [[0, -1], [0]]).Exact();
        Mean([.. new Rational[] { new(1, 2), new(3, 2) }.Select(x => SlopeAt(network, [x], 1))]).Should().NotBe(new Rational(5, 3));
    }

    /// <summary>
    /// Inputs equally likely to be 0, 1, …, 9; training points 2, 5 and 7. The network Σ_s ReLU(x − s + ¼) − ReLU(x − s − ¼), summed over
    /// these, has slope 1 at them and 0 at the other seven: they estimate the slope as 1, with standard error 0, and it is 3/10.
    /// </summary>
    [Claim("slope.def-2.estimate", Role.Counterexample)]
    public void NetworkFittedToItsTrainingPoints_IsMisjudgedByThem()
    {
        int[] training = [2, 5, 7];
        var network = Steps(training);
        var slopes = Enumerable.Range(0, 10).Select(x => SlopeAt(network, [x], 1)).ToArray();
        var (estimate, error) = Estimate.Run([.. training.Select(x => slopes[x])]);
        (estimate, error).Should().Be(((Rational)1, (Rational)0));
        Mean(slopes).Should().Be(new Rational(3, 10));
        Evidence.Record(new Measurement(
            "slope estimated from the training points, of a network that is steep there only", 1, "its slope is 0.3")
        {
            Dtype = "exact (rationals)",
        });
    }

    /// <summary>The same network with points drawn independently of it: over all 1000 samples of three the estimate is unbiased.</summary>
    [Claim("slope.def-2.estimate", Role.Repair)]
    public void SameNetwork_WithPointsDrawnApart_IsJudgedRightly()
    {
        var network = Steps([2, 5, 7]);
        var slopes = Enumerable.Range(0, 10).Select(x => SlopeAt(network, [x], 1)).ToArray();
        Mean([.. from a in slopes from b in slopes from c in slopes select Estimate.Run([a, b, c]).Mean]).Should().Be(new Rational(3, 10));
    }

    /// <summary>Whatever the training points are: over all pairs drawn apart from them the estimate is unbiased.</summary>
    [Claim("slope.def-2.estimate", Role.Repair)]
    public void RandomTrainingPoints_WithPointsDrawnApart_AreJudgedRightly() =>
        ExactInstances.Satisfy(
            "mean of the estimates over all pairs from 10 points against the slope",
            Arb.From(Gen.ArrayOf(Gen.Choose(0, 9), 4)),
            drawn =>
            {
                int[] training = [.. drawn.Distinct()];
                var network = Steps(training);
                var slopes = Enumerable.Range(0, 10).Select(x => SlopeAt(network, [x], 1)).ToArray();
                return Mean([.. from a in slopes from b in slopes select Estimate.Run([a, b]).Mean]) == new Rational(training.Length, 10);
            },
            count: 50);

    /// <summary>The library's slopes of the network that is steep at 2, 5 and 7: 1 there, and 3/10 on average over 0, 1, …, 9.</summary>
    [Claim("slope.def-2.estimate", Role.Repair)]
    public void SameNetwork_AtAllInputs_HasTheLibrarysMeanThreeTenths()
    {
        int[] training = [2, 5, 7];
        var exact = Steps(training);
        SmallNetwork network = new(
            [.. exact.Weights.Select(weight => Fixtures.Numbers.Arrays.Map(weight, entry => entry.ToDouble()))],
            [.. exact.Biases.Select(bias => bias.Select(entry => entry.ToDouble()).ToArray())]);
        double[] slopes = [.. Enumerable.Range(0, 10).Select(x => NetworkGeometry.MeasuredSlope(network, [x], 1))];
        training.Select(x => slopes[x]).Should().OnlyContain(slope => slope == 1);
        slopes.Sum().Should().Be(3);
    }

    /// <summary>Averaged over the choice of training points the bias remains.</summary>
    [Claim("slope.def-2.estimate", Role.Control)]
    public void TrainingPointsThatMoveWithTheNetwork_StayBiased()
    {
        for (var other = 1; other < 10; other++)
        {
            var network = Steps([0, other]);
            Estimate.Run([SlopeAt(network, [0], 1), SlopeAt(network, [other], 1)]).Mean.Should().NotBe(new Rational(2, 10));
        }
    }

    private static ReluNetwork<Rational> Steps(int[] places) => new(
        [
            Fixtures.Numbers.Arrays.Build(2 * places.Length, 1, (_, _) => (Rational)1),
            Fixtures.Numbers.Arrays.Build(1, 2 * places.Length, (_, unit) => (Rational)(unit % 2 == 0 ? 1 : -1)),
        ],
        [[.. places.SelectMany(place => new[] { new Rational(1, 4) - place, new Rational(-1, 4) - place })], [0]]);

    private static Rational Mean(Rational[] values) => Rational.Sum(values) / values.Length;

    private static Rational SquaredDeviations(Rational[] values)
    {
        var mean = Mean(values);
        return Rational.Sum(values.Select(value => (value - mean) * (value - mean)));
    }
}
