using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Reproduce.Networks;

/// <summary>R replicas of the slope paper's convolutional network: a ReLU follows each convolution, and the outputs are logits.</summary>
/// <param name="shape">The architecture.</param>
/// <param name="parameters">
/// In the order of <see cref="ConvolutionalShape.ParameterShapes"/>, each [R, …]. The network owns them from now on.
/// </param>
/// <exception cref="ArgumentException">The parameters have other shapes.</exception>
public sealed class ConvolutionalNetwork(ConvolutionalShape shape, IReadOnlyList<Tensor> parameters)
    : ReplicaByReplica(parameters, shape.ParameterShapes(), [], shape.Image.Size)
{
    private const int Border = ConvolutionalShape.Kernel / 2;
    private static readonly long[] Padding = [Border, Border];

    /// <summary>The architecture.</summary>
    public ConvolutionalShape Shape => shape;

    /// <summary>A copy of one replica as a chain of affine layers in float64.</summary>
    public LayeredNetwork Replica(int replica)
    {
        using var scope = NewDisposeScope();
        Tensor Own(int i) => Parameters[i].select(0, replica).to_type(float64, copy: true).MoveToOuterDisposeScope();
        var image = shape.Image;
        var layers = new List<AffineLayer>();
        for (var i = 0; i < shape.Convolutions; i++)
        {
            var layer = new ConvolutionLayer(Own(2 * i), Own((2 * i) + 1), image, padding: Border);
            image = layer.OutputShape;
            layers.Add(layer);
        }

        layers.Add(new DenseLayer(Own(2 * shape.Convolutions), Own((2 * shape.Convolutions) + 1)));
        return new LayeredNetwork(layers);
    }

    /// <inheritdoc/>
    public override IEnsemble Subset(IReadOnlyList<int> replicas) =>
        new ConvolutionalNetwork(shape, ReplicaAxis.Copies(Parameters, replicas));

    private protected override Tensor Forward(int replica, IReadOnlyList<Tensor> parameters, Tensor points, bool training)
    {
        var images = points.reshape(-1, shape.Image.Channels, shape.Image.Height, shape.Image.Width);
        for (var i = 0; i < shape.Convolutions; i++)
        {
            // The graph keeps what the backward pass needs; the rest of the memory is reused.
            using var before = images;
            using var convolved = conv2d(before, parameters[2 * i], parameters[(2 * i) + 1], padding: Padding);
            images = convolved.relu();
        }

        return images.flatten(1).matmul(parameters[^2].mT) + parameters[^1];
    }
}
