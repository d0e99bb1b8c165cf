using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Design.Support.VectorAlgebra;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Design.Support;

/// <summary>
/// An exponential family on finitely many outcomes with integer statistics, at one natural parameter θ given by r = exp θ: outcome k has
/// a probability proportional to w_k ∏ r_i^(T_ki), a fraction. Bernoulli, binomial and categorical distributions are of this kind.
/// </summary>
/// <param name="Statistics">T, one row per outcome, [K, d].</param>
/// <param name="Base">w, positive: the base measure.</param>
/// <param name="Odds">r, positive.</param>
internal sealed record FiniteFamily(IReadOnlyList<int[]> Statistics, Rational[] Base, Rational[] Odds)
{
    /// <summary>d.</summary>
    internal int Dimension => Odds.Length;

    /// <summary>w_k ∏ r_i^(T_ki).</summary>
    internal Rational[] Weights =>
        [.. Statistics.Select((row, k) => Base[k] * Fractions.Product(row.Select((power, i) => Power(Odds[i], power))))];

    /// <summary>exp Ψ(θ).</summary>
    internal Rational Normaliser => Rational.Sum(Weights);

    /// <summary>Of the outcomes; they sum to 1.</summary>
    internal Rational[] Probabilities => Times(1 / Normaliser, Weights);

    /// <summary>E[g(T)], a sum over the outcomes.</summary>
    internal Rational Expect(Func<Rational[], Rational> function) =>
        Rational.Sum(Probabilities.Zip(Statistics, (p, row) => p * function([.. row.Select(entry => (Rational)entry)])));

    /// <summary>E[T], summed over the outcomes.</summary>
    internal Rational[] Mean => [.. Enumerable.Range(0, Dimension).Select(i => Expect(t => t[i]))];

    /// <summary>
    /// The first four derivatives of Ψ = log Σ w exp⟨θ, T⟩ along a direction, from the power series of the logarithm and without an
    /// expectation: with S(ε) = Σ s_n εⁿ the coefficients of log S follow from S·(log S)′ = S′.
    /// </summary>
    internal Rational[] CumulantDerivatives(Rational[] direction)
    {
        var weights = Weights;
        var along = Statistics.Select(row => Rational.Sum(row.Select((entry, i) => entry * direction[i]))).ToArray();
        var factorial = new Rational[] { 1, 1, 2, 6, 24 };
        Rational Moment(int n) => Rational.Sum(weights.Zip(along, (w, t) => w * Power(t, n)));
        var series = factorial.Select((value, n) => Moment(n) / value).ToArray();
        var logarithm = new Rational[5];
        for (var n = 1; n < 5; n++)
        {
            var lower = Rational.Sum(Enumerable.Range(1, n - 1).Select(k => k * logarithm[k] * series[n - k]));
            logarithm[n] = (series[n] - (lower / n)) / series[0];
        }

        return [.. Enumerable.Range(1, 4).Select(n => factorial[n] * logarithm[n])];
    }

    /// <summary>E[∂ log p ∂ log p] under a law on the outcomes, the family's own or another, with the score T − S′/S at this θ.</summary>
    internal Rational[,] Information(Rational[] law)
    {
        var (normaliser, weights) = (Normaliser, Weights);
        Rational Slope(int i) => Rational.Sum(weights.Select((w, k) => w * Statistics[k][i])) / normaliser;
        Rational[] slope = [.. Enumerable.Range(0, Dimension).Select(Slope)];
        var scores = Statistics.Select(row => row.Select((entry, i) => entry - slope[i]).ToArray()).ToArray();
        return Arrays.Build(Dimension, Dimension, (i, j) => Rational.Sum(law.Select((p, k) => p * scores[k][i] * scores[k][j])));
    }

    /// <inheritdoc cref="Information(Rational[])"/>
    internal Rational[,] Information() => Information(Probabilities);

    /// <summary>e_i, or the sum of several.</summary>
    internal Rational[] Axis(params int[] ones) => [.. Enumerable.Range(0, Dimension).Select(i => (Rational)ones.Count(one => one == i))];

    /// <summary>∇²Ψ, from second derivatives along e_i, e_j and e_i + e_j.</summary>
    internal Rational[,] CumulantHessian()
    {
        Rational Along(params int[] ones) => CumulantDerivatives(Axis(ones))[1];
        return Arrays.Build(Dimension, Dimension, (i, j) => (Along(i, j) - Along(i) - Along(j)) / 2);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"T = {string.Join("; ", Statistics.Select(row => Text(row.Select(entry => (Rational)entry))))}, w = {Text(Base)}, "
            + $"exp θ = {Text(Odds)}";

    /// <summary>n trials: T = 0, …, n with weights C(n, T); n = 1 is Bernoulli.</summary>
    internal static FiniteFamily Binomial(int trials, Rational odds) =>
        new(
            [.. Enumerable.Range(0, trials + 1).Select(count => new[] { count })],
            [.. Enumerable.Range(0, trials + 1).Select(count => Choose(trials, count))],
            [odds]);

    /// <summary>C(n, k).</summary>
    internal static Rational Choose(int trials, int count) =>
        Enumerable.Range(1, count).Aggregate((Rational)1, (product, i) => product * (trials - count + i) / i);

    /// <summary>
    /// One to three parameters, one to six outcomes, also repeated outcomes and constant statistics; base weights and odds between 10⁻⁶
    /// and 10⁶. Shrinks to fewer outcomes and to weights and odds of one.
    /// </summary>
    internal static Arbitrary<FiniteFamily> Arbitrary { get; } = Arb.From(
        from dimension in Gen.Choose(1, 3)
        from outcomes in Gen.Choose(1, 6)
        from statistics in Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(-2, 3), dimension), outcomes)
        from weights in Gen.ArrayOf(Positive, outcomes)
        from odds in Gen.ArrayOf(Positive, dimension)
        select new FiniteFamily(statistics, weights, odds),
        Shrink);

    private static Gen<Rational> Positive => Gen.Frequency(
        (3, Gen.Constant((Rational)1)),
        (4, Gen.Choose(1, 9).Zip(Gen.Choose(1, 9)).Select(pair => new Rational(pair.Item1, pair.Item2))),
        (1, Gen.Elements(new Rational(1, 1_000_000), new Rational(1_000_000, 1))));

    private static IEnumerable<FiniteFamily> Shrink(FiniteFamily family)
    {
        if (family.Base.Length > 1)
        {
            yield return family with { Statistics = [.. family.Statistics.SkipLast(1)], Base = family.Base[..^1] };
        }

        var ones = family with { Base = [.. family.Base.Select(_ => (Rational)1)], Odds = [.. family.Odds.Select(_ => (Rational)1)] };
        if (ones.ToString() != family.ToString())
        {
            yield return ones;
        }
    }
}
