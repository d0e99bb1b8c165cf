using Reproduce.Claims.Foundations.Core.Training;
using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static Reproduce.Claims.Foundations.Core.Training.TrainingExamples;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>
/// The engine for the CPU against autograd and the plain loop, which run in float64 on the same float32 numbers, and against itself:
/// alone, beside others, after others have left.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class DenseEnsembleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// One step over all points at η = 1 and μ = 0 moves each parameter by its gradient. Numbers of size 1, sums of at most 50 products
    /// in float32 through four layers: 4 · 50 · 2⁻²⁴ = 1.2e-5 at worst.
    /// </summary>
    [Theory]
    [InlineData(nameof(Loss.CrossEntropy))]
    [InlineData(nameof(Loss.MeanSquare))]
    public void Step_OfEveryShape_MovesByAutogradsGradient(string name)
    {
        using var scope = NewDisposeScope();
        var loss = Named(name);
        var (points, targets) = TrainingExamples.Data(float32);
        var networks = TrainingExamples.Networks(float32);
        using var ensemble = new DenseEnsemble(networks, points, targets, new(1, 0, Count), loss, _ => [.. Enumerable.Range(0, Count)]);
        Tensor[][] before = [.. Enumerable.Range(0, Shapes.Length)
            .Select(replica => ensemble.Parameters(replica).Select(one => one.clone()).ToArray())];
        var losses = ensemble.Epoch(1, Token);
        for (var replica = 0; replica < Shapes.Length; replica++)
        {
            using var exact = InFloat64(networks[replica]);
            var parameters = exact.Parameters.Select(one => one.requires_grad_()).ToArray();
            var outputs = exact.Forward(points.to_type(float64)).squeeze(0);
            var wanted = targets.to_type(float64);
            var expected = loss == Loss.MeanSquare
                ? (outputs - wanted).square().mean()
                : (wanted * outputs.log_softmax(-1)).sum(-1).mean().neg();
            var gradients = autograd.grad([expected], parameters);
            losses[replica].Should().BeApproximately(expected.item<double>(), 1e-6);
            gradients.Max(one => one.abs().max().item<double>())
                .Should().BeGreaterThan(1e-3, "a gradient of zeros would prove nothing");
            foreach (var (after, (old, gradient)) in ensemble.Parameters(replica).Zip(before[replica].Zip(gradients)))
            {
                (old - after - gradient.squeeze(0)).abs().max().item<double>().Should().BeLessThan(1.2e-5);
            }
        }
    }

    /// <summary>3 epochs of 4 steps, the last with 2 points: twelve steps, each off by at most 1.2e-6 at η = 0.1.</summary>
    [Theory]
    [InlineData(nameof(Loss.CrossEntropy))]
    [InlineData(nameof(Loss.MeanSquare))]
    public void Epochs_InTheSameOrder_GiveThePlainLoopsNumbers(string name)
    {
        using var scope = NewDisposeScope();
        var loss = Named(name);
        var (points, targets) = TrainingExamples.Data(float32);
        var networks = TrainingExamples.Networks(float32);
        var settings = new OptimiserSettings(0.1, 0.8, 16);
        for (var replica = 0; replica < Shapes.Length; replica++)
        {
            var exact = InFloat64(networks[replica]);
            using var plain = Plain(exact, points.to_type(float64), targets.to_type(float64), settings, loss, [Order(0)]);
            using var fast = new DenseEnsemble([networks[replica]], points, targets, settings, loss, Order(0));
            for (var epoch = 1; epoch <= 3; epoch++)
            {
                var expected = plain.Epoch(epoch, Token)[0];
                fast.Epoch(epoch, Token)[0].Should().BeApproximately(expected, 2e-5);
            }

            Farthest(fast.Parameters(0), plain.Parameters(0)).Should().BeLessThan(2e-5);
            Farthest(fast.OptimiserState(0), plain.OptimiserState(0)).Should().BeLessThan(2e-5);
        }
    }

    /// <summary>
    /// Residual networks whose replicas have their own orders and targets, with a weighted shortcut, and with a lowered rate from the
    /// second epoch on. Twelve steps as above; Adam divides by the root of a square, so where a gradient is nearly zero it errs by up
    /// to a step of 0.01.
    /// </summary>
    [Theory]
    [InlineData(false, 2e-5)]
    [InlineData(true, 1e-3)]
    public void ResidualEpochs_InOrdersOfTheirOwn_GiveThePlainLoopsNumbers(bool usesAdam, double tolerance)
    {
        using var scope = NewDisposeScope();
        var (points, targets) = TrainingExamples.Data(float32);
        Tensor[] wanted = [targets, targets.flip(0).contiguous()];
        var shape = new ResidualShape(
            (int)points.size(1), 5, (int)targets.size(1), [(2, Shortcut.None), (2, Shortcut.Identity), (3, Shortcut.Weighted)]);
        using var network = Initialisation.PyTorchDefault(shape, [Seed.Of(("test", "first")), Seed.Of(("test", "second"))], float32);
        double[] slow = [.. network.InGeneralizationLayer.Select(one => one ? 0.1 : 1)];
        double Rate(int epoch) => (usesAdam ? 0.01 : 0.1) / epoch;
        ResidualNetwork Exact(int replica) =>
            new(shape, [.. network.Parameters.Select(one => one.narrow(0, replica, 1).to_type(float64))]);
        BatchedEnsemble<ResidualNetwork> Plain(int replica) => new(
            Exact(replica), points.to_type(float64), wanted[replica].to_type(float64), 16, Loss.CrossEntropy,
            some => usesAdam ? new Adam(some.Parameters, Rate(1)) : new Sgd(some.Parameters, Rate(1), 0.8), [Order(replica)])
        {
            BeforeEpoch = (some, optimiser, epoch) =>
            {
                (some.ShortcutWeight, optimiser.LearningRate) = (0.5 / epoch, Rate(epoch));
                if (optimiser is Sgd descent)
                {
                    descent.Factors = epoch > 1 ? slow : null;
                }
            },
        };
        using var first = Plain(0);
        using var second = Plain(1);
        var settings = new OptimiserSettings(Rate(1), 0.8, 16);
        using var fast = new DenseEnsemble(network, points, wanted, settings, Loss.CrossEntropy, [Order(0), Order(1)], usesAdam);
        fast.BeforeEpoch = epoch =>
        {
            (fast.ShortcutWeight, fast.LearningRate) = (0.5 / epoch, Rate(epoch));
            fast.SlowFactor = usesAdam || epoch == 1 ? 1 : 0.1;
        };
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            double[] expected = [first.Epoch(epoch, Token)[0], second.Epoch(epoch, Token)[0]];
            fast.Epoch(epoch, Token).Zip(expected, (mine, others) => Math.Abs(mine - others)).Max().Should().BeLessThan(tolerance);
        }

        Farthest(fast.Parameters(0), first.Parameters(0)).Should().BeLessThan(tolerance);
        Farthest(fast.Parameters(1), second.Parameters(0)).Should().BeLessThan(tolerance);
        Farthest(fast.Parameters(0), fast.Parameters(1)).Should().BeGreaterThan(0.01, "they are two networks");
    }

    /// <summary>Alone, beside others, and after others have left: the same to the last bit.</summary>
    [Fact]
    public void Replica_BesideOthers_IsTheOneAlone()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = TrainingExamples.Data(float32);
        var networks = TrainingExamples.Networks(float32);
        var settings = new OptimiserSettings(0.1, 0.8, 16);
        using var together = new DenseEnsemble(networks, points, targets, settings, Loss.CrossEntropy, Order(0));
        DenseEnsemble[] alone =
            [.. networks.Select(network => new DenseEnsemble([network], points, targets, settings, Loss.CrossEntropy, Order(0)))];
        int[] active = [0, 1, 2, 3];
        for (var epoch = 1; epoch <= 12; epoch++)
        {
            var losses = together.Epoch(epoch, Token);
            for (var i = 0; i < 4; i++)
            {
                var loss = alone[i].Epoch(epoch, Token)[0];
                if (Array.IndexOf(active, i) is >= 0 and var place)
                {
                    losses[place].Should().Be(loss);
                    Farthest(together.Parameters(place), alone[i].Parameters(0)).Should().Be(0);
                }
            }

            if (epoch == 6)
            {
                together.Retain([1, 3]);
                active = [1, 3];
            }
        }

        Array.ForEach(alone, one => one.Dispose());
    }

    /// <summary>
    /// A run interrupted in its second epoch and resumed, and one beside a replica that diverges, end in the same bits as an
    /// undisturbed run.
    /// </summary>
    [Fact]
    public void Run_InterruptedOrBesideOneThatDiverges_EndsInTheSameBits()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = TrainingExamples.Data(float32);
        DenseEnsemble Ensemble(int networks) => new(
            TrainingExamples.Networks(float32)[..networks], points, targets, new(0.2, 0.8, 8), Loss.CrossEntropy, Order(0));
        TrainingRun Run(int networks, TrainingObservers? observers = null) => new(Ensemble(networks), new(6), observers);
        using var whole = Run(3);
        whole.Complete(cancellation: Token);

        using var resumed = Run(3, StopOnceAfter(2));
        FluentActions.Invoking(() => resumed.Complete(cancellation: Token)).Should().Throw<OperationCanceledException>();
        resumed.Complete(cancellation: Token);
        resumed.Replicas.Select(one => one.Digest).Should().Equal(whole.Replicas.Select(one => one.Digest));

        // −10³⁸ − 0.2 · Σ 0.8ⁱ · 3.2 · 10³⁸ overflows in the second epoch.
        using var ensemble = Ensemble(4);
        ensemble.Parameters(3)[^1].narrow(0, 0, 1).fill_(-1e38);
        ensemble.OptimiserState(3)[^1].narrow(0, 0, 1).fill_(3.2e38);
        using var diverging = new TrainingRun(ensemble, new(6));
        diverging.Complete(cancellation: Token);
        (diverging.Replicas[3].Status, diverging.Replicas[3].Epochs).Should().Be((ReplicaStatus.Diverged, 1));
        diverging.Replicas[3].FinalParameters.Should().OnlyContain(one => one.isfinite().all().item<bool>());
        diverging.Replicas.Take(3).Select(one => one.Digest).Should().Equal(whole.Replicas.Select(one => one.Digest));
    }

    /// <summary>An epoch of 50 steps and one of 5 allocate the same.</summary>
    [Fact]
    public void Epoch_OfManySteps_AllocatesNoMoreThanOneOfFew()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = TrainingExamples.Data(float32);
        Allocated(1).Should().BeCloseTo(Allocated(10), 100);

        long Allocated(int batch)
        {
            int[] order = [.. Enumerable.Range(0, Count)];
            var networks = TrainingExamples.Networks(float32);
            using var ensemble = new DenseEnsemble(networks, points, targets, new(0.1, 0.8, batch), Loss.CrossEntropy, _ => order);
            ensemble.Epoch(1, Token);
            var before = GC.GetAllocatedBytesForCurrentThread();
            ensemble.Epoch(2, Token);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Ensemble_OfDataThatDoNotFit_IsRefused()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = TrainingExamples.Data(float32);
        var networks = TrainingExamples.Networks(float32);
        var settings = new OptimiserSettings(0.1, 0.8, 16);
        void Refused(FullyConnected[] some, Tensor given, Tensor wanted) =>
            FluentActions.Invoking(() => new DenseEnsemble(some, given, wanted, settings, Loss.CrossEntropy, Order(0)))
                .Should().Throw<ArgumentException>();
        Refused(networks, points.narrow(0, 0, 9), targets);
        Refused(networks, points, targets.narrow(1, 0, 2).contiguous());
        Refused(networks, points.to_type(float64), targets.to_type(float64));
        Refused(networks, targets, targets);
        Refused(networks, points.t(), targets);
        Refused([], points, targets);
        Refused(TrainingExamples.Networks(float64), points, targets);
    }

    private static Loss Named(string name) => name == nameof(Loss.MeanSquare) ? Loss.MeanSquare : Loss.CrossEntropy;

    private static FullyConnected InFloat64(FullyConnected network) =>
        new([.. network.Weights.Select(one => one.to_type(float64))], [.. network.Biases.Select(one => one.to_type(float64))]);
}
