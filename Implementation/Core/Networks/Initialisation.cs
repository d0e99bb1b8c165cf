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
    public static FullyConnected PyTorchDefault(FullyConnectedShape shape, IReadOnlyList<Seed> seeds, ScalarType dtype, Device? device = null) =>
        Draw(shape, seeds, (fanIn, _) => 1 / Math.Sqrt(fanIn), (fanIn, _) => 1 / Math.Sqrt(fanIn), dtype, device);

    /// <summary>
    /// The thesis's initialisation (section 4.1) as its program has it: weights uniform on ±√(6α/(n_in + n_out)), which is Glorot's at
    /// α = 1; biases zero. Equation 4.1 prints 3 for 6 (see smoothness.init-glorot). Drawn in the order of <see cref="PyTorchDefault"/>.
    /// </summary>
    /// <param name="shape">The widths.</param>
    /// <param name="scale">α, the initialisation scale; 0.01 in most of the thesis.</param>
    /// <param name="seeds">One a replica.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="device">Where the parameters live; the CPU when left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">α is negative, NaN or infinite.</exception>
    public static FullyConnected VarianceScaling(FullyConnectedShape shape, double scale, IReadOnlyList<Seed> seeds, ScalarType dtype, Device? device = null)
    {
        if (!(scale >= 0 && double.IsFinite(scale)))
        {
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "the initialisation scale is a number that is not negative");
        }

        return Draw(shape, seeds, (fanIn, fanOut) => Math.Sqrt(6 * scale / (fanIn + fanOut)), (_, _) => 0, dtype, device);
    }

    // The bounds are functions of the numbers of a layer's inputs and outputs; a bound of 0 draws nothing.
    private static FullyConnected Draw(FullyConnectedShape shape, IReadOnlyList<Seed> seeds, Func<int, int, double> weightBound, Func<int, int, double> biasBound, ScalarType dtype, Device? device)
    {
        var generators = seeds.Select(seed => seed.Generator()).ToArray();
        var weights = new List<Tensor>();
        var biases = new List<Tensor>();
        for (var i = 0; i < shape.Layers; i++)
        {
            var (fanIn, fanOut) = (shape.Widths[i], shape.Widths[i + 1]);
            var weight = new double[seeds.Count * fanOut * fanIn];
            var bias = new double[seeds.Count * fanOut];
            for (var replica = 0; replica < seeds.Count; replica++)
            {
                Fill(weight.AsSpan(replica * fanOut * fanIn, fanOut * fanIn), generators[replica], weightBound(fanIn, fanOut));
                Fill(bias.AsSpan(replica * fanOut, fanOut), generators[replica], biasBound(fanIn, fanOut));
            }

            weights.Add(tensor(weight, [seeds.Count, fanOut, fanIn], dtype, device));
            biases.Add(tensor(bias, [seeds.Count, fanOut], dtype, device));
        }

        return new FullyConnected(weights, biases);
    }

    private static void Fill(Span<double> values, Random generator, double bound)
    {
        for (var i = 0; bound > 0 && i < values.Length; i++)
        {
            values[i] = ((2 * generator.NextDouble()) - 1) * bound;
        }
    }
}
