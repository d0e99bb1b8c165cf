using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Design.Support;

/// <summary>
/// What the chain rule sees of a feedforward network at one point: its weights, the derivatives of its activations there (an
/// activation after every layer, the last included, as in the paper's equation 20), and the metric of its outputs. All exact.
/// </summary>
/// <param name="Weights">W_1, …, W_n as [n_l, n_(l−1)].</param>
/// <param name="Derivatives">c'_1, …, c'_n, n_l numbers each.</param>
/// <param name="Metric">H = ∂∂ψ(f(x)), [n_n, n_n], symmetric and positive semidefinite.</param>
/// <param name="MetricNorm">σ_ψ, its largest eigenvalue.</param>
internal sealed record LayerChain(
    IReadOnlyList<Rational[,]> Weights, IReadOnlyList<Rational[]> Derivatives, Rational[,] Metric, Rational MetricNorm)
{
    /// <summary>Activations that are 1-Lipschitz and never fall: derivatives in [0, 1].</summary>
    internal static Arbitrary<LayerChain> Arbitrary { get; } = Arb.From(Generator(lowest: 0), Shrink);

    /// <summary>Activations that are 1-Lipschitz: derivatives in [−1, 1].</summary>
    internal static Arbitrary<LayerChain> OfAnySign { get; } = Arb.From(Generator(lowest: -4), Shrink);

    /// <summary>J = D_n W_n ⋯ D_1 W_1, [n_n, n_0].</summary>
    internal Rational[,] Jacobian =>
        Weights.Zip(Derivatives, (weight, derivative) => Arrays.Multiply(Fractions.Diagonal(derivative), weight))
            .Aggregate((product, layer) => Arrays.Multiply(layer, product));

    /// <summary>ζ = JᵀHJ, [n_0, n_0].</summary>
    internal Rational[,] Zeta => Fractions.PullBack(Jacobian, Metric);

    /// <summary>The chain of a ReLU network at a point, with the square loss; a unit with pre-activation 0 counts as off.</summary>
    internal static LayerChain Of(ReluNetwork<Rational> network, Rational[] point)
    {
        var preactivations = network.Evaluate(point).Preactivations;
        return new LayerChain(
            network.Weights,
            [.. preactivations.Select((layer, i) =>
                layer.Select(value => i == network.Layers - 1 || value > 0 ? (Rational)1 : 0).ToArray())],
            Fractions.Identity(network.Outputs),
            1);
    }

    /// <summary>Whether no hidden unit has the pre-activation 0 at the point.</summary>
    internal static bool IsOffTheKinks(ReluNetwork<Rational> network, Rational[] point) =>
        network.Evaluate(point).Preactivations.SkipLast(1).All(layer => layer.All(value => value != 0));

    /// <summary>
    /// Every path from an input to an output with one unit a layer: where it starts and ends, the product of its weights, and L_p, the
    /// product of the derivatives at its units.
    /// </summary>
    internal IEnumerable<(int Start, int End, Rational Weights, Rational Factor)> Paths()
    {
        IEnumerable<(int, int, Rational, Rational)> From(int start, int layer, int unit, Rational weights, Rational factor) =>
            layer == Weights.Count
                ? [(start, unit, weights, factor)]
                : Enumerable.Range(0, Derivatives[layer].Length).SelectMany(next =>
                    From(start, layer + 1, next, weights * Weights[layer][next, unit], factor * Derivatives[layer][next]));

        return Enumerable.Range(0, Weights[0].GetLength(1)).SelectMany(start => From(start, 0, start, 1, 1));
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string Layer(Rational[,] weight, int i) => $"W{i + 1} = {Fractions.Show(weight)}, c'{i + 1} = [{string.Join(' ', Derivatives[i])}]";
        return $"{string.Join(", ", Weights.Select(Layer))}, H = {Fractions.Show(Metric)}";
    }

    // Layers of width 1, matrices of zeros, dead layers, metrics of rank 0 and 1.
    private static Gen<LayerChain> Generator(int lowest) =>
        from layers in Gen.Choose(1, 4)
        from widths in Gen.ArrayOf(Gen.Frequency((1, Gen.Constant(1)), (3, Gen.Choose(2, 4))), layers + 1)
        from weights in Gen.CollectToArray(Enumerable.Range(0, layers), i => Matrix(widths[i + 1], widths[i]))
        from derivatives in Gen.CollectToArray(Enumerable.Range(0, layers), i => Slopes(widths[i + 1], lowest))
        from entries in Gen.ArrayOf(Gen.Choose(-3, 3), widths[^1])
        from kind in Gen.Choose(0, 2)
        let vector = Fractions.Of(entries)
        let metric = kind switch
        {
            0 => (Fractions.Identity(vector.Length), (Rational)1),
            1 => (Fractions.Diagonal([.. vector.Select(Rational.Abs)]), vector.Select(Rational.Abs).Max()),
            _ => (Arrays.Build(vector.Length, vector.Length, (row, column) => vector[row] * vector[column]), Arrays.Dot(vector, vector)),
        }
        select new LayerChain(weights, derivatives, metric.Item1, metric.Item2);

    private static Gen<Rational[,]> Matrix(int rows, int columns) =>
        from entries in Gen.ArrayOf(Gen.Choose(-3, 3), rows * columns)
        from scale in Gen.Frequency((1, Gen.Constant(0)), (12, Gen.Constant(1)))
        select Arrays.Build(rows, columns, (row, column) => (Rational)(long)(scale * entries[(row * columns) + column]));

    // Quarters; all one (a linear layer), zeros and ones (ReLU), or anything.
    private static Gen<Rational[]> Slopes(int units, int lowest) =>
        from quarters in Gen.ArrayOf(Gen.Choose(lowest, 4), units)
        from kind in Gen.Choose(0, 2)
        select quarters.Select(quarter => kind switch
        {
            0 => 1,
            1 => quarter > 1 ? 1 : (Rational)0,
            _ => new Rational(quarter, 4),
        }).ToArray();

    private static IEnumerable<LayerChain> Shrink(LayerChain chain)
    {
        if (chain.Weights.Count > 1)
        {
            yield return chain with { Weights = [.. chain.Weights.Skip(1)], Derivatives = [.. chain.Derivatives.Skip(1)] };
        }

        for (var i = 0; i < chain.Weights.Count; i++)
        {
            if (chain.Derivatives[i].Any(slope => slope != 1))
            {
                var layer = i;
                Rational[] Simpler(Rational[] slopes, int index) => index == layer ? [.. slopes.Select(_ => (Rational)1)] : slopes;
                yield return chain with { Derivatives = [.. chain.Derivatives.Select(Simpler)] };
            }
        }
    }
}
