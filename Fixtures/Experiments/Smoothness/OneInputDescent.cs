using System.Runtime.Intrinsics;
using Reproduce.Networks;

namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>How a training ended.</summary>
/// <param name="Epochs">The number of epochs.</param>
/// <param name="Loss">The mean square error before the last of them; NaN or infinite where training diverged.</param>
/// <param name="Converged">The loss reached its target.</param>
public readonly record struct DescentEnd(int Epochs, double Loss, bool Converged);

/// <summary>
/// A network x ↦ Σ w2_i [w1_i x + b1_i]₊ + b2 in float32 and its full-batch gradient descent (thesis, section 4.3.1). A step takes a few
/// thousand multiplications; as tensor operators they would cost a hundred times what they cost here, in registers. Sums run in a fixed
/// order.
/// </summary>
public sealed class OneInputDescent
{
    private const int Lanes = 8;
    private readonly float[] _inner;
    private readonly float[] _biases;
    private readonly float[] _outer;
    private float _shift;

    /// <param name="network">1-h-1 in float32, h a multiple of 8; replica 0 is copied.</param>
    public OneInputDescent(FullyConnected network)
    {
        float[] Floats(int parameter) => network.Parameters[parameter].select(0, 0).contiguous().cpu().data<float>().ToArray();
        (_inner, _biases, _outer, _shift) = (Floats(0), Floats(1), Floats(2), Floats(3)[0]);
        if (network.Shape.Inputs != 1 || network.Shape.Layers != 2 || network.Shape.Outputs != 1 || _inner.Length % Lanes > 0)
        {
            throw new ArgumentException($"a network 1-h-1, h a multiple of {Lanes}, not {network.Shape}");
        }
    }

    /// <summary>w1, b1, w2 and b2, live.</summary>
    public IReadOnlyList<float[]> Parameters => [_inner, _biases, _outer, [_shift]];

    /// <summary>Descends on the mean square error; the step after the loss has reached its target is the last.</summary>
    /// <param name="x">The points.</param>
    /// <param name="y">The values there.</param>
    /// <param name="learningRate">η.</param>
    /// <param name="mostEpochs">It ends here in any case.</param>
    /// <param name="targetLoss">Compared with the loss before a step.</param>
    public DescentEnd Run(float[] x, float[] y, float learningRate, int mostEpochs, double targetLoss)
    {
        var outputs = new Vector256<float>[x.Length];
        var residuals = new float[x.Length];
        for (var epoch = 1; epoch <= mostEpochs; epoch++)
        {
            var loss = Residuals(x, y, outputs, residuals);
            if (!double.IsFinite(loss))
            {
                return new DescentEnd(epoch - 1, loss, false);
            }

            Step(x, residuals, learningRate);
            if (loss <= targetLoss)
            {
                return new DescentEnd(epoch, loss, true);
            }

            if (epoch == mostEpochs)
            {
                return new DescentEnd(epoch, loss, false);
            }
        }

        throw new ArgumentOutOfRangeException(nameof(mostEpochs), mostEpochs, "must be at least 1");
    }

    /// <summary>
    /// The thesis's measures: GN at points, PL0 and PL1 on 1000 segments between points drawn with replacement, WP.
    /// </summary>
    public FourMeasures Measure(double[] points, Random generator) => Measure(
        Array.ConvertAll(_inner, Convert.ToDouble),
        Array.ConvertAll(_biases, Convert.ToDouble),
        Array.ConvertAll(_outer, Convert.ToDouble),
        points,
        generator);

    /// <summary>The measures of any two-layer network with one input.</summary>
    /// <param name="inner">w1.</param>
    /// <param name="biases">b1.</param>
    /// <param name="outer">w2.</param>
    /// <param name="points">GN is taken at them, and segments run between them.</param>
    /// <param name="generator">Draws the segments.</param>
    public static FourMeasures Measure(double[] inner, double[] biases, double[] outer, double[] points, Random generator)
    {
        var units = inner.Length;
        double[] At(Func<int, double> where)
        {
            var values = new double[FourMeasures.Samples * units];
            for (var segment = 0; segment < FourMeasures.Samples; segment++)
            {
                var point = where(segment);
                for (var unit = 0; unit < units; unit++)
                {
                    values[(segment * units) + unit] = (inner[unit] * point) + biases[unit];
                }
            }

            return values;
        }

        double Drawn(int segment) => points[generator.Next(points.Length)];
        var starts = At(Drawn);
        var ends = At(Drawn);
        var gram = new double[units * units];
        var (gradientNorm, weightsProduct) = (0.0, 0.0);
        for (var i = 0; i < units; i++)
        {
            for (var j = 0; j < units; j++)
            {
                gram[(i * units) + j] = outer[i] * inner[i] * outer[j] * inner[j];
            }

            weightsProduct += Math.Abs(outer[i] * inner[i]);
        }

        foreach (var point in points)
        {
            var slope = 0.0;
            for (var unit = 0; unit < units; unit++)
            {
                slope += (inner[unit] * point) + biases[unit] > 0 ? outer[unit] * inner[unit] : 0;
            }

            gradientNorm += Math.Abs(slope) / points.Length;
        }

        var (function, gradient) = new SampledLengths(outer, gram, FourMeasures.PointsOnSegment).Mean(starts, ends);
        return new FourMeasures(gradientNorm, function, gradient, weightsProduct);
    }

    // Leaves 2(f(x) − y)/N and gives the mean square.
    private double Residuals(float[] x, float[] y, Vector256<float>[] outputs, float[] residuals)
    {
        Array.Clear(outputs);
        for (var i = 0; i < _inner.Length; i += Lanes)
        {
            var (inner, bias, outer) = Units(i);
            for (var k = 0; k < x.Length; k++)
            {
                outputs[k] += outer * Vector256.Max((inner * x[k]) + bias, Vector256<float>.Zero);
            }
        }

        var loss = 0.0;
        for (var k = 0; k < x.Length; k++)
        {
            var residual = Total(outputs[k]) + _shift - y[k];
            loss += (double)residual * residual;
            residuals[k] = 2 * residual / x.Length;
        }

        return loss / x.Length;
    }

    private void Step(float[] x, float[] residuals, float learningRate)
    {
        for (var i = 0; i < _inner.Length; i += Lanes)
        {
            var (inner, bias, outer) = Units(i);
            var (byInner, byBias, byOuter) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
            for (var k = 0; k < x.Length; k++)
            {
                var preactivation = (inner * x[k]) + bias;
                var active = Vector256.GreaterThan(preactivation, Vector256<float>.Zero);
                byOuter += (preactivation * residuals[k]) & active;
                var delta = (outer * residuals[k]) & active;
                byBias += delta;
                byInner += delta * x[k];
            }

            (inner - (byInner * learningRate)).CopyTo(_inner, i);
            (bias - (byBias * learningRate)).CopyTo(_biases, i);
            (outer - (byOuter * learningRate)).CopyTo(_outer, i);
        }

        var byShift = 0f;
        foreach (var residual in residuals)
        {
            byShift += residual;
        }

        _shift -= learningRate * byShift;
    }

    // w1, b1 and w2 of the units from one on, as many as there are lanes.
    private (Vector256<float> Inner, Vector256<float> Bias, Vector256<float> Outer) Units(int from) => (
        Vector256.Create<float>(_inner.AsSpan(from)),
        Vector256.Create<float>(_biases.AsSpan(from)),
        Vector256.Create<float>(_outer.AsSpan(from)));

    private static float Total(Vector256<float> lanes)
    {
        var four = lanes.GetLower() + lanes.GetUpper();
        return four[0] + four[1] + (four[2] + four[3]);
    }
}
