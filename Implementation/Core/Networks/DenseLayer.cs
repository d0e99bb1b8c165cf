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
    private Tuple<ImageShape, double[]>? _columnsForImage;

    /// <param name="weights">W, [out, in]. The layer owns it from now on.</param>
    /// <param name="biases">b, [out]. The layer owns it from now on.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or an entry is NaN or infinite.</exception>
    public DenseLayer(Tensor weights, Tensor biases)
    {
        if (weights.shape is not [var outputs, var inputs] || biases.shape is not [var length] || length != outputs)
        {
            throw new ArgumentException(
                $"weights [{string.Join(", ", weights.shape)}] and biases [{string.Join(", ", biases.shape)}] "
                + "make no fully connected layer");
        }

        (_weights, _biases) = (weights, biases);
        (Inputs, Outputs) = ((int)inputs, (int)outputs);
        RequireFinite(Description, weights, biases);
        _columns = new Lazy<double[]>(ColumnsOnCpu);
    }

    /// <summary>W, [out, in].</summary>
    public Tensor Weights => _weights;

    /// <summary>b, [out].</summary>
    public Tensor Biases => _biases;

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

    /// <summary>Σ_j W_ij·max(0, z_j) for one output, on the CPU.</summary>
    /// <param name="unit">i.</param>
    /// <param name="preactivations">z, [in], float64.</param>
    public double ProductOfPositive(int unit, ReadOnlySpan<double> preactivations)
    {
        var (columns, sum) = (_columns.Value, 0.0);
        for (var i = 0; i < preactivations.Length; i++)
        {
            sum += columns[(i * Outputs) + unit] * Math.Max(0, preactivations[i]);
        }

        return sum;
    }

    /// <summary>W_ij, on the CPU.</summary>
    public double Weight(int unit, int input) => _columns.Value[(input * Outputs) + unit];

    /// <summary>Adds a column of W times a factor, on the CPU.</summary>
    /// <param name="unit">The number of an input.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="sum">[out], float64.</param>
    public void AddColumn(int unit, double factor, Span<double> sum) =>
        AddProduct(factor, _columns.Value.AsSpan(unit * Outputs, Outputs), sum);

    /// <inheritdoc/>
    public override ImageShape InputShape => new(Inputs, 1, 1);

    /// <inheritdoc/>
    public override ImageShape OutputShape => new(Outputs, 1, 1);

    /// <inheritdoc/>
    public override Patch Push(Patch change)
    {
        var result = Patch.Zeros(OutputShape, 0, 0, 1, 1);
        var columns = ColumnsFor(change.Image);
        for (var row = 0; row < change.Height; row++)
        {
            for (var i = 0; i < change.RowLength; i++)
            {
                var value = change.Values[(row * change.RowLength) + i];
                if (value != 0)
                {
                    AddProduct(value, columns.AsSpan((change.PlaceOfRow(row) + i) * Outputs, Outputs), result.Values);
                }
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public override Patch Pull(Patch gradient, ImageShape image)
    {
        var result = Patch.Zeros(image, 0, 0, image.Height, image.Width);
        var columns = ColumnsFor(image);
        for (var place = 0; place < result.Values.Length; place++)
        {
            var sum = 0.0;
            for (var i = 0; i < Outputs; i++)
            {
                sum += columns[(place * Outputs) + i] * gradient.Values[i];
            }

            result.Values[place] = sum;
        }

        return result;
    }

    /// <inheritdoc/>
    public override (double Largest, double Smallest) WeightRange => Range(_weights);

    /// <inheritdoc/>
    public override (double Largest, double Smallest) BiasRange => Range(_biases);

    /// <inheritdoc/>
    public override double[] BiasesOfOutputs() => _biases.to_type(float64).cpu().data<double>().ToArray();

    private protected override AffineLayer With(Func<Tensor, Tensor> weights, Func<Tensor, Tensor> biases) =>
        new DenseLayer(Made(_weights, weights), Made(_biases, biases));

    /// <inheritdoc/>
    public override void Dispose()
    {
        _weights.Dispose();
        _biases.Dispose();
    }

    private static void AddProduct(double factor, ReadOnlySpan<double> column, Span<double> sum)
    {
        var source = MemoryMarshal.Cast<double, Vector256<double>>(column);
        var target = MemoryMarshal.Cast<double, Vector256<double>>(sum);
        var scale = Vector256.Create(factor);
        for (var i = 0; i < source.Length; i++)
        {
            target[i] = Vector256.MultiplyAddEstimate(scale, source[i], target[i]);
        }

        for (var i = source.Length * Vector256<double>.Count; i < sum.Length; i++)
        {
            sum[i] += factor * column[i];
        }
    }

    // The columns in the order of an image's entries, channels last; an image of one pixel has one order.
    private double[] ColumnsFor(ImageShape image)
    {
        if (image.Height * image.Width == 1)
        {
            return _columns.Value;
        }

        if (_columnsForImage is not { } known || known.Item1 != image)
        {
            var columns = new double[_columns.Value.Length];
            for (var place = 0; place < Inputs; place++)
            {
                _columns.Value.AsSpan(image.ChannelsFirst(place) * Outputs, Outputs).CopyTo(columns.AsSpan(place * Outputs));
            }

            // Two threads may both make it: they make the same.
            _columnsForImage = known = Tuple.Create(image, columns);
        }

        return known.Item2;
    }

    private double[] ColumnsOnCpu()
    {
        using var scope = NewDisposeScope();
        return _weights.mT.to_type(float64).cpu().contiguous().data<double>().ToArray();
    }
}
