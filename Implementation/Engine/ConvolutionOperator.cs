using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>A convolution. Its arguments: images [N, c, H, W], kernels [outputs, c, k, k], the stride, and the buffers or null.</summary>
internal sealed unsafe class ConvolutionOperator : autograd.SingleTensorFunction<ConvolutionOperator>
{
    /// <inheritdoc/>
    public override string Name => nameof(ConvolutionOperator);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (images, kernels, stride) = ((Tensor)vars[0], (Tensor)vars[1], (int)vars[2]);
        var buffers = (BufferPool?)vars[3];
        ctx.save_for_backward([images, kernels]);
        ctx.save_data(nameof(buffers), buffers!);
        ctx.save_data(nameof(stride), stride);
        ctx.save_data(nameof(images.requires_grad), images.requires_grad);
        using var given = ChwnImages.Of(images, isPadded: true);
        using var weights = kernels.contiguous();
        using var convolution = Between(given, kernels, stride);
        using var result = given.Empty(convolution.Outputs, convolution.OutputHeight, convolution.OutputWidth, buffers);
        convolution.Forward(NativeFloats.Of(weights), (float*)given.First, (float*)result.First, default(Identity));
        return result.Images();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        using var images = saved[0];
        using var kernels = saved[1];
        using var given = ChwnImages.Of(images, isPadded: true);
        using var delta = ChwnImages.Of(grad_output, isPadded: true);
        using var weights = kernels.contiguous();
        using var convolution = Between(given, kernels, (int)ctx.get_data("stride"));
        var gradient = empty([.. kernels.shape], float32, CPU);
        ConvolutionGradients.Kernels(convolution, (float*)delta.First, (float*)given.First, NativeFloats.Of(gradient));
        if (!(bool)ctx.get_data(nameof(Tensor.requires_grad)))
        {
            return [null!, gradient, null!, null!];
        }

        using var back = given.Empty(given.Channels, given.Height, given.Width, (BufferPool?)ctx.get_data("buffers"));
        convolution.ImageGradient(NativeFloats.Of(weights), (float*)delta.First, (float*)back.First, default(Identity));
        return [back.Images(), gradient, null!, null!];
    }

    private static Convolution Between(ChwnImages images, Tensor kernels, int stride) =>
        new(images.Channels, (int)kernels.size(0), (int)kernels.size(2), stride, images.Height, images.Width, images.Points);
}
