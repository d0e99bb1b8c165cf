using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>
/// The schedule, over a scripted ensemble: a replica's only parameter is the number of the last epoch, its losses are a table.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class TrainingRunTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Run_WithANumberOfEpochs_EndsThere()
    {
        using var run = new TrainingRun(new Scripted([5, 4, 3], [6, 5, 4]), new(3));
        run.Complete(cancellation: Token);
        run.Replicas[1].TrainingLosses.Should().Equal(6, 5, 4);
        run.Replicas.Should().OnlyContain(one => one.Status == ReplicaStatus.Finished && one.Epochs == 3);
        Parameter(run.Replicas[0].FinalParameters).Should().Be(3);
        run.IsOver.Should().BeTrue();
        FluentActions.Invoking(() => run.Epoch(Token)).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Run_OfNoEpoch_IsRefused()
    {
        using var script = new Scripted([5]);
        FluentActions.Invoking(() => new TrainingRun(script, new(0))).Should().Throw<ArgumentOutOfRangeException>();
        script.HasSameBitsEverywhere.Should().BeFalse("an engine has to say so");
    }

    /// <summary>Replica 1 reaches 2 exactly, in epoch 2; the others keep their numbers.</summary>
    [Fact]
    public void Replica_AtItsTargetLoss_LeavesTheOthers()
    {
        var script = new Scripted([5, 4, 3, 1], [3, 2, 2, 2], [9, 8, 7, 6]);
        using var run = new TrainingRun(script, new(4, TargetLoss: 2));
        var sizes = new List<int>();
        run.Complete(one => sizes.Add(script.Replicas), Token);
        run.Replicas.Select(one => one.Status)
            .Should().Equal(ReplicaStatus.ReachedTarget, ReplicaStatus.ReachedTarget, ReplicaStatus.Finished);
        run.Replicas.Select(one => one.Epochs).Should().Equal(4, 2, 4);
        run.Replicas.Select(one => Parameter(one.FinalParameters)).Should().Equal(4, 2, 4);
        run.Replicas[2].TrainingLosses.Should().Equal(9, 8, 7, 6);
        sizes.Should().Equal([3, 2, 2, 2], "the last leave with the run");
    }

    /// <summary>
    /// The parameter counts epochs. Replica 0 is above the target loss in epoch 2 and fitted from epoch 3 on, replica 1 never is.
    /// </summary>
    [Fact]
    public void Replica_AtItsTargetLoss_StaysUntilItIsFitted()
    {
        var asked = new List<(int Replica, double Epoch)>();
        bool IsFitted(ReplicaInTraining one)
        {
            asked.Add((one.Number, Parameter(one.Parameters)));
            return one.Number == 0 && Parameter(one.Parameters) >= 3;
        }

        using var run = new TrainingRun(new Scripted([1, 3, 1, 1], [1, 1, 1, 1]), new(4, TargetLoss: 2, IsFitted));
        run.Complete(cancellation: Token);
        run.Replicas.Select(one => one.Status).Should().Equal(ReplicaStatus.ReachedTarget, ReplicaStatus.Finished);
        run.Replicas.Select(one => one.Epochs).Should().Equal(3, 4);
        run.Replicas.Select(one => Parameter(one.FinalParameters)).Should().Equal(3, 4);
        asked.Should().Equal((0, 1), (1, 1), (1, 2), (0, 3), (1, 3), (1, 4));
    }

    /// <summary>
    /// Validation losses 3, 1, 2, 1 after the four epochs: the first 1 is the optimal model, not the second, not the last.
    /// </summary>
    [Fact]
    public void BestParameters_AreThoseOfTheLeastValidationLoss()
    {
        double[] losses = [3, 1, 2, 1];
        var observers = new TrainingObservers
        {
            Validate = all => [.. all.Select(one => new Validation(losses[(int)Parameter(one.Parameters) - 1] + one.Number, 0.5))],
            Measure = all => [.. all.Select(one => new[] { Parameter(one.Parameters), one.Number })],
        };
        using var run = new TrainingRun(new Scripted([1, 1, 1, 1], [1, 1, 1, 1]), new(4), observers);
        run.Complete(cancellation: Token);
        run.Replicas.Select(one => one.BestEpoch).Should().Equal(2, 2);
        Parameter(run.Replicas[0].BestParameters).Should().Be(2);
        Parameter(run.Replicas[0].FinalParameters).Should().Be(4);
        run.Replicas[1].Validations.Select(one => one.Loss).Should().Equal(4, 2, 3, 2);
        run.Replicas[1].Measurements.Select(one => one[0]).Should().Equal([0, 1, 2, 3, 4], "before training and after each epoch");
        run.Replicas[1].Measurements.Should().OnlyContain(one => one[1] == 1);
    }

    /// <summary>Replica 0 has a loss of NaN in epoch 3; replica 2 an infinite parameter after epoch 2, at a finite loss.</summary>
    [Fact]
    public void Replica_ThatDiverges_KeepsItsLastFiniteStateAndTheOthersGoOn()
    {
        using var run = new TrainingRun(new Scripted([1, 1, double.NaN, 1], [1, 1, 1, 1], [1, -1, 1, 1]), new(4));
        run.Complete(cancellation: Token);
        run.Replicas.Select(one => one.Status).Should().Equal(ReplicaStatus.Diverged, ReplicaStatus.Finished, ReplicaStatus.Diverged);
        run.Replicas.Select(one => one.Epochs).Should().Equal(2, 4, 1);
        run.Replicas.Select(one => Parameter(one.FinalParameters)).Should().Equal(2, 4, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Epoch_ThatFails_LeavesTheRunUnchanged(bool inObserver)
    {
        var script = new Scripted([3, 2, 1]);
        var fail = false;
        var observers = new TrainingObservers
        {
            Measure = all => fail && inObserver && Parameter(all[0].Parameters) == 2
                ? throw new InsufficientMemoryException()
                : [.. all.Select(one => new[] { Parameter(one.Parameters) })],
        };
        using var run = new TrainingRun(script, new(3), observers);
        run.Epoch(Token);
        (fail, script.Fails) = (true, !inObserver);
        FluentActions.Invoking(() => run.Epoch(Token)).Should().Throw<InsufficientMemoryException>();
        (run.Epochs, run.Replicas[0].Epochs, run.Replicas[0].Measurements.Count).Should().Be((1, 1, 2));
        Parameter(script.Parameters(0)).Should().Be(1);
        (fail, script.Fails) = (false, false);
        run.Complete(cancellation: Token);
        run.Replicas[0].TrainingLosses.Should().Equal(3, 2, 1);
    }

    [Fact]
    public void Epoch_ThatChangesNothing_IsAFailure()
    {
        using var run = new TrainingRun(new Scripted([5, 4], [5, 4]) { Learns = false }, new(2));
        FluentActions.Invoking(() => run.Epoch(Token))
            .Should().Throw<InvalidOperationException>().WithMessage("*changed nothing in replica 0");
    }

    [Fact]
    public void Observer_WithTooFewResults_IsRefused()
    {
        using var run = new TrainingRun(new Scripted([1], [1]), new(1), new TrainingObservers { Measure = _ => [[1.0]] });
        FluentActions.Invoking(() => run.Epoch(Token)).Should().Throw<InvalidOperationException>().WithMessage("1 results for 2 replicas");
    }

    private static double Parameter(IReadOnlyList<Tensor>? parameters) => parameters![0].item<double>();

    // A table of losses, one row per replica; −1 is a finite loss with an infinite parameter behind it. A second parameter never changes,
    // and is finite although its sum is not.
    private sealed class Scripted(params double[][] losses) : TrainableEnsemble
    {
        private readonly Tensor constant = tensor([double.MaxValue, double.MaxValue]);
        private List<(double[] Losses, Tensor Parameter)> replicas = [.. losses.Select(row => (row, tensor([0.0])))];

        internal bool Fails { get; set; }

        internal bool Learns { get; init; } = true;

        public override int Replicas => replicas.Count;

        public override double[] Epoch(int epoch, CancellationToken cancellation = default)
        {
            foreach (var (row, parameter) in Learns ? replicas : [])
            {
                parameter.fill_(row[epoch - 1] == -1 ? double.PositiveInfinity : epoch);
            }

            return Fails ? throw new InsufficientMemoryException() : [.. replicas.Select(one => one.Losses[epoch - 1])];
        }

        public override IReadOnlyList<Tensor> Parameters(int replica) => [replicas[replica].Parameter, constant];

        public override IReadOnlyList<Tensor> OptimiserState(int replica) => [];

        public override void Retain(IReadOnlyList<int> places) => replicas = [.. places.Select(place => replicas[place])];

        public override void Dispose()
        {
        }
    }
}
