using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Equation 3.11: the linear spline, by an index that is unique except at inner data points, where two give the same value.
/// </summary>
public sealed class Eq311_LinearSpline
{
    [Claim("smoothness.eq-3.11")]
    public void RandomData_EveryIndexThatFits_GivesTheSameValue() =>
        ExactInstances.Satisfy("eq. 3.11 for every i with x_i ≤ x ≤ x_(i+1) = spline", Interpolation.Arbitrary, instance =>
            instance.Interpolant.Knots.All(x => ByIndex(instance.Data, x).All(value => value == instance.ItsSpline.At(x))));

    /// <summary>Through (0, 0), (1, 2), (3, 0): at 2 it is 2 − (2 − 1) = 1; only i = 2 fits.</summary>
    [Claim("smoothness.eq-3.11")]
    public void ThreePoints_ByHand()
    {
        (Rational, Rational)[] data = [(0, 0), (1, 2), (3, 0)];
        ByIndex(data, 2).Should().Equal(1);
        Interpolation.Spline.Run(data).At(2).Should().Be((Rational)1);
    }

    /// <summary>
    /// Through (0, 0), (1, 1), (2, 0): at x = 1 both i = 1 and i = 2 satisfy x_i ≤ x ≤ x_(i+1), so the index is not unique.
    /// </summary>
    [Claim("smoothness.eq-3.11", Role.Counterexample)]
    public void InnerDataPoint_HasTwoIndices()
    {
        var values = ByIndex([(0, 0), (1, 1), (2, 0)], 1).ToArray();
        values.Should().Equal([1, 1], "both give the same value");
        Evidence.Record(new Measurement(
            "indices i with x_i ≤ 1 ≤ x_(i+1) for the data at 0, 1, 2", values.Length, "1 as printed: a unique index")
            { Dtype = "exact (integers)" });
    }

    /// <summary>With other labels at the shared point the two pieces disagree: they have to be pieces of one function.</summary>
    [Claim("smoothness.eq-3.11", Role.Control)]
    public void PiecesOfTwoFunctions_AreCaught() =>
        ByIndex([(0, 0), (1, 1)], 1).Should().NotEqual(ByIndex([(1, 2), (2, 0)], 1));

    private static IEnumerable<Rational> ByIndex((Rational X, Rational Y)[] data, Rational x) =>
        from pair in data.Zip(data.Skip(1))
        where pair.First.X <= x && x <= pair.Second.X
        select pair.First.Y + ((pair.Second.Y - pair.First.Y) / (pair.Second.X - pair.First.X) * (x - pair.First.X));
}
