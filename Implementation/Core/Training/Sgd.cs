using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>Gradient descent with momentum and weight decay, as PyTorch's SGD: g ← g + λθ, v ← μv + g, θ ← θ − ηv.</summary>
/// <param name="parameters">Changed in place.</param>
/// <param name="learningRate">η.</param>
/// <param name="momentum">μ.</param>
/// <param name="weightDecay">λ, the same for all parameters, biases and batch normalisation included.</param>
public sealed class Sgd(IEnumerable<Tensor> parameters, double learningRate, double momentum = 0, double weightDecay = 0) : IOptimiser
{
    private readonly (Tensor Parameter, Tensor Velocity)[] _pairs = [.. parameters.Select(one => (one, zeros_like(one)))];

    /// <inheritdoc/>
    public double LearningRate { get; set; } = learningRate;

    /// <summary>Factors of η, one a parameter, or null for 1. The design paper takes 0.1 in its generalization layers.</summary>
    public IReadOnlyList<double>? Factors { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> State => [.. _pairs.Select(pair => pair.Velocity)];

    /// <inheritdoc/>
    public void Update(IReadOnlyList<Tensor> gradients)
    {
        using var unrecorded = no_grad();
        for (var i = 0; i < _pairs.Length; i++)
        {
            var (parameter, velocity) = _pairs[i];
            velocity.mul_(momentum).add_(gradients[i]);
            if (weightDecay != 0)
            {
                velocity.add_(parameter, weightDecay);
            }

            parameter.add_(velocity, -LearningRate * (Factors?[i] ?? 1));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, velocity) in _pairs)
        {
            velocity.Dispose();
        }
    }
}
