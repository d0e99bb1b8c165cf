using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Functions;
using Reproduce.Randomness;

namespace Reproduce.Claims.Foundations.Functions;

/// <summary>
/// Data that the papers generate, against their definitions. Seeds are fixed; a check of a random quantity states how often another
/// seed would fail.
/// </summary>
[Trait("Category", "Foundation")]
public class GeneratedFunctionsTests
{
    // 5.5 standard errors: one normal quantity in 26 million is farther off.
    private const double Errors = 5.5;

    private static Seed Seed(string name) => Randomness.Seed.Of(("test", nameof(GeneratedFunctionsTests)), ("data", name));

    /// <summary>
    /// The mean of f(x)·f(y) over independent functions is the covariance, with standard error √((σ_xx·σ_yy + σ_xy²)/n). 55 pairs of
    /// points: a seed fails once in 5·10⁵.
    /// </summary>
    [Fact]
    public void GaussianProcess_Covariance_IsThatOfTheKernelConditionedAtZero()
    {
        var functions = GaussianProcess.Draw(Seed("covariance"), 4000);
        CovarianceErrors(functions, Printed).Should().HaveCount(55).And.OnlyContain(error => error < Errors);

        // The same check rejects a kernel without the condition f(0) = 0, and length scale 0.4: at 0.11 its variance is a half larger,
        // 15 errors.
        CovarianceErrors(functions, (x, y) => Math.Exp(-2 * (x - y) * (x - y))).Should().Contain(error => error > 2 * Errors);
        CovarianceErrors(functions, (x, y) => Printed(1.25 * x, 1.25 * y)).Should().Contain(error => error > 2 * Errors);

        // Variance 1 and length scale ½, conditioned on f(0) = 0.
        static double Printed(double x, double y) => Math.Exp(-2 * (x - y) * (x - y)) - Math.Exp((-2 * x * x) - (2 * y * y));
    }

    /// <summary>exp(−d²/(2·½²)) at the distances 0, ½ and 1, and the covariance with the value at 0, which is fixed.</summary>
    [Fact]
    public void GaussianProcess_Kernel_HasThePrintedVarianceAndLengthScale()
    {
        GaussianProcess.Kernel(0.3, 0.3).Should().Be(1);
        GaussianProcess.Kernel(0.25, -0.25).Should().BeApproximately(Math.Exp(-0.5), 1e-15);
        GaussianProcess.Kernel(-1, 0).Should().BeApproximately(Math.Exp(-2), 1e-15);
        GaussianProcess.Covariance(0, 0.7).Should().Be(0);
        GaussianProcess.Covariance(0.5, 0.5).Should().BeApproximately(1 - Math.Exp(-1), 1e-15);
    }

    /// <summary>
    /// 0 lies in the middle between the 50th and the 51st point. Given f(0) = 0 their mean is about f″(0)·h²/2, h = 1/99, with standard
    /// deviation at most √(3/0.5⁴)·h²/2 = 3.6·10⁻⁴. 200 functions: a seed fails once in 10⁵.
    /// </summary>
    [Fact]
    public void GaussianProcess_AtZero_IsZero()
    {
        foreach (Sample function in GaussianProcess.Draw(Seed("zero"), 200))
        {
            function.X.Should().HaveCount(100).And.StartWith(-1).And.EndWith(1);
            ((function.Y[49] + function.Y[50]) / 2).Should().BeApproximately(0, Errors * 3.6e-4);
        }
    }

    [Fact]
    public void GaussianProcess_SameSeed_IsTheSameFunction()
    {
        GaussianProcess.Draw(Seed("one")).Y.Should().Equal(GaussianProcess.Draw(Seed("one"), 2)[0].Y);
        GaussianProcess.Draw(Seed("one")).Y.Should().NotEqual(GaussianProcess.Draw(Seed("two")).Y);
    }

    /// <summary>The thesis's own example, on a grid that has the points: −1, 1, 0, −0.5, 0.5, −0.75, −0.25, 0.25, …</summary>
    [Fact]
    public void WellSpaced_OnTheExampleOfTheThesis_IsItsOrder()
    {
        double[] grid = Sample.Grid(-1, 1, 9);
        GaussianProcess.WellSpaced(9, 9).Select(i => grid[i]).Should().Equal(-1, 1, 0, -0.5, 0.5, -0.75, -0.25, 0.25, 0.75);
        GaussianProcess.WellSpaced(100, 10).Should().OnlyHaveUniqueItems().And.StartWith([0, 99, 49]);
    }

    [Fact]
    public void InterpolationPolynomial_ThroughACubic_IsTheCubic()
    {
        double[] x = [-1, 1, 0, -0.5];
        var polynomial = new InterpolationPolynomial(new Sample(x, [.. x.Select(Cubic)]));

        polynomial.Degree.Should().Be(3);
        foreach (double at in Sample.Grid(-1.5, 1.5, 31))
        {
            // Coefficients below 10 and x below 2: a few dozen roundings of numbers below 10² at most.
            polynomial.At(at).Should().BeApproximately(Cubic(at), 1e-12);
            polynomial.DerivativeAt(at).Should().BeApproximately((9 * at * at) - (4 * at) + 1, 1e-12);
        }

        static double Cubic(double at) => (3 * at * at * at) - (2 * at * at) + at - 7;
    }

    /// <summary>Through every training set of the thesis's experiment, up to ten points of a drawn function.</summary>
    [Fact]
    public void InterpolationPolynomial_ThroughADrawnFunction_MeetsEveryPoint()
    {
        Sample function = GaussianProcess.Draw(Seed("polynomial"));
        for (int size = 2; size <= 10; size++)
        {
            Sample points = function.At(GaussianProcess.WellSpaced(100, size));
            var polynomial = new InterpolationPolynomial(points);
            points.X.Select(polynomial.At).Should().Equal(points.Y, (actual, expected) => Math.Abs(actual - expected) < 1e-10);
        }
    }

    [Fact]
    public void InterpolationPolynomial_TwoPointsAtOneX_IsRefused() =>
        FluentActions.Invoking(() => new InterpolationPolynomial(new Sample([1, 1], [0, 1]))).Should().Throw<ArgumentException>();

    /// <summary>The means and variance of 20 000 noises, each within 5.5 standard errors: a seed fails once in 10⁷.</summary>
    [Theory]
    [InlineData(nameof(NoisyPolynomial.Quadratic))]
    [InlineData(nameof(NoisyPolynomial.Cubic))]
    public void NoisyPolynomial_Noise_HasMeanZeroAndItsDeviation(string name)
    {
        const int Count = 20_000;
        Func<double, double> function = name == nameof(NoisyPolynomial.Cubic) ? NoisyPolynomial.Cubic : NoisyPolynomial.Quadratic;
        Sample sample = NoisyPolynomial.Draw(function, 8, Seed("noise"), Count);
        double[] noise = [.. sample.X.Zip(sample.Y, (x, y) => y - function(x))];
        noise.Average().Should().BeApproximately(0, Errors * 10 / Math.Sqrt(Count));
        noise.Average(value => value * value).Should().BeApproximately(100, Errors * 100 * Math.Sqrt(2.0 / Count));
    }

    [Fact]
    public void NoisyPolynomial_WithoutNoise_IsThePrintedFunctionOnThePrintedGrid()
    {
        Sample sample = NoisyPolynomial.Draw(NoisyPolynomial.Cubic, 8, Seed("grid"), deviation: 0);
        sample.X.Should().HaveCount(100).And.StartWith(-8).And.EndWith(8).And.BeInAscendingOrder();
        sample.Y[0].Should().BeApproximately(10 + (1.22 * 64) - (1.22 * 64), 1e-12);
        sample.Y[^1].Should().BeApproximately(10 + (1.22 * 64), 1e-12);
        NoisyPolynomial.Quadratic(-8).Should().BeApproximately(88.08, 1e-12);
        (NoisyPolynomial.Cubic(-1e-9) - NoisyPolynomial.Cubic(0)).Should().BeApproximately(78.08, 1e-6, "the printed function jumps at 0");
    }

    [Fact]
    public void TwoMoons_WithoutNoise_LieOnTwoHalfCircles()
    {
        TwoMoons moons = TwoMoons.Draw(Seed("moons"), noise: 0);

        moons.TrainLabels.Should().HaveCount(300);
        moons.ValidationLabels.Should().HaveCount(100);
        var labels = moons.TrainLabels.Concat(moons.ValidationLabels);
        var points = moons.TrainPoints.Concat(moons.ValidationPoints).Chunk(2).Zip(labels).ToList();
        points.Count(point => point.Second == 0).Should().Be(200);
        foreach (var (point, label) in points)
        {
            double x = label == 0 ? point[0] : point[0] - 1;
            double y = label == 0 ? point[1] : 0.5 - point[1];

            // Coordinates below 2 in float32: the radius is off by a few units of 2⁻²³.
            Math.Sqrt((x * x) + (y * y)).Should().BeApproximately(1, 5e-7);
            y.Should().BeGreaterThanOrEqualTo(-5e-7);
        }

        points.Select(point => (point.First[0], point.First[1])).Should().OnlyHaveUniqueItems();
    }

    /// <summary>
    /// With noise s the squared distances from the points without noise average 2s², with standard error 2s²/√400. And each class has
    /// between 130 and 170 of the 300 training points: hypergeometric with deviation 4.3. A seed fails once in 10⁵.
    /// </summary>
    [Fact]
    public void TwoMoons_WithNoise_ScatterAsStatedAndSplitAtRandom()
    {
        const double Noise = 0.1;
        TwoMoons clean = TwoMoons.Draw(Seed("moons"), noise: 0);
        TwoMoons noisy = TwoMoons.Draw(Seed("moons"), Noise);

        noisy.TrainLabels.Should().Equal(clean.TrainLabels, "noise and split have their own random numbers");
        noisy.TrainLabels.Count(label => label == 0).Should().BeInRange(130, 170);
        noisy.TrainLabels.Take(150).Should().Contain(0).And.Contain(1);
        float[] moved = [.. noisy.TrainPoints, .. noisy.ValidationPoints];
        double[] moves = [.. moved.Zip(clean.TrainPoints.Concat(clean.ValidationPoints), (a, b) => (double)a - b)];
        (moves.Sum(move => move * move) / 400).Should().BeApproximately(2 * Noise * Noise, Errors * 2 * Noise * Noise / Math.Sqrt(400));
        TwoMoons.Draw(Seed("moons"), Noise).Should().BeEquivalentTo(noisy);
    }

    /// <summary>
    /// 1000 labels, 100 of each of ten classes: a random order keeps 100 in place on average, with deviation about √90 = 9.5. A seed
    /// fails once in 10⁶.
    /// </summary>
    [Fact]
    public void RandomLabels_OfBalancedClasses_KeepTheCountsAndForgetTheOrder()
    {
        byte[] labels = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i % 10))];
        byte[] random = RandomLabels.Of(labels, Seed("labels"));

        random.CountBy(label => label).Should().OnlyContain(count => count.Value == 100).And.HaveCount(10);
        random.Zip(labels).Count(pair => pair.First == pair.Second).Should().BeInRange(50, 150);
        RandomLabels.Of(labels, Seed("labels")).Should().Equal(random);
        RandomLabels.Of(labels, Seed("others")).Should().NotEqual(random);
    }

    private static List<double> CovarianceErrors(IReadOnlyList<Sample> functions, Func<double, double, double> covariance)
    {
        int[] positions = [.. Enumerable.Range(0, 10).Select(i => 11 * i)];
        double[] x = functions[0].X;
        return [.. from i in positions
                   from j in positions
                   where i <= j
                   let expected = covariance(x[i], x[j])
                   let error = Math.Sqrt(((covariance(x[i], x[i]) * covariance(x[j], x[j])) + (expected * expected)) / functions.Count)
                   select Math.Abs(functions.Average(function => function.Y[i] * function.Y[j]) - expected) / error];
    }
}
