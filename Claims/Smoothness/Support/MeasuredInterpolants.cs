using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>Interpolants as two-layer networks, measured by the library.</summary>
internal static class MeasuredInterpolants
{
    /// <summary>
    /// Of random interpolants and their splines: the library's variation is the exact one, and the spline's is the least.
    /// </summary>
    /// <param name="name">Of what varies.</param>
    /// <param name="measure">The library's variation along a segment.</param>
    /// <param name="exact">The same in fractions.</param>
    /// <param name="least">The spline's.</param>
    internal static void AreAtLeastTheSpline(
        string name,
        Func<SmallNetwork, double[], double[], double> measure,
        Func<PiecewiseLinear, Rational> exact,
        Func<Interpolation, Rational> least) =>
        Instances.Satisfy(
            $"|library's TV of {name} − that in fractions|, interpolant and spline, and the spline's excess",
            Interpolation.Arbitrary,
            instance =>
            {
                var (ofSpline, ofInterpolant) = (least(instance), exact(instance.Interpolant));
                return Deviation.Worse(
                    Of(instance.ItsSpline, ofSpline),
                    ofInterpolant >= ofSpline ? Of(instance.Interpolant, ofInterpolant) : Deviation.Exact(false));

                // The network's own numbers are rounded: kinks are in thirds.
                Deviation Of(PiecewiseLinear f, Rational expected) => Compare(f, measure, expected);
            },
            Resolution.Reason,
            count: 100);

    /// <summary>The network of a function, measured along its interval, against the exact value.</summary>
    internal static Deviation Compare(PiecewiseLinear f, Func<SmallNetwork, double[], double[], double> measure, Rational expected)
    {
        var (network, from, to) = (Remark_OneDimension.Represent.Run(f), f.Knots[0], f.Knots[^1]);
        var measured = measure(network.ToSmallNetwork(), [from.ToDouble()], [to.ToDouble()]);
        return new Deviation(Math.Abs(measured - expected.ToDouble()), Resolution.Of(network, from, to));
    }
}
