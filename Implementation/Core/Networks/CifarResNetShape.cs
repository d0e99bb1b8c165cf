namespace Reproduce.Networks;

/// <summary>
/// The residual networks for 32 × 32 images with ten classes that the design paper's Table 1 lists: a 3 × 3 convolution with 16
/// channels, three stages of n blocks with 16, 32 and 64 channels, two 3 × 3 convolutions a block, each with batch normalisation and
/// none with a bias, and a linear classifier; the depth is 6n + 2. Shortcuts have no parameters (option A: subsample and pad with zeros).
/// </summary>
public sealed record CifarResNetShape
{
    private const int Classes = 10;
    private const int Kernel = 3;

    /// <param name="depth">6n + 2 with n ≥ 1: 20, 32, 44, 56, 110, 1202.</param>
    /// <param name="extraConvolutions">3 × 3 convolutions of 64 channels with batch normalisation after the last stage.</param>
    /// <exception cref="ArgumentException">No n gives this depth, or a number of convolutions is negative.</exception>
    public CifarResNetShape(int depth, int extraConvolutions = 0)
    {
        if (depth < 8 || depth % 6 != 2 || extraConvolutions < 0)
        {
            throw new ArgumentException($"depth {depth} with {extraConvolutions} extra convolutions: the depth must be 6n + 2 with n ≥ 1, the number not negative");
        }

        (Depth, ExtraConvolutions) = (depth, extraConvolutions);
    }

    /// <summary>6n + 2, without the extra convolutions.</summary>
    public int Depth { get; }

    /// <summary>After the last stage.</summary>
    public int ExtraConvolutions { get; }

    /// <summary>The convolutions and the classifier.</summary>
    public int Layers => Depth + ExtraConvolutions;

    /// <summary>The shapes of all parameters, in the order of the network: [out, in, 3, 3], then [out] twice for batch normalisation.</summary>
    public IEnumerable<long[]> ParameterShapes()
    {
        var channels = Convolutions().ToList();
        foreach (var (inputs, outputs) in channels)
        {
            yield return [outputs, inputs, Kernel, Kernel];
            yield return [outputs];
            yield return [outputs];
        }

        yield return [Classes, channels[^1].Outputs];
        yield return [Classes];
    }

    private IEnumerable<(int Inputs, int Outputs)> Convolutions()
    {
        var inputs = 16;
        yield return (3, inputs);
        foreach (var width in new[] { 16, 32, 64 })
        {
            for (var convolution = 0; convolution < (Depth - 2) / 3; convolution++)
            {
                yield return (inputs, width);
                inputs = width;
            }
        }

        for (var convolution = 0; convolution < ExtraConvolutions; convolution++)
        {
            yield return (inputs, inputs);
        }
    }
}
