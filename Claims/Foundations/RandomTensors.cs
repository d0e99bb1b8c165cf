using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations;

/// <summary>Tensors of random numbers.</summary>
internal static class RandomTensors
{
    /// <summary>Numbers uniform on [−1, 1), drawn row by row in float64 and then rounded, on the CPU.</summary>
    internal static Tensor Uniform(Random generator, ScalarType dtype, params long[] shape)
    {
        var count = (int)shape.Aggregate(1L, (product, size) => product * size);
        return tensor([.. Enumerable.Range(0, count).Select(_ => (2 * generator.NextDouble()) - 1)], shape, dtype, CPU);
    }
}
