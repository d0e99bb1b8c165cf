namespace Reproduce.Networks;

/// <summary>How many numbers a network learns, from the shapes of its parameters.</summary>
public static class ParameterCount
{
    /// <summary>Weights and biases of a fully connected network.</summary>
    public static long Of(FullyConnectedShape shape) =>
        Of(Enumerable.Range(0, shape.Layers).SelectMany(i => new long[][] { [shape.Widths[i + 1], shape.Widths[i]], [shape.Widths[i + 1]] }));

    /// <summary>Convolutions, batch normalisations and the classifier of a residual network.</summary>
    public static long Of(CifarResNetShape shape) => Of(shape.ParameterShapes());

    /// <summary>The elements of tensors of these shapes.</summary>
    public static long Of(IEnumerable<long[]> shapes) => shapes.Sum(shape => shape.Aggregate(1L, (product, size) => product * size));
}
