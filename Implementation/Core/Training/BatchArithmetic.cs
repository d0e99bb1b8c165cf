using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>
/// The parts of a training step that are not matrix products, over the memory of contiguous tensors on the CPU: one pass each where
/// operators would take several and allocate their results. Sums run in a fixed order; an exponential of the last points of a batch
/// may be rounded otherwise on a machine with vectors of another width.
/// </summary>
internal static class BatchArithmetic
{
    /// <summary>Copies rows of [N, n] to the start of the rows of [B, m ≥ n].</summary>
    /// <param name="source">Of <paramref name="count"/> rows.</param>
    /// <param name="count">N.</param>
    /// <param name="rows">B numbers.</param>
    /// <param name="target">Written.</param>
    internal static void GatherRows(Tensor source, int count, ReadOnlySpan<int> rows, Tensor target)
    {
        var from = source.bytes;
        var to = target.bytes;
        var length = from.Length / count;
        var step = to.Length / rows.Length;
        for (var i = 0; i < rows.Length; i++)
        {
            from.Slice(rows[i] * length, length).CopyTo(to[(i * step)..]);
        }
    }

    /// <summary>Copies rows of [N, n] to the columns of [n, B].</summary>
    internal static void GatherColumns(Tensor source, ReadOnlySpan<int> rows, Tensor target)
    {
        if (source.dtype == float32)
        {
            Gather(Elements<float>(source), rows, Elements<float>(target));
        }
        else
        {
            Gather(Elements<double>(source), rows, Elements<double>(target));
        }

        static void Gather<T>(Span<T> from, ReadOnlySpan<int> rows, Span<T> to)
        {
            var height = to.Length / rows.Length;
            for (var i = 0; i < rows.Length; i++)
            {
                var row = from.Slice(rows[i] * height, height);
                for (var j = 0; j < row.Length; j++)
                {
                    to[(j * rows.Length) + i] = row[j];
                }
            }
        }
    }

    /// <summary>h ← max(h, 0); NaN stays.</summary>
    internal static void Relu(Tensor activations)
    {
        if (activations.dtype == float32)
        {
            Apply(Elements<float>(activations));
        }
        else
        {
            Apply(Elements<double>(activations));
        }

        static void Apply<T>(Span<T> h) where T : struct, INumber<T>
        {
            var vectors = MemoryMarshal.Cast<T, Vector<T>>(h);
            for (var i = 0; i < vectors.Length; i++)
            {
                vectors[i] = Vector.ConditionalSelect(Vector.LessThan(vectors[i], Vector<T>.Zero), Vector<T>.Zero, vectors[i]);
            }

            for (var i = vectors.Length * Vector<T>.Count; i < h.Length; i++)
            {
                h[i] = h[i] < T.Zero ? T.Zero : h[i];
            }
        }
    }

    /// <summary>δ ← δ where h is positive, else 0: the derivative of ReLU is 0 at 0, as in PyTorch.</summary>
    /// <param name="delta">Changed.</param>
    /// <param name="activations">h, as many numbers or more.</param>
    internal static void MaskInactive(Tensor delta, Tensor activations)
    {
        if (delta.dtype == float32)
        {
            Apply(Elements<float>(delta), Elements<float>(activations));
        }
        else
        {
            Apply(Elements<double>(delta), Elements<double>(activations));
        }

        static void Apply<T>(Span<T> d, Span<T> h) where T : struct, INumber<T>
        {
            var deltas = MemoryMarshal.Cast<T, Vector<T>>(d);
            var values = MemoryMarshal.Cast<T, Vector<T>>(h);
            for (var i = 0; i < deltas.Length; i++)
            {
                deltas[i] = Vector.ConditionalSelect(Vector.GreaterThan(values[i], Vector<T>.Zero), deltas[i], Vector<T>.Zero);
            }

            for (var i = deltas.Length * Vector<T>.Count; i < d.Length; i++)
            {
                d[i] = h[i] > T.Zero ? d[i] : T.Zero;
            }
        }
    }

    /// <summary>θ ← θ − ηv, then v ← μv, so that the next gradient has only to be added to v.</summary>
    internal static void Descend(Tensor parameters, Tensor velocities, double learningRate, double momentum)
    {
        if (parameters.dtype == float32)
        {
            Apply(Elements<float>(parameters), Elements<float>(velocities), (float)learningRate, (float)momentum);
        }
        else
        {
            Apply(Elements<double>(parameters), Elements<double>(velocities), learningRate, momentum);
        }

        static void Apply<T>(Span<T> theta, Span<T> v, T rate, T momentum) where T : struct, INumber<T>
        {
            var thetas = MemoryMarshal.Cast<T, Vector<T>>(theta);
            var vs = MemoryMarshal.Cast<T, Vector<T>>(v);
            for (var i = 0; i < thetas.Length; i++)
            {
                thetas[i] -= vs[i] * rate;
                vs[i] *= momentum;
            }

            for (var i = thetas.Length * Vector<T>.Count; i < theta.Length; i++)
            {
                theta[i] -= v[i] * rate;
                v[i] *= momentum;
            }
        }
    }

    /// <summary>Puts the derivative of the batch's mean loss in the place of the outputs.</summary>
    /// <param name="loss">Which.</param>
    /// <param name="outputs">[n, B], changed.</param>
    /// <param name="targets">[n, B].</param>
    /// <param name="count">B.</param>
    /// <returns>The mean loss over the batch.</returns>
    internal static double Differentiate(Loss loss, Tensor outputs, Tensor targets, int count)
    {
        return (loss, outputs.dtype) switch
        {
            (Loss.CrossEntropy, ScalarType.Float32) => CrossEntropy(Elements<float>(outputs), Elements<float>(targets), count),
            (Loss.CrossEntropy, _) => CrossEntropy(Elements<double>(outputs), Elements<double>(targets), count),
            (_, ScalarType.Float32) => MeanSquare(Elements<float>(outputs), Elements<float>(targets)),
            _ => MeanSquare(Elements<double>(outputs), Elements<double>(targets)),
        };

        // The loss is Σ_k t_k (log Σ_j exp z_j − z_k), its derivative (softmax(z) − t)/B; the largest z is taken off before exp. As many
        // points at once as a vector holds, then the rest one by one.
        static double CrossEntropy<T>(Span<T> z, Span<T> t, int count) where T : struct, IBinaryFloatingPointIeee754<T>
        {
            var sum = 0.0;
            var share = T.One / T.CreateChecked(count);
            var point = 0;
            for (; point + Vector<T>.Count <= count; point += Vector<T>.Count)
            {
                var largest = new Vector<T>(z[point..]);
                for (var i = point + count; i < z.Length; i += count)
                {
                    var here = new Vector<T>(z[i..]);
                    largest = Vector.ConditionalSelect(Vector.GreaterThan(here, largest), here, largest);
                }

                var (total, fit) = (Vector<T>.Zero, Vector<T>.Zero);
                for (var i = point; i < z.Length; i += count)
                {
                    var shifted = new Vector<T>(z[i..]) - largest;
                    fit += new Vector<T>(t[i..]) * shifted;
                    var power = Exp(shifted);
                    power.CopyTo(z[i..]);
                    total += power;
                }

                for (var lane = 0; lane < Vector<T>.Count; lane++)
                {
                    sum += double.CreateChecked(T.Log(total[lane]) - fit[lane]);
                }

                for (var i = point; i < z.Length; i += count)
                {
                    (((new Vector<T>(z[i..]) / total) - new Vector<T>(t[i..])) * share).CopyTo(z[i..]);
                }
            }

            for (; point < count; point++)
            {
                var largest = z[point];
                for (var i = point + count; i < z.Length; i += count)
                {
                    largest = z[i] > largest ? z[i] : largest;
                }

                var (total, fit) = (T.Zero, T.Zero);
                for (var i = point; i < z.Length; i += count)
                {
                    var shifted = z[i] - largest;
                    fit += t[i] * shifted;
                    z[i] = T.Exp(shifted);
                    total += z[i];
                }

                sum += double.CreateChecked(T.Log(total) - fit);
                for (var i = point; i < z.Length; i += count)
                {
                    z[i] = ((z[i] / total) - t[i]) * share;
                }
            }

            return sum / count;
        }

        static double MeanSquare<T>(Span<T> z, Span<T> t) where T : struct, INumber<T>
        {
            var sum = 0.0;
            var twice = T.CreateChecked(2) / T.CreateChecked(z.Length);
            for (var i = 0; i < z.Length; i++)
            {
                var difference = z[i] - t[i];
                sum += double.CreateChecked(difference * difference);
                z[i] = difference * twice;
            }

            return sum / z.Length;
        }
    }

    private static Vector<T> Exp<T>(Vector<T> powers) where T : struct =>
        typeof(T) == typeof(float) ? Vector.Exp(powers.As<T, float>()).As<float, T>() : Vector.Exp(powers.As<T, double>()).As<double, T>();

    private static Span<T> Elements<T>(Tensor tensor) where T : struct => MemoryMarshal.Cast<byte, T>(tensor.bytes);
}
