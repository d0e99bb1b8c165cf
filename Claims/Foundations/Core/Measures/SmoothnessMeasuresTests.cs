using Reproduce.Fixtures.Networks;
using Reproduce.Geometry;
using Reproduce.Measures;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Measures;

/// <summary>The sampled measures on ensembles, deep networks and many segments, against point-by-point evaluation of what they stand for.</summary>
[Trait("Category", "Foundation")]
public sealed class SmoothnessMeasuresTests
{
    private const int Points = 17;

    /// <summary>Three replicas with three layers, four segments of their own: each variation is the sum over the points, one network at a time.</summary>
    [Fact]
    public void PathLengths_OfADeepEnsemble_AreTheSumsOverItsPoints()
    {
        using var scope = NewDisposeScope();
        var network = Ensemble(3, 5, 7, 6, 1);
        var segments = new Segments(Uniform("starts", 3, 4, 5), Uniform("ends", 3, 4, 5));
        var function = Numbers(PathLength.OfFunction(network, segments, Points));
        var gradient = Numbers(PathLength.OfGradient(network, segments, Points));
        for (var i = 0; i < 12; i++)
        {
            var along = stack(Enumerable.Range(0, Points).Select(step => segments.Starts.select(1, i % 4) + ((segments.Ends.select(1, i % 4) - segments.Starts.select(1, i % 4)) * (step / (Points - 1.0)))), 1);
            function[i].Should().BeApproximately(Length(network.Forward(along), i / 4), 1e-13, "values below 1, a few hundred operations");
            gradient[i].Should().BeApproximately(Length(Jacobian.ByAutograd(network, along).select(2, 0), i / 4), 1e-13);
        }
    }

    /// <summary>More segments than are held at once give what each gives by itself, also in float32 and with points for all replicas.</summary>
    [Fact]
    public void PathLengths_OfManySegments_AreThoseOfEach()
    {
        using var scope = NewDisposeScope();
        var network = Ensemble(2, 3, 64, 1);
        var segments = Segments.Draw(Uniform("data", 50, 3), 400, Seed.Of(("segments", 0)).Generator());
        var function = PathLength.OfFunction(network, segments);
        var gradient = PathLength.OfGradient(network, segments);
        function.shape.Should().Equal(2, 400);
        foreach (var place in new[] { 0, 326, 327, 328, 399 })
        {
            var one = new Segments(segments.Starts.narrow(0, place, 1), segments.Ends.narrow(0, place, 1));
            Numbers(function.select(1, place)).Should().Equal(Numbers(PathLength.OfFunction(network, one).select(1, 0)), Close);
            Numbers(gradient.select(1, place)).Should().Equal(Numbers(PathLength.OfGradient(network, one).select(1, 0)), Close);
        }

        var single = new FullyConnected([.. network.Weights.Select(weight => weight.to_type(float32))], [.. network.Biases.Select(bias => bias.to_type(float32))]);
        PathLength.OfFunction(single, new Segments(segments.Starts.to_type(float32), segments.Ends.to_type(float32))).to_type(float64).allclose(function, 1e-4, 1e-5).Should().BeTrue();
    }

    /// <summary>x ↦ (3x, 4x) on [0, 2] has length 10, from any number of points.</summary>
    [Fact]
    public void FunctionLength_OfTwoOutputs_IsEuclidean()
    {
        using var scope = NewDisposeScope();
        using var network = SmallNetwork.WithoutBiases(new double[,] { { 3 }, { 4 } }).ToEnsemble();
        Numbers(PathLength.OfFunction(network, new Segments(zeros([1, 1], float64), full([1, 1], 2.0, float64)), 3)).Should().Equal(10);
    }

    /// <summary>An affine network, with no hidden layer: f = 2x − y + 1 from (0, 0) to (1, 1) varies by 1, its gradient by nothing and has norm √5.</summary>
    [Fact]
    public void Measures_OfAnAffineNetwork_AreItsSlope()
    {
        using var scope = NewDisposeScope();
        var network = new SmallNetwork([new double[,] { { 2, -1 } }], [[1]]).ToEnsemble();
        var segment = new Segments(zeros([1, 2], float64), ones([1, 2], float64));
        Numbers(PathLength.OfFunction(network, segment, 3)).Should().Equal(1);
        Numbers(PathLength.OfGradient(network, segment, 3)).Should().Equal(0);
        Numbers(GradientNorm.At(network, zeros([1, 2], float64)))[0].Should().BeApproximately(Math.Sqrt(5), 1e-15);
    }

    [Fact]
    public void WeightsProduct_OfAnEnsemble_IsThatOfEachReplica()
    {
        using var scope = NewDisposeScope();
        var network = Ensemble(3, 4, 5, 1);
        var products = Numbers(WeightsProduct.Of(network));
        var (inner, outer) = (Numbers(network.Weights[0]), Numbers(network.Weights[1]));
        for (var replica = 0; replica < 3; replica++)
        {
            var expected = Enumerable.Range(0, 5).Sum(unit => Math.Abs(outer[(replica * 5) + unit]) * Math.Sqrt(Enumerable.Range(0, 4).Sum(input => Math.Pow(inner[(((replica * 5) + unit) * 4) + input], 2))));
            products[replica].Should().BeApproximately(expected, 1e-14);
        }

        WeightsProduct.Summands(network).shape.Should().Equal(3, 5);
    }

    /// <summary>400 segments between 5 points: the same for the same seed, all 25 pairs occur, a point with itself among them.</summary>
    [Fact]
    public void Draw_TakesBothEndsIndependently_WithReplacement()
    {
        using var scope = NewDisposeScope();
        var points = tensor([0.0, 1, 2, 3, 4], [5, 1]);
        Segments Drawn() => Segments.Draw(points, 400, Seed.Of(("draw", 1)).Generator());
        var pairs = Numbers(Drawn().Starts).Zip(Numbers(Drawn().Ends)).ToList();
        pairs.Should().HaveCount(400);
        pairs.Distinct().Should().HaveCount(25, "a given pair is missing with chance 0.96⁴⁰⁰ = 8·10⁻⁸, and the seed is fixed");
        pairs.Should().Equal(Numbers(Drawn().Starts).Zip(Numbers(Drawn().Ends)));
    }

    [Fact]
    public void Measures_OfWhatTheyAreNotDefinedFor_Complain()
    {
        using var scope = NewDisposeScope();
        var (deep, wide) = (Ensemble(1, 2, 3, 3, 1), Ensemble(1, 2, 3, 2));
        var segment = new Segments(zeros([1, 2], float64), ones([1, 2], float64));
        FluentActions.Invoking(() => WeightsProduct.Of(deep)).Should().Throw<ArgumentException>().WithMessage("*two-layer*2-3-3-1*");
        FluentActions.Invoking(() => WeightsProduct.Of(wide)).Should().Throw<ArgumentException>().WithMessage("*2 outputs*");
        FluentActions.Invoking(() => GradientNorm.At(wide, zeros([1, 2], float64))).Should().Throw<ArgumentException>().WithMessage("*2 outputs*");
        FluentActions.Invoking(() => PathLength.OfGradient(wide, segment)).Should().Throw<ArgumentException>().WithMessage("*2 outputs*");
        FluentActions.Invoking(() => PathLength.OfFunction(deep, segment, 1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => PathLength.OfFunction(deep, new Segments(zeros([1, 3], float64), zeros([1, 3], float64)))).Should().Throw<ArgumentException>().WithMessage("*2 inputs*");
        FluentActions.Invoking(() => Segments.Draw(zeros([0, 2], float64), 3, Seed.Of(("draw", 2)).Generator())).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => Segments.Draw(zeros([2], float64), 3, Seed.Of(("draw", 2)).Generator())).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => Segments.Draw(zeros([2, 2], float64), 0, Seed.Of(("draw", 2)).Generator())).Should().Throw<ArgumentOutOfRangeException>();
    }

    // A batch of rows may be summed in another order than a single row.
    private static bool Close(double one, double other) => Math.Abs(one - other) <= 1e-13 * Math.Max(1, Math.Abs(other));

    private static FullyConnected Ensemble(int replicas, params int[] widths) =>
        Initialisation.PyTorchDefault(new FullyConnectedShape(widths), [.. Enumerable.Range(0, replicas).Select(replica => Seed.Of(("replica", replica)))], float64);

    private static Tensor Uniform(string what, params long[] shape)
    {
        var generator = Seed.Of(("points", what)).Generator();
        return tensor([.. Enumerable.Range(0, (int)shape.Aggregate((one, other) => one * other)).Select(_ => (2 * generator.NextDouble()) - 1)], shape);
    }

    // Σ ‖v_i − v_(i−1)‖ over the points of one replica, values [R, points, k].
    private static double Length(Tensor values, int replica)
    {
        var rows = values.select(0, replica);
        return Enumerable.Range(1, Points - 1).Sum(i => Math.Sqrt((rows.select(0, i) - rows.select(0, i - 1)).square().sum().item<double>()));
    }

    private static double[] Numbers(Tensor values) => values.contiguous().cpu().data<double>().ToArray();
}
