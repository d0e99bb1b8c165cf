using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>
/// The Jacobian of the outputs with respect to the inputs, layer by layer and, independently, by automatic differentiation.
/// </summary>
public static class Jacobian
{
    /// <summary>
    /// Eq. 2 of the slope paper, J = W_n Z_(n−1) W_(n−1) ⋯ Z_1 W_1, for a batch of points, [R, N, n_c, n_0]. The product is formed from the
    /// output side, where the matrices have only n_c rows.
    /// </summary>
    public static Tensor ByLayers(FullyConnected network, Tensor points)
    {
        using var scope = NewDisposeScope();
        var masks = network.Masks(points);
        var count = network.Spread(points).size(1);
        var (replicas, outputs) = (network.Replicas, network.Shape.Outputs);
        var product = network.Weights[^1].unsqueeze(1).expand(replicas, count, outputs, -1);
        for (var i = masks.Count - 1; i >= 0; i--)
        {
            var masked = (product * masks[i].unsqueeze(2)).reshape(replicas, count * outputs, -1);
            product = masked.bmm(network.Weights[i]).reshape(replicas, count, outputs, -1);
        }

        return product.clone().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The Jacobian of one network with any affine layers, [N, n_c, n_0]. A unit whose pre-activation is 0 is off, which is autograd's
    /// convention.
    /// </summary>
    /// <remarks>Memory grows with N · n_c times the widest layer: pass large sets of points in parts.</remarks>
    /// <param name="network">In the points' element type.</param>
    /// <param name="points">[N, n_0].</param>
    /// <exception cref="ArgumentException">The points have another shape.</exception>
    public static Tensor ByLayers(LayeredNetwork network, Tensor points)
    {
        if (points.dim() != 2 || points.size(1) != network.Inputs)
        {
            throw new ArgumentException(
                $"points of shape [{string.Join(", ", points.shape)}] for a network with {network.Inputs} inputs");
        }

        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var (layers, count) = (network.Layers, points.size(0));
        var masks = new List<Tensor>();
        var activation = points;
        foreach (var layer in layers.SkipLast(1))
        {
            var preactivation = layer.Apply(activation);
            masks.Add(preactivation.gt(0.0).to_type(points.dtype));
            activation = preactivation.relu();
        }

        return Product(layers, count, layer => masks[layer], points.device).MoveToOuterDisposeScope();
    }

    // The product from the output side, given the mask of each hidden layer, [N, w].
    internal static Tensor Product(IReadOnlyList<AffineLayer> layers, long count, Func<int, Tensor> mask, Device device)
    {
        using var scope = NewDisposeScope();
        var outputs = layers[^1].Outputs;
        var product = layers[^1].Rows(arange(0, outputs, 1, int64, device)).unsqueeze(0).expand(count, outputs, layers[^1].Inputs);
        for (var i = layers.Count - 2; i >= 0; i--)
        {
            var masked = (product * mask(i).unsqueeze(1)).reshape(count * outputs, layers[i].Outputs);
            product = layers[i].MultiplyTransposed(masked).reshape(count, outputs, layers[i].Inputs);
        }

        return product.clone().MoveToOuterDisposeScope();
    }

    /// <summary>By automatic differentiation of <see cref="FullyConnected.Forward"/>, one backward pass for each output.</summary>
    /// <returns>[R, N, n_c, n_0].</returns>
    public static Tensor ByAutograd(FullyConnected network, Tensor points)
    {
        using var scope = NewDisposeScope();
        using var recording = enable_grad();
        var inputs = network.Spread(points).clone().requires_grad_();
        var outputs = network.Forward(inputs);
        var rows = new List<Tensor>();
        for (var k = 0; k < network.Shape.Outputs; k++)
        {
            // A point's outputs depend on that point alone, so the gradient of the sum holds the gradient of every point.
            rows.Add(autograd.grad([outputs.select(2, k).sum()], [inputs], retain_graph: true)[0]);
        }

        return stack(rows, 2).MoveToOuterDisposeScope();
    }
}
