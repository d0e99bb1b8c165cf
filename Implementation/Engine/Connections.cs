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

    /// <param name="weights">[n_i, n_(i−1)], float32; copied.</param>
    /// <param name="biases">[n_i].</param>
    internal Connections(Tensor weights, Tensor biases)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        (Units, Inputs) = ((int)weights.size(0), (int)weights.size(1));
        Length = Product.Padded(Inputs + 1);
        _weights = zeros([Units, Length], float32, CPU).DetachFromDisposeScope();
        _velocities = zeros([Units, Length], float32, CPU).DetachFromDisposeScope();
        Weight = NativeFloats.Of(_weights);
        Velocity = NativeFloats.Of(_velocities);
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

    /// <summary>Their velocities, live.</summary>
    internal Tensor[] OptimiserState => Split(_velocities);

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _velocities.Dispose();
    }

    /// <summary>Descends by the gradient Σ_points δ xᵀ.</summary>
    /// <param name="delta">δ, units by points.</param>
    /// <param name="columns">From one unit to the next.</param>
    /// <param name="panels">x and 1, in panels.</param>
    /// <param name="rows">Of a panel.</param>
    /// <param name="points">How many.</param>
    /// <param name="settings">Learning rate and momentum.</param>
    internal void Descend(float* delta, int columns, float* panels, int rows, int points, DescentSettings settings)
    {
        var descend = new Descend((nint)(Velocity - Weight), (float)settings.LearningRate, (float)settings.Momentum);
        for (var input = 0; input < Length; input += Panels.Width)
        {
            Product.Run(
                new LeftFactor(delta, columns), panels + ((nint)input * rows), new EvenTerms(points, Panels.Width), Weight + input, Length, Units, Math.Min(Panels.Width, Length - input), descend);
        }
    }

    private Tensor[] Split(Tensor whole) => [whole.narrow(1, 0, Inputs), whole.select(1, Inputs)];
}
