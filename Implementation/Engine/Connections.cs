using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reproduce.Training;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// The weights of a fully connected layer and their velocities, [n_i, n_(i−1) + 1] with the biases as last column, and zeros up to a whole number of vectors.
/// </summary>
internal sealed unsafe class Connections : IDisposable
{
    private readonly Tensor _weights;
    private readonly Tensor _velocities;
    private readonly Tensor? _squares;

    /// <param name="weights">[n_i, n_(i−1)], float32; copied.</param>
    /// <param name="biases">[n_i].</param>
    /// <param name="usesAdam">Whether there are second moments; the velocities are then the first.</param>
    internal Connections(Tensor weights, Tensor biases, bool usesAdam = false)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        (Units, Inputs) = ((int)weights.size(0), (int)weights.size(1));
        Length = Product.Padded(Inputs + 1);
        _weights = zeros([Units, Length], float32, CPU).DetachFromDisposeScope();
        _velocities = zeros([Units, Length], float32, CPU).DetachFromDisposeScope();
        Weight = NativeFloats.Of(_weights);
        Velocity = NativeFloats.Of(_velocities);
        _squares = usesAdam ? zeros([Units, Length], float32, CPU).DetachFromDisposeScope() : null;
        Parameters[0].copy_(weights);
        Parameters[1].copy_(biases);
    }

    /// <summary>n_i.</summary>
    internal int Units { get; }

    /// <summary>n_(i−1).</summary>
    internal int Inputs { get; }

    /// <summary>Of a row.</summary>
    internal int Length { get; }

    /// <summary>The first weight.</summary>
    internal float* Weight { get; }

    /// <summary>The first velocity.</summary>
    internal float* Velocity { get; }

    /// <summary>W_i [n_i, n_(i−1)] and b_i [n_i], live.</summary>
    internal Tensor[] Parameters => Split(_weights);

    /// <summary>Their velocities, live, and their second moments.</summary>
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

    /// <summary>Descends by the gradient Σ_points δ xᵀ.</summary>
    /// <param name="delta">δ, units by points.</param>
    /// <param name="columns">From one unit to the next.</param>
    /// <param name="panels">x and 1, in panels.</param>
    /// <param name="rows">Of a panel.</param>
    /// <param name="points">How many.</param>
    /// <param name="rate">η.</param>
    /// <param name="momentum">μ.</param>
    internal void Descend(float* delta, int columns, float* panels, int rows, int points, double rate, double momentum)
    {
        var descend = new Descend((nint)(Velocity - Weight), (float)rate, (float)momentum);
        for (var input = 0; input < Length; input += Panels.Width)
        {
            Product.Run(
                new LeftFactor(delta, columns), panels + ((nint)input * rows), new EvenTerms(points, Panels.Width), Weight + input, Length, Units, Math.Min(Panels.Width, Length - input), descend);
        }
    }

    /// <summary>The same by Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − size · m/(√v/spread + ε).</summary>
    /// <param name="delta">δ, units by points.</param>
    /// <param name="columns">From one unit to the next.</param>
    /// <param name="panels">x and 1, in panels.</param>
    /// <param name="rows">Of a panel.</param>
    /// <param name="points">How many.</param>
    /// <param name="size">η/(1 − β₁ᵗ).</param>
    /// <param name="spread">√(1 − β₂ᵗ).</param>
    /// <param name="gradient">Room for as many numbers as there are weights.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void DescendByAdam(float* delta, int columns, float* panels, int rows, int points, float size, float spread, float* gradient)
    {
        for (var input = 0; input < Length; input += Panels.Width)
        {
            Product.Run(
                new LeftFactor(delta, columns), panels + ((nint)input * rows), new EvenTerms(points, Panels.Width), gradient + input, Length, Units, Math.Min(Panels.Width, Length - input), default(Keep));
        }

        var squares = NativeFloats.Of(_squares!);
        var (first, second) = (Vector256.Create((float)Adam.FirstDecay), Vector256.Create((float)Adam.SecondDecay));
        for (nint i = 0; i < (nint)Units * Length; i += Vector256<float>.Count)
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

    private Tensor[] Split(Tensor whole) => [whole.narrow(1, 0, Inputs), whole.select(1, Inputs)];
}
