using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Convolutions and batch normalisation of residual networks by this engine, in float32 on the CPU, as operators of TorchSharp's autograd.
/// Results have points innermost in memory; arguments in another layout are copied. An instance serves one network at a time.
/// </summary>
public sealed class ImageOperators : IImageOperators
{
    private readonly BufferPool _buffers = new();

    /// <inheritdoc/>
    public void BeginPass() => _buffers.Reset();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// The kernels are neither 3 × 3 nor 5 × 5, the channels do not match, or something is not float32 on the CPU.
    /// </exception>
    public Tensor Convolve(Tensor images, Tensor kernels, int stride)
    {
        Check(images, kernels);
        if (kernels.ndim != 4 || kernels.size(1) != images.size(1) || kernels.size(2) != kernels.size(3) || kernels.size(2) is not (3 or 5))
        {
            throw new ArgumentException($"kernels {kernels} do not fit images {images}: 3 × 3 or 5 × 5 with the images' channels");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        return ConvolutionOperator.apply(images, kernels, stride, PassBuffers!);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes do not fit, or something is not float32 on the CPU.</exception>
    public Tensor NormaliseAndRectify(Tensor images, BatchNormalisation normalisation, Tensor? shortcut, double weight, bool training)
    {
        var (scale, shift, mean, variance) = normalisation;
        Check(images, scale, shift, mean, variance);
        if (new[] { scale, shift, mean, variance }.Any(one => one.numel() != images.size(1)))
        {
            throw new ArgumentException($"a normalisation of {scale.numel()} channels does not fit images {images}");
        }

        if (!(shortcut is null || shortcut.shape.SequenceEqual(images.shape) || IsHalvedInto(shortcut.shape, images.shape)))
        {
            throw new ArgumentException($"a shortcut {shortcut} does not fit images {images}");
        }

        return NormalisationOperator.apply(images, scale, shift, mean, variance, training, PassBuffers!, shortcut!, (float)weight);
    }

    private static bool IsHalvedInto(long[] shortcut, long[] images) =>
        shortcut.Length == 4
        && shortcut[0] == images[0]
        && shortcut[1] <= images[1]
        && (images[1] - shortcut[1]) % 2 == 0
        && shortcut[2] == 2 * images[2]
        && shortcut[3] == 2 * images[3];

    // Without a backward pass, memory is free again as soon as the next layer has read it.
    private BufferPool? PassBuffers => is_grad_enabled() ? _buffers : null;

    private static void Check(Tensor images, params Tensor[] others)
    {
        NativeFloats.Require([images, .. others]);
        if (images.ndim != 4)
        {
            throw new ArgumentException($"images must be [N, channels, height, width], not {images}");
        }
    }
}
