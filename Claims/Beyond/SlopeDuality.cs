using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Claims.Shared.Vectors;
using static Reproduce.Fixtures.Numbers.Arrays;
using static TorchSharp.torch;

namespace Reproduce.Claims.Beyond;

/// <summary>
/// ‖J‖_p = ‖Jᵀ‖_q with 1/p + 1/q = 1: the p-slope of f is the largest p-slope of its projections on outputs of unit q-norm, which is the
/// repaired form of what the slope paper prints. For p = 1 and ∞ it is exact; for other p every vector that shows how large one side
/// is gives one that shows the same of the other.
/// </summary>
public sealed class SlopeDuality
{
    private static readonly UnderTest<Func<double, double>> Conjugate = new(
        p => p == 1 ? double.PositiveInfinity : double.IsPositiveInfinity(p) ? 1 : p / (p - 1),
        ("conjugate-is-p-itself", p => p),
        ("conjugate-that-keeps-the-ends", p => p == 1 || double.IsPositiveInfinity(p) ? p : p / (p - 1)),
        ("conjugate-always-two", _ => 2));

    private static readonly double[] Ends = [1, double.PositiveInfinity];
    private static readonly double[] Others = [1.1, 1.5, 3, 8];

    [Claim("beyond.slope-dual")]
    public void RandomNetworks_ForP1AndPInfinity_TransposedMatrixHasTheOtherNorm() =>
        Instances.Satisfy(
            "‖J‖_p against ‖Jᵀ‖_q by the library, p = 1, 2, ∞",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                var jacobian = Jacobian.ByLayers(instance.Network.ToEnsemble(), Batch(instance.Point));
                var allowed = Rounding.OfJacobian(instance.Network);
                double Norm(Tensor matrix, double order) => Number(NetworkGeometry.Norms.Run(matrix, order));
                double Difference(double p) => Norm(jacobian, p) - Norm(jacobian.mT, Conjugate.Run(p));
                return ClosedForms.Select(p => new Deviation(Math.Abs(Difference(p)), allowed)).Aggregate(Deviation.Worse);
            },
            Rounding.JacobianTolerance);

    /// <summary>In exact fractions: the supremum over the corners of either ball, not the closed forms.</summary>
    [Claim("beyond.slope-dual")]
    public void RandomMatrices_CornersOfBothBalls_GiveTheSameSupremum() =>
        Instances.Satisfy(
            "max ‖Jv‖_p against max ‖Jᵀu‖_q over corners, p = 1, ∞",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var matrix = Map(instance.Network.Weights[0], Rational.Of);
                return Deviation.Exact(Ends.All(p => Supremum(matrix, p) == Supremum(Transpose(matrix), Conjugate.Run(p))));
            },
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>
    /// For other p: v with ‖v‖_p = 1 shows ‖J‖_p ≥ ‖Jv‖_p. Then u, aligned with Jv and of unit q-norm, has ⟨u, Jv⟩ = ‖Jv‖_p, so ‖Jᵀu‖_q ≥
    /// ‖Jv‖_p. The same with Jᵀ and q in place of J and p leads back. So neither side can be proved larger than the other.
    /// </summary>
    [Claim("beyond.slope-dual")]
    public void RandomNetworks_ForOtherP_EveryWitnessHasADual() =>
        Instances.Satisfy(
            "shortfall of ‖Jᵀu‖_q below ‖Jv‖_p/‖v‖_p for the dual u of v, and back, p = 1.1, 1.5, 3, 8",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var matrix = instance.Network.DerivativesAlongAxes(instance.Point);
                var allowed = 64 * Rounding.Gamma(matrix.Length + 16) * matrix.Cast<double>().Sum(Math.Abs);
                var shortfall = Others.Max(p =>
                {
                    var q = Conjugate.Run(p);
                    return Math.Max(LargestShortfall(matrix, p, q), LargestShortfall(Transpose(matrix), q, p));
                });
                return new Deviation(Math.Max(0, shortfall), allowed);
            },
            "64γ_k Σ|J_ij|, k the entries and 16: four norms, each a sum of powers under a root",
            count: 150);

    /// <summary>
    /// J = (3 4), one row: for p = 1 its norm is 4, the ∞-norm of the column; for p = ∞ it is 7, the 1-norm of the column.
    /// </summary>
    [Claim("beyond.slope-dual")]
    public void OneRow_ByHand_HasTheDualNormOfItsEntries()
    {
        Rational[,] row = { { 3, 4 } };
        Supremum(row, 1).Should().Be((Rational)4);
        Supremum(Transpose(row), Conjugate.Run(1)).Should().Be((Rational)4);
        Supremum(Transpose(row), Conjugate.Run(double.PositiveInfinity)).Should().Be((Rational)7);
        Conjugate.Run(3).Should().Be(1.5);
    }

    [Claim("beyond.slope-dual", Role.Control)]
    public void TransposedWithTheSameP_IsCaught() =>
        Instances.Violate("‖J‖_p = ‖Jᵀ‖_p", LatticeNetworks.Arbitrary, instance =>
        {
            var matrix = Map(instance.Network.Weights[0], Rational.Of);
            return Deviation.Exact(Supremum(matrix, 1) == Supremum(Transpose(matrix), 1));
        });

    private static Rational Supremum(Rational[,] matrix, double p)
    {
        var corners = p == 1 ? SignedAxes(matrix.GetLength(1)) : SignVectors(matrix.GetLength(1));
        return corners.Max(corner => Fractions.Norm(Multiply(matrix, Exact(corner)), p));
    }

    private static double LargestShortfall(double[,] matrix, double p, double q) =>
        SignedAxes(matrix.GetLength(1)).Concat(SignVectors(matrix.GetLength(1))).Max(start => Shortfall(matrix, start, p, q));

    // What ‖Av‖_p/‖v‖_p has above ‖Aᵀu‖_q/‖u‖_q, u the dual vector of Av.
    private static double Shortfall(double[,] matrix, double[] vector, double p, double q)
    {
        var image = Multiply(matrix, vector);
        var dual = Aligned(image, p);
        var dualSpeed = dual.All(value => value == 0) ? 0 : Norm(Multiply(Transpose(matrix), dual), q) / Norm(dual, q);
        return (Norm(image, p) / Norm(vector, p)) - dualSpeed;
    }

    // u with ⟨u, y⟩ = ‖u‖_q ‖y‖_p: u_i = ± |y_i|^(p−1).
    private static double[] Aligned(double[] vector, double p)
    {
        var largest = vector.Max(Math.Abs);
        double Entry(double value) => Math.Sign(value) * Math.Pow(Math.Abs(value) / largest, p - 1);
        return largest == 0 ? vector : [.. vector.Select(Entry)];
    }
}
