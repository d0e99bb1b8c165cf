using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>The variation of a function over one partition.</summary>
internal static class PartitionVariation
{
    /// <summary>Eq. 1.10 for one partition: Σ |f(x_i) − f(x_(i−1))|.</summary>
    internal static readonly UnderTest<Func<IReadOnlyList<Rational>, Rational>> Sum = new(
        values => Rational.Sum(Steps(values).Select(Rational.Abs)),
        ("variation-without-magnitudes", values => Rational.Sum(Steps(values))),
        ("variation-of-squares", values => Rational.Sum(Steps(values).Select(step => step * step))),
        ("variation-without-first-step", values => Rational.Sum(Steps(values).Skip(1).Select(Rational.Abs))),
        ("variation-largest-step", values => Steps(values).Select(Rational.Abs).Max()));

    /// <summary>f(x_i) − f(x_(i−1)).</summary>
    internal static IEnumerable<Rational> Steps(IReadOnlyList<Rational> values) => values.Skip(1).Zip(values, (next, one) => next - one);
}
