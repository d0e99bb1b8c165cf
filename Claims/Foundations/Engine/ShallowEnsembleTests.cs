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
    /// Losses, parameters and velocities have the same bits, for batches of one point, with a rest, and of more than a vector, and for
    /// units that fill vectors or do not.
    /// </summary>
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(5, 10, 0.8)]
    [InlineData(33, 10, 0)]
    [InlineData(48, 40, 0.8)]
    [InlineData(200, 1, 0.5)]
    public void Epochs_OfEveryBatch_HaveTheBitsOfTheGeneralWay(int units, int batch, double momentum)
    {
        using var scope = NewDisposeScope();
        var data = Data(units);
        var settings = new OptimiserSettings(0.02, momentum, batch);
        using var general = new DenseEnsemble(data.Network, data.Points, data.Targets, settings, Loss.MeanSquare, data.Orders);
        using var shallow = new ShallowEnsemble(data.Network, data.Points, data.Targets, settings, data.Orders);
        Bytes(shallow.Parameters(1)).Should().Equal(Bytes(general.Parameters(1)));
        var before = Bytes(shallow.Parameters(1));
        for (var epoch = 1; epoch <= 5; epoch++)
        {
            shallow.Epoch(epoch, Token).Should().Equal(general.Epoch(epoch, Token));
        }

        for (var replica = 0; replica < shallow.Replicas; replica++)
        {
            shallow.Parameters(replica).Select(one => one.shape).Should().BeEquivalentTo(
                general.Parameters(replica).Select(one => one.shape), options => options.WithStrictOrdering());
            Bytes(shallow.Parameters(replica)).Should().Equal(Bytes(general.Parameters(replica)));
            Bytes(shallow.OptimiserState(replica)).Should().Equal(Bytes(general.OptimiserState(replica)));
        }

        Bytes(shallow.Parameters(1)).Should().NotEqual(before, "training moves the parameters");
        Bytes(shallow.Parameters(1)).Should().NotEqual(Bytes(shallow.Parameters(0)), "they are two networks");
    }

    /// <summary>A unit whose input is −0 or whose weights overflow: signs of zeros and NaN are those of the general way as well.</summary>
    [Fact]
    public void Epochs_WithZerosAndOverflow_HaveTheBitsOfTheGeneralWay()
    {
        using var scope = NewDisposeScope();
        var data = Data(20);
        data.Points[TensorIndex.Slice(0, 9)] = tensor(-0f);
        data.Network.Parameters[0][0, 3] = tensor(float.MaxValue);
        data.Network.Parameters[1][0, 5] = tensor(-0f);
        var settings = new OptimiserSettings(1e30, 0.5, 10);
        using var general = new DenseEnsemble(data.Network, data.Points, data.Targets, settings, Loss.MeanSquare, data.Orders);
        using var shallow = new ShallowEnsemble(data.Network, data.Points, data.Targets, settings, data.Orders);
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            shallow.Epoch(epoch, Token).Should().Equal(general.Epoch(epoch, Token));
        }

        Bytes(shallow.Parameters(0)).Should().Equal(Bytes(general.Parameters(0)));
        shallow.Parameters(0)[0].isfinite().all().item<bool>().Should().BeFalse("the step overflows");
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
