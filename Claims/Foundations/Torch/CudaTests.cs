using MathNet.Numerics.Random;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Torch;

/// <summary>
/// The same numbers on a CUDA device as on the CPU, to rounding: a product of 64 × 64 matrices and the Jacobian of a small
/// network. Rounding is that of the element type; TensorFloat-32, which keeps 11 bits, would fail.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class CudaTests
{
    private const string Skipped = "no CUDA device: nothing was checked on a GPU";

    [Theory]
    [InlineData("float32")]
    [InlineData("float64")]
    public void Matmul_OnCuda_IsThatOfTheCpuToRounding(string dtype)
    {
        Assert.SkipUnless(cuda_is_available(), Skipped);
        using var scope = NewDisposeScope();
        var factors = RandomTensors.Uniform(new Xoshiro256StarStar(11), dtype == "float32" ? float32 : float64, 2, 64, 64);
        var here = factors.select(0, 0).matmul(factors.select(0, 1));
        var there = factors.to(CUDA).select(0, 0).matmul(factors.to(CUDA).select(0, 1));

        there.is_cuda.Should().BeTrue();

        // Each side sums 64 products of at most 1, each sum with at most 64 roundings.
        var allowed = 2 * 64 * 64 * new Worked(factors.dtype).Roundoff;
        (there.cpu() - here).abs().max().to_type(float64).item<double>().Should().BeLessThan(allowed);
    }

    /// <summary>TensorFloat-32 is cuDNN's default for convolutions: 11 bits of a sum of 75 products would be off by 1e-3.</summary>
    [Fact]
    public void Convolution_OnCuda_IsThatOfTheCpuToRounding()
    {
        Assert.SkipUnless(cuda_is_available(), Skipped);
        using var scope = NewDisposeScope();
        var generator = new Xoshiro256StarStar(13);
        var images = RandomTensors.Uniform(generator, float32, 2, 3, 9, 9);
        var kernels = RandomTensors.Uniform(generator, float32, 4, 3, 5, 5);
        var here = nn.functional.conv2d(images, kernels);
        var there = nn.functional.conv2d(images.to(CUDA), kernels.to(CUDA));

        // Each side sums 75 products of at most 1, each sum with at most 75 roundings.
        (there.cpu() - here).abs().max().item<float>().Should().BeLessThan((float)(2 * 75 * 75 * new Worked(float32).Roundoff));
    }

    [Fact]
    public void Jacobian_OnCuda_IsThatOfTheCpuToRounding()
    {
        Assert.SkipUnless(cuda_is_available(), Skipped);
        using var scope = NewDisposeScope();
        var shape = FullyConnectedShape.Uniform(6, 2, 16, 3);
        Seed[] seeds = [Seed.Of(("test", "cuda"), ("replica", 0)), Seed.Of(("test", "cuda"), ("replica", 1))];
        var points = RandomTensors.Uniform(new Xoshiro256StarStar(12), float64, 5, 6);
        using var here = Initialisation.PyTorchDefault(shape, seeds, float64);
        using var there = Initialisation.PyTorchDefault(shape, seeds, float64, CUDA);

        var expected = Jacobian.ByLayers(here, points);
        foreach (var jacobian in new[] { Jacobian.ByLayers(there, points.to(CUDA)), Jacobian.ByAutograd(there, points.to(CUDA)) })
        {
            jacobian.is_cuda.Should().BeTrue();

            // Entries below 1, sums of at most 16 products through three layers.
            (jacobian.cpu() - expected).abs().max().item<double>().Should().BeLessThan(1e-14);
        }
    }
}
