using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>
/// 50 random points with 6 inputs and 3 outputs, networks whose widths are no multiples of a vector, and the plain loop over autograd.
/// </summary>
internal static class TrainingExamples
{
    internal const int Count = 50;

    internal static readonly FullyConnectedShape[] Shapes = [new(6, 5, 3), new(6, 3), new(6, 9, 4, 3), new(6, 1, 1, 2, 3)];

    /// <summary>An observer that stops the run once, after an epoch's steps and before anything of it is recorded.</summary>
    internal static TrainingObservers StopOnceAfter(int epoch)
    {
        var seen = 0;
        return new TrainingObservers
        {
            Validate = all => ++seen == epoch ? throw new OperationCanceledException() : [.. all.Select(_ => new Validation(0, 0))],
        };
    }

    internal static double Farthest(IReadOnlyList<Tensor> one, IReadOnlyList<Tensor> other) =>
        one.Zip(other, (a, b) => (a - b).abs().max().to_type(float64).item<double>()).Max();

    /// <summary>The plain loop over autograd's operators, by momentum descent.</summary>
    internal static BatchedEnsemble<FullyConnected> Plain(
        FullyConnected network, Tensor points, Tensor targets, OptimiserSettings settings, Loss loss,
        IReadOnlyList<Func<int, int[]>> orders) =>
        new(
            network, points, targets, settings.BatchSize, loss,
            some => new Sgd(some.Parameters, settings.LearningRate, settings.Momentum), orders);

    internal static Func<int, int[]> Order(int seed) => PointOrder.Seeded(Count, Of(seed).With("use", "order"));

    internal static FullyConnected[] Networks(ScalarType dtype) =>
        [.. Shapes.Select((shape, i) => Initialisation.PyTorchDefault(shape, [Of(i)], dtype))];

    // Labels that no network can learn by chance: the largest of three random linear functions.
    internal static (Tensor Points, Tensor Targets) Data(ScalarType dtype)
    {
        var generator = Of(0).With("use", "points").Generator();
        var points = Enumerable.Range(0, Count * 6).Select(_ => (2 * generator.NextDouble()) - 1).ToArray();
        var functions = Enumerable.Range(0, 18).Select(_ => (2 * generator.NextDouble()) - 1).ToArray();
        double Value(int point, int function) => Enumerable.Range(0, 6).Sum(j => points[(6 * point) + j] * functions[(6 * function) + j]);
        byte[] labels = [.. Enumerable.Range(0, Count).Select(i => (byte)Enumerable.Range(0, 3).MaxBy(k => Value(i, k)))];
        return (tensor(points, [Count, 6], dtype), OneHot.Of(labels, 3, dtype));
    }

    private static Seed Of(int replica) => Seed.Of(("test", "shared batches"), ("replica", replica));
}
