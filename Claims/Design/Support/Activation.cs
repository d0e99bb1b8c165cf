using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Design.Support;

/// <summary>A scalar activation function with its derivative.</summary>
internal sealed record Activation(string Name, Func<double, double> Value, Func<double, double> Derivative)
{
    /// <summary>a(t) = −t: 1-Lipschitz and decreasing.</summary>
    internal static Activation Negation { get; } = new("−t", t => -t, _ => -1);

    /// <summary>max(0, t).</summary>
    internal static Activation Relu { get; } = new("ReLU", t => Math.Max(0, t), t => t > 0 ? 1 : 0);

    /// <summary>sin t: 1-Lipschitz, and decreasing on half of the line.</summary>
    internal static Activation Sine { get; } = new("sin t", Math.Sin, Math.Cos);

    /// <summary>|t|: 1-Lipschitz, and decreasing below 0.</summary>
    internal static Activation Magnitude { get; } = new("|t|", Math.Abs, t => t < 0 ? -1 : 1);

    /// <summary>2t: not 1-Lipschitz.</summary>
    internal static Activation Doubling { get; } = new("2t", t => 2 * t, _ => 2);

    /// <summary>t/(1 + e^−t), SiLU or swish: a variant of ReLU that falls below t ≈ −1.28 and is steeper than 1 from t ≈ 1.28 on.</summary>
    internal static Activation Silu { get; } = new("SiLU", t => t * Sigmoid(t), t => Sigmoid(t) * (1 + (t * (1 - Sigmoid(t)))));

    /// <summary>1-Lipschitz and non-decreasing.</summary>
    internal static IReadOnlyList<Activation> NeverFalling { get; } =
    [
        new("t", t => t, _ => 1),
        Relu,
        new("leaky ReLU", t => t > 0 ? t : t / 128, t => t > 0 ? 1 : 1.0 / 128),
        new("hard tanh", t => Math.Clamp(t, -1, 1), t => t is > -1 and < 1 ? 1 : 0),
        new("tanh", Math.Tanh, t => 1 - Math.Pow(Math.Tanh(t), 2)),
        new("sigmoid", Sigmoid, t => Sigmoid(t) * (1 - Sigmoid(t))),
        new("softplus", t => Math.Max(0, t) + Math.Log(1 + Math.Exp(-Math.Abs(t))), Sigmoid),
        new("ELU", t => t > 0 ? t : Math.Exp(t) - 1, t => t > 0 ? 1 : Math.Exp(t)),
    ];

    /// <summary>1-Lipschitz, decreasing somewhere.</summary>
    internal static IReadOnlyList<Activation> Falling { get; } =
    [
        Negation,
        Sine,
        Magnitude,
        new("exp(−t²/2)", t => Math.Exp(-t * t / 2), t => -t * Math.Exp(-t * t / 2)),
    ];

    private static double Sigmoid(double t) => 1 / (1 + Math.Exp(-t));
}

/// <summary>The units along one path from an input to an output: their activations, and where those are evaluated.</summary>
internal sealed record ActivationPath(IReadOnlyList<(Activation Activation, double At)> Steps)
{
    /// <summary>Paths of 1 to 8 units over the given activations, saturated and at zero as well; they shrink to fewer units.</summary>
    internal static Arbitrary<ActivationPath> Over(IReadOnlyList<Activation> activations) => Arb.From(
        from length in Gen.Choose(1, 8)
        from kinds in Gen.ArrayOf(Gen.Choose(0, activations.Count - 1), length)
        from places in Gen.ArrayOf(Place, length)
        select new ActivationPath([.. kinds.Zip(places, (kind, place) => (activations[kind], place))]),
        path => path.Steps.Count == 1 ? [] : path.Steps.Select((_, i) => path.Without(i)));

    /// <summary>L_p, the product of the derivatives: each in floating point, their product exact.</summary>
    internal Rational Factor() => Fractions.Product(Steps.Select(step => Rational.Of(step.Activation.Derivative(step.At))));

    /// <summary>The first units only.</summary>
    internal ActivationPath Prefix(int units) => new([.. Steps.Take(units)]);

    private static Gen<double> Place =>
        Gen.Frequency((6, Gen.Choose(-3000, 3000).Select(value => value / 1000.0)), (1, Gen.Elements(0.0, -40, 40, 1e-9)));

    private ActivationPath Without(int unit) => new([.. Steps.Where((_, i) => i != unit)]);

    /// <inheritdoc/>
    public override string ToString() => string.Join(" · ", Steps.Select(step => $"{step.Activation.Name} at {step.At:G17}"));
}
