using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Reproduce.Networks;

/// <summary>TorchSharp's own operators, in any element type on any device.</summary>
public sealed class TorchImageOperators : IImageOperators
{
    /// <inheritdoc/>
    public void BeginPass()
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
        var added = shortcut?.shape.SequenceEqual(images.shape) == false ? Halved(shortcut, images.size(1) - shortcut.size(1)) : shortcut;
        return (added is null ? normal : normal.add(added, weight)).relu().MoveToOuterDisposeScope();
    }

    private static Tensor Halved(Tensor images, long newChannels)
    {
        var halved = images.slice(2, 0, images.size(2), 2).slice(3, 0, images.size(3), 2);
        var none = zeros([halved.size(0), newChannels / 2, halved.size(2), halved.size(3)], images.dtype, images.device);
        return cat([none, halved, none], 1);
    }
}
