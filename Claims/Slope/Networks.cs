using Reproduce.Fixtures.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>Networks that are solved by hand, and small conversions.</summary>
internal static class Networks
{
    /// <summary>Closer to a kink than this, relative to the numbers around it, rounding may pick the other side.</summary>
    internal const double KinkMargin = 1e-12;

    /// <summary>The p whose operator norms have closed forms.</summary>
    internal static readonly double[] ClosedForms = [1, 2, double.PositiveInfinity];

    /// <summary>f(x) = ReLU(x) − ReLU(−x) = x: the identity, with both units on their kink at 0.</summary>
    internal static SmallNetwork Identity { get; } = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, new double[,] { { 1, -1 } });

    /// <summary>
    /// f(x, y) = |x + y| − |x − y|: 0 on both axes, so both partial derivatives at the origin exist and vanish, and 2t along the
    /// diagonal (t, t), so f is not differentiable there.
    /// </summary>
    internal static SmallNetwork FlatOnTheAxes { get; } = SmallNetwork.WithoutBiases(
        new double[,] { { 1, 1 }, { -1, -1 }, { 1, -1 }, { -1, 1 } },
        new double[,] { { 1, 1, -1, -1 } });

    /// <summary>The instance lies off all kinks, so the Jacobian exists and no rounding moves it to another region.</summary>
    internal static bool OffTheKinks(NetworkAtPoint instance) => instance.Network.KinkMargin(instance.Point) > KinkMargin;

    /// <summary>One point as a batch, [1, n_0].</summary>
    internal static Tensor Batch(double[] point) => tensor(point).unsqueeze(0);

    /// <summary>The elements in row-major order.</summary>
    internal static double[] Numbers(Tensor values) => values.cpu().data<double>().ToArray();

    /// <summary>One number.</summary>
    internal static double Number(Tensor value) => value.item<double>();

    /// <summary>The unit vector e_<paramref name="index"/>.</summary>
    internal static double[] Axis(int dimension, int index)
    {
        var axis = new double[dimension];
        axis[index] = 1;
        return axis;
    }

    /// <summary>±e_1, …, ±e_n: the extreme points of the unit ball for p = 1.</summary>
    internal static IEnumerable<double[]> SignedAxes(int dimension) =>
        Enumerable.Range(0, dimension).SelectMany(index => new[] { Axis(dimension, index), [.. Axis(dimension, index).Select(value => -value)] });

    /// <summary>All vectors of ±1: the extreme points of the unit ball for p = ∞.</summary>
    internal static IEnumerable<double[]> SignVectors(int dimension) =>
        Enumerable.Range(0, 1 << dimension).Select(bits => Enumerable.Range(0, dimension).Select(index => (bits >> index & 1) == 0 ? 1.0 : -1.0).ToArray());

    /// <summary>‖v‖_p in scalar arithmetic; powers are taken of shares of the largest entry, so that none leaves the range of a double.</summary>
    internal static double Norm(double[] vector, double p)
    {
        var largest = vector.Max(Math.Abs);
        return p == 1 ? vector.Sum(Math.Abs)
            : largest == 0 || double.IsPositiveInfinity(p) ? largest
            : largest * Math.Pow(vector.Sum(value => Math.Pow(Math.Abs(value) / largest, p)), 1 / p);
    }
}
