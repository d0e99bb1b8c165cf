using Reproduce.Networks;

namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>One of the slope paper's networks: (L, w) hidden layers of w units, or L convolutions of w channels.</summary>
/// <param name="Convolutional">Which of the two.</param>
/// <param name="Layers">L.</param>
/// <param name="Width">w.</param>
public sealed record Architecture(bool Convolutional, int Layers, int Width)
{
    /// <summary>As the tables' rows are called: <c>3x50</c>.</summary>
    public string Name => $"{Layers}x{Width}";

    /// <summary>As evidence calls it: <c>convolutional 3x6</c>.</summary>
    public override string ToString() => $"{(Convolutional ? "convolutional" : "fully connected")} {Name}";

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">It is not two numbers with an x between them.</exception>
    internal static Architecture Parse(string name, bool convolutional) =>
        name.Split('x') is [var layers, var width] && int.TryParse(layers, out var l) && int.TryParse(width, out var w)
            ? new Architecture(convolutional, l, w)
            : throw new FormatException($"'{name}' is no architecture such as 3x50");

    internal FullyConnectedShape ConnectedFor(TrainingSet set) => FullyConnectedShape.Uniform(set.Image.Size, Layers, Width, set.Classes);

    internal ConvolutionalShape ConvolutionalFor(TrainingSet set) => new(set.Image, Layers, Width, set.Classes);
}
