using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Design.Support;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Design.Support.VectorAlgebra;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 5: small norms give small products, but not conversely. The geometric mean is at most the arithmetic mean, so
/// ∏σ_l² ≤ (mean σ_l²)ᴸ, with equality only where all are equal; and σ_l² ≤ ‖W_l‖_F², which is what weight decay keeps small.
/// </summary>
public sealed class Remark_ProductsAndMeans
{
    private static readonly UnderTest<Func<Rational[], Rational>> PowerOfTheMean = new(
        squares => Power(Rational.Sum(squares) / squares.Length, squares.Length),
        ("power-of-the-sum", squares => Power(Rational.Sum(squares), squares.Length)),
        ("power-of-the-mean-one-short", squares => Power(Rational.Sum(squares) / squares.Length, squares.Length - 1)),
        ("power-of-the-smallest", squares => Power(squares.Min(), squares.Length)));

    private static Gen<int> Sixths =>
        Gen.Frequency((4, Gen.Choose(0, 12)), (1, Gen.Constant(6)), (1, Gen.Elements(1_000_000, 0)));

    [Claim("design.amgm")]
    public void RandomSquares_Product_IsAtMostThePowerOfTheMean_WithEqualityOnlyForEqualOnes() =>
        ExactInstances.Satisfy(
            "∏a_l ≤ (mean a_l)ᴸ, and equality exactly where all a_l are equal",
            Arb.From(Gen.Choose(1, 8).SelectMany(length => Gen.ArrayOf(Sixths, length))),
            numerators =>
            {
                Rational[] squares = [.. numerators.Select(numerator => new Rational(numerator, 6))];
                var (product, power) = (Fractions.Product(squares), PowerOfTheMean.Run(squares));
                return squares.Distinct().Count() == 1 ? product == power : product < power;
            });

    [Claim("design.amgm")]
    public void RandomNetworks_SpectralProduct_IsAtMostThePowerOfTheMeanSquaredNorm() =>
        Instances.Satisfy(
            "excess of ∏σ_l² over (mean ‖W_l‖_F²)ᴸ",
            NetworkAtPoint.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                Rational SquaredNorm(Rational[,] weight) => Rational.Sum(weight.Cast<Rational>().Select(entry => entry * entry));
                Rational[] squares = [.. instance.Network.Exact().Weights.Select(SquaredNorm)];
                var power = PowerOfTheMean.Run(squares).ToDouble();
                return new Deviation(
                    Math.Max(0, Number(Cor301_LargestEigenvalue.Bound.Run(instance.Network.ToEnsemble())) - power),
                    64 * squares.Length * Rounding.Gamma(50) * Fractions.Product(squares).ToDouble());
            },
            "64Lγ_50 ∏‖W_l‖_F²: a singular value of a matrix up to 6 × 6 for each of the L layers",
            count: 150);

    /// <summary>1 · 4 = 4 ≤ (5/2)² = 25/4; 1 · 2 · 3 = 6 ≤ 8; 2 · 2 · 2 = 8 with equality.</summary>
    [Claim("design.amgm")]
    public void ThreeLists_ByHand_Give4And25Quarters_6And8_8And8() =>
        new[] { Fractions.Of(1, 4), Fractions.Of(1, 2, 3), Fractions.Of(2, 2, 2) }.Select(squares => PowerOfTheMean.Run(squares))
            .Should().Equal(new Rational(25, 4), 8, 8);

    /// <summary>Squares are not negative; without that, (−1)(−1)(1) = 1 is more than (−1/3)³.</summary>
    [Claim("design.amgm", Role.Control)]
    public void NegativeNumbers_SquaresDropped_AreCaught() =>
        (Fractions.Product(Fractions.Of(-1, -1, 1)) <= Power(new Rational(-1, 3), 3)).Should().BeFalse();

    /// <summary>A small product does not bound the mean: 10⁶ · 10⁻⁶ = 1, and the mean is above 500 000.</summary>
    [Claim("design.amgm", Role.Control)]
    public void Converse_ProductForMean_IsCaught()
    {
        Rational[] squares = [1_000_000, new Rational(1, 1_000_000)];
        Fractions.Product(squares).Should().Be((Rational)1);
        (Rational.Sum(squares) / 2 > 500_000).Should().BeTrue();
    }
}
