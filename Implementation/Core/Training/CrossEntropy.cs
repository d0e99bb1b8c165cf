using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>Softmax followed by cross-entropy, with a backward pass written out by hand.</summary>
public static class CrossEntropy
{
    /// <summary>−log softmax_label(logits) of every point.</summary>
    /// <param name="logits">[R, N, n_c].</param>
    /// <param name="labels">[R, N], int64.</param>
    /// <returns>[R, N].</returns>
    public static Tensor Of(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return logits.log_softmax(-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1).neg().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The gradients of each replica's mean loss over its batch, in the order of <see cref="FullyConnected.Parameters"/>, and the
    /// losses. ReLU has derivative 0 at 0, as in PyTorch.
    /// </summary>
    /// <param name="network">R replicas.</param>
    /// <param name="points">[R, B, n_0].</param>
    /// <param name="targets">[R, B, n_c]: the labels as unit vectors.</param>
    /// <returns>Gradients shaped as the parameters; the mean loss of each replica, [R]. Both belong to the open scope.</returns>
    public static (IReadOnlyList<Tensor> Gradients, Tensor Losses) Backward(FullyConnected network, Tensor points, Tensor targets)
    {
        var layers = network.Shape.Layers;
        var activations = new Tensor[layers];
        activations[0] = points;
        Tensor Affine(int i) => baddbmm(network.Biases[i].unsqueeze(1), activations[i], network.Weights[i].mT);
        for (var i = 0; i + 1 < layers; i++)
        {
            activations[i + 1] = Affine(i).relu();
        }

        var logProbabilities = Affine(layers - 1).log_softmax(-1);
        var losses = (targets * logProbabilities).sum(-1).mean([1]).neg();

        var gradients = new Tensor[2 * layers];
        var delta = (logProbabilities.exp() - targets) / (double)points.size(1);
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
}
