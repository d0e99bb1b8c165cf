using Reproduce.Fixtures.Numbers;
using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Networks;

/// <summary>A small ReLU network of convolutions, with or without a fully connected layer at the end.</summary>
/// <param name="Convolutions">One or more.</param>
/// <param name="Last">The fully connected layer, or null.</param>
public sealed record SmallConvolutionalNetwork(IReadOnlyList<SmallConvolution> Convolutions, (double[,] Weights, double[] Biases)? Last)
{
    /// <summary>The same network with its convolutions as matrices.</summary>
    public SmallNetwork AsMatrices => Last is var (weights, biases)
        ? new([.. Convolutions.Select(one => one.Weights), weights], [.. Convolutions.Select(one => one.Biases), biases])
        : new([.. Convolutions.Select(one => one.Weights)], [.. Convolutions.Select(one => one.Biases)]);

    /// <summary>The library's network with the same numbers.</summary>
    public LayeredNetwork ToLayers()
    {
        AffineLayer[] layers = [.. Convolutions.Select(one => one.ToLayer())];
        return Last is var (weights, biases)
            ? new LayeredNetwork([.. layers, new DenseLayer(tensor(weights), tensor(biases))])
            : new LayeredNetwork(layers);
    }

    /// <summary>
    /// 1 to 3 convolutions of 1 to 3 channels, kernels from 1×1 to 3×3, not necessarily square, stride 1 or 2, padding 0 to 2, images up to
    /// 6×6; in two cases of three a fully connected layer follows. All numbers are multiples of a unit between −1 and 1.
    /// </summary>
    /// <param name="generator">The source of the draws.</param>
    /// <param name="unit">A power of two; 1/2 yields many ties.</param>
    public static SmallConvolutionalNetwork Draw(Random generator, double unit)
    {
        double Number() => generator.Next((int)(-1 / unit), (int)(1 / unit) + 1) * unit;
        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => Number())];
        var convolutions = new List<SmallConvolution>();
        var image = new ImageShape(generator.Next(1, 4), generator.Next(2, 7), generator.Next(2, 7));
        for (var count = generator.Next(1, 4); count > 0; count--)
        {
            var (channels, padding) = (generator.Next(1, 4), generator.Next(0, 3));
            int Side(int side) => generator.Next(1, Math.Min(3, side + (2 * padding)) + 1);
            var kernels = new double[channels, image.Channels, Side(image.Height), Side(image.Width)];
            foreach (var index in Enumerable.Range(0, kernels.Length))
            {
                var (rest, width) = Math.DivRem(index, kernels.GetLength(3));
                var (more, height) = Math.DivRem(rest, kernels.GetLength(2));
                kernels[more / image.Channels, more % image.Channels, height, width] = Number();
            }

            convolutions.Add(new SmallConvolution(kernels, Numbers(channels), image, generator.Next(1, 3), padding));
            image = convolutions[^1].OutputShape;
        }

        if (generator.Next(3) == 0)
        {
            return new SmallConvolutionalNetwork(convolutions, null);
        }

        var outputs = generator.Next(1, 4);
        return new SmallConvolutionalNetwork(convolutions, (Arrays.Build(outputs, image.Size, (_, _) => Number()), Numbers(outputs)));
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var convolutions = Convolutions.Select(one =>
            $"{one.Image} by [{string.Join(' ', one.Kernels.Cast<double>())}] of {one.Kernels.GetLength(2)}×{one.Kernels.GetLength(3)}, " +
            $"stride {one.Stride}, padding {one.Padding}, biases [{string.Join(' ', one.ChannelBiases)}]");
        var last = Last is var (weights, biases)
            ? $"; then [{string.Join(' ', weights.Cast<double>())}], biases [{string.Join(' ', biases)}]"
            : "";
        return string.Join("; ", convolutions) + last;
    }
}
