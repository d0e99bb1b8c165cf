using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>The operators that residual networks for images are made of, differentiable by autograd. Images are [N, channels, height, width], however they lie in memory.</summary>
public interface IImageOperators
{
    /// <summary>A pass through a network begins: what was given back in the one before, and in its backward pass, may be overwritten.</summary>
    void Begin();

    /// <summary>A convolution without bias over zero padding of half the kernel.</summary>
    /// <param name="images">[N, c, H, W].</param>
    /// <param name="kernels">[outputs, c, k, k], k odd.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <returns>[N, outputs, ⌈H/stride⌉, ⌈W/stride⌉].</returns>
    Tensor Convolve(Tensor images, Tensor kernels, int stride);

    /// <summary>Batch normalisation, the sum with a weighted shortcut, and ReLU.</summary>
    /// <param name="images">[N, c, H, W].</param>
    /// <param name="normalisation">What images are normalised by.</param>
    /// <param name="shortcut">
    /// Shaped as the images; or with fewer channels on planes twice as high and wide (option A): of these every second pixel, and as many channels of zeros before as
    /// after. Null: none.
    /// </param>
    /// <param name="weight">Of the shortcut.</param>
    /// <param name="training">Whether by the batch's own means and variances.</param>
    Tensor NormaliseAndRectify(Tensor images, BatchNormalisation normalisation, Tensor? shortcut, double weight, bool training);
}

/// <summary>
/// Batch normalisation as PyTorch has it: ε = 1e-5, and in training the running mean and variance, the latter of n − 1, move by a tenth towards the batch's.
/// </summary>
/// <param name="Scale">[c], learned.</param>
/// <param name="Shift">[c], learned.</param>
/// <param name="Mean">[c], changed in place in training.</param>
/// <param name="Variance">[c], changed in place in training.</param>
public sealed record BatchNormalisation(Tensor Scale, Tensor Shift, Tensor Mean, Tensor Variance)
{
    /// <summary>What is added to a variance.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>How far running means and variances move.</summary>
    public const double Momentum = 0.1;
}
