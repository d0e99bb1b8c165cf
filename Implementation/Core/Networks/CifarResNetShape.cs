namespace Reproduce.Networks;

/// <summary>
/// The residual networks for 32 × 32 images with ten classes in the design paper's Table 1: a 3 × 3 convolution with 16 channels, three
/// stages of n blocks with 16, 32 and 64 channels, each block of two 3 × 3 convolutions with batch normalisation and without biases, and a
/// linear classifier; the depth is 6n + 2. Shortcuts have no parameters (option A: subsample and pad with zeros).
/// </summary>
/// <remarks>
/// The generalization layer GL (section 3.1, Fig. 6) replaces the whole second stage. The paper does not specify its convolutions; here it
/// is one block with 32 channels whose shortcut has the weight ν, after footnote 13: layer, ReLU, layer with a ν-weighted shortcut over
/// both. The layer GLD (section 3.2, Figs. 8 and 9) is two extra convolutions after the last stage: with two the printed counts agree.
/// </remarks>
public sealed record CifarResNetShape
{
    internal const int Kernel = 3;
    internal const int ImageChannels = 3;
    private const int Classes = 10;
    private const int FirstWidth = 16;

    /// <param name="depth">6n + 2 with n ≥ 1: 20, 32, 44, 56, 110, 1202.</param>
    /// <param name="extraConvolutions">3 × 3 convolutions of 64 channels with batch normalisation after the last stage.</param>
    /// <param name="generalizationLayer">Whether GL replaces the second stage.</param>
    /// <exception cref="ArgumentException">No n gives this depth, or a number of convolutions is negative.</exception>
    public CifarResNetShape(int depth, int extraConvolutions = 0, bool generalizationLayer = false)
    {
        if (depth < 8 || depth % 6 != 2 || extraConvolutions < 0)
        {
            throw new ArgumentException(
                $"depth {depth} with {extraConvolutions} extra convolutions: " +
                "the depth must be 6n + 2 with n ≥ 1, and the number of extra convolutions not negative");
        }

        (Depth, ExtraConvolutions, GeneralizationLayer) = (depth, extraConvolutions, generalizationLayer);
    }

    /// <summary>6n + 2, the depth without extra convolutions and generalization layer.</summary>
    public int Depth { get; }

    /// <summary>The number of convolutions after the last stage.</summary>
    public int ExtraConvolutions { get; }

    /// <summary>Whether GL replaces the second stage.</summary>
    public bool GeneralizationLayer { get; }

    /// <summary>The number of convolutions and the classifier.</summary>
    public int Layers => 2 + (2 * Blocks().Count()) + ExtraConvolutions;

    /// <summary>The channels after the last stage, 64.</summary>
    public static int LastWidth => 4 * FirstWidth;

    /// <summary>
    /// The shapes of all parameters in the order of the network: for each convolution [out, in, 3, 3] and, for batch normalisation, [out]
    /// twice; then the classifier's.
    /// </summary>
    public IEnumerable<long[]> ParameterShapes()
    {
        foreach (var (inputs, outputs) in Convolutions())
        {
            yield return [outputs, inputs, Kernel, Kernel];
            yield return [outputs];
            yield return [outputs];
        }

        yield return [Classes, LastWidth];
        yield return [Classes];
    }

    /// <summary>The channels of each convolution, first to last.</summary>
    internal IEnumerable<(int Inputs, int Outputs)> Convolutions()
    {
        yield return (ImageChannels, FirstWidth);
        foreach (var block in Blocks())
        {
            yield return (block.Inputs, block.Outputs);
            yield return (block.Outputs, block.Outputs);
        }

        for (var convolution = 0; convolution < ExtraConvolutions; convolution++)
        {
            yield return (LastWidth, LastWidth);
        }
    }

    /// <summary>
    /// The channels of each block, and whether it is the generalization layer. Where the channels grow, the image halves.
    /// </summary>
    internal IEnumerable<(int Inputs, int Outputs, bool Generalization)> Blocks()
    {
        var inputs = FirstWidth;
        for (var stage = 0; stage < 3; stage++)
        {
            var generalization = GeneralizationLayer && stage == 1;
            for (var block = 0; block < (generalization ? 1 : (Depth - 2) / 6); block++)
            {
                yield return (inputs, FirstWidth << stage, generalization);
                inputs = FirstWidth << stage;
            }
        }
    }
}
