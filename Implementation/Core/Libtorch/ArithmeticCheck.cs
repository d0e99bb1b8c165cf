using System.Collections.Concurrent;
using MathNet.Numerics.Random;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Reproduce.Libtorch;

/// <summary>
/// Compares the float32 operators that training uses with the same operators in float64, once per process and device. Libraries can be
/// silently wrong on some processors: the convolutions of oneDNN 3.7.1 give input gradients with errors of their own size wherever the
/// number of output channels is not a multiple of 16.
/// </summary>
public static class ArithmeticCheck
{
    /// <summary>
    /// The largest error relative to the largest value. In sums of at most 600 products, rounding errors add up to some 24 units of 2⁻²⁴,
    /// at worst to 600; TensorFloat-32, with units of 2⁻¹¹, is far outside.
    /// </summary>
    public const double Allowed = 512.0 / (1 << 24);

    private static readonly int[] Channels = [1, 3, 6, 16, 24];

    private static readonly ConcurrentDictionary<string, Lazy<string>> Outcomes = new();

    /// <summary>Checks the device, unless this process has done so before.</summary>
    /// <param name="device">Where float32 is going to be used.</param>
    /// <returns>The outcome in a few words, for evidence.</returns>
    /// <exception cref="TorchUnusableException">An operator is wrong, or the library cannot be loaded.</exception>
    public static string Require(Device device) => Outcomes.GetOrAdd(device.ToString(), _ => new(() =>
    {
        TorchLibrary.Load();
        if (device.type == DeviceType.CUDA && !cuda_is_available())
        {
            throw new TorchUnusableException($"{device}: libtorch finds no CUDA device");
        }

        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        var errors = Operators(device).ToList();
        var worst = errors.MaxBy(one => one.Error);
        return errors.FirstOrDefault(one => !(one.Error <= Allowed)) is { Name: not null } wrong
            ? throw new TorchUnusableException(
                $"float32 arithmetic is wrong here, and nothing was computed: {wrong.Name} differs from float64 by {wrong.Error:G2} " +
                $"of its largest value, where {Allowed:G2} is allowed ({device}, {Processor()}, {TorchLibrary.Version}). " +
                "Use another processor or another libtorch")
            : $"{errors.Count} float32 operators agree with float64 to {worst.Error:G2} of the largest value";
    })).Value;

    private static IEnumerable<(string Name, double Error)> Operators(Device device)
    {
        var generator = new Xoshiro256StarStar(1);
        Tensor Draw(params long[] shape) =>
            tensor([.. generator.NextDoubles((int)shape.Aggregate((a, b) => a * b)).Select(one => (2 * one) - 1)], shape, float32, device);

        yield return ("a matrix product", LargestError(t => t[0].matmul(t[1]), Draw(65, 300), Draw(300, 33)));
        yield return ("a batched matrix product", LargestError(t => t[0].bmm(t[1]), Draw(3, 17, 70), Draw(3, 70, 10)));
        yield return ("softmax", LargestError(t => t[0].softmax(-1), Draw(40, 10)));
        yield return ("log_softmax", LargestError(t => t[0].log_softmax(-1), Draw(40, 10)));
        yield return (
            "batch normalisation",
            LargestError(t => batch_norm(t[0], null, null, t[1], t[2], training: true), Draw(5, 6, 7, 7), Draw(6), Draw(6)));
        foreach (var from in Channels)
        {
            foreach (var to in Channels)
            {
                foreach (var size in new[] { 3, 5 })
                {
                    Tensor Convolution(Tensor[] t) => conv2d(t[0], t[1], t[2], padding: [size / 2, size / 2]);
                    yield return (
                        $"a {size} × {size} convolution from {from} to {to} channels",
                        LargestError(Convolution, Draw(5, from, 9, 9), Draw(to, from, size, size), Draw(to)));
                }
            }
        }
    }

    /// <summary>
    /// The largest error of an operator's result in float32, and of the gradients of a weighted sum of it, each relative to its largest
    /// value.
    /// </summary>
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

        // −4 … 6: exact in both types, so that no gradient vanishes.
        var weights = arange(0, value.numel(), 1, dtype, value.device).remainder(11).sub(4).reshape(value.shape);
        return (value.detach(), [.. autograd.grad([(value * weights).sum()], leaves)]);
    }

    // NaN counts as an infinite error.
    private static double Error(Tensor single, Tensor exact)
    {
        var error = ((single.to_type(float64) - exact).abs().max() / exact.abs().max()).item<double>();
        return double.IsFinite(error) ? error : double.PositiveInfinity;
    }

    /// <summary>The name of the processor as Linux reports it, or <c>unknown processor</c>.</summary>
    public static string Processor()
    {
        var lines = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo") : [];
        var model = lines.FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return model?.Split(':')[1].Trim() ?? "unknown processor";
    }
}
