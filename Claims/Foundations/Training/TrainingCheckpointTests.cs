using Reproduce.Claims.Foundations.Data;
using Reproduce.Engine;
using Reproduce.Fixtures;
using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Training;

/// <summary>
/// Runs that are stopped and taken up, compared bit for bit with one that was not: four networks of different shapes on 50 points,
/// 9 epochs of 7 steps. Replica 3 diverges: a bias starts at −10³⁸ with the velocity 3·10³⁸, so that the steps, 0.2 of a velocity that
/// falls by 0.8, pass the largest float32 in the second epoch. Another replica reaches the target loss on the way.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class TrainingCheckpointTests
{
    private const int Epochs = 9;
    private const string Identity = "four networks";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_KilledAfterAnyEpoch_GoesOnBitForBit(bool batched)
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(batched);
        using var whole = problem.Run();
        whole.Complete(cancellation: Token);
        whole.Replicas.Select(one => one.Status).Should().Contain(ReplicaStatus.Finished).And.Contain(ReplicaStatus.Diverged).And.Contain(ReplicaStatus.ReachedTarget);
        for (var killed = 0; killed <= Epochs; killed++)
        {
            using var first = problem.Run();
            for (var epoch = 0; epoch < killed; epoch++)
            {
                first.Epoch(Token);
            }

            using var second = problem.Run();
            TrainingCheckpoint.Load(second, Identity, new MemoryStream(Saved(first)));
            second.Complete(cancellation: Token);
            Saved(second).Should().Equal(Saved(whole), $"killed after epoch {killed}");
        }
    }

    /// <summary>Cancelled when parameters and velocities have already moved, as by Ctrl-C inside an epoch.</summary>
    [Fact]
    public void Run_CancelledInsideAnEpoch_GoesOnBitForBit()
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(batched: false);
        using var whole = problem.Run();
        whole.Complete(cancellation: Token);
        foreach (var epoch in new[] { 1, 2, 5, 9 })
        {
            using var source = new CancellationTokenSource();
            using var run = problem.Run(cancelAt: epoch, source);
            FluentActions.Invoking(() => run.Complete(cancellation: source.Token)).Should().Throw<OperationCanceledException>();
            run.Epochs.Should().Be(epoch - 1);
            using var other = problem.Run();
            TrainingCheckpoint.Load(other, Identity, new MemoryStream(Saved(run)));
            other.Complete(cancellation: Token);
            run.Complete(cancellation: Token);
            Saved(other).Should().Equal(Saved(whole), "from the file");
            Saved(run).Should().Equal(Saved(whole), "in memory");
        }
    }

    /// <summary>The same four networks as runs of their own, each in its own order, on one core and on several at once.</summary>
    [Fact]
    public void Runs_OnAnyNumberOfCores_GiveTheSameBits()
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(batched: false);
        var expected = problem.Alone().Select(run =>
        {
            run.Complete(cancellation: Token);
            return Saved(run);
        }).ToArray();
        foreach (var cores in new[] { 1, 2, 3 })
        {
            var runs = problem.Alone();
            Cores.Complete(runs, cores, cancellation: Token);
            runs.Select(Saved).Zip(expected).Should().OnlyContain(pair => pair.First.SequenceEqual(pair.Second));
            Array.ForEach(runs, run => run.Dispose());
        }
    }

    /// <summary>To the last bit.</summary>
    [Fact]
    public void Replicas_BesideOneThatDiverges_AreAsWithoutIt()
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(batched: false);
        using var four = problem.Run();
        using var three = problem.Run(withDiverging: false);
        four.Complete(cancellation: Token);
        three.Complete(cancellation: Token);
        (four.Replicas[3].Status, four.Replicas[3].Epochs).Should().Be((ReplicaStatus.Diverged, 1));
        four.Replicas[3].FinalParameters.Should().OnlyContain(one => one.isfinite().all().item<bool>());
        for (var replica = 0; replica < 3; replica++)
        {
            four.Replicas[replica].Epochs.Should().Be(three.Replicas[replica].Epochs);
            TrainingExamples.Farthest(four.Replicas[replica].FinalParameters!, three.Replicas[replica].FinalParameters!).Should().Be(0);
        }
    }

    [Fact]
    public void Load_OfWhatIsNotThisRunsCheckpoint_IsRefusedAndChangesNothing()
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(batched: false);
        using var run = problem.Run();
        run.Epoch(Token);
        var saved = Saved(run);
        using var other = problem.Run();
        var untouched = Saved(other);
        foreach (var place in new[] { 0, 40, saved.Length / 2, saved.Length - 1 })
        {
            byte[] damaged = [.. saved];
            damaged[place] ^= 1;
            FluentActions.Invoking(() => TrainingCheckpoint.Load(other, Identity, new MemoryStream(damaged))).Should().Throw<InvalidDataException>().WithMessage("*damaged*");
        }

        FluentActions.Invoking(() => TrainingCheckpoint.Load(other, Identity, new MemoryStream(saved[..100]))).Should().Throw<InvalidDataException>().WithMessage("*damaged*");
        FluentActions.Invoking(() => TrainingCheckpoint.Load(other, "another", new MemoryStream(saved))).Should().Throw<InvalidDataException>().WithMessage("*another run*");
        Saved(other).Should().Equal(untouched);
        using var smaller = problem.Run(withDiverging: false);
        FluentActions.Invoking(() => TrainingCheckpoint.Load(smaller, Identity, new MemoryStream(saved))).Should().Throw<InvalidDataException>().WithMessage("*other networks*");
        FluentActions.Invoking(() => TrainingCheckpoint.Load(run, Identity, new MemoryStream(saved))).Should().Throw<InvalidOperationException>();
    }

    /// <summary>The disk holds 100 bytes more, or there is no memory: one message, the old checkpoint whole, nothing beside it.</summary>
    [Fact]
    public void Save_ThatFails_LeavesTheOldCheckpoint()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "run.checkpoint");
        using var run = new Problem(batched: false).Run();
        AtomicFile.Write(path, stream => TrainingCheckpoint.Save(run, Identity, stream));
        var old = File.ReadAllBytes(path);
        run.Epoch(Token);
        foreach (var fault in new Exception[] { new IOException("No space left on device"), new InsufficientMemoryException("no memory") })
        {
            FluentActions.Invoking(() => AtomicFile.Write(path, stream => TrainingCheckpoint.Save(run, Identity, new Limited(stream, 100, fault))))
                .Should().Throw<Exception>().Which.Should().BeSameAs(fault);
            File.ReadAllBytes(path).Should().Equal(old);
            Directory.GetFiles(folder.Path).Should().ContainSingle();
        }

        AtomicFile.Write(path, stream => TrainingCheckpoint.Save(run, Identity, stream));
        File.ReadAllBytes(path).Should().NotEqual(old).And.Equal(Saved(run));
    }

    private static byte[] Saved(TrainingRun run)
    {
        using var stream = new MemoryStream();
        TrainingCheckpoint.Save(run, Identity, stream);
        return stream.ToArray();
    }

    private sealed class Problem
    {
        private readonly Tensor points;
        private readonly Tensor targets;
        private readonly FullyConnected[] networks;
        private readonly bool batched;

        internal Problem(bool batched)
        {
            this.batched = batched;
            (points, targets) = TrainingExamples.Data(float32);
            networks = batched ? [.. Enumerable.Range(0, 4).Select(i => Larger(1 + (0.5 * i)))] : TrainingExamples.Networks(float32);
        }

        private static DescentSettings Settings { get; } = new(0.2, 0.8, 8);

        internal TrainingRun Run(int? cancelAt = null, CancellationTokenSource? source = null, bool withDiverging = true)
        {
            var chosen = withDiverging ? networks : networks[..3];
            if (batched)
            {
                var all = new FullyConnected([.. Enumerable.Range(0, 3).Select(i => cat([.. chosen.Select(one => one.Weights[i])], 0))], [.. Enumerable.Range(0, 3).Select(i => cat([.. chosen.Select(one => one.Biases[i])], 0))]);
                return Run(Diverging(TrainingExamples.Plain(all, points, targets, Settings, Loss.CrossEntropy, [.. chosen.Select((_, i) => TrainingExamples.Order(i))]), withDiverging ? 3 : null));
            }

            var ensemble = Diverging(new DenseEnsemble(chosen, points, targets, Settings, Loss.CrossEntropy, TrainingExamples.Order(0)), withDiverging ? 3 : null);
            return Run(cancelAt is { } at ? new CancellingInside(ensemble, at, source!) : ensemble);
        }

        internal TrainingRun[] Alone() =>
            [.. networks.Select((one, i) => Run(Diverging(new DenseEnsemble([one], points, targets, Settings, Loss.CrossEntropy, TrainingExamples.Order(i)), i == 3 ? 0 : null)))];

        // One shape; larger weights learn faster, so that not all reach the target.
        private static FullyConnected Larger(double scale)
        {
            var network = TrainingExamples.Networks(float32)[2];
            foreach (var weight in network.Weights)
            {
                weight.mul_(scale);
            }

            return network;
        }

        private static TrainableEnsemble Diverging(TrainableEnsemble ensemble, int? replica)
        {
            if (replica is { } place)
            {
                ensemble.Parameters(place)[^1].narrow(0, 0, 1).fill_(-1e38);
                ensemble.OptimiserState(place)[^1].narrow(0, 0, 1).fill_(3.2e38);
            }

            return ensemble;
        }

        private TrainingRun Run(TrainableEnsemble ensemble) => new(ensemble, new TrainingSchedule(Epochs, TargetLoss: 0.45), new TrainingObservers
        {
            Validate = all => [.. all.Select(one => Scores.Of(FullyConnected.OfReplica(one.Parameters), points, targets.argmax(1))[0])],
            Measure = all => [.. all.Select(one => new[] { (double)Geometry.Slope.At(FullyConnected.OfReplica(one.Parameters), points, 1).mean().item<float>() })],
        });
    }

    private sealed class CancellingInside(TrainableEnsemble inner, int at, CancellationTokenSource source) : TrainableEnsemble
    {
        public override int Replicas => inner.Replicas;

        public override double[] Epoch(int epoch, CancellationToken cancellation = default)
        {
            if (epoch == at && !source.IsCancellationRequested)
            {
                // A whole epoch has changed parameters and velocities when the token is seen.
                inner.Epoch(epoch, CancellationToken.None);
                source.Cancel();
            }

            return inner.Epoch(epoch, cancellation);
        }

        public override IReadOnlyList<Tensor> Parameters(int replica) => inner.Parameters(replica);

        public override IReadOnlyList<Tensor> OptimiserState(int replica) => inner.OptimiserState(replica);

        public override void Retain(IReadOnlyList<int> replicas) => inner.Retain(replicas);

        public override void Dispose() => inner.Dispose();
    }

    private sealed class Limited(Stream inner, int room, Exception fault) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            inner.Write(buffer[..Math.Min(buffer.Length, room)]);
            room -= Math.Min(buffer.Length, room);
            if (room == 0)
            {
                throw fault;
            }
        }
    }
}
