using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reproduce.Geometry;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// 2-slopes (slope paper, Definition 1) of fully connected networks in float32 on the CPU, at many points, by the engine's products.
/// </summary>
/// <remarks>
/// With J = P W_1, JJᵀ = P (W_1 W_1ᵀ) Pᵀ, whose middle factor is computed once: no matrix has n_0 entries for each point. Squares are not
/// scaled, so slopes must lie well inside the square root of the range of float32; the relative error is about that of J's entries times
/// (‖P‖‖W_1‖/‖J‖)².
/// </remarks>
public sealed unsafe class SpectralSlopes : IDisposable
{
    // Points at once: intermediate results stay in the cache.
    private const int Block = 64;
    private readonly NativeFloats _memory = new();
    private readonly FullyConnectedShape _shape;
    private readonly List<Tensor> _parameters = [];
    private readonly int _columns;
    private readonly float* _firstGram;
    private readonly nint[] _addresses;
    private readonly DenseLayers _layers;
    private readonly float*[] _products;
    private readonly float* _jacobianGram;
    private readonly float* _eigenvalues;
    private readonly float* _spare;

    private SpectralSlopes(FullyConnected network, int replica)
    {
        _shape = network.Shape;
        var (outputs, widest) = (_shape.Outputs, _shape.Widths.Skip(1).SkipLast(1).Max());
        _columns = outputs * Block;
        _parameters.AddRange(network.Parameters.SkipLast(1).Select(one => one.select(0, replica).contiguous().DetachFromDisposeScope()));
        _addresses = [.. _parameters.Select(one => (nint)NativeFloats.Of(one))];
        _layers = new DenseLayers(_shape.Widths, Block);
        _products = [_memory.Allocate((nint)widest * _columns), _memory.Allocate((nint)widest * _columns)];
        _jacobianGram = _memory.Allocate((nint)outputs * outputs * Block);
        _eigenvalues = _memory.Allocate(Block);
        _spare = _memory.Allocate(3 * (nint)outputs * outputs * Vector256<float>.Count);
        _firstGram = FirstGram();
    }

    /// <summary>The 2-slope at every point.</summary>
    /// <param name="network">R replicas, float32, on the CPU.</param>
    /// <param name="points">[N, n_0], off the kinks.</param>
    /// <returns>[R, N].</returns>
    /// <exception cref="ArgumentException">The points have another shape, or something is not float32 on the CPU.</exception>
    public static Tensor At(FullyConnected network, Tensor points)
    {
        NativeFloats.Require(network.Weights[0], points, network.Shape.Inputs);
        if (network.Shape.Layers == 1)
        {
            return Slope.At(network, points);
        }

        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var (given, count) = (points.contiguous(), (int)points.size(0));
        var slopes = empty([network.Replicas, count], float32, CPU);
        for (var replica = 0; replica < network.Replicas; replica++)
        {
            using var work = new SpectralSlopes(network, replica);
            for (var start = 0; start < count; start += Block)
            {
                var from = NativeFloats.Of(given) + ((nint)start * network.Shape.Inputs);
                var to = NativeFloats.Of(slopes) + ((nint)replica * count) + start;
                work.Measure(from, Math.Min(Block, count - start), to);
            }
        }

        return slopes.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parameters.ForEach(one => one.Dispose());
        _layers.Dispose();
        _memory.Dispose();
    }

    private float* Weight(int layer) => (float*)_addresses[2 * layer];

    // W_1 W_1ᵀ.
    private float* FirstGram()
    {
        var (units, inputs, padded) = (_shape.Widths[1], _shape.Inputs, Gemm.Padded(_shape.Widths[1]));
        var transposed = _memory.Allocate((nint)inputs * padded);
        var gram = _memory.Allocate((nint)units * padded);
        var left = new LeftOperand(Weight(0), inputs);
        Transpose.Run(Weight(0), inputs, transposed, padded, units, inputs);
        Gemm.Run(left, transposed, new StridedRows(inputs, padded), gram, padded, units, padded, default(Identity));
        return gram;
    }

    private void Measure(float* points, int count, float* slopes)
    {
        Transpose.Run(points, _shape.Inputs, _layers.Inputs, Block, count, _shape.Inputs);
        var activations = _layers.Forward(_addresses);

        // P at the last hidden layer, units by outputs by points, then at the layers below.
        var here = _products[0];
        SelectRows(activations, here);
        for (var i = _shape.Layers - 2; i > 0; i--)
        {
            var (units, inputs) = (_shape.Widths[i + 1], _shape.Widths[i]);
            var next = here == _products[0] ? _products[1] : _products[0];
            var (left, rightRows) = (new LeftOperand(Weight(i), 1, inputs), new StridedRows(units, _columns));
            for (nint column = 0; column < _columns; column += Block)
            {
                var epilogue = new StridedReluBackward(next + column, _columns, _layers.Activations[i], Block);
                Gemm.Run(left, here + column, rightRows, next + column, _columns, inputs, Block, epilogue);
            }

            here = next;
        }

        var first = _shape.Widths[1];
        var half = here == _products[0] ? _products[1] : _products[0];
        var (gram, rows) = (new LeftOperand(_firstGram, Gemm.Padded(first)), new StridedRows(first, _columns));
        for (nint column = 0; column < _columns; column += Block)
        {
            Gemm.Run(gram, here + column, rows, half + column, _columns, first, Block, default(Identity));
        }

        JacobianGram(half, here, first);
        LargestEigenvalues.Of(_jacobianGram, _shape.Outputs, Block, _eigenvalues, _spare);
        for (var i = 0; i < count; i++)
        {
            slopes[i] = MathF.Sqrt(_eigenvalues[i]);
        }
    }

    // The weights of the outputs where a unit is active.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SelectRows(float* activations, float* target)
    {
        var units = _shape.Widths[^2];
        var last = (float*)_addresses[^1];
        for (var unit = 0; unit < units; unit++)
        {
            for (var output = 0; output < _shape.Outputs; output++)
            {
                var weight = Vector256.Create(last[(output * units) + unit]);
                for (var point = 0; point < Block; point += 8, target += 8)
                {
                    var isActive = Vector256.GreaterThan(Vector256.Load(activations + (unit * Block) + point), Vector256<float>.Zero);
                    Vector256.ConditionalSelect(isActive, weight, Vector256<float>.Zero).Store(target);
                }
            }
        }
    }

    // Σ_units half[unit, i, point] · whole[unit, j, point], for all i and j.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void JacobianGram(float* half, float* whole, int units)
    {
        var outputs = _shape.Outputs;
        for (var i = 0; i < outputs; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                for (var point = 0; point < Block; point += 32)
                {
                    var left = half + (i * Block) + point;
                    var right = whole + (j * Block) + point;
                    Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                    for (var unit = 0; unit < units; unit++, left += _columns, right += _columns)
                    {
                        sum0 = Vector256.FusedMultiplyAdd(Vector256.Load(left), Vector256.Load(right), sum0);
                        sum1 = Vector256.FusedMultiplyAdd(Vector256.Load(left + 8), Vector256.Load(right + 8), sum1);
                        sum2 = Vector256.FusedMultiplyAdd(Vector256.Load(left + 16), Vector256.Load(right + 16), sum2);
                        sum3 = Vector256.FusedMultiplyAdd(Vector256.Load(left + 24), Vector256.Load(right + 24), sum3);
                    }

                    foreach (var place in stackalloc[] { (i * outputs) + j, (j * outputs) + i })
                    {
                        var to = _jacobianGram + (place * Block) + point;
                        sum0.Store(to);
                        sum1.Store(to + 8);
                        sum2.Store(to + 16);
                        sum3.Store(to + 24);
                    }
                }
            }
        }
    }
}
