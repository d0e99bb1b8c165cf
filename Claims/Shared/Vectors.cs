namespace Reproduce.Claims.Shared;

/// <summary>Vectors, their p-norms, and the extreme points of the unit balls.</summary>
internal static class Vectors
{
    /// <summary>The p whose operator norms have closed forms.</summary>
    internal static readonly double[] ClosedForms = [1, 2, double.PositiveInfinity];

    /// <summary>The unit vector e_<paramref name="index"/>.</summary>
    internal static double[] Axis(int dimension, int index)
    {
        var axis = new double[dimension];
        axis[index] = 1;
        return axis;
    }

    /// <summary>±e_1, …, ±e_n: the extreme points of the unit ball for p = 1.</summary>
    internal static IEnumerable<double[]> SignedAxes(int dimension) =>
        from index in Enumerable.Range(0, dimension)
        from sign in (double[])[1, -1]
        select Array.ConvertAll(Axis(dimension, index), value => sign * value);

    /// <summary>All vectors of ±1: the extreme points of the unit ball for p = ∞.</summary>
    internal static IEnumerable<double[]> SignVectors(int dimension) =>
        Enumerable.Range(0, 1 << dimension)
            .Select(bits => Enumerable.Range(0, dimension).Select(index => (bits >> index & 1) == 0 ? 1.0 : -1.0).ToArray());

    /// <summary>
    /// ‖v‖_p in scalar arithmetic; powers are taken of shares of the largest entry, so that none leaves the range of a double.
    /// </summary>
    internal static double Norm(double[] vector, double p)
    {
        var largest = vector.Max(Math.Abs);
        return p == 1 ? vector.Sum(Math.Abs)
            : largest == 0 || double.IsPositiveInfinity(p) ? largest
            : largest * Math.Pow(vector.Sum(value => Math.Pow(Math.Abs(value) / largest, p)), 1 / p);
    }
}
