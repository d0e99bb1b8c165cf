using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Torch;

/// <summary>
/// Makes tensors of one element type from numbers, and compares tensors with numbers that were worked out without libtorch:
/// element type, shape and every element must agree. Small integers and binary fractions are exact in every type, so
/// <see cref="Is(Tensor, Array)"/> allows nothing.
/// </summary>
internal sealed class Worked(ScalarType dtype)
{
    /// <summary>The unit roundoff of the element type.</summary>
    internal double Roundoff { get; } = dtype == float32 ? Math.ScaleB(1, -24) : Math.ScaleB(1, -53);

    internal ScalarType Dtype => dtype;

    internal Tensor Number(double value) => tensor(value, dtype);

    internal Tensor Vector(params double[] values) => tensor(values, dtype);

    internal Tensor Matrix(double[,] values) => tensor(values, dtype);

    /// <summary>0, 1, 2, … in row-major order.</summary>
    internal Tensor Counting(params long[] shape) =>
        tensor([.. Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(i => (double)i)], shape, dtype);

    internal void Is(Tensor actual, double expected) => Agree(actual, dtype, [], [expected], 0);

    internal void Is(Tensor actual, double[] expected) => Is(actual, (Array)expected);

    internal void Is(Tensor actual, Array expected) => Agree(actual, dtype, Shape(expected), expected.Cast<double>(), 0);

    /// <summary>Allows so many roundings, each of the size of the largest expected number.</summary>
    internal void Near(Tensor actual, double expected, int roundings) => Agree(actual, dtype, [], [expected], roundings * Roundoff);

    internal void Near(Tensor actual, double[] expected, int roundings) => Near(actual, (Array)expected, roundings);

    internal void Near(Tensor actual, Array expected, int roundings) =>
        Agree(actual, dtype, Shape(expected), expected.Cast<double>(), roundings * Roundoff);

    internal static void Truth(Tensor actual, bool expected) => Agree(actual, torch.@bool, [], [expected ? 1 : 0], 0);

    internal static void Truth(Tensor actual, bool[] expected) =>
        Agree(actual, torch.@bool, [expected.Length], expected.Select(one => one ? 1.0 : 0), 0);

    internal static void Integers(Tensor actual, long expected) => Agree(actual, int64, [], [expected], 0);

    internal static void Integers(Tensor actual, long[] expected) => Integers(actual, (Array)expected);

    internal static void Integers(Tensor actual, Array expected) =>
        Agree(actual, int64, Shape(expected), expected.Cast<long>().Select(one => (double)one), 0);

    /// <summary>The elements in row-major order.</summary>
    internal static double[] Elements(Tensor tensor)
    {
        using var real = tensor.detach().to_type(float64, copy: true);
        return real.data<double>().ToArray();
    }

    private static long[] Shape(Array values) => [.. Enumerable.Range(0, values.Rank).Select(values.GetLongLength)];

    private static void Agree(Tensor actual, ScalarType type, long[] shape, IEnumerable<double> expected, double relative)
    {
        actual.dtype.Should().Be(type);
        actual.shape.Should().Equal(shape);
        var wanted = expected.ToArray();
        var allowed = relative * wanted.Select(Math.Abs).DefaultIfEmpty(0).Max();
        var found = Elements(actual);
        found.Should().HaveSameCount(wanted);
        for (var i = 0; i < found.Length; i++)
        {
            var agrees = found[i].Equals(wanted[i]) || Math.Abs(found[i] - wanted[i]) <= allowed;
            agrees.Should().BeTrue("element {0} should be {1}, within {2}, not {3}", i, Text(wanted[i]), Text(allowed), Text(found[i]));
        }
    }

    private static string Text(double value) => value.ToString("G17", CultureInfo.InvariantCulture);
}
