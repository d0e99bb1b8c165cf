using Reproduce.Randomness;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>Initial parameters, drawn on the CPU so that a seed means the same network on every device.</summary>
public static class Initialisation
{
    /// <summary>
    /// PyTorch's default for a linear layer: weights and biases uniform on ±1/√fan_in. Each replica is drawn from its own seed, layer by
    /// layer, the weights row by row and then the biases.
    /// </summary>
    /// <param name="shape">The widths.</param>
    /// <param name="seeds">One a replica.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="device">Where the parameters live; by default the CPU.</param>
    public static FullyConnected PyTorchDefault(
        FullyConnectedShape shape, IReadOnlyList<Seed> seeds, ScalarType dtype, Device? device = null) =>
        Connected(Draw(UniformByFanIn(shape.ParameterShapes()), seeds, dtype, device));

    /// <summary>
    /// The thesis's initialisation (section 4.1) as implemented in its program: weights uniform on ±√(6α/(n_in + n_out)), which is Glorot's
    /// for α = 1; biases zero. Equation 4.1 prints 3 for 6 (see smoothness.init-glorot). Drawn in the order of PyTorch's default.
    /// </summary>
    /// <param name="shape">The widths.</param>
    /// <param name="scale">α, the initialisation scale; 0.01 in most of the thesis.</param>
    /// <param name="seeds">One a replica.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="device">Where the parameters live; by default the CPU.</param>
    /// <exception cref="ArgumentOutOfRangeException">α is negative, NaN or infinite.</exception>
    public static FullyConnected VarianceScaling(
        FullyConnectedShape shape, double scale, IReadOnlyList<Seed> seeds, ScalarType dtype, Device? device = null)
    {
        if (!(scale >= 0 && double.IsFinite(scale)))
        {
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "the initialisation scale must be finite and not negative");
        }

        // A bound of 0 draws nothing.
        double Entry(Random generator, double bound) => bound > 0 ? Uniform(generator, bound) : 0;
        return Connected(Draw(shape.ParameterShapes().Select(size => (size, (Func<Random, double>)(size switch
        {
            [var fanOut, var fanIn] => random => Entry(random, Math.Sqrt(6 * scale / (fanIn + fanOut))),
            _ => _ => 0,
        }))), seeds, dtype, device));
    }

    /// <summary>PyTorch's default for convolutions and linear layers: weights and biases uniform on ±1/√fan_in.</summary>
    /// <inheritdoc cref="PyTorchDefault(FullyConnectedShape, IReadOnlyList{Seed}, ScalarType, Device?)"/>
    public static ConvolutionalNetwork PyTorchDefault(
        ConvolutionalShape shape, IReadOnlyList<Seed> seeds, ScalarType dtype, Device? device = null) =>
        new(shape, Draw(UniformByFanIn(shape.ParameterShapes()), seeds, dtype, device));

    /// <inheritdoc cref="PyTorchDefault(FullyConnectedShape, IReadOnlyList{Seed}, ScalarType, Device?)"/>
    public static ResidualNetwork PyTorchDefault(
        ResidualShape shape, IReadOnlyList<Seed> seeds, ScalarType dtype, Device? device = null) =>
        new(shape, Draw(UniformByFanIn(shape.ParameterShapes()), seeds, dtype, device));

    /// <summary>
    /// The initialisation of the design paper's baselines: weights of convolutions and of the classifier normal with variance 2/fan_in
    /// (He's); batch normalisation with weight 1 and bias 0; the classifier's bias uniform on ±1/√fan_in.
    /// </summary>
    /// <param name="shape">The architecture, for images of 32 × 32.</param>
    /// <param name="seeds">One a replica.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="device">Where the parameters live; by default the CPU.</param>
    public static CifarResNet He(CifarResNetShape shape, IReadOnlyList<Seed> seeds, ScalarType dtype, Device? device = null)
    {
        var last = shape.ParameterShapes().Count() - 1;
        return new(shape, Draw(shape.ParameterShapes().Select((size, i) => (size, (Func<Random, double>)(size.Length switch
        {
            1 when i == last => random => Uniform(random, 1 / Math.Sqrt(CifarResNetShape.LastWidth)),
            1 => _ => i % 3 == 1 ? 1 : 0,
            _ => random => Math.Sqrt(2.0 / FanIn(size)) * StandardNormal.Next(random),
        }))), seeds, dtype, device));
    }

    private static FullyConnected Connected(Tensor[] parameters) =>
        new([.. parameters.Where((_, i) => i % 2 == 0)], [.. parameters.Where((_, i) => i % 2 == 1)]);

    // Weights and biases in turn; a bias has the bound of its weights.
    private static IEnumerable<(long[] Shape, Func<Random, double> Entry)> UniformByFanIn(IEnumerable<long[]> shapes)
    {
        var bound = 0.0;
        foreach (var size in shapes)
        {
            bound = size.Length > 1 ? 1 / Math.Sqrt(FanIn(size)) : bound;
            var own = bound;
            yield return (size, random => Uniform(random, own));
        }
    }

    // Each replica has its own generator, which yields its parameters one after another, row by row.
    private static Tensor[] Draw(
        IEnumerable<(long[] Shape, Func<Random, double> Entry)> parameters, IReadOnlyList<Seed> seeds, ScalarType dtype, Device? device)
    {
        var generators = seeds.Select(seed => seed.Generator()).ToArray();
        return
        [
            .. parameters.Select(parameter =>
            {
                var count = (int)ParameterCount.Of([parameter.Shape]);
                var entries = generators.SelectMany(generator => Enumerable.Range(0, count).Select(_ => parameter.Entry(generator)));
                return tensor([.. entries], [seeds.Count, .. parameter.Shape], dtype, device);
            }),
        ];
    }

    private static long FanIn(long[] weights) => weights.Skip(1).Aggregate(1L, (product, size) => product * size);

    private static double Uniform(Random generator, double bound) => ((2 * generator.NextDouble()) - 1) * bound;
}
