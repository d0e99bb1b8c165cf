using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>Stochastic gradient descent with momentum, as PyTorch defines it: v ← μv + g, θ ← θ − ηv.</summary>
/// <param name="parameters">Changed in place.</param>
/// <param name="learningRate">η.</param>
/// <param name="momentum">μ.</param>
public sealed class MomentumDescent(IEnumerable<Tensor> parameters, double learningRate, double momentum) : IDisposable
{
    private readonly (Tensor Parameter, Tensor Velocity)[] pairs = [.. parameters.Select(one => (one, zeros_like(one)))];

    /// <summary>One step along the gradients, given in the order of the parameters.</summary>
    public void Step(IReadOnlyList<Tensor> gradients)
    {
        for (var i = 0; i < pairs.Length; i++)
        {
            var (parameter, velocity) = pairs[i];
            velocity.mul_(momentum).add_(gradients[i]);
            parameter.add_(velocity, -learningRate);
        }
    }

    /// <summary>v, shaped as the parameters, in their order; they belong to the optimiser.</summary>
    public IReadOnlyList<Tensor> Velocities => [.. pairs.Select(pair => pair.Velocity)];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, velocity) in pairs)
        {
            velocity.Dispose();
        }
    }
}
