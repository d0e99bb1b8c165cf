using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Reproduce.Claims.Design.Support;

/// <summary>Polynomials of one degree, fitted by least squares on the training grid of Figure 2.</summary>
internal sealed class LeastSquares
{
    private readonly Matrix<double> _onTheGrid;
    private readonly Matrix<double> _onTheTest;
    private readonly Matrix<double> _solver;

    /// <param name="degree">From 0.</param>
    /// <param name="grid">A part of the training grid; null for all of it.</param>
    internal LeastSquares(int degree, double[]? grid = null)
    {
        grid ??= NoisySample.Grid;

        // Chebyshev's polynomials on (−8, 8).
        Matrix<double> Basis(double[] x) =>
            Matrix<double>.Build.Dense(x.Length, degree + 1, (row, power) => Math.Cos(power * Math.Acos(x[row] / 8)));
        (_onTheGrid, _onTheTest) = (Basis(grid), Basis(NoisySample.Test));
        _solver = _onTheGrid.QR(QRMethod.Thin)
            .Solve(Matrix<double>.Build.DenseIdentity(grid.Length));
    }

    /// <summary>The fit of some targets, on the grid and on the test points.</summary>
    internal (double[] OnTheGrid, double[] OnTheTest) Fit(double[] y)
    {
        var coefficients = _solver * Vector<double>.Build.Dense(y);
        return ((_onTheGrid * coefficients).ToArray(), (_onTheTest * coefficients).ToArray());
    }
}
