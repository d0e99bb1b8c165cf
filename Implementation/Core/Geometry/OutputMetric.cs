using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>
/// The metric of the output layer, H(θ) = ∂∂ψ(θ), the Hessian of the loss's cumulant function ψ at the outputs θ (design paper, equations 2
/// and 6). It is represented by a root, H = AᵀA, so that everything derived from it is positive semidefinite by construction.
/// </summary>
public sealed class OutputMetric
{
    private readonly Func<Tensor, Tensor> _root;

    private OutputMetric(string name, Func<Tensor, Tensor> root) => (Name, _root) = (name, root);

    /// <summary>ψ(θ) = ½⟨θ, θ⟩, the square loss: H = I.</summary>
    public static OutputMetric SquareLoss { get; } =
        new("square loss", outputs => Identity(outputs) * ones_like(outputs).unsqueeze(-1));

    /// <summary>ψ(θ) = log Σ exp θ_k, the cross-entropy of a categorical variable: H = diag(p) − ppᵀ with p = softmax(θ).</summary>
    public static OutputMetric Softmax { get; } = new("softmax", outputs =>
    {
        // With s = √p: A = (I − ssᵀ) diag(s).
        var s = outputs.softmax(-1).sqrt();
        return (Identity(outputs) - (s.unsqueeze(-1) * s.unsqueeze(-2))) * s.unsqueeze(-2);
    });

    /// <summary>ψ(θ) = Σ log(1 + exp θ_k), independent Bernoulli variables: H = diag(p(1 − p)) with p = 1/(1 + exp(−θ)).</summary>
    public static OutputMetric Logistic { get; } = new("logistic", outputs =>
    {
        // √(p(1 − p)) = e/(1 + e²) with e = exp(−|θ|/2), without cancellation.
        var e = (outputs.abs() * -0.5).exp();
        return Identity(outputs) * (e / (e.square() + 1.0)).unsqueeze(-2);
    });

    /// <summary>The name of the loss.</summary>
    public string Name { get; }

    /// <summary>A with H = AᵀA.</summary>
    /// <param name="outputs">[…, n_c].</param>
    /// <returns>[…, n_c, n_c].</returns>
    public Tensor Root(Tensor outputs)
    {
        using var scope = NewDisposeScope();
        return _root(outputs).clone().MoveToOuterDisposeScope();
    }

    /// <summary>H at the outputs, […, n_c, n_c].</summary>
    public Tensor At(Tensor outputs)
    {
        using var scope = NewDisposeScope();
        var root = _root(outputs);
        return root.mT.matmul(root).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static Tensor Identity(Tensor outputs) => eye(outputs.size(-1), dtype: outputs.dtype, device: outputs.device);
}
