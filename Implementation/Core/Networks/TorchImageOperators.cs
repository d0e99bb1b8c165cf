using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Reproduce.Networks;

/// <summary>TorchSharp's own operators, in any element type on any device.</summary>
public sealed class TorchImageOperators : IImageOperators
{
    /// <inheritdoc/>
    public void Begin()
    {
    }

    /// <inheritdoc/>
    public Tensor Convolve(Tensor images, Tensor kernels, int stride) =>
        conv2d(images, kernels, strides: [stride, stride], padding: [kernels.size(2) / 2, kernels.size(3) / 2]);

    /// <inheritdoc/>
    public Tensor NormaliseAndRectify(Tensor images, BatchNormalisation normalisation, Tensor? shortcut, double weight, bool training)
    {
        using var scope = NewDisposeScope();
        var (scale, shift, mean, variance) = normalisation;
        var normal = batch_norm(images, mean, variance, scale, shift, training, BatchNormalisation.Momentum, BatchNormalisation.Epsilon);
        return (shortcut is null ? normal : normal.add(shortcut, weight)).relu().MoveToOuterDisposeScope();
    }
}
