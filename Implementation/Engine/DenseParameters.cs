using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reproduce.Training;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// The weights of a fully connected layer and their velocities, [n_i, n_(i−1) + 1] with the biases as last column, each row padded with
/// zeros to a whole number of vectors.
/// </summary>
internal sealed unsafe class DenseParameters : IDisposable
{
    private readonly Tensor _weights;
    private readonly Tensor _velocities;
    private readonly Tensor? _squares;

    /// <param name="weights">[n_i, n_(i−1)], float32; copied.</param>
    /// <param name="biases">[n_i].</param>
    /// <param name="usesAdam">Whether there are second moments; the velocities are then the first moments.</param>
    internal DenseParameters(Tensor weights, Tensor biases, bool usesAdam = false)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        (Units, Inputs) = ((int)weights.size(0), (int)weights.size(1));
        RowLength = Gemm.Padded(Inputs + 1);
        _weights = Zeros();
        _velocities = Zeros();
        Weight = NativeFloats.Of(_weights);
        Velocity = NativeFloats.Of(_velocities);
        _squares = usesAdam ? Zeros() : null;
        Parameters[0].copy_(weights);
        Parameters[1].copy_(biases);

        Tensor Zeros() => zeros([Units, RowLength], float32, CPU).DetachFromDisposeScope();
    }

    /// <summary>n_i.</summary>
    internal int Units { get; }

    /// <summary>n_(i−1).</summary>
    internal int Inputs { get; }

    /// <summary>From one unit's weights to the next unit's, in floats.</summary>
    internal int RowLength { get; }

    /// <summary>The first weight.</summary>
    internal float* Weight { get; }

    /// <summary>The first velocity.</summary>
    internal float* Velocity { get; }

    /// <summary>W_i [n_i, n_(i−1)] and b_i [n_i], live.</summary>
    internal Tensor[] Parameters => Split(_weights);

    /// <summary>Their velocities and, for Adam, their second moments, live.</summary>
    internal Tensor[] OptimiserState => _squares is null ? Split(_velocities) : [.. Split(_velocities), .. Split(_squares)];

    /// <summary>All of it in whole tensors, live.</summary>
    internal Tensor[] Memory => _squares is null ? [_weights, _velocities] : [_weights, _velocities, _squares];

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _velocities.Dispose();
        _squares?.Dispose();
    }

    /// <summary>A step of momentum descent along the gradient Σ_points δ xᵀ.</summary>
    /// <param name="delta">δ, units by points.</param>
    /// <param name="columns">From one unit to the next, in floats.</param>
    /// <param name="panels">x and 1, packed in panels.</param>
    /// <param name="rows">The rows of a panel.</param>
    /// <param name="points">The number of points.</param>
    /// <param name="rate">η.</param>
    /// <param name="momentum">μ.</param>
    internal void UpdateByMomentum(float* delta, int columns, float* panels, int rows, int points, double rate, double momentum)
    {
        if (momentum == 0)
        {
            Gradient(delta, columns, panels, rows, points, Weight, new PlainUpdate((float)rate));
        }
        else
        {
            var update = new MomentumUpdate((nint)(Velocity - Weight), (float)rate, (float)momentum);
            Gradient(delta, columns, panels, rows, points, Weight, update);
        }
    }

    /// <summary>
    /// A step of Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − size · m/(√v/spread + ε).
    /// </summary>
    /// <param name="delta">δ, units by points.</param>
    /// <param name="columns">From one unit to the next, in floats.</param>
    /// <param name="panels">x and 1, packed in panels.</param>
    /// <param name="rows">The rows of a panel.</param>
    /// <param name="points">The number of points.</param>
    /// <param name="size">η/(1 − β₁ᵗ).</param>
    /// <param name="spread">√(1 − β₂ᵗ).</param>
    /// <param name="gradient">Room for g, as large as the weights.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void UpdateByAdam(
        float* delta, int columns, float* panels, int rows, int points, float size, float spread, float* gradient)
    {
        Gradient(delta, columns, panels, rows, points, gradient, default(Identity));
        var squares = NativeFloats.Of(_squares!);
        var (first, second) = (Vector256.Create((float)Adam.FirstDecay), Vector256.Create((float)Adam.SecondDecay));
        for (nint i = 0; i < (nint)Units * RowLength; i += Vector256<float>.Count)
        {
            var g = Vector256.Load(gradient + i);
            var mean = Vector256.FusedMultiplyAdd(first, Vector256.Load(Velocity + i), g * (float)(1 - Adam.FirstDecay));
            var square = Vector256.FusedMultiplyAdd(second, Vector256.Load(squares + i), g * g * (float)(1 - Adam.SecondDecay));
            mean.Store(Velocity + i);
            square.Store(squares + i);
            var divisor = (Vector256.Sqrt(square) / Vector256.Create(spread)) + Vector256.Create((float)Adam.Epsilon);
            (Vector256.Load(Weight + i) - (mean / divisor * size)).Store(Weight + i);
        }
    }

    // Panel by panel.
    private void Gradient<TEpilogue>(
        float* delta, int columns, float* panels, int rows, int points, float* target, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        var (left, rightRows) = (new LeftOperand(delta, columns), new StridedRows(points, Panels.Width));
        for (var input = 0; input < RowLength; input += Panels.Width)
        {
            var width = Math.Min(Panels.Width, RowLength - input);
            Gemm.Run(left, panels + ((nint)input * rows), rightRows, target + input, RowLength, Units, width, epilogue);
        }
    }

    private Tensor[] Split(Tensor whole) => [whole.narrow(1, 0, Inputs), whole.select(1, Inputs)];
}
