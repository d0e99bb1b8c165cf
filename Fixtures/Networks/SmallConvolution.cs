using Reproduce.Fixtures.Numbers;
using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Networks;

/// <summary>
/// A convolution as plain arrays, and its matrix by the definition of a cross-correlation: output (o, y, x) is
/// Σ K[o, c, i, j] · image[c, stride·y + i − padding, stride·x + j − padding], with zeros outside the image.
/// </summary>
/// <param name="Kernels">[channels out, channels in, h, w].</param>
/// <param name="ChannelBiases">[channels out].</param>
/// <param name="Image">The shape of the inputs.</param>
/// <param name="Stride">At least 1.</param>
/// <param name="Padding">At least 0.</param>
public sealed record SmallConvolution(double[,,,] Kernels, double[] ChannelBiases, ImageShape Image, int Stride, int Padding)
{
    /// <summary>The shape of the outputs: one for each position of the kernel in the padded image.</summary>
    public ImageShape OutputShape => new(
        ChannelBiases.Length, Positions(Image.Height, Kernels.GetLength(2)), Positions(Image.Width, Kernels.GetLength(3)));

    /// <summary>W, [out, in], activations flattened channels first.</summary>
    public double[,] Weights => Arrays.Build(OutputShape.Size, Image.Size, Entry);

    /// <summary>b, [out].</summary>
    public double[] Biases =>
        [.. Enumerable.Range(0, OutputShape.Size).Select(output => ChannelBiases[Place(output, OutputShape).Channel])];

    /// <summary>The library's layer with the same numbers.</summary>
    public ConvolutionLayer ToLayer() => new(
        tensor([.. Kernels.Cast<double>()], [Kernels.GetLength(0), Kernels.GetLength(1), Kernels.GetLength(2), Kernels.GetLength(3)]),
        tensor(ChannelBiases),
        Image,
        Stride,
        Padding);

    private int Positions(int side, int kernel)
    {
        var positions = 0;
        for (var first = 0; first + kernel <= side + (2 * Padding); first += Stride)
        {
            positions++;
        }

        return positions;
    }

    private double Entry(int output, int input)
    {
        var (o, y, x) = Place(output, OutputShape);
        var (c, row, column) = Place(input, Image);
        var (i, j) = (row + Padding - (Stride * y), column + Padding - (Stride * x));
        return i >= 0 && i < Kernels.GetLength(2) && j >= 0 && j < Kernels.GetLength(3) ? Kernels[o, c, i, j] : 0;
    }

    private static (int Channel, int Row, int Column) Place(int index, ImageShape image) =>
        (index / (image.Height * image.Width), index / image.Width % image.Height, index % image.Width);
}
