namespace Reproduce.Networks;

/// <summary>
/// The slope paper's convolutional network (L, c): L convolutions of c channels, 5 × 5 with padding 2 and stride 1, so that the image keeps
/// its size, and one linear layer.
/// </summary>
/// <param name="Image">The shape of the inputs.</param>
/// <param name="Convolutions">L, at least 1.</param>
/// <param name="Channels">c.</param>
/// <param name="Outputs">n_c.</param>
public sealed record ConvolutionalShape(ImageShape Image, int Convolutions, int Channels, int Outputs)
{
    /// <summary>The height and width of a kernel.</summary>
    public const int Kernel = 5;

    /// <summary>
    /// The shapes of all parameters in PyTorch's order: [c, in, 5, 5] and [c] for each convolution, then [n_c, c·H·W] and [n_c].
    /// </summary>
    public IEnumerable<long[]> ParameterShapes()
    {
        for (var i = 0; i < Convolutions; i++)
        {
            yield return [Channels, i == 0 ? Image.Channels : Channels, Kernel, Kernel];
            yield return [Channels];
        }

        yield return [Outputs, (long)Channels * Image.Height * Image.Width];
        yield return [Outputs];
    }
}
