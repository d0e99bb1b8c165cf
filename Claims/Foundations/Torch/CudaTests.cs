using MathNet.Numerics.Random;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Torch;

/// <summary>
/// The same numbers on a CUDA device as on the CPU, to rounding: a product of 64 × 64 matrices and the Jacobian of a small
/// network. Rounding is that of the element type; TensorFloat-32, which keeps 11 bits, would be seen.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class CudaTests
{
    private const string Skipped = "no CUDA device: nothing that runs on a GPU was checked here";

    [Theory]
    [InlineData("float32")]
    [InlineData("float64")]
    public void Matmul_OnCuda_IsTheCpusToRounding(string dtype)
    {
        Assert.SkipUnless(cuda_is_available(), Skipped);
        using var scope = NewDisposeScope();
        var generator = new Xoshiro256StarStar(11);
        double[] entries = [.. generator.NextDoubles(2 * 64 * 64).Select(one => (2 * one) - 1)];
        var factors = tensor(entries, [2, 64, 64], dtype == "float32" ? float32 : float64);
        var here = factors.select(0, 0).matmul(factors.select(0, 1));
        var there = factors.to(CUDA).select(0, 0).matmul(factors.to(CUDA).select(0, 1));

        there.is_cuda.Should().BeTrue();

        // Each side sums 64 products of at most 1, each sum with at most 64 roundings.
        var allowed = 2 * 64 * 64 * new Worked(factors.dtype).Roundoff;
        (there.cpu() - here).abs().max().to_type(float64).item<double>().Should().BeLessThan(allowed);
    }

    /// <summary>TensorFloat-32 is cuDNN's default for convolutions: 11 bits of a sum of 75 products would be off by 1e-3.</summary>
    [Fact]
    public void Convolution_OnCuda_IsTheCpusToRounding()
    {
        Assert.SkipUnless(cuda_is_available(), Skipped);
        using var scope = NewDisposeScope();
        var generator = new Xoshiro256StarStar(13);
        Tensor Draw(params long[] shape) => tensor([.. generator.NextDoubles((int)shape.Aggregate((a, b) => a * b)).Select(one => (2 * one) - 1)], shape, float32);
        var (images, kernels) = (Draw(2, 3, 9, 9), Draw(4, 3, 5, 5));
        var here = nn.functional.conv2d(images, kernels);
        var there = nn.functional.conv2d(images.to(CUDA), kernels.to(CUDA));

        // Each side sums 75 products of at most 1, each sum with at most 75 roundings.
        (there.cpu() - here).abs().max().item<float>().Should().BeLessThan((float)(2 * 75 * 75 * new Worked(float32).Roundoff));
    }

    [Fact]
    public void Jacobian_OnCuda_IsTheCpusToRounding()
    {
        Assert.SkipUnless(cuda_is_available(), Skipped);
        using var scope = NewDisposeScope();
        var shape = FullyConnectedShape.Uniform(6, 2, 16, 3);
        Seed[] seeds = [Seed.Of(("test", "cuda"), ("replica", 0)), Seed.Of(("test", "cuda"), ("replica", 1))];
        double[] place = [.. new Xoshiro256StarStar(12).NextDoubles(5 * 6).Select(one => (2 * one) - 1)];
        var points = tensor(place, [5, 6]);
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
