namespace Reproduce.Networks;

/// <summary>The number of learned parameters of a network.</summary>
public static class ParameterCount
{
    /// <summary>Weights and biases of a fully connected network.</summary>
    public static long Of(FullyConnectedShape shape) => Of(shape.ParameterShapes());

    /// <summary>Convolutions, batch normalisations and the classifier of a residual network.</summary>
    public static long Of(CifarResNetShape shape) => Of(shape.ParameterShapes());

    /// <summary>The elements of tensors of these shapes.</summary>
    public static long Of(IEnumerable<long[]> shapes) => shapes.Sum(shape => shape.Aggregate(1L, (product, size) => product * size));
}
