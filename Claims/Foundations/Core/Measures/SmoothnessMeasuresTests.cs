using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Geometry;
using Reproduce.Measures;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Measures;

/// <summary>The sampled measures on ensembles, deep networks and many segments, against their definitions, point by point.</summary>
[Trait("Category", "Foundation")]
public sealed class SmoothnessMeasuresTests
{
    private const int Points = 17;

    /// <summary>Three replicas of three layers, four segments each: variations are sums over the points, network by network.</summary>
    [Fact]
    public void PathLengths_OfADeepEnsemble_AreTheSumsOverItsPoints()
    {
        using var scope = NewDisposeScope();
        var network = Ensemble(3, 5, 7, 6, 1);
        var segments = new Segments(Uniform("starts", 3, 4, 5), Uniform("ends", 3, 4, 5));
        var function = Tensors.Numbers(PathLength.OfFunction(network, segments, Points));
        var gradient = Tensors.Numbers(PathLength.OfGradient(network, segments, Points));
        for (var i = 0; i < 12; i++)
        {
            var (start, end) = (segments.Starts.select(1, i % 4), segments.Ends.select(1, i % 4));
            var along = stack(Enumerable.Range(0, Points).Select(step => start + ((end - start) * (step / (Points - 1.0)))), 1);
            function[i].Should().BeApproximately(Length(network.Forward(along), i / 4), 1e-13, "values below 1, a few hundred operations");
            gradient[i].Should().BeApproximately(Length(Jacobian.ByAutograd(network, along).select(2, 0), i / 4), 1e-13);
        }
    }

    /// <summary>More segments than fit at once give what each gives alone, also in float32 and with points for all replicas.</summary>
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
            Tensors.Numbers(function.select(1, place))
                .Should().Equal(Tensors.Numbers(PathLength.OfFunction(network, one).select(1, 0)), Close);
            Tensors.Numbers(gradient.select(1, place))
                .Should().Equal(Tensors.Numbers(PathLength.OfGradient(network, one).select(1, 0)), Close);
        }

        var single = new FullyConnected(
            [.. network.Weights.Select(weight => weight.to_type(float32))],
            [.. network.Biases.Select(bias => bias.to_type(float32))]);
        var singleSegments = new Segments(segments.Starts.to_type(float32), segments.Ends.to_type(float32));
        PathLength.OfFunction(single, singleSegments).to_type(float64).allclose(function, 1e-4, 1e-5).Should().BeTrue();
    }

    /// <summary>x ↦ (3x, 4x) on [0, 2] has length 10, from any number of points.</summary>
    [Fact]
    public void FunctionLength_OfTwoOutputs_IsEuclidean()
    {
        using var scope = NewDisposeScope();
        using var network = SmallNetwork.WithoutBiases(new double[,] { { 3 }, { 4 } }).ToEnsemble();
        var segment = new Segments(zeros([1, 1], float64), full([1, 1], 2.0, float64));
        Tensors.Numbers(PathLength.OfFunction(network, segment, 3)).Should().Equal(10);
    }

    /// <summary>No hidden layer: f = 2x − y + 1 varies by 1 from (0, 0) to (1, 1), its gradient by nothing and has norm √5.</summary>
    [Fact]
    public void Measures_OfAnAffineNetwork_AreItsSlope()
    {
        using var scope = NewDisposeScope();
        var network = new SmallNetwork([new double[,] { { 2, -1 } }], [[1]]).ToEnsemble();
        var segment = new Segments(zeros([1, 2], float64), ones([1, 2], float64));
        Tensors.Numbers(PathLength.OfFunction(network, segment, 3)).Should().Equal(1);
        Tensors.Numbers(PathLength.OfGradient(network, segment, 3)).Should().Equal(0);
        Tensors.Numbers(GradientNorm.At(network, zeros([1, 2], float64)))[0].Should().BeApproximately(Math.Sqrt(5), 1e-15);
    }

    [Fact]
    public void WeightsProduct_OfAnEnsemble_IsThatOfEachReplica()
    {
        using var scope = NewDisposeScope();
        var network = Ensemble(3, 4, 5, 1);
        var products = Tensors.Numbers(WeightsProduct.Of(network));
        var (inner, outer) = (Tensors.Numbers(network.Weights[0]), Tensors.Numbers(network.Weights[1]));
        for (var replica = 0; replica < 3; replica++)
        {
            var units = Enumerable.Range(5 * replica, 5);
            var expected = units.Sum(unit => Math.Abs(outer[unit]) * Math.Sqrt(inner.Skip(4 * unit).Take(4).Sum(value => value * value)));
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
        var pairs = Tensors.Numbers(Drawn().Starts).Zip(Tensors.Numbers(Drawn().Ends)).ToList();
        pairs.Should().HaveCount(400);
        pairs.Distinct().Should().HaveCount(25, "a given pair is missing with chance 0.96⁴⁰⁰ = 8·10⁻⁸, and the seed is fixed");
        pairs.Should().Equal(Tensors.Numbers(Drawn().Starts).Zip(Tensors.Numbers(Drawn().Ends)));
    }

    [Fact]
    public void Measures_OfArgumentsOutsideTheirDomain_AreRefused()
    {
        using var scope = NewDisposeScope();
        var (deep, wide) = (Ensemble(1, 2, 3, 3, 1), Ensemble(1, 2, 3, 2));
        var segment = new Segments(zeros([1, 2], float64), ones([1, 2], float64));
        var threeInputs = new Segments(zeros([1, 3], float64), zeros([1, 3], float64));
        void Refused<TException>(Func<object> call, string message = "*")
            where TException : ArgumentException => call.Should().Throw<TException>().WithMessage(message);
        Segments Drawn(Tensor points, int count) => Segments.Draw(points, count, Seed.Of(("draw", 2)).Generator());
        Refused<ArgumentException>(() => WeightsProduct.Of(deep), "*two-layer*2-3-3-1*");
        Refused<ArgumentException>(() => WeightsProduct.Of(wide), "*2 outputs*");
        Refused<ArgumentException>(() => GradientNorm.At(wide, zeros([1, 2], float64)), "*2 outputs*");
        Refused<ArgumentException>(() => PathLength.OfGradient(wide, segment), "*2 outputs*");
        Refused<ArgumentOutOfRangeException>(() => PathLength.OfFunction(deep, segment, 1));
        Refused<ArgumentException>(() => PathLength.OfFunction(deep, threeInputs), "*2 inputs*");
        Refused<ArgumentException>(() => Drawn(zeros([0, 2], float64), 3));
        Refused<ArgumentException>(() => Drawn(zeros([2], float64), 3));
        Refused<ArgumentOutOfRangeException>(() => Drawn(zeros([2, 2], float64), 0));
    }

    // A batch of rows may be summed in another order than a single row.
    private static bool Close(double one, double other) => Math.Abs(one - other) <= 1e-13 * Math.Max(1, Math.Abs(other));

    private static FullyConnected Ensemble(int replicas, params int[] widths) =>
        Initialisation.PyTorchDefault(
            new FullyConnectedShape(widths), [.. Enumerable.Range(0, replicas).Select(replica => Seed.Of(("replica", replica)))], float64);

    private static Tensor Uniform(string what, params long[] shape) =>
        RandomTensors.Uniform(Seed.Of(("points", what)).Generator(), float64, shape);

    // Σ ‖v_i − v_(i−1)‖ over the points of one replica, values [R, points, k].
    private static double Length(Tensor values, int replica)
    {
        var rows = values.select(0, replica);
        return Enumerable.Range(1, Points - 1)
            .Sum(i => (rows.select(0, i) - rows.select(0, i - 1)).square().sum().sqrt().item<double>());
    }
}
