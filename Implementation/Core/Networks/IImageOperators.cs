using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>
/// The operators of residual networks for images, differentiable by autograd. Images are [N, channels, height, width] in any memory layout.
/// </summary>
public interface IImageOperators
{
    /// <summary>Begins a pass through a network: results of the last pass, forward and backward, may be overwritten from now on.</summary>
    void BeginPass();

    /// <summary>A convolution without bias over zero padding of half the kernel.</summary>
    /// <param name="images">[N, c, H, W].</param>
    /// <param name="kernels">[outputs, c, k, k], k odd.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <returns>[N, outputs, ⌈H/stride⌉, ⌈W/stride⌉].</returns>
    Tensor Convolve(Tensor images, Tensor kernels, int stride);

    /// <summary>Batch normalisation, the sum with a weighted shortcut, and ReLU.</summary>
    /// <param name="images">[N, c, H, W].</param>
    /// <param name="normalisation">Its parameters and running statistics.</param>
    /// <param name="shortcut">
    /// Of the images' shape; or with fewer channels and twice the height and width (option A), of which every second pixel is taken in both
    /// directions, with equally many channels of zeros before and after; null for none.
    /// </param>
    /// <param name="weight">Of the shortcut.</param>
    /// <param name="training">Whether the batch's own mean and variance are used, and the running ones updated.</param>
    Tensor NormaliseAndRectify(Tensor images, BatchNormalisation normalisation, Tensor? shortcut, double weight, bool training);
}

/// <summary>
/// Batch normalisation with PyTorch's defaults: ε = 1e-5, momentum 0.1 of the running mean and variance, the variance with divisor n − 1.
/// </summary>
/// <param name="Scale">[c], learned.</param>
/// <param name="Shift">[c], learned.</param>
/// <param name="Mean">[c], changed in place in training.</param>
/// <param name="Variance">[c], changed in place in training.</param>
public sealed record BatchNormalisation(Tensor Scale, Tensor Shift, Tensor Mean, Tensor Variance)
{
    /// <summary>ε, which is added to a variance.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>The weight of the batch in the running mean and variance.</summary>
    public const double Momentum = 0.1;
}
