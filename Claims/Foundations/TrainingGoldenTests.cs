using Reproduce.Claims.Harness;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations;

/// <summary>
/// Guards the chain from seed to slope against silent change: initialisation, shuffling, one epoch of training, slopes. Two
/// replicas of a 12-8-6-3 network on 100 generated points with 3 classes, batches of 16, float64.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class TrainingGoldenTests
{
    private static readonly GoldenTolerance[] Tolerances = [new("cpu", "float64", 1e-10, "7 steps of products of length at most 16; another BLAS sums in another order")];

    [Fact]
    public void OneEpoch_OfASmallEnsemble_GivesTheAcceptedNumbers()
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("test", "training golden"));
        var generator = seed.With("choice", "points").Generator();
        var points = tensor(Enumerable.Range(0, 100 * 12).Select(_ => (2 * generator.NextDouble()) - 1).ToArray(), [100, 12]);
        var labels = Enumerable.Range(0, 100).Select(_ => (byte)generator.Next(3)).ToArray();
        using var network = Initialisation.PyTorchDefault(new FullyConnectedShape(12, 8, 6, 3), [seed.With("replica", 0), seed.With("replica", 1)], float64);
        using var optimiser = new GradientDescent(network.Parameters, learningRate: 0.05, momentum: 0.8);
        var losses = ClassificationTraining.Epoch(network, optimiser, points, ClassificationTraining.UnitVectors(labels, 3, float64), 16, [seed.With("order", 0).Generator(), seed.With("order", 1).Generator()], TestContext.Current.CancellationToken);

        var numbers = new Dictionary<string, GoldenNumber>();
        foreach (var p in new[] { 1, 2, double.PositiveInfinity })
        {
            var slopes = Geometry.Slope.At(network, points, p).mean([1]).cpu().data<double>().ToArray();
            numbers[$"mean slope, p = {p}, replica 0"] = new GoldenNumber(slopes[0]);
            numbers[$"mean slope, p = {p}, replica 1"] = new GoldenNumber(slopes[1]);
        }

        numbers["mean loss, replica 0"] = new GoldenNumber(losses[0]);
        numbers["mean loss, replica 1"] = new GoldenNumber(losses[1]);
        Golden.Verify(numbers, Tolerances, typeof(TrainingGoldenTests));
    }
}
