using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>One ReLU network of fully connected and convolutional layers: a ReLU between any two of them, none after the last.</summary>
public sealed class LayeredNetwork : IDisposable
{
    private const int FarthestExponent = 1000;

    /// <param name="layers">At least one; each takes as many entries as the one before gives. The network owns them from now on.</param>
    /// <exception cref="ArgumentException">There are none, or they do not chain.</exception>
    public LayeredNetwork(params IReadOnlyList<AffineLayer> layers)
    {
        if (layers.Count == 0)
        {
            throw new ArgumentException("a network without layers");
        }

        for (var i = 1; i < layers.Count; i++)
        {
            if (layers[i].Inputs != layers[i - 1].Outputs)
            {
                throw new ArgumentException(
                    $"layer {i + 1} ({layers[i].Description}) takes {layers[i].Inputs} entries, "
                    + $"and layer {i} ({layers[i - 1].Description}) gives {layers[i - 1].Outputs}");
            }
        }

        Layers = layers;
    }

    /// <summary>The affine maps, first to last.</summary>
    public IReadOnlyList<AffineLayer> Layers { get; }

    /// <summary>n_0.</summary>
    public int Inputs => Layers[0].Inputs;

    /// <summary>n_c.</summary>
    public int Outputs => Layers[^1].Outputs;

    /// <summary>The largest number of entries of an activation after the input.</summary>
    public int Widest => Layers.Max(layer => layer.Outputs);

    /// <summary>One replica of an ensemble, in float64; it may share the ensemble's memory.</summary>
    public static LayeredNetwork Of(FullyConnected ensemble, int replica)
    {
        using var scope = NewDisposeScope();
        Tensor Own(Tensor parameters) => parameters.select(0, replica).to_type(float64).MoveToOuterDisposeScope();
        return new LayeredNetwork(
            [.. ensemble.Weights.Zip(ensemble.Biases, (weights, biases) => new DenseLayer(Own(weights), Own(biases)))]);
    }

    /// <summary>
    /// f/2^k, by powers of two that bring the largest weight of each layer to between 1 and 2: the same numbers without rounding, away from
    /// the ends of float64. Itself with k = 0 where biases, or small weights beside large ones, would leave float64. The caller owns what
    /// is another network.
    /// </summary>
    public (LayeredNetwork Network, int Exponent) Normalised()
    {
        var (layers, exponent) = (new List<AffineLayer>(), 0);
        foreach (var layer in Layers)
        {
            var ((largest, smallest), (most, least)) = (layer.WeightRange, layer.BiasRange);
            var own = largest > 0 ? Math.ILogB(largest) : 0;
            exponent += own;
            if ((own > 0 && Math.ILogB(smallest) - own < -FarthestExponent)
                || (most > 0 && (Math.ILogB(most) - exponent > FarthestExponent || Math.ILogB(least) - exponent < -FarthestExponent)))
            {
                layers.ForEach(made => made.Dispose());
                return (this, 0);
            }

            layers.Add(layer.TimesPowersOfTwo(-own, -exponent));
        }

        return (new LayeredNetwork(layers), exponent);
    }

    /// <summary>The outputs at points, [N, n_0] to [N, n_c].</summary>
    public Tensor Forward(Tensor points)
    {
        using var scope = NewDisposeScope();
        var activation = points;
        foreach (var layer in Layers.SkipLast(1))
        {
            activation = layer.Apply(activation).relu();
        }

        return Layers[^1].Apply(activation).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ReLU, ", Layers.Select(layer => layer.Description));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in Layers)
        {
            layer.Dispose();
        }
    }
}
