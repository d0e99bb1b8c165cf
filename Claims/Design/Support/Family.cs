using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Shared;
using static Reproduce.Claims.Design.Support.VectorAlgebra;

namespace Reproduce.Claims.Design.Support;

/// <summary>
/// A regular exponential family in closed form: natural parameter θ, statistic t, density exp(⟨t, θ⟩ − Ψ(θ)) with respect to a base
/// measure, and Φ conjugate to Ψ.
/// </summary>
/// <param name="Pair">Φ and Ψ with their gradients.</param>
/// <param name="Natural">θ from numbers in [−6, 6], as many as the family has parameters.</param>
/// <param name="Dimension">The number of parameters.</param>
/// <param name="Statistics">Values of t that the family takes and at which Φ is finite; empty where there are none.</param>
/// <param name="LogMass">The textbook's log-density at t in terms of the mean, without the base measure.</param>
/// <param name="Condition">How much the closed forms amplify rounding at a mean: 1/(1 − μ) where 1 − μ is formed, say.</param>
internal sealed record Family(
    LegendrePair<double> Pair,
    Func<double[], double[]> Natural,
    int Dimension,
    IReadOnlyList<double[]> Statistics,
    Func<double[], double[], double> LogMass,
    Func<double[], double> Condition)
{
    /// <summary>
    /// Families whose mean has a closed form. The last one's statistic (x, x²) always lies on the boundary of its means.
    /// </summary>
    internal static IReadOnlyList<Family> All { get; } =
    [
        new(
            new("normal, variance 1", m => m[0] * m[0] / 2, m => m, n => n[0] * n[0] / 2, n => n),
            raw => raw,
            1,
            Numbers(-3, -0.5, 0, 1, 2.75),
            (t, m) => ((t[0] * t[0]) - ((t[0] - m[0]) * (t[0] - m[0]))) / 2,
            _ => 1),
        new(
            new(
                "Bernoulli",
                m => XLogX(m[0]) + XLogX(1 - m[0]),
                m => [Math.Log(m[0] / (1 - m[0]))],
                n => Softplus(n[0]),
                n => [Logistic(n[0])]),
            raw => raw,
            1,
            Numbers(0, 1),
            (t, m) => t[0] == 1 ? Math.Log(m[0]) : Math.Log(1 - m[0]),
            m => 1 / (1 - m[0])),
        new(
            new(
                "binomial of 3",
                m => XLogX(m[0]) + XLogX(3 - m[0]) - XLogX(3),
                m => [Math.Log(m[0] / (3 - m[0]))],
                n => 3 * Softplus(n[0]),
                n => [3 * Logistic(n[0])]),
            raw => raw,
            1,
            Numbers(0, 1, 2, 3),
            (t, m) => (t[0] * Math.Log(m[0] / 3)) + ((3 - t[0]) * Math.Log(1 - (m[0] / 3))),
            m => 3 / (3 - m[0])),
        new(
            new("Poisson", m => XLogX(m[0]) - m[0], m => [Math.Log(m[0])], n => Math.Exp(n[0]), n => [Math.Exp(n[0])]),
            raw => raw,
            1,
            Numbers(0, 1, 2, 7, 20),
            (t, m) => (t[0] * Math.Log(m[0])) - m[0],
            _ => 1),
        new(
            new("exponential", m => -1 - Math.Log(m[0]), m => [-1 / m[0]], n => -Math.Log(-n[0]), n => [-1 / n[0]]),
            raw => [-Math.Exp(raw[0] / 2)],
            1,
            Numbers(0.125, 1, 5),
            (t, m) => -Math.Log(m[0]) - (t[0] / m[0]),
            _ => 1),
        new(
            new(
                "geometric",
                m => XLogX(m[0]) - XLogX(1 + m[0]),
                m => [Math.Log(m[0] / (1 + m[0]))],
                n => -Math.Log(1 - Math.Exp(n[0])),
                n => [Math.Exp(n[0]) / (1 - Math.Exp(n[0]))]),
            raw => [-Math.Exp(raw[0] / 2)],
            1,
            Numbers(0, 1, 4),
            (t, m) => (t[0] * Math.Log(m[0] / (1 + m[0]))) - Math.Log(1 + m[0]),
            m => 1 + m[0]),
        Categorical(2),
        Categorical(4),
        new(
            new(
                "normal, mean and variance",
                m => -(Math.Log(m[1] - (m[0] * m[0])) / 2) - 0.5,
                m => [m[0] / (m[1] - (m[0] * m[0])), -1 / (2 * (m[1] - (m[0] * m[0])))],
                n => -(n[0] * n[0] / (4 * n[1])) - (Math.Log(-2 * n[1]) / 2),
                n => [-n[0] / (2 * n[1]), (n[0] * n[0] / (4 * n[1] * n[1])) - (1 / (2 * n[1]))]),
            raw => [raw[0], -Math.Exp(raw[1] / 2)],
            2,
            [],
            (_, _) => double.NaN,
            m => m[1] / (m[1] - (m[0] * m[0]))),
    ];

    /// <summary>What <see cref="Allowed"/> allows, in words.</summary>
    internal const string Tolerance = "64u·c·(1 + ‖θ‖)(1 + ‖μ‖), c the condition of the closed forms, such as 1/(1 − μ)";

    /// <summary>
    /// What rounding explains in an identity between values of Φ, Ψ and products of θ and μ: each is a handful of elementary functions of
    /// arguments with a relative error of a few u, which 1 − μ and the like magnify by at most c.
    /// </summary>
    internal double Allowed(double[] natural, double[] mean) =>
        64 * Rounding.Unit * Condition(mean) * (1 + natural.Sum(Math.Abs)) * (1 + mean.Sum(Math.Abs));

    /// <inheritdoc/>
    public override string ToString() => Pair.Name;

    /// <summary>x·log x, and 0 at 0.</summary>
    internal static double XLogX(double value) => value == 0 ? 0 : value * Math.Log(value);

    private static double Softplus(double value) => Math.Max(0, value) + Math.Log(1 + Math.Exp(-Math.Abs(value)));

    private static double Logistic(double value) => 1 / (1 + Math.Exp(-value));

    // The classes but the last have a logit; the last has logit 0.
    private static Family Categorical(int logits) => new(
        new(
            $"categorical of {logits + 1}",
            m => m.Sum(XLogX) + XLogX(1 - m.Sum()),
            m => [.. m.Select(share => Math.Log(share / (1 - m.Sum())))],
            n => Math.Log(1 + n.Sum(Math.Exp)),
            n => [.. n.Select(value => Math.Exp(value) / (1 + n.Sum(Math.Exp)))]),
        raw => raw,
        logits,
        [new double[logits], .. Enumerable.Range(0, logits).Select(one => Vectors.Axis(logits, one))],
        (t, m) => Math.Log(t.Contains(1) ? m[Array.IndexOf(t, 1)] : 1 - m.Sum()),
        m => 1 / (1 - m.Sum()));

    private static double[][] Numbers(params double[] values) => [.. values.Select(value => new[] { value })];
}

/// <summary>A family and two of its natural parameters.</summary>
/// <param name="Family">The family.</param>
/// <param name="First">θ.</param>
/// <param name="Second">Another, or the same.</param>
internal sealed record FamilyAtParameters(Family Family, double[] First, double[] Second)
{
    /// <summary>Every family; parameters near zero, at the ends of their range, equal and almost equal ones.</summary>
    internal static Arbitrary<FamilyAtParameters> Arbitrary => Of(Support.Family.All);

    /// <summary>The same for some of the families.</summary>
    internal static Arbitrary<FamilyAtParameters> Of(IEnumerable<Family> families) => Arb.From(
        from family in Gen.Elements(families)
        from first in Gen.ArrayOf(Entry, family.Dimension)
        from second in Gen.Frequency(
            (5, Gen.ArrayOf(Entry, family.Dimension)),
            (1, Gen.Constant(first)),
            (1, Gen.Constant(first.Select(value => value / (1 + 1e-3)).ToArray())))
        select new FamilyAtParameters(family, family.Natural(first), family.Natural(second)));

    /// <inheritdoc/>
    public override string ToString() => $"{Family} at θ = {Text(First)} and {Text(Second)}";

    private static Gen<double> Entry => Gen.Frequency(
        (6, Gen.Choose(-6000, 6000).Select(value => value / 1000.0)),
        (1, Gen.Elements(-6.0, 0.0, 1e-6, 6.0)));
}
