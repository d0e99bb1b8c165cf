using MathNet.Numerics.LinearAlgebra;

namespace Reproduce.Fixtures.Experiments.Intervals;

/// <summary>Mean and principal components of a few points in many dimensions, by the matrix of their inner products.</summary>
public sealed class PrincipalAxes
{
    private readonly Matrix<double> _centred;
    private readonly Matrix<double> _vectors;
    private readonly double[] _values;

    /// <param name="points">[N, n], at least two.</param>
    public PrincipalAxes(Matrix<double> points)
    {
        Mean = points.ColumnSums() / points.RowCount;
        _centred = Matrix<double>.Build.DenseOfRowVectors(points.EnumerateRows().Select(row => row - Mean));
        var eigen = (_centred * _centred.Transpose()).Evd(Symmetricity.Symmetric);
        int[] order = [.. Enumerable.Range(0, points.RowCount).OrderByDescending(i => eigen.EigenValues[i].Real)];
        _values = [.. order.Select(i => Math.Max(0, eigen.EigenValues[i].Real))];
        _vectors = Matrix<double>.Build.DenseOfColumnVectors(order.Select(i => eigen.EigenVectors.Column(i)));
    }

    /// <summary>[n].</summary>
    public Vector<double> Mean { get; }

    /// <summary>The variance along a component, the largest first, from 0.</summary>
    public double Variance(int component) => _values[component] / (_centred.RowCount - 1);

    /// <summary>A component of positive variance as a unit vector, [n]; its sign is arbitrary.</summary>
    public Vector<double> Axis(int component) =>
        (_centred.TransposeThisAndMultiply(_vectors.Column(component)) / Math.Sqrt(_values[component])).Normalize(2);
}
