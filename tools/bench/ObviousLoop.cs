using System.Diagnostics;
using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Bench;

/// <summary>Training as users of TorchSharp write it: <c>nn.Sequential</c>, autograd, <c>optim.SGD</c>.</summary>
internal static class ObviousLoop
{
    private const int Steps = 60;

    /// <summary>Seconds per step, with the given number of threads in libtorch.</summary>
    internal static double Seconds(FullyConnectedShape shape, Tensor points, Tensor labels, bool regression, int threads)
    {
        var before = get_num_threads();
        set_num_threads(threads);
        using var recorded = enable_grad();
        using var scope = NewDisposeScope();
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        for (var i = 0; i < shape.Layers; i++)
        {
            layers.Add(($"linear {i}", nn.Linear(shape.Widths[i], shape.Widths[i + 1])));
            if (i + 1 < shape.Layers)
            {
                layers.Add(($"relu {i}", nn.ReLU()));
            }
        }

        using var model = nn.Sequential(layers);
        using var optimiser = optim.SGD(model.parameters(), learningRate: 0.001, momentum: 0.8);
        var order = randperm(points.size(0), device: CPU);
        var clock = new Stopwatch();
        for (var step = -5; step < Steps; step++)
        {
            if (step == 0)
            {
                clock.Start();
            }

            using var inner = NewDisposeScope();
            var chosen = order.narrow(0, (step + 5) * 64, 64);
            optimiser.zero_grad();
            var outputs = model.forward(points.index_select(0, chosen));
            var wanted = labels.index_select(0, chosen);
            var loss = regression ? nn.functional.mse_loss(outputs, wanted) : nn.functional.cross_entropy(outputs, wanted);
            loss.backward();
            optimiser.step();
        }

        set_num_threads(before);
        return clock.Elapsed.TotalSeconds / Steps;
    }
}
