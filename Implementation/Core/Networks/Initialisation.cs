using Reproduce.Randomness;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>Initial parameters, drawn on the CPU so that a seed means the same network on every device.</summary>
public static class Initialisation
{
    /// <summary>
    /// PyTorch's default for a linear layer: weights and biases uniform on ±1/√fan_in. A replica's parameters are drawn from
    /// its own seed, layer by layer, the weights row by row and then the biases.
    /// </summary>
    /// <param name="shape">The widths.</param>
    /// <param name="seeds">One a replica.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="device">Where the parameters live; the CPU when left out.</param>
    public static FullyConnected PyTorchDefault(FullyConnectedShape shape, IReadOnlyList<Seed> seeds, ScalarType dtype, Device? device = null)
    {
        var generators = seeds.Select(seed => seed.Generator()).ToArray();
        var weights = new List<Tensor>();
        var biases = new List<Tensor>();
        for (var i = 0; i < shape.Layers; i++)
        {
            var (fanIn, fanOut) = (shape.Widths[i], shape.Widths[i + 1]);
            var bound = 1 / Math.Sqrt(fanIn);
            var weight = new double[seeds.Count * fanOut * fanIn];
            var bias = new double[seeds.Count * fanOut];
            for (var replica = 0; replica < seeds.Count; replica++)
            {
                Fill(weight.AsSpan(replica * fanOut * fanIn, fanOut * fanIn), generators[replica], bound);
                Fill(bias.AsSpan(replica * fanOut, fanOut), generators[replica], bound);
            }

            weights.Add(tensor(weight, [seeds.Count, fanOut, fanIn], dtype, device));
            biases.Add(tensor(bias, [seeds.Count, fanOut], dtype, device));
        }

        return new FullyConnected(weights, biases);
    }

    private static void Fill(Span<double> values, Random generator, double bound)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ((2 * generator.NextDouble()) - 1) * bound;
        }
    }
}
