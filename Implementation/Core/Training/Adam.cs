using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>
/// Adam with PyTorch's defaults: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − η·m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε) at step
/// t = 1, 2, …
/// </summary>
/// <param name="parameters">[R, …] each; changed in place.</param>
/// <param name="learningRate">η.</param>
public sealed class Adam(IEnumerable<Tensor> parameters, double learningRate) : IOptimiser
{
    /// <summary>β₁.</summary>
    public const double FirstDecay = 0.9;

    /// <summary>β₂.</summary>
    public const double SecondDecay = 0.999;

    /// <summary>ε.</summary>
    public const double Epsilon = 1e-8;

    private readonly (Tensor Parameter, Tensor First, Tensor Second)[] _moments =
        [.. parameters.Select(one => (one, zeros_like(one), zeros_like(one)))];

    private readonly Tensor _steps = zeros([parameters.First().size(0)], float64, CPU);

    /// <inheritdoc/>
    public double LearningRate { get; set; } = learningRate;

    /// <summary>The number of steps, [R] on the CPU and the same for all replicas, then the two moments of each parameter.</summary>
    public IReadOnlyList<Tensor> State => [_steps, .. _moments.SelectMany(one => new[] { one.First, one.Second })];

    /// <inheritdoc/>
    public void Update(IReadOnlyList<Tensor> gradients)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var steps = _steps.add_(1.0).select(0, 0).item<double>();
        var size = LearningRate / (1 - Math.Pow(FirstDecay, steps));
        var spread = Math.Sqrt(1 - Math.Pow(SecondDecay, steps));
        for (var i = 0; i < _moments.Length; i++)
        {
            var (parameter, first, second) = _moments[i];
            first.mul_(FirstDecay).add_(gradients[i], 1 - FirstDecay);
            second.mul_(SecondDecay).add_(gradients[i].square(), 1 - SecondDecay);
            parameter.add_(first / ((second.sqrt() / spread) + Epsilon), -size);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in State)
        {
            tensor.Dispose();
        }
    }
}
