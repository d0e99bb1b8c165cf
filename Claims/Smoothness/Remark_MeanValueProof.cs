using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Smoothness.Support;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Numbers;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 3.3, the sketch of a proof that the spline minimises the variation of f′: by the mean value theorem f′ takes the slope of every
/// chord. That holds for differentiable f; for piecewise linear ones in the limit of smoothed versions, as sketched, or by a direct
/// argument.
/// </summary>
public sealed class Remark_MeanValueProof
{
    /// <summary>The slopes of f inside [from, to].</summary>
    private static readonly UnderTest<Func<PiecewiseLinear, Rational, Rational, IReadOnlyList<Rational>>> SlopesInside = new(
        (f, from, to) => [.. f.Slopes.Where((_, i) => IsInside(f, i, from, to))],
        ("slopes-of-the-first-piece-inside-alone", (f, from, to) => [f.Slopes.Where((_, i) => IsInside(f, i, from, to)).First()]),
        ("slopes-of-the-pieces-before", (f, from, to) =>
            [.. f.Slopes.Select((_, i) => f.Slopes[Math.Max(0, i - 1)]).Where((_, i) => IsInside(f, i, from, to))]));

    /// <summary>f averaged over [x − h, x + h]; beyond its ends f continues straight on.</summary>
    private static readonly UnderTest<Func<PiecewiseLinear, Rational, Rational, Rational>> Smoothed = new(
        (f, h, x) => Mean(f, x - h, x + h),
        ("smoothed-over-one-side", (f, h, x) => Mean(f, x, x + h)),
        ("smoothed-not-at-all", (f, _, x) => f.At(x)));

    /// <summary>The derivative of that: continuous, and linear between the knots ± h.</summary>
    private static readonly UnderTest<Func<PiecewiseLinear, Rational, Rational, Rational>> SmoothedSlope = new(
        (f, h, x) => (f.At(x + h) - f.At(x - h)) / (2 * h),
        ("smoothed-slope-of-one-side", (f, h, x) => (f.At(x + h) - f.At(x)) / h),
        ("smoothed-slope-doubled", (f, h, x) => (f.At(x + h) - f.At(x - h)) / h));

    private static readonly Rational[] Widths = [new(1, 2), new(1, 64)];

    /// <summary>
    /// Why smoothing is needed: max(0, 2x − 10) through (0, 0) and (10, 10) is not differentiable at 5. Its chord has slope 1, its
    /// derivative takes only the values 0 and 2.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.proof", Role.Control)]
    public void Tooth_DifferentiableDropped_NeverHasTheSlopeOfItsChord()
    {
        var slopes = SlopesInside.Run(PiecewiseLinear.Through((0, 0), (5, 0), (10, 10)), 0, 10);
        slopes.Should().Equal(0, 2);
        Evidence.Record(new Measurement(
            "values of the derivative of max(0, 2x − 10) between the data (0, 0) and (10, 10)",
            slopes.Count(slope => slope == 1),
            "control: it takes the chord's slope 1 nowhere")
            { Series = [.. slopes.Select(slope => slope.ToDouble())], Dtype = "exact (integers)" });
    }

    /// <summary>
    /// The function of eq. 3.14 has a continuous derivative and no second one at ±1, and the theorem applies: between −1 and 1 its chord is
    /// level and f′(0) = 0. One derivative is enough, where the sketch asks for two.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.proof")]
    public void Example314_WithOneDerivative_MeetsTheMeanValueTheorem()
    {
        static Rational OneSided(Rational h) => (Example314.Slope(1 + h) - Example314.Slope(1)) / h;
        OneSided(new Rational(1, 100)).Should().Be((Rational)0);
        OneSided(new Rational(-1, 100)).Should().Be((Rational)1);
        Example314.Slope(0).Should().Be((Example314.Value(1) - Example314.Value(-1)) / 2);
    }

    /// <summary>
    /// The argument of the sketch with one derivative: f averaged over ±h has a continuous one, which takes the slope of each of its own
    /// chords. It is linear between the knots ± h, so its values there, and that it is the derivative, can be checked exactly.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.proof")]
    public void RandomInterpolants_Smoothed_TakeTheSlopesOfTheirOwnChords() =>
        ForEveryWidth("chord of the smoothed f between the least and the largest of its slopes there", (instance, h) =>
        {
            var (f, stations) = (instance.Interpolant, Stations(instance, h));
            Rational Slope(Rational x) => SmoothedSlope.Run(f, h, x);
            bool IsDerivative(Rational from, Rational to) =>
                2 * (Smoothed.Run(f, h, to) - Smoothed.Run(f, h, from)) == (to - from) * (Slope(from) + Slope(to));
            return stations.Zip(stations.Skip(1)).All(piece => IsDerivative(piece.First, piece.Second))
                && instance.Chords.All(chord =>
                {
                    var slopes = stations.Where(x => chord.From <= x && x <= chord.To).Select(Slope).ToList();
                    var own = SmoothedChord(f, h, chord.From, chord.To);
                    return slopes.Min() <= own && own <= slopes.Max();
                });
        });

    /// <summary>
    /// The limit: smoothing does not make f′ vary more, f_h′ varies at least as much as the slopes of its own chords, and these differ from
    /// the data's by at most Lh/(x_(i+1) − x_i), L the largest slope of f, which vanishes with h. So TV(f′) is at least the spline's.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.proof")]
    public void RandomInterpolants_Smoothed_TendToTheChordsOfTheData() =>
        ForEveryWidth("TV(f′) ≥ TV(f_h′) ≥ variation of f_h's chords; |chord of f_h − chord of f| ≤ Lh/length", (instance, h) =>
        {
            var f = instance.Interpolant;
            var variation = PartitionVariation.Sum.Run([.. Stations(instance, h).Select(x => SmoothedSlope.Run(f, h, x))]);
            Rational[] own = [.. instance.Chords.Select(chord => SmoothedChord(f, h, chord.From, chord.To))];
            var steepest = f.Slopes.Max(Rational.Abs);
            return f.DerivativeVariation >= variation
                && variation >= PartitionVariation.Sum.Run(own)
                && instance.Chords.Zip(own).All(one =>
                    Rational.Abs(one.Second - one.First.Slope) * (one.First.To - one.First.From) <= steepest * h);
        });

    /// <summary>|x| − 1 averaged over ±h is −1 + h/2 at 0, so it misses (0, −1); its slope is 0 there, and h/2 at h²/2.</summary>
    [ClaimRows("smoothness.spline-min-pl1.proof")]
    [InlineData(2)]
    [InlineData(64)]
    public void Magnitude_SmoothedByHand_LeavesTheData(int inverse)
    {
        var (f, h) = (PiecewiseLinear.Through((-2, 1), (0, -1), (2, 1)), new Rational(1, inverse));
        Smoothed.Run(f, h, 0).Should().Be((h / 2) - 1);
        Smoothed.Run(f, h, -2).Should().Be((Rational)1);
        new[] { -h, 0, h * h / 2, h }.Select(x => SmoothedSlope.Run(f, h, x)).Should().Equal(-1, 0, h / 2, 1);
    }

    /// <summary>Before the limit the slopes are those of other chords: |x| − 1 from −2 to 0 falls by 2, smoothed by 2 − h/2.</summary>
    [Claim("smoothness.spline-min-pl1.proof", Role.Control)]
    public void RandomInterpolants_SmoothedAndTheDatasOwnChords_LimitDropped_AreCaught() =>
        ExactInstances.Violate("the chords of the smoothed f are the data's", Interpolation.Arbitrary, instance =>
            instance.Chords.All(chord => SmoothedChord(instance.Interpolant, Widths[0], chord.From, chord.To) == chord.Slope));

    /// <summary>
    /// A direct argument, without a limit: between neighbouring data some slope of f is at most the chord's and some at least.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.proof")]
    public void RandomInterpolants_HaveSlopesOnBothSidesOfEveryChord() =>
        ExactInstances.Satisfy("least slope between two data ≤ slope of the chord ≤ largest", Interpolation.Arbitrary, instance =>
            instance.Chords.All(chord =>
            {
                var slopes = SlopesInside.Run(instance.Interpolant, chord.From, chord.To);
                return slopes.Min() <= chord.Slope && chord.Slope <= slopes.Max();
            }));

    /// <summary>The same with the library's Jacobian in the middles of the pieces.</summary>
    [Claim("smoothness.spline-min-pl1.proof")]
    public void RandomInterpolants_LibrarysJacobian_LiesOnBothSidesOfEveryChord() =>
        Instances.Satisfy(
            "how far a chord's slope lies outside the range of the library's Jacobians between its ends",
            Interpolation.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var (f, network) = (instance.Interpolant, Remark_OneDimension.Represent.Run(instance.Interpolant).ToSmallNetwork());
                double[] middles = [.. f.Knots.Zip(f.Knots.Skip(1), (from, to) => ((from + to) / 2).ToDouble())];
                var slopes = Tensors.Numbers(NetworkGeometry.Jacobians.Run(network.ToEnsemble(), tensor(middles, [middles.Length, 1])));
                double Outside((Rational From, Rational To, Rational Slope) chord)
                {
                    var inside = slopes.Where((_, i) => middles[i] > chord.From.ToDouble() && middles[i] < chord.To.ToDouble()).ToList();
                    return Math.Max(inside.Min() - chord.Slope.ToDouble(), chord.Slope.ToDouble() - inside.Max());
                }

                return new Deviation(Math.Max(0, instance.Chords.Max(Outside)), Rounding.OfJacobian(network));
            },
            Rounding.JacobianTolerance,
            count: 150);

    /// <summary>
    /// The rest of the argument: at the chords where the slope turns (the first, the last, and every change of direction) take a slope of f
    /// beyond the chord's. These alone vary by as much as the spline's slopes, so f′ does.
    /// </summary>
    [Claim("smoothness.spline-min-pl1.proof")]
    public void RandomInterpolants_SlopesChosenAtTheTurns_VaryByAsMuchAsTheSpline() =>
        ExactInstances.Satisfy("TV(f′) ≥ variation of the chosen slopes ≥ Σ |s_(i+1) − s_i|", Interpolation.Arbitrary, instance =>
        {
            var chosen = AtTheTurns(instance);
            var variation = Rational.Sum(chosen.Zip(chosen.Skip(1), (one, next) => Rational.Abs(next - one)));
            return instance.Interpolant.DerivativeVariation >= variation && variation >= instance.LeastSecondVariation;
        });

    [Claim("smoothness.spline-min-pl1.proof", Role.Control)]
    public void RandomInterpolants_SlopeOfTheChordItself_IsCaught() =>
        ExactInstances.Violate("some slope between two data is the chord's", Interpolation.Arbitrary, instance =>
            instance.Chords.All(chord => SlopesInside.Run(instance.Interpolant, chord.From, chord.To).Contains(chord.Slope)));

    private static void ForEveryWidth(string statement, Func<Interpolation, Rational, bool> holds) =>
        ExactInstances.Satisfy(
            $"{statement}, h = 1/2, 1/64", Interpolation.Arbitrary, instance => Widths.All(h => holds(instance, h)), count: 150);

    private static bool IsInside(PiecewiseLinear f, int piece, Rational from, Rational to) =>
        f.Knots[piece] < to && f.Knots[piece + 1] > from;

    private static Rational Mean(PiecewiseLinear f, Rational from, Rational to)
    {
        Rational[] cuts = [from, .. f.Knots.Where(knot => knot > from && knot < to), to];
        return Rational.Sum(cuts.Zip(cuts.Skip(1), (one, next) => (next - one) * (f.At(one) + f.At(next)))) / (2 * (to - from));
    }

    private static Rational SmoothedChord(PiecewiseLinear f, Rational h, Rational from, Rational to) =>
        (Smoothed.Run(f, h, to) - Smoothed.Run(f, h, from)) / (to - from);

    // The data, and where the slope of the smoothed f turns.
    private static Rational[] Stations(Interpolation instance, Rational h)
    {
        var (first, last) = (instance.Data[0].X, instance.Data[^1].X);
        var inner = instance.Interpolant.Knots.Skip(1).SkipLast(1);
        var turns = inner.SelectMany(knot => new[] { knot - h, knot + h }).Where(x => x > first && x < last);
        return [.. instance.Data.Select(point => point.X).Concat(turns).Distinct().Order()];
    }

    private static List<Rational> AtTheTurns(Interpolation instance)
    {
        // Runs of equal slopes count once: what matters is whether the next different slope reverses the direction.
        var chords = instance.Chords;
        var chosen = new List<Rational>();
        for (var i = 0; i < chords.Count; i++)
        {
            var slope = chords[i].Slope;
            var before = chords.Take(i).LastOrDefault(chord => chord.Slope != slope);
            var after = chords.Skip(i).FirstOrDefault(chord => chord.Slope != slope);
            var comes = before == default ? 0 : slope.CompareTo(before.Slope);
            var goes = after == default ? 0 : slope.CompareTo(after.Slope);
            if (comes != 0 && goes != 0 && comes != goes)
            {
                continue;
            }

            var slopes = SlopesInside.Run(instance.Interpolant, chords[i].From, chords[i].To);
            chosen.Add(comes + goes >= 0 ? slopes.Max() : slopes.Min());
        }

        return chosen;
    }
}
