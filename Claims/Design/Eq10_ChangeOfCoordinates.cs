using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Design.Support.VectorAlgebra;

namespace Reproduce.Claims.Design;

/// <summary>
/// Equation 10: under an invertible change of coordinates a metric becomes JᵀgJ. For θ = Bx the family in x has the statistics TB, so its
/// information can be computed directly from its outcomes and compared, in fractions.
/// </summary>
public sealed class Eq10_ChangeOfCoordinates
{
    private static readonly UnderTest<Func<Rational[,], Rational[,], Rational[,]>> Pullback = new(
        (metric, jacobian) => Arrays.Multiply(Arrays.Transpose(jacobian), Arrays.Multiply(metric, jacobian)),
        ("metric-pulled-back-by-the-transpose", (metric, jacobian) =>
            Arrays.Multiply(jacobian, Arrays.Multiply(metric, Arrays.Transpose(jacobian)))),
        ("metric-pulled-back-once", (metric, jacobian) => Arrays.Multiply(metric, jacobian)));

    /// <summary>
    /// θ = Bx for an integer matrix B turns the statistics T into TB. The information of that family, computed from its outcomes, is
    /// BᵀFB for every B, and positive definite again where B is invertible and F was.
    /// </summary>
    [Claim("design.eq-10")]
    public void RandomFamilies_LinearChangeOfCoordinates_TransformsTheInformation() =>
        ExactInstances.Satisfy(
            "information in x against JᵀFJ, θ = Bx, det B ≠ 0",
            FiniteFamily.Arbitrary,
            family =>
            {
                var change = ChangeOf(family.Dimension);
                var inside = InCoordinates(family, change);
                Rational[] odds = [.. change.Select(row => Fractions.Product(row.Select((power, j) => Power(family.Odds[j], power))))];
                var outside = family with { Odds = odds };
                return Fractions.AreEqual(inside.Information(), Pullback.Run(outside.Information(), Jacobian(change)));
            });

    /// <summary>Bernoulli at p = ¼: F = 3/16 in θ, dθ/dp = 1/(p(1 − p)) = 16/3, so 3/16·(16/3)² = 16/3 = 1/(p(1 − p)) in p.</summary>
    [Claim("design.eq-10")]
    public void BernoulliInMeanCoordinates_ByHand_HasSixteenThirds()
    {
        Pullback.Run(new[,] { { new Rational(3, 16) } }, new[,] { { new Rational(16, 3) } })[0, 0].Should().Be(new Rational(16, 3));

        // Three classes ½, ¼, ¼: from the scores 1/μ_i and −1/μ_3 the information in μ is diag(1/μ) + 1/μ_3.
        var jacobian = new Rational[,] { { 2 + 4, 4 }, { 4, 4 + 4 } };
        var outer = new FiniteFamily([[1, 0], [0, 1], [0, 0]], [1, 1, 1], [2, 1]);
        Fractions.AreEqual(Pullback.Run(outer.Information(), jacobian), jacobian).Should().BeTrue();
    }

    /// <summary>
    /// B = (1, 1; 1, 1): the direction (1, −1) has length zero, so the pulled-back form is no metric.
    /// </summary>
    [Claim("design.eq-10", Role.Control)]
    public void SingularChange_InvertibilityDropped_IsNoMetric()
    {
        var family = new FiniteFamily([[1, 0], [0, 1], [0, 0]], [1, 1, 1], [1, 1]);
        var pulled = Pullback.Run(family.Information(), new Rational[,] { { 1, 1 }, { 1, 1 } });
        Form([1, -1], pulled, [1, -1]).Should().Be((Rational)0);
        Form([1, -1], family.Information(), [1, -1]).Should().NotBe((Rational)0);
    }

    // Unit upper triangular with a −1 on the diagonal: invertible, not symmetric.
    private static int[][] ChangeOf(int dimension) =>
        [.. Indices(dimension).Select(row =>
            Indices(dimension).Select(column => row == column ? (row == 1 ? -1 : 1) : column > row ? 2 : 0).ToArray())];

    private static Rational[,] Jacobian(int[][] change) =>
        Arrays.Build(change.Length, change.Length, (row, column) => (Rational)change[row][column]);

    private static FiniteFamily InCoordinates(FiniteFamily family, int[][] change) =>
        family with
        {
            Statistics = [.. family.Statistics.Select(row =>
                Indices(change.Length).Select(column => row.Select((entry, i) => entry * change[i][column]).Sum()).ToArray())],
        };

    private static IEnumerable<int> Indices(int count) => Enumerable.Range(0, count);
}
