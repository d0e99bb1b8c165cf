using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Convolutions and batch normalisation for residual networks by the kernels of this project, in float32 on the CPU, as operators of TorchSharp's autograd. What
/// they give back lies in memory with points innermost; what they are given is copied into that form where it is not.
/// An instance serves one network at a time.
/// </summary>
public sealed class ImageOperators : IImageOperators
{
    private readonly Buffers _buffers = new();

    /// <inheritdoc/>
    public void Begin() => _buffers.Begin();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Kernels other than 3 × 3 or 5 × 5, another element type or device, or channels that do not fit.</exception>
    public Tensor Convolve(Tensor images, Tensor kernels, int stride)
    {
        Check(images, kernels);
        if (kernels.ndim != 4 || kernels.size(1) != images.size(1) || kernels.size(2) != kernels.size(3) || kernels.size(2) is not (3 or 5))
        {
            throw new ArgumentException($"kernels {kernels} for images {images}");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        return ConvolutionOperator.apply(images, kernels, stride, Buffers!);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Another element type or device, or shapes that do not fit.</exception>
    public Tensor NormaliseAndRectify(Tensor images, BatchNormalisation normalisation, Tensor? shortcut, double weight, bool training)
    {
        var (scale, shift, mean, variance) = normalisation;
        Check(images, scale, shift, mean, variance);
        if (new[] { scale, shift, mean, variance }.Any(one => one.numel() != images.size(1)) || !(shortcut is null || Fits(shortcut.shape, images.shape)))
        {
            throw new ArgumentException($"a normalisation of {scale.numel()} channels and a shortcut {shortcut} for images {images}");
        }

        return NormalisationOperator.apply(images, scale, shift, mean, variance, training, Buffers!, shortcut!, (float)weight);
    }

    private static bool Fits(long[] shortcut, long[] images) => shortcut.SequenceEqual(images) || (
        shortcut.Length == 4 && shortcut[0] == images[0] && shortcut[1] <= images[1] && (images[1] - shortcut[1]) % 2 == 0 && shortcut[2] == 2 * images[2] && shortcut[3] == 2 * images[3]);

    // Without a backward pass memory is free again as soon as the next layer has read it.
    private Buffers? Buffers => is_grad_enabled() ? _buffers : null;

    private static void Check(Tensor images, params Tensor[] others)
    {
        NativeFloats.Require([images, .. others]);
        if (images.ndim != 4)
        {
            throw new ArgumentException($"images must be [N, channels, height, width], not {images}");
        }
    }
}
