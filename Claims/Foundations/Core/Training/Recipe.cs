using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>
/// The numbers of <c>tools/golden-training/make.py</c>: the upper 24 bits of a linear congruential generator, so that C# and Python
/// draw the same weights and data to the last bit, in float32 too.
/// </summary>
internal sealed class Recipe
{
    private uint _state;

    internal Recipe(int seed, int number, int replica)
    {
        _state = (uint)(((ulong)seed * 1000003) + ((ulong)number * 10007) + ((ulong)replica * 101) + 12345);
        for (var i = 0; i < 16; i++)
        {
            Draw();
        }
    }

    /// <summary>Uniform on centre ± bound.</summary>
    internal double[] Numbers(IEnumerable<long> shape, double bound = 1, double centre = 0)
    {
        var numbers = new double[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = centre + (bound * ((Draw() / 8388608.0) - 1));
        }

        return numbers;
    }

    internal byte[] Labels(int count, int classes) => [.. Enumerable.Range(0, count).Select(_ => (byte)(Draw() % (uint)classes))];

    /// <summary>How far one replica's tensors lie from drawn points: the mean over the tensors of the root mean square.</summary>
    /// <param name="tensors">Each [R, …].</param>
    /// <param name="replica">The replica compared.</param>
    internal double Distance(IReadOnlyList<Tensor> tensors, int replica)
    {
        using var scope = NewDisposeScope();
        return tensors.Average(tensor =>
        {
            var mine = tensor.select(0, replica).to_type(float64).cpu();
            return (mine - torch.tensor(Numbers(mine.shape), mine.shape)).square().mean().sqrt().item<double>();
        });
    }

    private uint Draw()
    {
        _state = unchecked((1664525 * _state) + 1013904223);
        return _state >> 8;
    }
}
