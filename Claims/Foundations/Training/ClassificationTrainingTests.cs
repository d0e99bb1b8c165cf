using MathNet.Numerics.Random;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Training;

/// <summary>
/// Epochs of an ensemble. The toy problem is 50 points of two well separated clouds in the plane. Which points a step saw is
/// read from a linear network on unit vectors, where point i alone moves column i of the weights.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class ClassificationTrainingTests
{
    private const int Count = 50;

    private static readonly FullyConnectedShape Shape = new(2, 8, 2);

    [Fact]
    public void SlopePaper_Settings_AreThePapers() =>
        DescentSettings.SlopePaper.Should().Be(new DescentSettings(LearningRate: 0.001, Momentum: 0.8, BatchSize: 64));

    /// <summary>
    /// 7 points in batches of 3, 3 and 1 and a learning rate η so small that the probabilities stay 1/2 up to η: a point in a
    /// batch of B moves its two weights by ±η/(2B). So six columns of size 1/6 and one of 1/2, in units of η, mean that every
    /// point was seen once and that the last, smaller batch was kept and averaged over its own size.
    /// </summary>
    [Fact]
    public void Epoch_WithAPartialLastBatch_VisitsEveryPointOnce()
    {
        const double rate = 1e-6;
        using var scope = NewDisposeScope();
        var network = new FullyConnected([zeros([3, 2, 7], float64)], [zeros([3, 2], float64)]);
        using var optimiser = new GradientDescent(network.Parameters, rate, 0);
        var targets = ClassificationTraining.UnitVectors([0, 1, 1, 0, 1, 0, 0], 2, float64);
        Random[] orders = [Order(0), Order(1), Order(2)];
        var alone = new List<int>();
        for (var epoch = 0; epoch < 4; epoch++)
        {
            network.Weights[0].zero_();
            network.Biases[0].zero_();
            Epoch(network, optimiser, eye(7, dtype: float64), targets, 3, orders);
            for (var replica = 0; replica < 3; replica++)
            {
                var columns = network.Weights[0].select(0, replica).select(0, 0).cpu().data<double>().ToArray().Select(one => Math.Abs(one) / rate).ToArray();
                columns.Order().Select(one => Math.Round(one * 6, 4)).Should().Equal(1, 1, 1, 1, 1, 1, 3);
                alone.Add(Array.IndexOf(columns, columns.Max()));
            }
        }

        alone.Distinct().Should().HaveCountGreaterThan(2, "every replica and every epoch has its own order");
    }

    [Fact]
    public void Epoch_BatchAsLargeAsTheData_IsOneStepOfGradientDescent()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Toy(float64);
        var network = Initialisation.PyTorchDefault(Shape, [Of(0)], float64);
        var expected = network.Clone();
        var (gradients, losses) = CrossEntropy.Backward(network, points.unsqueeze(0), targets.unsqueeze(0));
        foreach (var (parameter, gradient) in expected.Parameters.Zip(gradients))
        {
            parameter.add_(gradient, -0.25);
        }

        using var optimiser = new GradientDescent(network.Parameters, 0.25, 0.9);
        var loss = Epoch(network, optimiser, points, targets, 1000, [Order(0)]);

        // The order of 50 summands differs: 50 roundings of numbers below 1.
        loss[0].Should().BeApproximately(losses.item<double>(), 1e-14);
        foreach (var (actual, wanted) in network.Parameters.Zip(expected.Parameters))
        {
            (actual - wanted).abs().max().item<double>().Should().BeLessThan(1e-14);
        }
    }

    /// <summary>The same arithmetic in another batch of operators: float32 rounding (6e-8) over 12 steps of numbers near 1.</summary>
    [Fact]
    public void Replica_TrainedInAnEnsemble_IsTheOneTrainedAlone()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Toy(float32);
        var (together, lossesTogether) = Train([0, 1, 2]);
        for (var replica = 0; replica < 3; replica++)
        {
            var (alone, losses) = Train([replica]);
            losses[0].Should().BeApproximately(lossesTogether[replica], 1e-5);
            foreach (var (one, all) in alone.Parameters.Zip(together.Parameters))
            {
                (one.select(0, 0) - all.select(0, replica)).abs().max().item<float>().Should().BeLessThan(1e-5f);
            }
        }

        lossesTogether.Should().OnlyHaveUniqueItems();

        (FullyConnected Network, double[] Losses) Train(int[] replicas)
        {
            var network = Initialisation.PyTorchDefault(Shape, [.. replicas.Select(Of)], float32);
            using var optimiser = new GradientDescent(network.Parameters, 0.1, 0.8);
            Random[] orders = [.. replicas.Select(Order)];
            var losses = Array.Empty<double>();
            for (var epoch = 0; epoch < 3; epoch++)
            {
                losses = Epoch(network, optimiser, points, targets, 16, orders);
            }

            return (network, losses);
        }
    }

    [Fact]
    public void Loss_OnTheToyProblem_FallsToNearlyNothing()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Toy(float32);
        var network = Initialisation.PyTorchDefault(Shape, [Of(0), Of(1)], float32);
        using var optimiser = new GradientDescent(network.Parameters, 0.1, 0.8);
        Random[] orders = [Order(0), Order(1)];
        var losses = Enumerable.Range(0, 20).Select(_ => Epoch(network, optimiser, points, targets, 16, orders)).ToArray();
        for (var replica = 0; replica < 2; replica++)
        {
            losses[0][replica].Should().BeInRange(0.05, 2, "two classes start near ln 2");
            losses[^1][replica].Should().BeLessThan(losses[0][replica] / 10);
        }
    }

    [Fact]
    public void Epoch_LearningRateTooLarge_IsAnArithmeticException()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Toy(float32);
        var network = Initialisation.PyTorchDefault(Shape, [Of(0)], float32);
        using var optimiser = new GradientDescent(network.Parameters, 1e30, 0.8);
        FluentActions.Invoking(() => Epoch(network, optimiser, points, targets, 10, [Order(0)]))
            .Should().Throw<ArithmeticException>().WithMessage("*replica 0*");
    }

    [Fact]
    public void Epoch_NaNInOneReplicaOnly_NamesIt()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Toy(float32);
        var network = Initialisation.PyTorchDefault(Shape, [Of(0), Of(1)], float32);
        network.Weights[0].select(0, 1).fill_(double.NaN);
        using var optimiser = new GradientDescent(network.Parameters, 0.1, 0.8);
        FluentActions.Invoking(() => Epoch(network, optimiser, points, targets, 10, [Order(0), Order(1)]))
            .Should().Throw<ArithmeticException>().WithMessage("*replica 1*NaN*");
    }

    [Fact]
    public void Epoch_CancelledBefore_LeavesTheNetworkAlone()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Toy(float64);
        var network = Initialisation.PyTorchDefault(Shape, [Of(0)], float64);
        var before = network.Parameters.SelectMany(one => one.cpu().data<double>().ToArray()).ToArray();
        using var optimiser = new GradientDescent(network.Parameters, 0.1, 0.8);
        FluentActions.Invoking(() => ClassificationTraining.Epoch(network, optimiser, points, targets, 10, [Order(0)], new CancellationToken(canceled: true)))
            .Should().Throw<OperationCanceledException>();
        network.Parameters.SelectMany(one => one.cpu().data<double>().ToArray()).Should().Equal(before);
        is_grad_enabled().Should().BeTrue();
        CurrentDisposeScope.Should().BeSameAs(scope);
    }

    /// <summary>A batch of one point makes 50 steps an epoch; cancelling from another thread stops between two of them.</summary>
    [Fact]
    public void Epoch_CancelledMeanwhile_StopsBetweenSteps()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Toy(float64);
        var network = Initialisation.PyTorchDefault(Shape, [Of(0)], float64);
        using var optimiser = new GradientDescent(network.Parameters, 0.01, 0);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        FluentActions.Invoking(() =>
        {
            while (true)
            {
                ClassificationTraining.Epoch(network, optimiser, points, targets, 1, [Order(0)], source.Token);
            }
        }).Should().Throw<OperationCanceledException>();
        network.Parameters.Should().OnlyContain(one => one.isfinite().all().item<bool>());
    }

    [Fact]
    public void Epoch_Finished_LeavesNoTensorBehind()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = Toy(float64);
        var network = Initialisation.PyTorchDefault(Shape, [Of(0)], float64);
        using var optimiser = new GradientDescent(network.Parameters, 0.01, 0);
        var before = scope.DisposablesCount;
        Epoch(network, optimiser, points, targets, 10, [Order(0)]);
        scope.DisposablesCount.Should().Be(before);
    }

    [Fact]
    public void UnitVectors_OfLabels_HaveAOneInTheirPlace()
    {
        using var vectors = ClassificationTraining.UnitVectors([2, 0], 3, float32);
        vectors.shape.Should().Equal(2, 3);
        vectors.cpu().data<float>().ToArray().Should().Equal(0, 0, 1, 1, 0, 0);
    }

    /// <summary>Written without a check, label 3 of the first point would become label 0 of the second.</summary>
    [Fact]
    public void UnitVectors_LabelBeyondTheClasses_IsRefused() =>
        FluentActions.Invoking(() => ClassificationTraining.UnitVectors([3, 0], 3, float32)).Should().Throw<ArgumentException>();

    private static double[] Epoch(FullyConnected network, GradientDescent optimiser, Tensor points, Tensor targets, int batchSize, IReadOnlyList<Random> orders) =>
        ClassificationTraining.Epoch(network, optimiser, points, targets, batchSize, orders, TestContext.Current.CancellationToken);

    // Clouds of half-width 1 around (2, 2) and (−2, −2).
    private static (Tensor Points, Tensor Targets) Toy(ScalarType dtype)
    {
        var generator = new Xoshiro256StarStar(5);
        byte[] labels = [.. Enumerable.Range(0, Count).Select(i => (byte)(i % 2))];
        double[] points = [.. labels.SelectMany(label => generator.NextDoubles(2).Select(one => (2 * one) - 1 + (label == 0 ? 2 : -2)))];
        return (tensor(points, [Count, 2], dtype), ClassificationTraining.UnitVectors(labels, 2, dtype));
    }

    private static Seed Of(int replica) => Seed.Of(("test", "training"), ("replica", replica));

    private static Random Order(int replica) => Of(replica).With("use", "order").Generator();
}
