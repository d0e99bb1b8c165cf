using MathNet.Numerics.LinearAlgebra;

namespace Reproduce.Claims.Design.Support;

/// <summary>
/// A network with one hidden layer on a line, linearised at PyTorch's default initial weights: gradient descent on the mean squared error
/// then follows from the products of its gradients by the weights at pairs of points.
/// </summary>
internal sealed class LinearisedLayer
{
    private const int Looks = 60;
    private readonly Matrix<double> _vectors;
    private readonly Vector<double> _values;
    private readonly Matrix<double> _toTheTest;

    /// <param name="width">Hidden units.</param>
    /// <param name="random">Draws their weights.</param>
    internal LinearisedLayer(int width, Random random)
    {
        double Uniform(double end) => end * ((2 * random.NextDouble()) - 1);
        (double Weight, double Bias, double Out)[] units =
            [.. Enumerable.Range(0, width).Select(_ => (Uniform(1), Uniform(1), Uniform(1 / Math.Sqrt(width))))];

        // By the outer weights a unit's output; by its own weight and bias the outer weight times (x, 1) where it is active.
        Matrix<double> Gradients(double[] x) => Matrix<double>.Build.Dense(x.Length, (3 * width) + 1, (row, column) =>
        {
            if (column == 3 * width)
            {
                return 1;
            }

            var (weight, bias, outer) = units[column / 3];
            var before = (weight * x[row]) + bias;
            return before <= 0 ? 0 : (column % 3) switch { 0 => before, 1 => outer * x[row], _ => outer };
        });
        var (mine, theirs) = (Gradients(NoisySample.Grid), Gradients(NoisySample.Test));
        var decomposition = mine.TransposeAndMultiply(mine).Evd(Symmetricity.Symmetric);
        (_vectors, _values) = (decomposition.EigenVectors, decomposition.EigenValues.Real());
        _toTheTest = theirs.TransposeAndMultiply(mine) * _vectors;
    }

    /// <summary>The fits on the grid and on the test points after some numbers of steps, denser at the beginning.</summary>
    /// <param name="y">The targets; the network starts from 0.</param>
    /// <param name="steps">In all.</param>
    /// <param name="rate">
    /// What a step adds, on average, of a point's gradient times its residual: twice the learning rate over the number of points.
    /// </param>
    internal IReadOnlyList<(double[] OnTheGrid, double[] OnTheTest)> Course(double[] y, int steps, double rate)
    {
        var along = _vectors.TransposeThisAndMultiply(Vector<double>.Build.Dense(y));
        (double[] OnTheGrid, double[] OnTheTest) At(double step)
        {
            // (1 − exp(−rλt))/λ, which is rt where λ is 0.
            double Reached(double value) => value > 1e-6 ? -double.ExpM1(-rate * step * value) / value : rate * step;
            var dual = Vector<double>.Build.Dense(along.Count, i => Reached(_values[i]) * along[i]);
            return ((_vectors * _values.PointwiseMultiply(dual)).ToArray(), (_toTheTest * dual).ToArray());
        }

        return [.. Enumerable.Range(0, Looks + 1).Select(look => At(Math.Pow(steps, (double)look / Looks)))];
    }
}
