using System.Collections.Concurrent;
using MathNet.Numerics.Random;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Reproduce.Libtorch;

/// <summary>
/// Holds the float32 operators that training uses against the same operators in float64, once for each device of a process. Libraries
/// are wrong on some processors without a word: oneDNN 3.7.1's convolutions give input gradients that are off by their whole size wherever the output channels
/// are no multiple of 16.
/// </summary>
public static class ArithmeticCheck
{
    /// <summary>
    /// The largest error relative to the largest value. Sums of at most 600 products: their roundings add up to some 24 units of 2⁻²⁴, and to 600 at worst;
    /// TensorFloat-32, with units of 2⁻¹¹, is far outside.
    /// </summary>
    public const double Allowed = 512.0 / (1 << 24);

    private static readonly int[] Channels = [1, 3, 6, 16, 24];

    private static readonly ConcurrentDictionary<string, Lazy<string>> Outcomes = new();

    /// <summary>Checks the device, unless this process did before.</summary>
    /// <param name="device">Where float32 is going to be used.</param>
    /// <returns>What was found, in a few words, for evidence.</returns>
    /// <exception cref="TorchUnusableException">An operator is wrong, or the library cannot be loaded.</exception>
    public static string Require(Device device) => Outcomes.GetOrAdd(device.ToString(), _ => new(() =>
    {
        TorchLibrary.Load();
        if (device.type == DeviceType.CUDA && !cuda_is_available())
        {
            throw new TorchUnusableException($"{device}: libtorch finds no CUDA device here");
        }

        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        var errors = Operators(device).ToList();
        var worst = errors.MaxBy(one => one.Error);
        return errors.FirstOrDefault(one => !(one.Error <= Allowed)) is { Name: not null } wrong
            ? throw new TorchUnusableException(
                $"float32 arithmetic is wrong here, and nothing was computed: {wrong.Name} differs from float64 by {wrong.Error:G2} of its largest value, where {Allowed:G2} is allowed " +
                $"({device}, {Processor()}, {TorchLibrary.Version}). Another processor or libtorch may do")
            : $"{errors.Count} float32 operators agree with float64 to {worst.Error:G2} of the largest value";
    })).Value;

    private static IEnumerable<(string Name, double Error)> Operators(Device device)
    {
        var generator = new Xoshiro256StarStar(1);
        Tensor Draw(params long[] shape) =>
            tensor([.. generator.NextDoubles((int)shape.Aggregate((a, b) => a * b)).Select(one => (2 * one) - 1)], shape, float32, device);

        yield return ("a product of matrices", LargestError(t => t[0].matmul(t[1]), Draw(65, 300), Draw(300, 33)));
        yield return ("a batch of products", LargestError(t => t[0].bmm(t[1]), Draw(3, 17, 70), Draw(3, 70, 10)));
        yield return ("softmax", LargestError(t => t[0].softmax(-1), Draw(40, 10)));
        yield return ("log_softmax", LargestError(t => t[0].log_softmax(-1), Draw(40, 10)));
        yield return ("batch normalisation", LargestError(t => batch_norm(t[0], null, null, t[1], t[2], training: true), Draw(5, 6, 7, 7), Draw(6), Draw(6)));
        foreach (var from in Channels)
        {
            foreach (var to in Channels)
            {
                foreach (var size in new[] { 3, 5 })
                {
                    yield return (
                        $"a {size} × {size} convolution from {from} to {to} channels",
                        LargestError(t => conv2d(t[0], t[1], t[2], padding: [size / 2, size / 2]), Draw(5, from, 9, 9), Draw(to, from, size, size), Draw(to)));
                }
            }
        }
    }

    /// <summary>The largest error of an operator in float32, and of the gradients of a weighted sum of its result, each relative to the largest value.</summary>
    /// <param name="of">The operator.</param>
    /// <param name="given">Its operands, float32.</param>
    public static double LargestError(Func<Tensor[], Tensor> of, params Tensor[] given)
    {
        var (single, singleGradients) = Results(of, given, float32);
        var (exact, exactGradients) = Results(of, given, float64);
        return singleGradients.Prepend(single).Zip(exactGradients.Prepend(exact), Error).Max();
    }

    private static (Tensor Value, Tensor[] Gradients) Results(Func<Tensor[], Tensor> of, Tensor[] given, ScalarType dtype)
    {
        Tensor[] leaves = [.. given.Select(one => one.detach().to_type(dtype, copy: true).requires_grad_(true))];
        var value = of(leaves);

        // −4 … 6: exact in both types, and no gradient vanishes.
        var weights = arange(0, value.numel(), 1, dtype, value.device).remainder(11).sub(4).reshape(value.shape);
        return (value.detach(), [.. autograd.grad([(value * weights).sum()], leaves)]);
    }

    // Not a number, or infinite, is an infinite error.
    private static double Error(Tensor single, Tensor exact)
    {
        var error = ((single.to_type(float64) - exact).abs().max() / exact.abs().max()).item<double>();
        return double.IsFinite(error) ? error : double.PositiveInfinity;
    }

    /// <summary>The processor's name as Linux gives it, or <c>unknown processor</c>.</summary>
    public static string Processor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
        : "unknown processor";
}
