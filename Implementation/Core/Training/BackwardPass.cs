using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>Back-propagation through a fully connected network, written out by hand, for all replicas in batched products on any device.</summary>
public static class BackwardPass
{
    /// <summary>
    /// The gradients of each replica's mean loss over its batch, in the order of <see cref="FullyConnected.Parameters"/>, and the
    /// losses. ReLU has derivative 0 at 0, as in PyTorch.
    /// </summary>
    /// <param name="network">R replicas.</param>
    /// <param name="points">[R, B, n_0].</param>
    /// <param name="targets">[R, B, n_c]: labels as unit vectors, or numbers to regress.</param>
    /// <param name="loss">Which.</param>
    /// <returns>Gradients shaped as the parameters; the mean loss of each replica, [R]. Both belong to the open scope.</returns>
    public static (IReadOnlyList<Tensor> Gradients, Tensor Losses) Run(FullyConnected network, Tensor points, Tensor targets, Loss loss)
    {
        var layers = network.Shape.Layers;
        var activations = new Tensor[layers];
        activations[0] = points;
        Tensor Affine(int i) => AffineProduct.Of(activations[i], network.Weights[i].mT, network.Biases[i].unsqueeze(1));
        for (var i = 0; i + 1 < layers; i++)
        {
            activations[i + 1] = Affine(i).relu();
        }

        var (delta, losses) = Differentiate(loss, Affine(layers - 1), targets);
        var gradients = new Tensor[2 * layers];
        for (var i = layers - 1; i >= 0; i--)
        {
            gradients[2 * i] = delta.mT.bmm(activations[i]);
            gradients[(2 * i) + 1] = delta.sum(1);
            if (i > 0)
            {
                delta = delta.bmm(network.Weights[i]) * activations[i].gt(0.0).to_type(delta.dtype);
            }
        }

        return (gradients, losses);
    }

    // The derivative of the mean loss by the outputs [R, B, n_c], and the mean loss [R].
    private static (Tensor Delta, Tensor Losses) Differentiate(Loss loss, Tensor outputs, Tensor targets)
    {
        double count = outputs.size(1);
        if (loss == Loss.MeanSquare)
        {
            var difference = outputs - targets;
            return (difference * (2 / (count * outputs.size(2))), difference.square().mean([1, 2]));
        }

        var logProbabilities = outputs.log_softmax(-1);
        return ((logProbabilities.exp() - targets) / count, (targets * logProbabilities).sum(-1).mean([1]).neg());
    }
}
