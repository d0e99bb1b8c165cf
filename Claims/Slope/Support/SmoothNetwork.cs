using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Slope.Support;

/// <summary>
/// A continuously differentiable activation g with its derivative, both rational functions, so that networks with it are exact.
/// </summary>
/// <param name="Name">For messages.</param>
/// <param name="Value">g.</param>
/// <param name="Derivative">g'.</param>
/// <param name="Bound">For r ≥ 0: bounds of |g| and |g'| on [−r, r].</param>
internal sealed record Activation(
    string Name,
    Func<Rational, Rational> Value,
    Func<Rational, Rational> Derivative,
    Func<Rational, (Rational Value, Rational Derivative)> Bound)
{
    /// <summary>All of them have |g'(a) − g'(b)| ≤ 2|a − b|.</summary>
    internal const int LipschitzOfDerivative = 2;

    /// <summary>z².</summary>
    internal static Activation Square { get; } = new("z²", z => z * z, z => 2 * z, r => (r * r, 2 * r));

    /// <summary>max(0, z)²: once continuously differentiable, not twice.</summary>
    internal static Activation SquaredRelu { get; } =
        new("max(0, z)²", z => z > 0 ? z * z : 0, z => z > 0 ? 2 * z : 0, r => (r * r, 2 * r));

    /// <summary>z/(1 + |z|), a sigmoid: once continuously differentiable, not twice.</summary>
    internal static Activation Softsign { get; } = new(
        "z/(1 + |z|)",
        z => z / (1 + Rational.Abs(z)),
        z => 1 / ((1 + Rational.Abs(z)) * (1 + Rational.Abs(z))),
        r => (r / (1 + r), 1));
}

/// <summary>A network with any activation, over fractions.</summary>
/// <param name="Activation">g.</param>
/// <param name="Weights">W_1, …, W_n.</param>
/// <param name="Biases">b_1, …, b_n.</param>
internal sealed record SmoothNetwork(Activation Activation, IReadOnlyList<Rational[,]> Weights, IReadOnlyList<Rational[]> Biases)
{
    internal int Inputs => Weights[0].GetLength(1);

    internal Rational[] Evaluate(Rational[] point) => Preactivations(point)[^1];

    internal Rational[][] Preactivations(Rational[] point)
    {
        var values = new Rational[Weights.Count][];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Add(Multiply(Weights[i], i == 0 ? point : [.. values[i - 1].Select(Activation.Value)]), Biases[i]);
        }

        return values;
    }

    /// <summary>The chain rule with a given g', [n_c, n_0].</summary>
    internal Rational[,] Jacobian(Rational[] point, Func<Rational, Rational> derivative)
    {
        var values = Preactivations(point);
        var product = Weights[0];
        for (var i = 1; i < Weights.Count; i++)
        {
            var inner = product;
            Rational Masked(int row, int column) => derivative(values[i - 1][row]) * inner[row, column];
            product = Multiply(Weights[i], Build(inner.GetLength(0), inner.GetLength(1), Masked));
        }

        return product;
    }

    /// <summary>
    /// H with ‖J(x) − J(y)‖_∞ ≤ H‖x − y‖_∞ for all x, y with entries up to <paramref name="reach"/>. Layer by layer: with L the Lipschitz
    /// constant of the pre-activations and H that of their Jacobian, a hidden layer turns them into GL and 2L² + GH, and its weights
    /// multiply both by ‖W‖_∞.
    /// </summary>
    internal Rational Modulus(Rational reach)
    {
        var (lipschitz, modulus, largest) = ((Rational)1, (Rational)0, reach);
        for (var i = 0; i < Weights.Count; i++)
        {
            var norm = Fractions.Norm(Weights[i], double.PositiveInfinity);
            var (z, l, h) = ((norm * largest) + Biases[i].Max(Rational.Abs), norm * lipschitz, norm * modulus);
            if (i == Weights.Count - 1)
            {
                return h;
            }

            var bound = Activation.Bound(z);
            modulus = (Activation.LipschitzOfDerivative * l * l) + (bound.Derivative * h);
            (lipschitz, largest) = (bound.Derivative * l, bound.Value);
        }

        return modulus;
    }

    /// <inheritdoc/>
    public override string ToString() => $"g = {Activation.Name}, {new Fixtures.Networks.ReluNetwork<Rational>(Weights, Biases)}";

    /// <summary>
    /// 1 or 2 hidden layers, 1 to 3 units, inputs and outputs, weights and biases of halves up to 1½; half of the networks without biases.
    /// </summary>
    /// <param name="hidden">The largest number of hidden layers.</param>
    /// <param name="activations">What g is drawn from.</param>
    internal static Gen<SmoothNetwork> Generator(int hidden, params Activation[] activations) =>
        from layers in Gen.Choose(2, hidden + 1)
        from widths in Gen.ArrayOf(Gen.Choose(1, 3), layers + 1)
        from weights in Gen.CollectToArray(Enumerable.Range(0, layers), i => Matrices(widths[i + 1], widths[i]))
        from biases in Gen.CollectToArray(Enumerable.Range(0, layers), i => Halves(widths[i + 1]))
        from withBiases in Gen.Elements(true, false)
        from activation in Gen.Elements(activations)
        select new SmoothNetwork(activation, weights, withBiases ? biases : [.. biases.Select(bias => new Rational[bias.Length])]);

    private static Gen<Rational[,]> Matrices(int rows, int columns) =>
        Halves(rows * columns).Select(entries => Build(rows, columns, (row, column) => entries[(row * columns) + column]));

    /// <summary>Multiples of ½ up to 1½.</summary>
    internal static Gen<Rational[]> Halves(int count) => Gen.ArrayOf(Gen.Choose(-3, 3).Select(value => new Rational(value, 2)), count);
}

/// <summary>A smooth network and a segment, or a point and a direction.</summary>
internal sealed record SmoothSegment(SmoothNetwork Network, Rational[] From, Rational[] To)
{
    internal Rational[] Direction => Minus(To, From);

    internal Rational Reach => Rational.Max(From.Max(Rational.Abs), To.Max(Rational.Abs));

    internal Rational[] At(Rational t) => Fractions.Along(From, Direction, t);

    /// <inheritdoc/>
    public override string ToString() => $"{Network} from [{string.Join(' ', From)}] to [{string.Join(' ', To)}]";

    internal static Arbitrary<SmoothSegment> Arbitrary(int hidden, params Activation[] activations) => Arb.From(
        from network in SmoothNetwork.Generator(hidden, activations)
        from start in SmoothNetwork.Halves(network.Inputs)
        from end in SmoothNetwork.Halves(network.Inputs)
        from origin in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new SmoothSegment(network, origin ? new Rational[network.Inputs] : start, end));
}
