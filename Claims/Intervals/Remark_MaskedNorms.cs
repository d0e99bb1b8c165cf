using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using static Reproduce.Claims.Intervals.Support.MaskedWeights;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Appendix A on W′, the weights with the rows of inactive units erased: erasing rows lowers ‖·‖_∞, in one factor and in the last of two,
/// but erasing rows of the first of two can raise the norm of the product. All in exact fractions.
/// </summary>
public sealed class Remark_MaskedNorms
{
    private static readonly UnderTest<Func<Rational[,], bool[], Rational[,]>> Masked = new(
        Erase,
        ("mask-erases-columns", (matrix, kept) => Arrays.Build(matrix.GetLength(0), matrix.GetLength(1), (row, column) =>
            column >= kept.Length || kept[column] ? matrix[row, column] : 0)),
        ("mask-doubles-what-it-keeps", (matrix, kept) => Times(Erase(matrix, kept), 2)),
        ("mask-keeps-what-it-should-erase", (matrix, kept) => Erase(matrix, [.. kept.Select(one => !one)])));

    // W_2 W′_1 of a network of two layers at a point, by the library.
    private static readonly UnderTest<Func<FullyConnected, Tensor, Tensor>> MaskedProduct = new(
        Jacobian.ByLayers,
        ("masked-product-at-the-opposite-point", (network, point) => Jacobian.ByLayers(network, -point)),
        ("masked-product-without-the-mask", (network, _) => network.Weights[1].bmm(network.Weights[0])));

    /// <summary>Off the kinks the library's Jacobian is W_2 W′_1: the inequalities are about what the library computes.</summary>
    [Claim("intervals.masked-norm")]
    public void RandomNetworks_LibrarysJacobian_HasTheErasedRows() =>
        Instances.Satisfy(
            "the library's Jacobian of the first two layers against W_2 W′_1, rows erased",
            NetworkOnLine.WithoutBiases,
            instance =>
            {
                var hidden = instance.Network.Evaluate(instance.Point).Preactivations[0];
                if (instance.Network.Layers == 1 || hidden.Contains(0))
                {
                    return null;
                }

                using var scope = NewDisposeScope();
                var (first, second, keptFirst, _) = TwoLayers(instance);
                var network = SmallNetwork.WithoutBiases([.. instance.Network.Weights.Take(2)]).ToEnsemble();
                var found = Numbers(MaskedProduct.Run(network, Batch(instance.Point))).Select(Rational.Of);
                return Deviation.Exact(found.SequenceEqual(Arrays.Multiply(second, Masked.Run(first, keptFirst)).Cast<Rational>()));
            },
            Fractions.Exactly,
            dtype: "exact (small fractions in float64)");

    [Claim("intervals.masked-norm")]
    public void RandomNetworks_ErasedRows_NeverRaiseTheNormOfTheirOwnFactor() =>
        Instances.Satisfy(
            "‖W′_1‖_∞ ≤ ‖W_1‖_∞ and ‖W′_2 W′_1‖_∞ ≤ ‖W_2 W′_1‖_∞",
            NetworkOnLine.WithoutBiases,
            instance =>
            {
                if (instance.Network.Layers == 1)
                {
                    return null;
                }

                var (first, second, keptFirst, keptSecond) = TwoLayers(instance);
                var (masked, point) = (Masked.Run(first, keptFirst), Arrays.Exact(instance.Point));
                return Deviation.Exact(
                    RowNorm(masked) <= RowNorm(first)
                    && RowNorm(Arrays.Multiply(Masked.Run(second, keptSecond), masked)) <= RowNorm(Arrays.Multiply(second, masked))
                    && Arrays.Multiply(masked, point).SequenceEqual(Arrays.Multiply(first, point).Select(value => Rational.Max(0, value))));
            },
            Fractions.Exactly,
            dtype: Fractions.Arithmetic);

    /// <summary>
    /// |x| = ReLU(x) + ReLU(−x): W_2 W_1 = 1·1 + 1·(−1) = 0, and for x &gt; 0 the second row is erased, W_2 W′_1 = 1. So no bound of ‖W′‖
    /// by a multiple of ‖W‖ holds, as the paper says.
    /// </summary>
    [Claim("intervals.masked-norm")]
    public void Magnitude_ByHand_HasAPositiveNormWhereTheUnmaskedProductIsZero()
    {
        Rational[,] first = { { 1 }, { -1 } };
        Rational[,] second = { { 1, 1 } };
        var unmasked = RowNorm(Arrays.Multiply(second, first));
        var masked = RowNorm(Arrays.Multiply(second, Masked.Run(first, [true, false])));
        unmasked.Should().Be((Rational)0);
        masked.Should().Be((Rational)1);
        Evidence.Record(new Measurement(
            "‖W′_2 W′_1‖_∞ for |x|, where ‖W_2 W_1‖_∞ = 0",
            masked.ToDouble(),
            "the paper: ‖W_2 W′_1‖ ≤ ‖W_2 W_1‖ need not hold")
        {
            Dtype = "exact (integers)",
        });
    }

    /// <summary>[1 2; 3 −4] with the first row erased: norm 7 stays; with the second erased: 3.</summary>
    [ClaimRows("intervals.masked-norm")]
    [InlineData(false, true, 7)]
    [InlineData(true, false, 3)]
    public void TwoRows_ByHand_HaveNormsSevenAndThree(bool keepsFirst, bool keepsSecond, int norm) =>
        RowNorm(Masked.Run(new Rational[,] { { 1, 2 }, { 3, -4 } }, [keepsFirst, keepsSecond])).Should().Be((Rational)norm);

    /// <summary>The inequality that the paper says it cannot claim, ‖W_2 W′_1‖ ≤ ‖W_2 W_1‖, checked like the others.</summary>
    [Claim("intervals.masked-norm", Role.Control)]
    public void RowsOfTheFirstFactor_InTheProduct_AreCaught() =>
        Instances.Violate(
            "‖W_2 W′_1‖_∞ ≤ ‖W_2 W_1‖_∞",
            NetworkOnLine.WithoutBiases,
            instance =>
            {
                if (instance.Network.Layers == 1)
                {
                    return null;
                }

                var (first, second, keptFirst, _) = TwoLayers(instance);
                var masked = Arrays.Multiply(second, Erase(first, keptFirst));
                return Deviation.Exact(RowNorm(masked) <= RowNorm(Arrays.Multiply(second, first)));
            },
            dtype: Fractions.Arithmetic);

    private static (Rational[,] First, Rational[,] Second, bool[] KeptFirst, bool[] KeptSecond) TwoLayers(NetworkOnLine instance)
    {
        var network = instance.Network.Exact();
        var preactivations = network.Evaluate(Arrays.Exact(instance.Point)).Preactivations;
        bool[] Kept(int layer) => [.. preactivations[layer].Select(value => value >= 0)];
        return (network.Weights[0], network.Weights[1], Kept(0), Kept(1));
    }
}
