using Reproduce.Claims.Foundations.Core.Training;
using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>
/// The engine's convolutional networks against autograd in float64, on images of 7 × 6 pixels with one or two channels. 1, 3 and 4
/// inner channels leave rows and outputs that fill no block, and the last batch fills no vector.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class ConvolutionalEnsembleTests
{
    private const int Count = 37;
    private const int Classes = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int, int, int> Shapes => new() { { 1, 1, 1 }, { 1, 2, 3 }, { 2, 3, 4 } };

    /// <summary>
    /// Three epochs of three steps. A sum has at most 25·4 terms through at most four layers: 9 steps · 4 · 100 · 2⁻²⁴ · η = 2e-5 at
    /// worst.
    /// </summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Epochs_InTheSameOrder_GiveAutogradsNumbers(int channels, int convolutions, int inside)
    {
        using var scope = NewDisposeScope();
        var shape = new ConvolutionalShape(new ImageShape(channels, 7, 6), convolutions, inside, Classes);
        var (points, labels) = Data(shape);
        using var network = Initialisation.PyTorchDefault(shape, [Of(0), Of(1)], float32, CPU);
        using var exact = new ConvolutionalNetwork(shape, [.. network.Parameters.Select(one => one.to_type(float64))]);
        var settings = new OptimiserSettings(0.1, 0.8, 16);
        using var plain = new BatchedEnsemble<ConvolutionalNetwork>(
            exact, points.to_type(float64), Targets(labels).to_type(float64), settings.BatchSize,
            Loss.CrossEntropy, some => new Sgd(some.Parameters, settings.LearningRate, settings.Momentum), [Order, Order]);
        using var fast = new ConvolutionalEnsemble(network, points, Targets(labels), settings, Order);
        var before = fast.Parameters(1).Select(one => one.clone()).ToList();
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            var expected = plain.Epoch(epoch, Token);
            var losses = fast.Epoch(epoch, Token);
            losses[0].Should().BeApproximately(expected[0], 2e-5);
            losses[1].Should().BeApproximately(expected[1], 2e-5);
        }

        for (var replica = 0; replica < 2; replica++)
        {
            TrainingExamples.Farthest(fast.Parameters(replica), plain.Parameters(replica)).Should().BeLessThan(2e-5);
            TrainingExamples.Farthest(fast.OptimiserState(replica), plain.OptimiserState(replica)).Should().BeLessThan(2e-4);
        }

        fast.Parameters(1).Zip(before, (now, then) => (now - then).abs().max().item<float>()).Min()
            .Should().BeGreaterThan(1e-4f, "every tensor learns");
    }

    [Fact]
    public void Replica_BesideAnother_IsTheOneAlone()
    {
        using var scope = NewDisposeScope();
        var shape = new ConvolutionalShape(new ImageShape(1, 7, 6), 2, 4, Classes);
        var (points, labels) = Data(shape);
        using var both = Ensemble([0, 1]);
        using var second = Ensemble([1]);
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            both.Epoch(epoch, Token)[1].Should().Be(second.Epoch(epoch, Token)[0]);
        }

        TrainingExamples.Farthest(both.Parameters(1), second.Parameters(0)).Should().Be(0);
        both.Retain([1]);
        both.Epoch(3, Token)[0].Should().Be(second.Epoch(3, Token)[0]);
        TrainingExamples.Farthest(both.Parameters(0), second.Parameters(0)).Should().Be(0);

        ConvolutionalEnsemble Ensemble(int[] replicas)
        {
            using var network = Initialisation.PyTorchDefault(shape, [.. replicas.Select(Of)], float32, CPU);
            return new ConvolutionalEnsemble(network, points, Targets(labels), new OptimiserSettings(0.1, 0.8, 16), Order);
        }
    }

    [Fact]
    public void Ensemble_OfDataThatDoNotFit_IsRefused()
    {
        using var scope = NewDisposeScope();
        var shape = new ConvolutionalShape(new ImageShape(1, 7, 6), 2, 4, Classes);
        var (points, labels) = Data(shape);
        using var network = Initialisation.PyTorchDefault(shape, [Of(0)], float32, CPU);
        void Refused(Tensor given, Tensor wanted) =>
            FluentActions.Invoking(() => new ConvolutionalEnsemble(network, given, wanted, new(0.1, 0.8, 16), Order))
                .Should().Throw<ArgumentException>();
        Refused(points.narrow(0, 0, 9), Targets(labels));
        Refused(points, Targets(labels).narrow(1, 0, 2).contiguous());
        Refused(points.to_type(float64), Targets(labels));
    }

    internal static (Tensor Points, byte[] Labels) Data(ConvolutionalShape shape)
    {
        var generator = Of(9).Generator();
        var points = RandomTensors.Uniform(generator, float32, Count, shape.Image.Size);
        return (points, [.. Enumerable.Range(0, Count).Select(_ => (byte)generator.Next(Classes))]);
    }

    internal static Tensor Targets(byte[] labels) => OneHot.Of(labels, Classes, float32, CPU);

    internal static int[] Order(int epoch) => PointOrder.Seeded(Count, Of(8))(epoch);

    private static Seed Of(int replica) => Seed.Of(("test", "convolutional ensemble"), ("replica", replica));
}
