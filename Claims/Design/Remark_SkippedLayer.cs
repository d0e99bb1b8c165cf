using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using static Reproduce.Claims.Shared.Tensors;

namespace Reproduce.Claims.Design;

/// <summary>
/// Section 3.1: the generalization layer with a skip connection, whose weights are kept small so that the product of Corollary 3.0.1 is
/// small. With the skip connection νx its Jacobian is νI + M, M that of the layer: however small M is, the norm is about ν. The factor that
/// belongs in the product is ν + ‖M‖, which is sharp for M = 0.
/// </summary>
public sealed class Remark_SkippedLayer
{
    private static readonly UnderTest<Func<Matrix<double>, double, double>> Factor = new(
        (layer, strength) => strength + layer.L2Norm(),
        ("skipped-layer-without-the-skip", (layer, _) => layer.L2Norm()),
        ("skipped-layer-in-series", (layer, strength) => strength * layer.L2Norm()),
        ("skipped-layer-as-the-larger", (layer, strength) => Math.Max(strength, layer.L2Norm())));

    /// <summary>
    /// The strength at which the paper starts, ν = 1, and the layer's weights 0: f(x) = x + 1·ReLU(0·x) = x. The product over the layers is
    /// 0² · 1² = 0, and ζ = 1, which is what (ν + 0)² gives.
    /// </summary>
    [Claim("design.gl-skip", Role.Counterexample)]
    public void WeightsZero_BesideASkipOfOne_LeaveTheMetricAtOne()
    {
        const int Strength = 1;
        var layer = SmallNetwork.WithoutBiases(new double[,] { { 0 } }, new double[,] { { 1 } });
        var jacobian = Fractions.Below(Strength, Arrays.Map(layer.Exact().DerivativesAlongAxes([2]), entry => -entry));
        var zeta = Fractions.PullBack(jacobian, Fractions.Identity(1))[0, 0];
        zeta.Should().Be((Rational)1);

        using var ensemble = layer.ToEnsemble();
        Number(SpectralProduct.Of(ensemble)).Should().Be(0);
        Math.Pow(Factor.Run(Matrix<double>.Build.Dense(1, 1), Strength), 2).Should().Be(1);
        Evidence.Record(new Measurement(
            "ζ of x + ReLU(0·x), a generalization layer with weights 0 beside a skip connection of 1", zeta.ToDouble(), "∏σ_l² = 0")
        {
            Paper = "the layer keeps ∏σ_l² small, which bounds λ_max(ζ)",
            Dtype = "exact (integers)",
        });
    }

    [Claim("design.gl-skip", Role.Repair)]
    public void RandomLayers_WithTheSkip_HaveNormsBetweenDifferenceAndSum() =>
        Instances.Satisfy(
            "‖νI + M‖₂ outside [ν − ‖M‖₂, ν + ‖M‖₂]",
            Blocks,
            block =>
            {
                var norm = block.WithSkip.L2Norm();
                var above = Factor.Run(block.Layer, block.Strength);
                return new Deviation(
                    Math.Max(0, Math.Max(norm - above, (block.Strength - block.Layer.L2Norm()) - norm)),
                    64 * Rounding.Gamma(10) * (block.Strength + block.Layer.FrobeniusNorm()));
            },
            "64γ_10 (ν + ‖M‖_F): singular values of matrices up to 5 × 5");

    /// <summary>M = 3, ν = 1: 1 + 3 = 4, attained by x ↦ x + 3x. M = 0, ν = 1/2: 1/2.</summary>
    [Claim("design.gl-skip", Role.Repair)]
    public void OneUnit_ByHand_HasTheSum()
    {
        Factor.Run(Matrix<double>.Build.Dense(1, 1, 3), 1).Should().Be(4);
        Factor.Run(Matrix<double>.Build.Dense(1, 1, 0), 0.5).Should().Be(0.5);
    }

    [Claim("design.gl-skip", Role.Control)]
    public void ProductForTheSum_IsCaught() =>
        Instances.Violate(
            "‖νI + M‖₂ ≤ ‖M‖₂",
            Blocks,
            block => new Deviation(Math.Max(0, block.WithSkip.L2Norm() - block.Layer.L2Norm()), 1e-9));

    private static Arbitrary<Block> Blocks { get; } = Arb.From(
        from size in Gen.Choose(1, 5)
        from entries in Gen.ArrayOf(Gen.Choose(-2000, 2000).Select(value => value / 1000.0), size * size)
        from scale in Gen.Elements(0, 1e-3, 1, 1)
        from strength in Gen.Elements(0, 0.1, 0.5, 1)
        select new Block(Matrix<double>.Build.Dense(size, size, [.. entries.Select(entry => scale * entry)]), strength));

    private sealed record Block(Matrix<double> Layer, double Strength)
    {
        internal Matrix<double> WithSkip => Layer + (Strength * Matrix<double>.Build.DenseIdentity(Layer.RowCount));
        public override string ToString() => $"ν = {Strength}, M = [{string.Join(' ', Layer.ToColumnMajorArray())}] by columns";
    }
}
