using MathNet.Numerics;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Training;

/// <summary>
/// The training loop that is written for speed, against autograd and against the plain one, on 50 random points with 6 inputs and
/// 3 outputs. Widths are no multiples of a vector, and one network has no hidden layer.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class SharedBatchEnsembleTests
{
    private const int Count = 50;

    private static readonly FullyConnectedShape[] Shapes = [new(6, 5, 3), new(6, 3), new(6, 9, 4, 3), new(6, 1, 1, 2, 3)];

    /// <summary>
    /// One step over all points at η = 1 and μ = 0 moves each parameter by its gradient. Numbers of size 1 in float64, sums of at most
    /// 50 products: 50 · 2⁻⁵³ = 6e-15, through four layers.
    /// </summary>
    [Theory]
    [InlineData(Loss.CrossEntropy)]
    [InlineData(Loss.MeanSquare)]
    public void Step_OfEveryShape_MovesByAutogradsGradient(Loss loss)
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Data(float64);
        var networks = Networks(float64);
        using var ensemble = new SharedBatchEnsemble(networks, points, targets, new(1, 0, Count), loss, _ => [.. Enumerable.Range(0, Count)]);
        var before = Enumerable.Range(0, Shapes.Length).Select(replica => ensemble.Parameters(replica).Select(one => one.clone()).ToArray()).ToArray();
        var losses = ensemble.Epoch(1, TestContext.Current.CancellationToken);
        for (var replica = 0; replica < Shapes.Length; replica++)
        {
            var parameters = networks[replica].Parameters.Select(one => one.requires_grad_()).ToArray();
            var outputs = networks[replica].Forward(points).squeeze(0);
            var expected = loss == Loss.MeanSquare ? (outputs - targets).square().mean() : (targets * outputs.log_softmax(-1)).sum(-1).mean().neg();
            var gradients = autograd.grad([expected], parameters);
            losses[replica].Should().BeApproximately(expected.item<double>(), 1e-13);
            gradients.Select(one => one.abs().max().item<double>()).Max().Should().BeGreaterThan(1e-3, "a gradient of zeros would prove nothing");
            foreach (var (after, (old, gradient)) in ensemble.Parameters(replica).Zip(before[replica].Zip(gradients)))
            {
                (old - after - gradient.squeeze(0)).abs().max().item<double>().Should().BeLessThan(1e-13);
            }
        }
    }

    /// <summary>The same orders give the plain loop's numbers: 3 epochs of 4 steps, the last with 2 points, float64.</summary>
    [Theory]
    [InlineData(Loss.CrossEntropy)]
    [InlineData(Loss.MeanSquare)]
    public void Epochs_InTheSameOrder_GiveThePlainLoopsNumbers(Loss loss)
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Data(float64);
        var networks = Networks(float64);
        var settings = new DescentSettings(0.1, 0.8, 16);
        for (var replica = 0; replica < Shapes.Length; replica++)
        {
            using var plain = Plain(networks[replica], points, targets, settings, loss, [Order(0)]);
            using var alone = new SharedBatchEnsemble([networks[replica]], points, targets, settings, loss, Order(0));
            for (var epoch = 1; epoch <= 3; epoch++)
            {
                var expected = plain.Epoch(epoch, TestContext.Current.CancellationToken)[0];
                alone.Epoch(epoch, TestContext.Current.CancellationToken)[0].Should().BeApproximately(expected, 1e-12);
            }

            Farthest(alone.Parameters(0), plain.Parameters(0)).Should().BeLessThan(1e-12);
        }
    }

    /// <summary>The loop that the golden number guards draws its orders from one generator that runs on; given the same, both agree.</summary>
    [Fact]
    public void Epochs_InTheOrderOfARunningGenerator_AreClassificationTrainings()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Data(float64);
        var network = Networks(float64)[2];
        var (mine, theirs) = (Of(0).Generator(), Of(0).Generator());
        using var fast = new SharedBatchEnsemble([network], points, targets, new(0.1, 0.8, 16), Loss.CrossEntropy, _ => Combinatorics.GeneratePermutation(Count, mine));
        using var optimiser = new GradientDescent(network.Parameters, 0.1, 0.8);
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            var expected = ClassificationTraining.Epoch(network, optimiser, points, targets, 16, [theirs], TestContext.Current.CancellationToken);
            fast.Epoch(epoch, TestContext.Current.CancellationToken)[0].Should().BeApproximately(expected[0], 1e-12);
        }

        Farthest(fast.Parameters(0), [.. network.Parameters.Select(one => one.squeeze(0))]).Should().BeLessThan(1e-12);
    }

    /// <summary>
    /// Alone, beside others, and after others have left. The product that is shared computes each of its entries by the same sum; which of the
    /// BLAS's kernels does so depends on the place, so equality holds to float32 rounding: 2⁻²⁴ · 50 steps · sums of 16 products.
    /// </summary>
    [Fact]
    public void Replica_BesideOthers_IsTheOneAlone()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Data(float32);
        var networks = Networks(float32);
        var settings = new DescentSettings(0.1, 0.8, 16);
        using var together = new SharedBatchEnsemble(networks, points, targets, settings, Loss.CrossEntropy, Order(0));
        var alone = networks.Select(network => new SharedBatchEnsemble([network], points, targets, settings, Loss.CrossEntropy, Order(0))).ToArray();
        int[] active = [0, 1, 2, 3];
        for (var epoch = 1; epoch <= 12; epoch++)
        {
            var losses = together.Epoch(epoch, TestContext.Current.CancellationToken);
            for (var i = 0; i < 4; i++)
            {
                var loss = alone[i].Epoch(epoch, TestContext.Current.CancellationToken)[0];
                if (Array.IndexOf(active, i) is >= 0 and var place)
                {
                    losses[place].Should().BeApproximately(loss, 5e-5);
                    Farthest(together.Parameters(place), alone[i].Parameters(0)).Should().BeLessThan(5e-5);
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

    /// <summary>The plain loop on the device against the fast one on the CPU, each replica in its own order: 3 epochs, float64.</summary>
    [Fact]
    public void Epochs_OnCuda_GiveTheCpusNumbers()
    {
        Assert.SkipUnless(cuda_is_available(), "no CUDA device: training on a GPU was not checked here");
        using var scope = NewDisposeScope();
        var (points, targets) = Data(float64);
        var settings = new DescentSettings(0.1, 0.8, 16);
        Seed[] seeds = [Of(0), Of(1)];
        using var there = Plain(Initialisation.PyTorchDefault(Shapes[2], seeds, float64, CUDA), points.to(CUDA), targets.to(CUDA), settings, Loss.CrossEntropy, [Order(0), Order(1)]);
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            there.Epoch(epoch, TestContext.Current.CancellationToken);
        }

        for (var replica = 0; replica < 2; replica++)
        {
            using var here = new SharedBatchEnsemble([Initialisation.PyTorchDefault(Shapes[2], [seeds[replica]], float64)], points, targets, settings, Loss.CrossEntropy, Order(replica));
            for (var epoch = 1; epoch <= 3; epoch++)
            {
                here.Epoch(epoch, TestContext.Current.CancellationToken);
            }

            Farthest(here.Parameters(0), [.. there.Parameters(replica).Select(one => one.cpu())]).Should().BeLessThan(1e-12);
        }
    }

    /// <summary>An epoch of 50 steps and one of 5 allocate the same.</summary>
    [Fact]
    public void Epoch_OfManySteps_AllocatesNoMoreThanOneOfFew()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Data(float32);
        Allocated(1).Should().BeCloseTo(Allocated(10), 100);

        long Allocated(int batch)
        {
            int[] order = [.. Enumerable.Range(0, Count)];
            using var ensemble = new SharedBatchEnsemble(Networks(float32), points, targets, new(0.1, 0.8, batch), Loss.CrossEntropy, _ => order);
            ensemble.Epoch(1, TestContext.Current.CancellationToken);
            var before = GC.GetAllocatedBytesForCurrentThread();
            ensemble.Epoch(2, TestContext.Current.CancellationToken);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Order_OfAnEpoch_IsItsOwnAndComesAgain()
    {
        var order = Order(3);
        order(5).Should().Equal(order(5)).And.NotEqual(order(6)).And.BeEquivalentTo(Enumerable.Range(0, Count));
    }

    [Fact]
    public void Ensemble_OfDataThatDoNotFit_IsRefused()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Data(float64);
        var networks = Networks(float64);
        var settings = new DescentSettings(0.1, 0.8, 16);
        foreach (var (given, wanted) in new[] { (points.narrow(0, 0, 9), targets), (points, targets.narrow(1, 0, 2).contiguous()), (points.to_type(float32), targets.to_type(float32)), (targets, targets), (points.t(), targets) })
        {
            FluentActions.Invoking(() => new SharedBatchEnsemble(networks, given, wanted, settings, Loss.CrossEntropy, Order(0))).Should().Throw<ArgumentException>();
        }

        FluentActions.Invoking(() => new SharedBatchEnsemble([], points, targets, settings, Loss.CrossEntropy, Order(0))).Should().Throw<ArgumentException>();
    }

    internal static double Farthest(IReadOnlyList<Tensor> one, IReadOnlyList<Tensor> other) =>
        one.Zip(other, (a, b) => (a - b).abs().max().to_type(float64).item<double>()).Max();

    internal static BatchedEnsemble<FullyConnected> Plain(FullyConnected network, Tensor points, Tensor targets, DescentSettings settings, Loss loss, IReadOnlyList<Func<int, int[]>> orders) =>
        new(network, points, targets, settings.BatchSize, (some, batch, wanted, _) => BackwardPass.Run(some, batch, wanted, loss), some => new GradientDescent(some.Parameters, settings.LearningRate, settings.Momentum), orders);

    internal static Func<int, int[]> Order(int seed) => PointOrder.Seeded(Count, Of(seed).With("use", "order"));

    internal static FullyConnected[] Networks(ScalarType dtype) =>
        [.. Shapes.Select((shape, i) => Initialisation.PyTorchDefault(shape, [Of(i)], dtype))];

    // Labels that no network can learn by chance: the largest of three random linear functions.
    internal static (Tensor Points, Tensor Targets) Data(ScalarType dtype)
    {
        var generator = Of(0).With("use", "points").Generator();
        var points = Enumerable.Range(0, Count * 6).Select(_ => (2 * generator.NextDouble()) - 1).ToArray();
        var functions = Enumerable.Range(0, 18).Select(_ => (2 * generator.NextDouble()) - 1).ToArray();
        var labels = Enumerable.Range(0, Count).Select(i => (byte)Enumerable.Range(0, 3).MaxBy(k => Enumerable.Range(0, 6).Sum(j => points[(6 * i) + j] * functions[(6 * k) + j]))).ToArray();
        return (tensor(points, [Count, 6], dtype), ClassificationTraining.UnitVectors(labels, 3, dtype));
    }

    private static Seed Of(int replica) => Seed.Of(("test", "shared batches"), ("replica", replica));
}
