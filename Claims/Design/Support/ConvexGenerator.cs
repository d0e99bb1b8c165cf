using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Design.Support.VectorAlgebra;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Design.Support;

/// <summary>
/// Φ(x) = ½‖Ax‖² + ¼ Σ q_i x_i⁴ + ⟨b, x⟩ + c with A lower triangular. It is strictly convex when every coordinate has q_i &gt; 0 or a
/// diagonal entry A_ii ≠ 0 (with q_i ≥ 0), also where its Hessian vanishes, as that of x⁴ does at 0.
/// </summary>
/// <param name="Factor">A, [d, d].</param>
/// <param name="Quartic">q.</param>
/// <param name="Linear">b.</param>
/// <param name="Constant">c.</param>
internal sealed record ConvexGenerator(Rational[,] Factor, Rational[] Quartic, Rational[] Linear, Rational Constant)
{
    /// <summary>d.</summary>
    internal int Dimension => Linear.Length;

    /// <summary>Φ in one dimension without a quadratic part: a·x⁴.</summary>
    internal static ConvexGenerator FourthPower(Rational factor) => new(new Rational[,] { { 0 } }, [4 * factor], [0], 0);

    /// <summary>Φ(x).</summary>
    internal Rational Value(Rational[] point)
    {
        var image = Arrays.Multiply(Factor, point);
        return (Dot(image, image) / 2) + (Dot(Quartic, [.. point.Select(x => Power(x, 4))]) / 4) + Dot(Linear, point) + Constant;
    }

    /// <summary>∇Φ(x).</summary>
    internal Rational[] Gradient(Rational[] point) =>
        Arrays.Add(Arrays.Add(QuadraticTimes(point), [.. point.Select((x, i) => Quartic[i] * Power(x, 3))]), Linear);

    /// <summary>∇²Φ(x)v.</summary>
    internal Rational[] HessianTimes(Rational[] point, Rational[] direction) =>
        Arrays.Add(QuadraticTimes(direction), [.. point.Select((x, i) => 3 * Quartic[i] * x * x * direction[i])]);

    /// <summary>The quadratic part with its conjugate Ψ(θ) = ½‖A⁻ᵀ(θ − b)‖² − c. Needs an invertible A.</summary>
    internal LegendrePair<Rational> QuadraticPair()
    {
        var quadratic = this with { Quartic = new Rational[Dimension] };
        return new(
            $"{quadratic}",
            quadratic.Value,
            quadratic.Gradient,
            natural =>
            {
                var image = SolveTransposed(Minus(natural, Linear));
                return (Dot(image, image) / 2) - Constant;
            },
            natural => Solve(SolveTransposed(Minus(natural, Linear))));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"½‖Ax‖² + ¼Σqx⁴ + ⟨b, x⟩ + {Constant}, A = {Fractions.Show(Factor)}, q = {Text(Quartic)}, b = {Text(Linear)}";

    // AᵀAv.
    private Rational[] QuadraticTimes(Rational[] vector) =>
        Arrays.Multiply(Arrays.Transpose(Factor), Arrays.Multiply(Factor, vector));

    // Ax = v, from the top.
    private Rational[] Solve(Rational[] values)
    {
        var result = new Rational[Dimension];
        for (var i = 0; i < Dimension; i++)
        {
            var known = Rational.Sum(Enumerable.Range(0, i).Select(j => Factor[i, j] * result[j]));
            result[i] = (values[i] - known) / Factor[i, i];
        }

        return result;
    }

    // Aᵀx = v, from the bottom.
    private Rational[] SolveTransposed(Rational[] values)
    {
        var result = new Rational[Dimension];
        for (var i = Dimension - 1; i >= 0; i--)
        {
            var known = Rational.Sum(Enumerable.Range(i + 1, Dimension - i - 1).Select(j => Factor[j, i] * result[j]));
            result[i] = (values[i] - known) / Factor[i, i];
        }

        return result;
    }
}

/// <summary>A strictly convex function and three points.</summary>
/// <param name="Generator">Φ.</param>
/// <param name="First">Such as z.</param>
/// <param name="Second">Such as y.</param>
/// <param name="Third">A further one.</param>
/// <param name="Share">Strictly between 0 and 1.</param>
internal sealed record GeneratorAtPoints(ConvexGenerator Generator, Rational[] First, Rational[] Second, Rational[] Third, Rational Share)
{
    /// <summary>
    /// One to four dimensions; quadratic, quartic and mixed; integers and fractions; equal points, points at the origin, collinear points;
    /// scales 10⁻⁶ and 10⁶. Shrinks to fewer dimensions and to integers.
    /// </summary>
    internal static Arbitrary<GeneratorAtPoints> Arbitrary { get; } = Arb.From(Instance(quartic: true), Shrink);

    /// <summary>The same with quadratic Φ, whose conjugate is a polynomial as well.</summary>
    internal static Arbitrary<GeneratorAtPoints> Quadratic { get; } = Arb.From(Instance(quartic: false), Shrink);

    /// <inheritdoc/>
    public override string ToString() => $"Φ = {Generator} at {Text(First)}, {Text(Second)}, {Text(Third)}, share {Share}";

    private static Gen<Rational> Entry => Gen.Frequency(
        (4, Gen.Choose(-3, 3).Select(value => (Rational)value)),
        (2, Gen.Choose(-20, 20).Zip(Gen.Choose(1, 9)).Select(pair => new Rational(pair.Item1, pair.Item2))));

    private static Gen<Rational> NotZero => Gen.Frequency(
        (4, Gen.Elements(-2, -1, 1, 2, 3).Select(value => (Rational)value)),
        (1, Gen.Elements(new Rational(1, 1_000_000), new Rational(1_000_000, 1), new Rational(2, 7))));

    private static Gen<GeneratorAtPoints> Instance(bool quartic) =>
        from dimension in Gen.Choose(1, 4)
        from kind in quartic ? Gen.Choose(0, 2) : Gen.Constant(0)
        from below in Gen.ArrayOf(Entry, dimension * dimension)
        from diagonal in Gen.ArrayOf(NotZero, dimension)
        from fourth in Gen.ArrayOf(NotZero, dimension)
        from linear in Gen.ArrayOf(Entry, dimension)
        from constant in Entry
        from points in Gen.ArrayOf(Gen.ArrayOf(Entry, dimension), 3)
        from equal in Gen.Frequency((7, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(2)), (1, Gen.Constant(3)))
        from share in Gen.Choose(1, 9)
        select new GeneratorAtPoints(
            new ConvexGenerator(
                Arrays.Build(dimension, dimension, (row, column) =>
                    kind == 1 || column > row ? 0 : column == row ? diagonal[row] : below[(row * dimension) + column]),
                kind == 0 ? new Rational[dimension] : [.. fourth.Select(Rational.Abs)],
                linear,
                constant),
            equal == 2 ? new Rational[dimension] : points[0],
            equal == 1 ? points[0] : points[1],
            equal == 3 ? Times(2, points[0]) : points[2],
            new Rational(share, 10));

    private static IEnumerable<GeneratorAtPoints> Shrink(GeneratorAtPoints instance)
    {
        var (generator, first, second, third, share) = instance;
        if (generator.Dimension > 1)
        {
            var smaller = generator.Dimension - 1;
            yield return new GeneratorAtPoints(
                new ConvexGenerator(
                    Arrays.Build(smaller, smaller, (row, column) => generator.Factor[row, column]),
                    generator.Quartic[..smaller],
                    generator.Linear[..smaller],
                    generator.Constant),
                first[..smaller],
                second[..smaller],
                third[..smaller],
                share);
        }

        var simpler = instance with
        {
            Generator = generator with { Linear = new Rational[generator.Dimension], Constant = 0 },
            Third = second,
            Share = new Rational(1, 2),
        };
        foreach (var candidate in new[] { simpler, instance with { First = Whole(first) }, instance with { Second = Whole(second) } })
        {
            if (candidate.ToString() != instance.ToString())
            {
                yield return candidate;
            }
        }
    }

    private static Rational[] Whole(Rational[] point) => [.. point.Select(value => (Rational)(value.Numerator / value.Denominator))];
}
