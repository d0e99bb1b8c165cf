using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using Reproduce.Measures;
using Reproduce.Networks;
using Reproduce.Randomness;
using static Reproduce.Claims.Shared.ExampleNetworks;
using static Reproduce.Claims.Shared.LineMeasures;
using static Reproduce.Claims.Shared.SmoothnessMeasures;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// The thesis's estimates of its measures: the variation from n equidistant points (eq. 3.6), a mean over all pairs of samples (eq. 3.5), a
/// mean over points (eq. 4.6). Instances are whole numbers and n − 1 is a power of two, so float64 is exact.
/// </summary>
public sealed class Eq35_Estimators
{
    private static readonly int[] BinarySizes = [2, 3, 9, 65];

    /// <summary>[2x − 15]₊: 0 up to 7, then 1 and 3. It fits the label 0 at the training points 2, 5, 7 of the inputs 0, …, 9.</summary>
    private static readonly OneInputNetwork Fitted = OneInputNetwork.Of((2, -15, 1));
    private static readonly int[] TrainingPoints = [2, 5, 7];

    // (1/n²) Σ Σ TV over the drawn points, eq. 3.5; distances holds TV between any two points of the population.
    private static readonly UnderTest<Func<Rational[,], int[], Rational>> DoubleSum = new(
        (distances, sample) => Mean(sample, (one, other) => distances[one, other]),
        ("double-sum-over-each-pair-once", (distances, sample) => Mean(sample, (one, other) => distances[one, other]) / 2),
        ("double-sum-over-neighbours", (distances, sample) =>
            Rational.Sum(sample.Zip(sample.Skip(1), (one, other) => distances[one, other])) / Math.Max(1, sample.Length - 1)),
        ("double-sum-without-the-diagonal", (distances, sample) =>
            Mean(sample, (one, other) => distances[one, other]) * sample.Length / Math.Max(1, sample.Length - 1)));

    [Claim("smoothness.estimator")]
    public void RandomNetworks_LibraryOnF_IsEquation36() =>
        Instances.Satisfy("library against eq. 3.6 in fractions, n = 2, 3, 9, 65", TwoLayersOnSegment.Arbitrary, instance =>
        {
            var slice = instance.Slice();
            return Deviation.Exact(BinarySizes.All(n => Rational.Of(FunctionLength(instance, n)) == Sampled(slice.At, n)));
        }, "none: binary fractions are exact", count: 100, dtype: "exact (binary fractions)");

    /// <summary>For ∇f the norms are roots of whole numbers, so they and their sum are rounded.</summary>
    [Claim("smoothness.estimator")]
    public void RandomNetworks_LibraryOnTheGradient_IsEquation36() =>
        Instances.Satisfy("|library − eq. 3.6 for ∇f with ReLU′(0) = 0|, n = 2, 3, 9, 65", TwoLayersOnSegment.Arbitrary, instance =>
            BinarySizes.Select(n =>
            {
                var expected = SampledGradient(instance, n);
                return new Deviation(Math.Abs(GradientLength(instance, n) - expected), 8 * Rounding.Gamma(n + 8) * expected);
            }).Aggregate(Deviation.Worse), "8γ_k of the sum, k = n + 8: every term is a rounded root of a whole number", count: 100);

    /// <summary>
    /// Never above the variation, and below it by at most TV(f′)/(2(n − 1)), f′ along the segment: in each of the n − 1 parts f loses at
    /// most half of the part's length times the variation of f′ there.
    /// </summary>
    [Claim("smoothness.estimator")]
    public void RandomNetworks_AnyN_IsBelowTheVariationByAtMostTheBound() =>
        ExactInstances.Satisfy("TV − TV(f′)/(2(n − 1)) ≤ eq. 3.6 ≤ TV, n = 2 … 12", NetworkOnInterval.Arbitrary, instance =>
        {
            var f = instance.Network.On(instance.From, instance.To);
            var length = instance.To - instance.From;
            return Enumerable.Range(2, 11).All(n =>
            {
                var sampled = Sampled(t => instance.Network.At(instance.From + (t * length)), n);
                return sampled <= f.Variation && f.Variation - sampled <= f.DerivativeVariation * length / (2 * (n - 1));
            });
        });

    /// <summary>
    /// |2x − 1| on [0, 1] varies by 2, and TV(f′) = 4. Two points miss it all, which the bound 4/2 = 2 allows; three see all; four see it
    /// go from 1 to 1/3 and back, 4/3. More points can be worse; a refinement never is.
    /// </summary>
    [Claim("smoothness.estimator")]
    public void Tent_ByHand_MeetsTheBound()
    {
        var tent = new TwoLayersOnSegment(TwoLayers(new double[,] { { 2 }, { -2 } }, [-1, 1], [1, 1]), [0], [1]);
        (FunctionLength(tent, 2), FunctionLength(tent, 3), FunctionLength(tent, 5)).Should().Be((0.0, 2.0, 2.0));
        FunctionLength(tent, 4).Should().BeApproximately(4 / 3.0, 1e-15);
        Sampled(tent.Slice().At, 4).Should().Be(new Rational(4, 3));
    }

    /// <summary>
    /// [4x − 1]₊ + [4y − 3]₊ along the diagonal of the unit square: ∇f jumps by (4, 0), then by (0, 4), a variation of 8. Two points see a
    /// single jump by (4, 4), 4√2; three see both.
    /// </summary>
    [Claim("smoothness.estimator")]
    public void TwoJumps_ByHand_MergeInsideOnePart()
    {
        var instance = new TwoLayersOnSegment(TwoLayers(new double[,] { { 4, 0 }, { 0, 4 } }, [-1, -3], [1, 1]), [0, 0], [1, 1]);
        GradientLength(instance, 2).Should().BeApproximately(4 * Math.Sqrt(2), 8 * Rounding.Unit * 6);
        (GradientLength(instance, 3), GradientLength(instance, 9)).Should().Be((8.0, 8.0));
    }

    /// <summary>
    /// Networks of the thesis's size, 784-256-1, with zero biases and weights uniform on ±√(6/(n_in + n_out)), on 8 segments between points
    /// uniform on [0, 1]⁷⁸⁴. The exact values are computed twice: by the library, which finds all kinks, and here, as sums over the sorted
    /// kinks, where each switching unit is a jump of ∇f. Both sum some 120 pieces of 784-term products and agree to a relative 10⁻¹⁰.
    /// </summary>
    [Claim("smoothness.estimator")]
    public void NetworksOfThesisSize_SampledNeverExceedsExact_AndTheErrorsAreKnown()
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("claim", "smoothness.estimator"), ("quantity", "error"));
        var generator = seed.Generator();
        Tensor Uniform(double low, double high, params long[] shape)
        {
            var count = (int)shape.Aggregate((one, other) => one * other);
            return tensor([.. Enumerable.Range(0, count).Select(_ => low + ((high - low) * generator.NextDouble()))], shape);
        }

        var network = new FullyConnected(
            [
                Uniform(-Math.Sqrt(6 / 1040.0), Math.Sqrt(6 / 1040.0), 1, 256, 784),
                Uniform(-Math.Sqrt(6 / 257.0), Math.Sqrt(6 / 257.0), 1, 1, 256),
            ],
            [zeros([1, 256], float64), zeros([1, 1], float64)]);
        var segments = new Segments(Uniform(0, 1, 8, 784), Uniform(0, 1, 8, 784));
        var (function, gradient) = (Numbers(FunctionVariations.Run(network, segments)), Numbers(GradientVariations.Run(network, segments)));
        var byHand = Exact(network, segments);
        function.Zip(byHand.Function).Concat(gradient.Zip(byHand.Gradient))
            .Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) <= 1e-10 * pair.Second);
        foreach (var n in new[] { 100, 10 })
        {
            Compare("f", n, function, FunctionLengths.Run(network, segments, n));
            Compare("∇f", n, gradient, GradientLengths.Run(network, segments, n));
        }

        void Compare(string name, int n, double[] exact, Tensor sampled)
        {
            double[] shares = [.. Numbers(sampled).Zip(exact, (part, whole) => part / whole)];
            Evidence.Record(new Measurement(
                $"sampled over exact variation of {name} at n = {n}, mean over segments",
                shares.Average(),
                "at most 1; untrained networks of the thesis's size, zero biases")
                { Series = shares, Samples = shares.Length, Seed = seed.ToString(), Dtype = "float64" });
            shares.Should().OnlyContain(share => share <= 1 + 1e-12 && share > 0.1, "γ_k for the 784 terms of a pre-activation is 1e-13");
        }
    }

    /// <summary>
    /// A function that is 1 at 1/3 and 0 elsewhere varies by 2, and no partition into 2ᵏ parts sees it: f has to be continuous.
    /// </summary>
    [Claim("smoothness.estimator", Role.Control)]
    public void IsolatedSpike_ContinuityDropped_IsNeverSeen()
    {
        static Rational Spike(Rational t) => t == new Rational(1, 3) ? 1 : 0;
        Enumerable.Range(0, 10).Select(k => Sampled(Spike, (1 << k) + 1)).Should().OnlyContain(sampled => sampled == 0);
        Sampled(Spike, 4).Should().Be((Rational)2);
    }

    /// <summary>
    /// [x]₊ − [−x]₊ = x on [−1, 1]: sampled at −1, 0, 1 its gradient is 1, 0, 1, as both units are off on their kink, and varies by 2. Four
    /// points miss the kink and see 0, the variation.
    /// </summary>
    [Claim("smoothness.estimator", Role.Control)]
    public void SampledPointOnASharedKink_ExclusionDropped_IsAboveTheVariation()
    {
        var identity = new TwoLayersOnSegment(Identity, [-1], [1]);
        (GradientLength(identity, 3), GradientLength(identity, 4)).Should().Be((2.0, 0.0));
        GradientVariation(Identity, [-1], [1]).Should().Be(0);
    }

    /// <summary>Half the bound is too small, as the tent with two points shows.</summary>
    [Claim("smoothness.estimator", Role.Control)]
    public void HalfTheBound_IsCaught() =>
        ExactInstances.Violate("TV − eq. 3.6 ≤ TV(f′)/(4(n − 1))", NetworkOnInterval.Arbitrary, instance =>
        {
            var f = instance.Network.On(instance.From, instance.To);
            var length = instance.To - instance.From;
            Rational Slice(Rational t) => instance.Network.At(instance.From + (t * length));
            return Enumerable.Range(2, 11).All(n => f.Variation - Sampled(Slice, n) <= f.DerivativeVariation * length / (4 * (n - 1)));
        }, count: 1000);

    /// <summary>
    /// Over all samples of n points the mean of eq. 3.5 is (1 − 1/n)·PL0, because a point paired with itself adds nothing. The population
    /// is the start, the end and two points in between, with unequal probabilities.
    /// </summary>
    [Claim("smoothness.eq-3.5")]
    public void RandomNetworks_MeanOverAllSamples_IsPL0LessOnePartInN() =>
        ExactInstances.Satisfy(
            "mean of eq. 3.5 over all samples of 1, 2, 3 points = (1 − 1/n)·PL0",
            NetworkOnInterval.Arbitrary,
            instance => Enumerable.Range(1, 3).All(n =>
                MeanDoubleSum(Distances(instance), n) == (1 - new Rational(1, n)) * ExpectedVariation(instance)),
            count: 60);

    /// <summary>The same with the lengths that the library measures, from all kinks, on the segments between all pairs of points.</summary>
    [Claim("smoothness.eq-3.5")]
    public void RandomNetworks_MeasuredOverAllSamples_IsPL0LessOnePartInN() =>
        Instances.Satisfy(
            "|mean over all samples of 2 points of the library's lengths − (1 − 1/2)·PL0|",
            NetworkOnInterval.Arbitrary,
            instance => new Deviation(
                Math.Abs((MeanDoubleSum(MeasuredDistances(instance), 2) - (ExpectedVariation(instance) / 2)).ToDouble()),
                Resolution.Of(instance.Network, instance.From, instance.To)),
            Resolution.Reason,
            count: 60);

    /// <summary>f(x) = x at the points 0 and 3: PL0 = 3/2. The sample (0, 3) gives (0 + 3 + 3 + 0)/4 = 3/2, (0, 0) gives 0.</summary>
    [Claim("smoothness.eq-3.5")]
    public void TwoPoints_ByHand()
    {
        var distances = new Rational[,] { { 0, 3 }, { 3, 0 } };
        DoubleSum.Run(distances, [0, 1]).Should().Be(new Rational(3, 2));
        DoubleSum.Run(distances, [0, 0]).Should().Be((Rational)0);
    }

    /// <summary>
    /// Over the inputs 0, …, 9, equally likely, PL0 of [2x − 15]₊ is 2(8·1 + 8·3 + 2)/100 = 17/25; over the training points, to which it
    /// was fitted, equation 3.5 gives 0.
    /// </summary>
    [Claim("smoothness.eq-3.5", Role.Counterexample)]
    public void FunctionFittedToThePoints_EstimateIsZero()
    {
        TrainingPoints.Select(x => Fitted.At(x)).Should().OnlyContain(value => value == 0);
        var distances = Arrays.Build(10, 10, (i, j) => i == j ? 0 : Fitted.On(Math.Min(i, j), Math.Max(i, j)).Variation);
        var estimate = DoubleSum.Run(distances, TrainingPoints);
        var length = DoubleSum.Run(distances, [.. Enumerable.Range(0, 10)]);
        estimate.Should().Be((Rational)0);
        length.Should().Be(new Rational(17, 25));
        Evidence.Record(new Measurement("eq. 3.5 for [2x − 15]₊ at its training points", estimate.ToDouble(), "PL0 as printed: 0.68")
            { Series = [estimate.ToDouble(), length.ToDouble()], Dtype = "exact (rationals)" });
    }

    /// <summary>Without the factor 1 − 1/n the check fails: the double sum is biased.</summary>
    [Claim("smoothness.eq-3.5", Role.Control)]
    public void WithoutTheFactor_IsCaught() =>
        ExactInstances.Violate("mean of eq. 3.5 over all samples of 2 points = PL0", NetworkOnInterval.Arbitrary, instance =>
            MeanDoubleSum(Distances(instance), 2) == ExpectedVariation(instance));

    /// <summary>The library's ‖∇f‖ is the norm of the derivatives of the exact reference, off the kinks.</summary>
    [Claim("smoothness.estimator.gn")]
    public void RandomNetworks_GradientNorm_IsThatOfTheReference() =>
        Instances.Satisfy("|GN² at a point − ‖∇f‖²|", TwoLayersOnSegment.Arbitrary, instance =>
        {
            Rational[] point = Arrays.Exact(instance.Start);
            if (instance.Network.Exact().Evaluate(point).Preactivations[0].Any(value => value == 0))
            {
                return null;
            }

            var squares = instance.Network.Exact().DerivativesAlongAxes(point).Cast<Rational>().Sum(entry => (entry * entry).ToDouble());
            return new Deviation(
                Math.Abs(Math.Pow(GradientNormAt(instance.Network, instance.Start), 2) - squares), 8 * Rounding.Unit * squares);
        }, "8u of the value: the rounding of a root and a square");

    /// <summary>
    /// [x]₊ at the equally likely points −1, 1, 2, 3: GN = 3/4. The mean of eq. 4.6 is 3/4 over all 16 batches of two and over the 6
    /// batches of distinct points; its variance over the 16 is σ²/2 = 3/32.
    /// </summary>
    [Claim("smoothness.estimator.gn")]
    public void AllBatchesOfTwo_ByHand_AreUnbiased()
    {
        using var scope = NewDisposeScope();
        var unit = TwoLayers(new double[,] { { 1 } }, [0], [1]).ToEnsemble();
        var norms = Numbers(GradientNorms.Run(unit, tensor([-1.0, 1, 2, 3], [4, 1])));
        double[] batches = [.. from i in norms from j in norms select (i + j) / 2];
        batches.Average().Should().Be(0.75);
        batches.Average(value => (value - 0.75) * (value - 0.75)).Should().Be(3 / 32.0);
        (from i in Enumerable.Range(0, 4) from j in Enumerable.Range(0, i) select (norms[i] + norms[j]) / 2).Average().Should().Be(0.75);
    }

    /// <summary>∇(3[x]₊ − 4[y]₊) at (1, 1) is (3, −4), of norm 5.</summary>
    [Claim("smoothness.estimator.gn")]
    public void ThreeFourFive_ByHand() =>
        GradientNormAt(TwoLayers(new double[,] { { 1, 0 }, { 0, 1 } }, [0, 0], [3, -4]), [1, 1]).Should().Be(5);

    /// <summary>The gradient of [2x − 15]₊ is 0 at its training points and 2 at 8 and 9: over the inputs 0, …, 9 GN = 4/10.</summary>
    [Claim("smoothness.estimator.gn", Role.Counterexample)]
    public void FunctionFittedToThePoints_MeanGradientNormIsZero()
    {
        double Mean(IEnumerable<int> points) => points.Average(x => GradientNormAt(Fitted.ToSmallNetwork(), [x]));
        double[] means = [Mean(TrainingPoints), Mean(Enumerable.Range(0, 10))];
        means.Should().Equal(0, 0.4);
        Evidence.Record(new Measurement("mean ‖∇f‖ of [2x − 15]₊ at its training points 2, 5, 7", means[0], "GN as printed: 0.4")
            { Series = means, Dtype = "exact (integers)" });
    }

    /// <summary>Batches that are not drawn from P_X are biased: the two largest of the four points give 1.</summary>
    [Claim("smoothness.estimator.gn", Role.Control)]
    public void BatchNotDrawnFromTheDistribution_IsCaught() =>
        new[] { 2.0, 3 }.Average(x => GradientNormAt(TwoLayers(new double[,] { { 1 } }, [0], [1]), [x])).Should().NotBe(0.75);

    // Eq. 3.6: p_i runs from b to a, as printed.
    private static Rational Sampled(Func<Rational, Rational> slice, int n)
    {
        Rational Value(int i) => slice(1 - new Rational(i, n - 1));
        return Rational.Sum(Enumerable.Range(1, n - 1).Select(i => Rational.Abs(Value(i) - Value(i - 1))));
    }

    private static double SampledGradient(TwoLayersOnSegment instance, int n)
    {
        var gradients = instance.Gradients(Enumerable.Range(0, n).Select(i => new Rational(i, n - 1)), 0);
        static double Distance(Rational[] one, Rational[] next) =>
            Math.Sqrt(one.Zip(next, (from, to) => ((to - from) * (to - from)).ToDouble()).Sum());
        return gradients.Zip(gradients.Skip(1), Distance).Sum();
    }

    private static (double[] Function, double[] Gradient) Exact(FullyConnected network, Segments segments)
    {
        var atStart = network.Preactivations(segments.Starts)[0].cpu().data<double>().ToArray();
        var atEnd = network.Preactivations(segments.Ends)[0].cpu().data<double>().ToArray();
        var outer = network.Weights[1].cpu().data<double>().ToArray();
        var jumps = WeightsProduct.Summands(network).cpu().data<double>().ToArray();
        var units = outer.Length;
        double[] function = new double[segments.Count], gradient = new double[segments.Count];
        for (var segment = 0; segment < function.Length; segment++)
        {
            var (first, last) = (atStart.AsSpan(segment * units, units).ToArray(), atEnd.AsSpan(segment * units, units).ToArray());
            var switching = Enumerable.Range(0, units).Where(unit => first[unit] > 0 != last[unit] > 0).ToArray();
            double Value(double t) =>
                Enumerable.Range(0, units).Sum(unit => outer[unit] * Math.Max(0, ((1 - t) * first[unit]) + (t * last[unit])));
            double[] knots = [0, .. switching.Select(unit => first[unit] / (first[unit] - last[unit])).Order(), 1];
            function[segment] = knots.Zip(knots.Skip(1), (from, to) => Math.Abs(Value(to) - Value(from))).Sum();
            gradient[segment] = switching.Sum(unit => jumps[unit]);
        }

        return (function, gradient);
    }

    private static Rational Mean(int[] sample, Func<int, int, Rational> term) =>
        Rational.Sum(from one in sample from other in sample select term(one, other)) / (sample.Length * sample.Length);

    // Probabilities 1/2, 1/4, 1/8, 1/8 of four points; a sample of n is one of 8ⁿ equally likely draws.
    private static readonly int[] Draws = [0, 0, 0, 0, 1, 1, 2, 3];

    private static Rational[] PointsOf(NetworkOnInterval instance) =>
        [.. new Rational[] { 0, new(1, 4), new(3, 4), 1 }.Select(t => instance.From + (t * (instance.To - instance.From)))];

    private static Rational[,] MeasuredDistances(NetworkOnInterval instance)
    {
        using var scope = NewDisposeScope();
        double[] points = [.. PointsOf(instance).Select(point => point.ToDouble())];
        var pairs = (from one in points from other in points select (one, other)).ToList();
        var segments = new Segments(
            tensor([.. pairs.Select(pair => pair.one)]).unsqueeze(1), tensor([.. pairs.Select(pair => pair.other)]).unsqueeze(1));
        var lengths = Numbers(FunctionVariations.Run(instance.Network.ToSmallNetwork().ToEnsemble(), segments));
        return Arrays.Build(4, 4, (i, j) => Rational.Of(lengths[(4 * i) + j]));
    }

    private static Rational[,] Distances(NetworkOnInterval instance)
    {
        var points = PointsOf(instance);
        return Arrays.Build(4, 4, (i, j) => i == j ? 0 : instance.Network.On(points[Math.Min(i, j)], points[Math.Max(i, j)]).Variation);
    }

    private static Rational ExpectedVariation(NetworkOnInterval instance)
    {
        var distances = Distances(instance);
        return Rational.Sum(from one in Draws from other in Draws select distances[one, other]) / 64;
    }

    private static Rational MeanDoubleSum(Rational[,] distances, int n)
    {
        var samples = Enumerable.Range(0, 1 << (3 * n))
            .Select(code => Enumerable.Range(0, n).Select(i => Draws[code >> (3 * i) & 7]).ToArray());
        return Rational.Sum(samples.Select(sample => DoubleSum.Run(distances, sample))) / (1 << (3 * n));
    }
}
