using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>A fully connected layer.</summary>
public sealed class DenseLayer : AffineLayer
{
    private readonly Tensor _weights;
    private readonly Tensor _biases;
    private readonly Lazy<double[]> _columns;

    /// <param name="weights">W, [out, in]. The layer owns it from now on.</param>
    /// <param name="biases">b, [out]. The layer owns it from now on.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or an entry is NaN or infinite.</exception>
    public DenseLayer(Tensor weights, Tensor biases)
    {
        if (weights.shape is not [var outputs, var inputs] || biases.shape is not [var length] || length != outputs)
        {
            throw new ArgumentException($"weights [{string.Join(", ", weights.shape)}] and biases [{string.Join(", ", biases.shape)}] make no fully connected layer");
        }

        (_weights, _biases) = (weights, biases);
        (Inputs, Outputs) = ((int)inputs, (int)outputs);
        RequireFinite(Description, weights, biases);
        _columns = new Lazy<double[]>(ColumnsOnCpu);
    }

    /// <summary>W, [out, in].</summary>
    public Tensor Weights => _weights;

    /// <inheritdoc/>
    public override int Inputs { get; }

    /// <inheritdoc/>
    public override int Outputs { get; }

    /// <inheritdoc/>
    public override string Description => $"Linear {Inputs}→{Outputs}";

    /// <inheritdoc/>
    public override Tensor Apply(Tensor rows)
    {
        using var scope = NewDisposeScope();
        return rows.matmul(_weights.mT).add_(_biases).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Multiply(Tensor rows)
    {
        using var scope = NewDisposeScope();
        return rows.matmul(_weights.mT).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor MultiplyTransposed(Tensor rows) => rows.matmul(_weights);

    /// <inheritdoc/>
    public override Tensor Rows(Tensor units) => _weights.index_select(0, units);

    /// <inheritdoc/>
    public override Tensor Columns(Tensor units)
    {
        using var scope = NewDisposeScope();
        return _weights.mT.index_select(0, units).MoveToOuterDisposeScope();
    }

    /// <summary>Adds a column of W times a factor, on the CPU.</summary>
    /// <param name="unit">The number of an input.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="sum">[out], float64.</param>
    public void AddColumn(int unit, double factor, Span<double> sum)
    {
        var column = MemoryMarshal.Cast<double, Vector256<double>>(_columns.Value.AsSpan(unit * Outputs, Outputs));
        var target = MemoryMarshal.Cast<double, Vector256<double>>(sum);
        var scale = Vector256.Create(factor);
        for (var i = 0; i < column.Length; i++)
        {
            target[i] += scale * column[i];
        }

        for (var i = column.Length * Vector256<double>.Count; i < sum.Length; i++)
        {
            sum[i] += factor * _columns.Value[(unit * Outputs) + i];
        }
    }

    /// <inheritdoc/>
    public override ImageShape Taken => new(Inputs, 1, 1);

    /// <inheritdoc/>
    public override ImageShape Given => new(Outputs, 1, 1);

    /// <inheritdoc/>
    public override Patch Push(Patch change)
    {
        var result = Patch.Zeros(Given, 0, 0, 1, 1);
        for (var i = 0; i < change.Values.Length; i++)
        {
            if (change.Values[i] != 0)
            {
                var (row, offset) = Math.DivRem(i, change.RowLength);
                AddColumn(change.Image.ChannelsFirst(change.PlaceOfRow(row) + offset), change.Values[i], result.Values);
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public override Patch Pull(Patch gradient, ImageShape image)
    {
        var result = Patch.Zeros(image, 0, 0, image.Height, image.Width);
        for (var place = 0; place < result.Values.Length; place++)
        {
            var column = _columns.Value.AsSpan(image.ChannelsFirst(place) * Outputs, Outputs);
            var sum = 0.0;
            for (var i = 0; i < column.Length; i++)
            {
                sum += column[i] * gradient.Values[i];
            }

            result.Values[place] = sum;
        }

        return result;
    }

    /// <inheritdoc/>
    public override (Tensor Weights, Tensor Biases) Magnitudes()
    {
        using var scope = NewDisposeScope();
        return (_weights.abs().sum(dim: 1).MoveToOuterDisposeScope(), _biases.abs().MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _weights.Dispose();
        _biases.Dispose();
    }

    private double[] ColumnsOnCpu()
    {
        using var scope = NewDisposeScope();
        return _weights.mT.to_type(float64).cpu().contiguous().data<double>().ToArray();
    }
}
