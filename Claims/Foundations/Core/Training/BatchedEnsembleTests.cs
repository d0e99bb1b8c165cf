using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>
/// Three replicas of every architecture for three epochs of three batches in float64, with the optimiser and loss of its paper and a
/// learning rate that depends on the epoch: interrupted and resumed, and with one replica gone after the first epoch.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class BatchedEnsembleTests
{
    private const int Count = 20;
    private const int Batch = 8;
    private const int Epochs = 3;

    public static TheoryData<string> Architectures =>
        ["fully connected", "regularised", "convolutional", "residual convolutional, dropout", "residual"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Running means, Adam's moments and dropout's draws included: forgetting any of them changes the bits.</summary>
    [Theory]
    [MemberData(nameof(Architectures))]
    public void Run_InterruptedInAnyEpoch_ResumesBitForBit(string architecture)
    {
        using var scope = NewDisposeScope();
        using var whole = new TrainingRun(Make(architecture), new(Epochs));
        whole.Complete(cancellation: Token);
        for (var cut = 1; cut <= Epochs; cut++)
        {
            using var run = new TrainingRun(Make(architecture), new(Epochs), TrainingExamples.StopOnceAfter(cut));
            FluentActions.Invoking(() => run.Complete(cancellation: Token)).Should().Throw<OperationCanceledException>();
            run.Epochs.Should().Be(cut - 1);
            run.Complete(cancellation: Token);
            foreach (var (resumed, straight) in run.Replicas.Zip(whole.Replicas))
            {
                resumed.TrainingLosses.Should().Equal(straight.TrainingLosses);
                TrainingExamples.Farthest(resumed.FinalParameters!, straight.FinalParameters!).Should().Be(0);
            }
        }
    }

    /// <summary>
    /// Replica 1 leaves; 0 and 2 keep their orders, draws and optimiser state. A batched product may sum in another order at
    /// another size: 1e-10 for nine float64 steps, while the two replicas differ by more than 1e-3.
    /// </summary>
    [Theory]
    [MemberData(nameof(Architectures))]
    public void Replicas_AfterAnotherLeft_ContinueAsBefore(string architecture)
    {
        using var scope = NewDisposeScope();
        using var all = Make(architecture);
        using var some = Make(architecture);
        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            all.Epoch(epoch, Token);
            some.Epoch(epoch, Token);
            if (epoch == 1)
            {
                some.Retain([0, 2]);
            }
        }

        TrainingExamples.Farthest(some.Parameters(0), all.Parameters(0)).Should().BeLessThan(1e-10);
        TrainingExamples.Farthest(some.Parameters(1), all.Parameters(2)).Should().BeLessThan(1e-10);
        TrainingExamples.Farthest(some.Parameters(1), all.Parameters(1)).Should().BeGreaterThan(1e-3);
    }

    /// <summary>Cancelled before its first step, an epoch takes none.</summary>
    [Fact]
    public void Epoch_Cancelled_TakesNoStep()
    {
        using var scope = NewDisposeScope();
        using var ensemble = Make("fully connected");
        Tensor[] before = [.. ensemble.Parameters(0).Select(one => one.clone())];
        FluentActions.Invoking(() => ensemble.Epoch(1, new CancellationToken(canceled: true))).Should().Throw<OperationCanceledException>();
        TrainingExamples.Farthest(ensemble.Parameters(0), before).Should().Be(0);
    }

    /// <summary>Draws are those of the seeds: the same twice, others for other seeds.</summary>
    [Fact]
    public void Epoch_WithNoise_DrawsFromItsSeeds()
    {
        using var scope = NewDisposeScope();
        var found = new List<double>();
        foreach (var choice in (string[])["one", "one", "another"])
        {
            using var ensemble = new BatchedEnsemble<FullyConnected>(
                Initialisation.PyTorchDefault(new FullyConnectedShape(4, 3, 1), [Of(0)], float64),
                Numbers("points", Count, 4), Numbers("targets", Count, 1), Batch,
                (network, x, y, generators) => BackwardPass.Run(network, x, y * generators[0].NextDouble(), Loss.MeanSquare),
                network => new Sgd(network.Parameters, 0.1), [Order(0)])
            {
                NoiseSeeds = [Of(0).With("choice", choice)],
            };
            found.Add(ensemble.Epoch(1, Token)[0]);
        }

        found[1].Should().Be(found[0]);
        found[2].Should().NotBe(found[0]);
    }

    [Fact]
    public void Ensemble_OfDataThatDoNotFit_IsRefused()
    {
        using var scope = NewDisposeScope();
        var network = Initialisation.PyTorchDefault(new FullyConnectedShape(4, 3, 1), [Of(0), Of(1)], float64);
        var (points, targets) = (Numbers("points", Count, 4), Numbers("targets", Count, 1));
        var settings = new OptimiserSettings(0.1, 0, Batch);
        void Refused(Tensor wanted, OptimiserSettings other, params Func<int, int[]>[] orders) =>
            FluentActions.Invoking(() => TrainingExamples.Plain(network, points, wanted, other, Loss.MeanSquare, orders))
                .Should().Throw<ArgumentException>();
        Refused(targets, settings, Order(0));
        Refused(targets.narrow(0, 0, 9), settings, Order(0), Order(1));
        Refused(targets, settings with { BatchSize = 0 }, Order(0), Order(1));
    }

    private static TrainableEnsemble Make(string architecture)
    {
        using var scope = NewDisposeScope();
        Seed[] seeds = [Of(0), Of(1), Of(2)];
        Func<int, int[]>[] orders = [Order(0), Order(1), Order(2)];
        Tensor Labels(int outputs = 3)
        {
            byte[] labels = [.. Enumerable.Range(0, Count).Select(i => (byte)(i * i % 7 % 3))];
            return OneHot.Of(labels, outputs, float64).DetachFromDisposeScope();
        }

        var numbers = Numbers("targets", Count, 1).DetachFromDisposeScope();
        Tensor Points(int inputs) => Numbers("points", Count, inputs).DetachFromDisposeScope();
        void Slower(IOptimiser optimiser, double rate, int epoch) => optimiser.LearningRate = Schedules.Steps(rate, 0.5, [2], epoch);
        switch (architecture)
        {
            case "fully connected":
                return new BatchedEnsemble<FullyConnected>(
                    Initialisation.PyTorchDefault(new FullyConnectedShape(6, 5, 4, 3), seeds, float64),
                    Points(6), Labels(), Batch,
                    Loss.CrossEntropy, network => new Sgd(network.Parameters, 0.2, 0.8), orders)
                {
                    BeforeEpoch = (_, optimiser, epoch) => Slower(optimiser, 0.2, epoch),
                };
            case "regularised":
                return new BatchedEnsemble<FullyConnected>(
                    Initialisation.PyTorchDefault(new FullyConnectedShape(6, 16, 1), seeds, float64), Points(6), numbers, Batch,
                    (network, x, y, _) =>
                        BackwardPass.Run(network, x, y, Loss.MeanSquare, () => Regularisers.GradientPathLength(network, x) * 0.1),
                    network => new Sgd(network.Parameters, 0.1),
                    orders);
            case "convolutional":
                var small = new ConvolutionalShape(new ImageShape(1, 4, 4), 2, 2, 3);
                return new BatchedEnsemble<ConvolutionalNetwork>(
                    Initialisation.PyTorchDefault(small, seeds, float64), Points(16), Labels(), Batch,
                    Loss.CrossEntropy, network => new Sgd(network.Parameters, 0.2, 0.8), orders);
            case "residual convolutional, dropout":
                var shape = new CifarResNetShape(20, extraConvolutions: 2);
                using (var like = Initialisation.He(shape, seeds, float64))
                {
                    return new BatchedEnsemble<CifarResNet>(
                        new CifarResNet(shape, [.. like.Parameters.Select(one => one.clone())], side: 4),
                        Points(3 * 16), Labels(outputs: 10), Batch,
                        (network, points, targets, chance) =>
                        {
                            network.KeptNodes = network.DrawKeptNodes(0.25, chance);
                            return BackwardPass.Run(network, points, targets, Loss.CrossEntropy);
                        },
                        network => new Sgd(network.Parameters, 0.02, 0.9, 1e-4),
                        orders)
                    {
                        NoiseSeeds = [.. seeds.Select(seed => seed.With("choice", "dropped nodes"))],
                        BeforeEpoch = (_, optimiser, epoch) => Slower(optimiser, 0.02, epoch),
                    };
                }

            default:
                var bridged = new ResidualShape(1, 5, 1, [(2, Shortcut.Identity), (2, Shortcut.Weighted)]);
                return new BatchedEnsemble<ResidualNetwork>(
                    Initialisation.PyTorchDefault(bridged, seeds, float64), Points(1), numbers, Batch,
                    Loss.MeanSquare, network => new Adam(network.Parameters, 0.02), orders)
                {
                    BeforeEpoch = (network, _, epoch) => network.ShortcutWeight = Schedules.ShortcutWeight(Epochs, epoch),
                };
        }
    }

    private static Tensor Numbers(string use, int rows, int columns) =>
        RandomTensors.Uniform(Of(0).With("use", use).Generator(), float64, rows, columns);

    private static Func<int, int[]> Order(int replica) => PointOrder.Seeded(Count, Of(replica).With("use", "order"));

    private static Seed Of(int replica) => Seed.Of(("test", "batched ensemble"), ("replica", replica));
}
