using Reproduce.Measures;
using static TorchSharp.torch;

namespace Reproduce.Claims.Shared;

/// <summary>Between plain numbers and tensors.</summary>
internal static class Tensors
{
    /// <summary>One point as a batch, [1, n_0].</summary>
    internal static Tensor Batch(double[] point) => tensor(point).unsqueeze(0);

    /// <summary>One segment as a batch.</summary>
    internal static Segments Segment(double[] start, double[] end) => new(Batch(start), Batch(end));

    /// <summary>The elements in row-major order.</summary>
    internal static double[] Numbers(Tensor values) => values.cpu().data<double>().ToArray();

    /// <summary>One number.</summary>
    internal static double Number(Tensor value) => value.item<double>();
}
