using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Bench;

/// <summary>2-slopes at the slope paper's 750 points against the authors' loop over points and two batched methods in PyTorch.</summary>
internal static class SlopeBenchmark
{
    private const int Points = 750;

    // The number of points for which the authors' loop is timed; its time is proportional to their number.
    private const int LoopPoints = 30;

    internal static void Run(IEnumerable<FullyConnectedShape> shapes, int rounds, int cores, EagerPyTorch[] eager)
    {
        Console.WriteLine();
        Console.WriteLine(
            $"2-slopes at {Points} points, milliseconds per network. Ours: one network on each core at once. " +
            "PyTorch: the best of its thread settings and of one process per core.");
        Console.WriteLine(
            $"{"network",-20} {"ours",8} {"authors' loop",14} {"ratio",7} " +
            $"{"batched, SVD",13} {"ratio",7} {"batched, Gram",14} {"ratio",7}");
        foreach (var shape in shapes)
        {
            using var scope = NewDisposeScope();
            var network = Initialisation.PyTorchDefault(shape, [Seed.Of(("bench", "slopes"))], float32);
            var generator = Seed.Of(("bench", "slopes")).Generator();
            float[] numbers = [.. Enumerable.Range(0, Points * shape.Inputs).Select(_ => (float)generator.NextDouble())];
            var points = tensor(numbers, [Points, shape.Inputs]);
            void Measure() => Timing.OnEachCore(cores, _ => SpectralSlopes.At(network, points).sum().item<float>());
            var ours = new List<double>();
            var theirs = new List<double>();
            foreach (var (method, count) in new[] { ("loop", LoopPoints), ("svd", Points), ("gram", Points) })
            {
                var (mine, other) = Timing.Alternate(
                    rounds, eager, Measure, $"slopes {method} {count} {string.Join(' ', shape.Widths)}");
                ours.AddRange(mine);
                theirs.Add(other.Select(Timing.Median).Min() * Points / count);
            }

            var each = Timing.Median(ours) / cores;
            Console.WriteLine(
                $"{shape,-20} {each * 1e3,8:F1} {theirs[0] * 1e3,14:F0} {theirs[0] / each,6:F0}× " +
                $"{theirs[1] * 1e3,13:F1} {theirs[1] / each,6:F1}× {theirs[2] * 1e3,14:F1} {theirs[2] / each,6:F1}×");
        }
    }
}
