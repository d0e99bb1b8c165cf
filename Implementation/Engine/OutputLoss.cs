using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reproduce.Randomness;

namespace Reproduce.Engine;

/// <summary>Losses of a batch and their gradients. Outputs and targets are outputs by points, a whole number of vectors wide.</summary>
internal static unsafe class OutputLoss
{
    /// <summary>Mean cross-entropy: −Σ_k t_k ln softmax(z)_k. The outputs become (softmax(z) − t)/count.</summary>
    /// <param name="outputs">z, overwritten.</param>
    /// <param name="targets">t.</param>
    /// <param name="classes">The number of outputs.</param>
    /// <param name="row">From one output to the next, in floats.</param>
    /// <param name="count">The number of points; the padding is computed and does not count.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double CrossEntropy(float* outputs, float* targets, int classes, int row, int count)
    {
        var share = Vector256.Create(1f / count);
        var sum = 0.0;
        for (var point = 0; point < row; point += Vector256<float>.Count)
        {
            var z = outputs + point;
            var t = targets + point;
            var largest = Vector256.Load(z);
            for (var i = 1; i < classes; i++)
            {
                var here = Vector256.Load(z + (i * row));
                largest = Vector256.ConditionalSelect(Vector256.GreaterThan(here, largest), here, largest);
            }

            var (total, fit) = (Vector256<float>.Zero, Vector256<float>.Zero);
            for (var i = 0; i < classes; i++)
            {
                var shifted = Vector256.Load(z + (i * row)) - largest;
                fit = Vector256.FusedMultiplyAdd(Vector256.Load(t + (i * row)), shifted, fit);
                var power = Exponential.Of(shifted);
                power.Store(z + (i * row));
                total += power;
            }

            for (var lane = 0; lane < Math.Min(Vector256<float>.Count, count - point); lane++)
            {
                sum += Logarithm.Of(total[lane]) - fit[lane];
            }

            for (var i = 0; i < classes; i++)
            {
                (((Vector256.Load(z + (i * row)) / total) - Vector256.Load(t + (i * row))) * share).Store(z + (i * row));
            }
        }

        return sum / count;
    }

    /// <summary>Mean square of z − t over outputs and points. The outputs become 2 (z − t)/(outputs · count).</summary>
    /// <inheritdoc cref="CrossEntropy"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double MeanSquare(float* outputs, float* targets, int classes, int row, int count)
    {
        var sum = 0.0;
        var twice = 2f / ((float)classes * count);
        for (var i = 0; i < classes; i++)
        {
            for (var point = 0; point < count; point++)
            {
                var place = (i * row) + point;
                var difference = outputs[place] - targets[place];
                sum += (double)difference * difference;
                outputs[place] = difference * twice;
            }
        }

        return sum / ((double)classes * count);
    }
}
