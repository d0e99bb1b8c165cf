using Reproduce.Claims.Foundations.Core.Training;
using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static Reproduce.Claims.Foundations.Engine.SameBitsTests;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>The short way for networks of one input, one hidden layer and one output, against the general one.</summary>
[Trait("Category", "Foundation")]
public sealed class ShallowEnsembleTests
{
    private const int Count = 43;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Losses, parameters and velocities are those of the general way but for rounding, for batches of one point, with a rest, and of more
    /// than a vector, and for units that fill vectors or do not. A gradient is a sum of at most 243 numbers, each rounded to 2⁻²⁴, and the
    /// rates of all steps add up to at most 4.3, or 8.6 with momentum: parameters of the order of 1 differ by less than 243 · 2⁻²⁴ · 8.6 =
    /// 1.25·10⁻⁴.
    /// </summary>
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(5, 10, 0.8)]
    [InlineData(33, 10, 0)]
    [InlineData(48, 40, 0.8)]
    [InlineData(200, 1, 0.5)]
    public void Epochs_OfEveryBatch_AreThoseOfTheGeneralWay(int units, int batch, double momentum)
    {
        const double Most = 1.25e-4;
        using var scope = NewDisposeScope();
        var data = Data(units);
        var settings = new OptimiserSettings(0.02, momentum, batch);
        using var general = new DenseEnsemble(data.Network, data.Points, data.Targets, settings, Loss.MeanSquare, data.Orders);
        using var shallow = new ShallowEnsemble(data.Network, data.Points, data.Targets, settings, data.Orders);
        Bytes(shallow.Parameters(1)).Should().Equal(Bytes(general.Parameters(1)));
        var before = shallow.Parameters(1).Select(one => one.clone()).ToList();
        for (var epoch = 1; epoch <= 5; epoch++)
        {
            foreach (var (one, other) in shallow.Epoch(epoch, Token).Zip(general.Epoch(epoch, Token)))
            {
                one.Should().BeApproximately(other, Most);
            }
        }

        for (var replica = 0; replica < shallow.Replicas; replica++)
        {
            AreClose(shallow.Parameters(replica), general.Parameters(replica));
            AreClose(shallow.OptimiserState(replica), general.OptimiserState(replica));
        }

        TrainingExamples.Farthest(shallow.Parameters(1), before).Should().BeGreaterThan(100 * Most, "training moves the parameters");
        TrainingExamples.Farthest(shallow.Parameters(1), shallow.Parameters(0)).Should().BeGreaterThan(100 * Most, "they are two networks");

        void AreClose(IReadOnlyList<Tensor> ours, IReadOnlyList<Tensor> expected)
        {
            ours.Select(one => one.shape).Should().BeEquivalentTo(
                expected.Select(one => one.shape), options => options.WithStrictOrdering());
            TrainingExamples.Farthest(ours, expected).Should().BeLessThan(Most);
        }
    }

    /// <summary>A step that overflows ends in a loss and parameters that are not finite, from which training is stopped.</summary>
    [Fact]
    public void Epochs_WithOverflow_AreNotFinite()
    {
        using var scope = NewDisposeScope();
        var data = Data(20);
        data.Network.Parameters[0][0, 3] = tensor(float.MaxValue);
        var settings = new OptimiserSettings(1e30, 0.5, 10);
        using var shallow = new ShallowEnsemble(data.Network, data.Points, data.Targets, settings, data.Orders);
        shallow.IsFinite(0).Should().BeTrue();
        shallow.Epoch(1, Token).Should().OnlyContain(loss => !double.IsFinite(loss));
        shallow.IsFinite(0).Should().BeFalse("the step overflows");
        shallow.Parameters(0)[0].isfinite().all().item<bool>().Should().BeFalse();
    }

    /// <summary>A replica goes on as before when others have left.</summary>
    [Fact]
    public void Retain_OneReplica_LeavesItsBits()
    {
        using var scope = NewDisposeScope();
        var data = Data(33);
        var settings = new OptimiserSettings(0.02, 0.8, 10);
        using var both = new ShallowEnsemble(data.Network, data.Points, data.Targets, settings, data.Orders);
        using var left = new ShallowEnsemble(data.Network, data.Points, data.Targets, settings, data.Orders);
        var losses = both.Epoch(1, Token);
        left.Epoch(1, Token).Should().Equal(losses);
        left.Retain([1]);
        left.Epoch(2, Token)[0].Should().Be(both.Epoch(2, Token)[1]);
        Bytes(left.Parameters(0)).Should().Equal(Bytes(both.Parameters(1)));
    }

    /// <summary>Two inputs, two hidden layers, float64 and misfitting data are refused with a sentence that names them.</summary>
    [Fact]
    public void Constructor_OtherShapes_Throws()
    {
        using var scope = NewDisposeScope();
        var data = Data(4);
        var settings = new OptimiserSettings(0.02, 0, 10);
        Seed[] seeds = [Seed.Of(("test", "first")), Seed.Of(("test", "second"))];
        void Refuses(FullyConnectedShape shape, ScalarType type, Tensor points, string message)
        {
            using var network = Initialisation.PyTorchDefault(shape, seeds, type);
            FluentActions.Invoking(() => new ShallowEnsemble(network, points, data.Targets, settings, data.Orders))
                .Should().Throw<ArgumentException>().WithMessage(message);
        }

        Refuses(new(2, 4, 1), float32, data.Points, "*not 2-4-1 in Float32*");
        Refuses(new(1, 4, 4, 1), float32, data.Points, "*not 1-4-4-1 in Float32*");
        Refuses(new(1, 4, 1), float64, data.Points, "*not 1-4-1 in Float64*");
        Refuses(new(1, 4, 1), float32, zeros(Count, 2), "*must be contiguous float32 matrices*");
    }

    // Two networks with targets and orders of their own.
    private static (FullyConnected Network, Tensor Points, Tensor[] Targets, Func<int, int[]>[] Orders) Data(int units)
    {
        Seed[] seeds = [Seed.Of(("test", "first")), Seed.Of(("test", "second"))];
        Tensor Column(Seed seed) => RandomTensors.Uniform(seed.Generator(), float32, Count, 1);
        return (
            Initialisation.PyTorchDefault(new FullyConnectedShape(1, units, 1), seeds, float32),
            Column(seeds[0].With("choice", "points")),
            [.. seeds.Select(seed => Column(seed.With("choice", "targets")))],
            [.. seeds.Select(seed => PointOrder.Seeded(Count, seed.With("choice", "order")))]);
    }
}
