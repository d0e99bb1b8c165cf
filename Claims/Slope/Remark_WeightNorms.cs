using MathNet.Numerics.LinearAlgebra;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Claims.Shared.LinearRegions;
using static Reproduce.Claims.Shared.Vectors;
using static Reproduce.Fixtures.Numbers.Arrays;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Below equation 2: small entries give small norms, and small norms a small slope; the converse fails. ‖W‖₂ ≤ c needs no singular
/// values: it says that c²I − WᵀW is positive semidefinite, which elimination decides in exact fractions.
/// </summary>
public sealed class Remark_WeightNorms
{
    /// <summary>‖W‖_F².</summary>
    private static readonly UnderTest<Func<Rational[,], Rational>> FrobeniusSquared = new(
        weights => Rational.Sum(weights.Cast<Rational>().Select(entry => entry * entry)),
        ("frobenius-of-the-first-row", weights => Rational.Sum(Row(weights, 0).Select(entry => entry * entry))),
        ("frobenius-as-largest-column", weights => Enumerable.Range(0, weights.GetLength(1))
            .Max(column => Rational.Sum(Column(weights, column).Select(entry => entry * entry)))),
        ("frobenius-as-a-mean", weights => Rational.Sum(weights.Cast<Rational>().Select(entry => entry * entry)) / weights.Length));

    /// <summary>The largest ‖W‖_p^p that entries of magnitude 1 allow, for p = 1, 2, ∞ (there the norm itself).</summary>
    private static readonly UnderTest<Func<int, int, double, int>> LargestNorm = new(
        (rows, columns, p) => p == 1 ? rows : p == 2 ? rows * columns : columns,
        ("entry-bound-rows-and-columns-swapped", (rows, columns, p) => p == 1 ? columns : p == 2 ? rows * columns : rows),
        ("entry-bound-by-the-longer-side", (rows, columns, p) => p == 2 ? Math.Max(rows, columns) : p == 1 ? rows : columns));

    private static readonly double[] Orders = [1, double.PositiveInfinity];
    private static readonly int[] Factors = [1_000, 10_000];

    /// <summary>Multiplies what comes into a hidden unit by β and divides what leaves it by β, which ReLU does not notice.</summary>
    private static readonly UnderTest<Func<ReluNetwork<Rational>, int, Rational, ReluNetwork<Rational>>> Rescale = new(
        (network, layer, factor) => Scaled(network, layer, factor, factor, 1 / factor),
        ("rescaling-without-the-bias", (network, layer, factor) => Scaled(network, layer, factor, 1, 1 / factor)),
        ("rescaling-both-sides-up", (network, layer, factor) => Scaled(network, layer, factor, factor, factor)),
        ("rescaling-by-a-negative-factor", (network, layer, factor) => Scaled(network, layer, -factor, -factor, -1 / factor)));

    [Claim("slope.frobenius")]
    public void RandomWeights_SpectralNorm_IsAtMostTheFrobeniusNorm() =>
        Instances.Satisfy(
            "‖W‖_F²·I − WᵀW is positive semidefinite",
            LatticeNetworks.Arbitrary,
            instance => Deviation.Exact(instance.Network.Exact().Weights.All(weights =>
                SquaredNormIsAtMost(FrobeniusSquared.Run(weights), weights))),
            "none: exact",
            dtype: "exact (rationals)");

    /// <summary>The footnote: ‖W‖_F² is the sum of the squared singular values.</summary>
    [Claim("slope.frobenius")]
    public void RandomWeights_FrobeniusNorm_IsTheRootOfTheSumOfSquaredSingularValues() =>
        Instances.Satisfy(
            "|‖W‖_F² − Σσ²|",
            NetworkAtPoint.Arbitrary,
            instance => instance.Network.Weights.Select(weights =>
            {
                var sum = Matrix<double>.Build.DenseOfArray(weights).Svd(computeVectors: false).S.Sum(value => value * value);
                var allowed = 32 * Rounding.Gamma(weights.Length + 8) * weights.Cast<double>().Sum(entry => entry * entry);
                return new Deviation(Math.Abs(FrobeniusSquared.Run(Map(weights, Rational.Of)).ToDouble() - sum), allowed);
            }).Aggregate(Deviation.Worse),
            "32γ_k‖W‖_F², k the number of entries and 8: singular values are backward stable, each off by a few last places of ‖W‖₂",
            count: 100);

    /// <summary>
    /// Entries of magnitude at most M give norms of at most M times m, √(mn), n for p = 1, 2, ∞, and the slope at most their product.
    /// </summary>
    [Claim("slope.frobenius")]
    public void RandomNetworks_BoundedEntries_BoundNormsAndSlope() =>
        Instances.Satisfy(
            "norms of the weights and ‖J‖_p against the largest entries",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Exact(instance.Point));
                var jacobian = Jacobian(network, Pattern(network, point));
                var (one, two, infinity) = ((Rational)1, (Rational)1, (Rational)1);
                var norms = network.Weights.All(weights =>
                {
                    var (rows, columns) = (weights.GetLength(0), weights.GetLength(1));
                    var largest = weights.Cast<Rational>().Max(Rational.Abs);
                    one *= largest * LargestNorm.Run(rows, columns, 1);
                    two *= largest * largest * LargestNorm.Run(rows, columns, 2);
                    infinity *= largest * LargestNorm.Run(rows, columns, double.PositiveInfinity);
                    return SquaredNormIsAtMost(largest * largest * LargestNorm.Run(rows, columns, 2), weights)
                        && Norm(weights, 1) <= largest * LargestNorm.Run(rows, columns, 1)
                        && Norm(weights, double.PositiveInfinity) <= largest * LargestNorm.Run(rows, columns, double.PositiveInfinity);
                });
                return Deviation.Exact(norms
                    && Norm(jacobian, 1) <= one
                    && SquaredNormIsAtMost(two, jacobian)
                    && Norm(jacobian, double.PositiveInfinity) <= infinity);
            },
            "none: exact",
            dtype: "exact (rationals)");

    [Claim("slope.frobenius")]
    public void RandomNetworks_BoundedEntries_BoundTheLibrarysNormsAndSlope() =>
        Instances.Satisfy(
            "excess of the library's ‖W_i‖_p and ‖J‖_p over what the largest entries allow, relative, p = 1, 2, ∞",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var (network, worst) = (instance.Network, 0.0);
                foreach (var p in ClosedForms)
                {
                    var product = 1.0;
                    foreach (var weights in network.Weights)
                    {
                        var largest = LargestNorm.Run(weights.GetLength(0), weights.GetLength(1), p);
                        var bound = weights.Cast<double>().Max(Math.Abs) * (p == 2 ? Math.Sqrt(largest) : largest);
                        worst = Math.Max(worst, Excess(NetworkGeometry.MeasuredNorm(Map(weights, Rational.Of), p), bound));
                        product *= bound;
                    }

                    worst = Math.Max(worst, Excess(NetworkGeometry.MeasuredSlope(network, instance.Point, p), product));
                }

                return new Deviation(worst, 8 * Rounding.Gamma(40));

                static double Excess(double norm, double bound) => norm <= bound ? 0 : (norm - bound) / bound;
            },
            "8γ_40: entries are whole, roots and eigenvalues of matrices up to 4 × 4 round");

    /// <summary>(3, 4; 0, 0) has one singular value, 5, which both norms are; the identity of size 2 has ‖·‖₂ = 1 and ‖·‖_F = √2.</summary>
    [Claim("slope.frobenius")]
    public void RankOneAndIdentity_ByHand_AreEqualAndStrict()
    {
        FrobeniusSquared.Run(new Rational[,] { { 3, 4 }, { 0, 0 } }).Should().Be((Rational)25);
        SquaredNormIsAtMost(25, new Rational[,] { { 3, 4 }, { 0, 0 } }).Should().BeTrue();
        SquaredNormIsAtMost(new(2499, 100), new Rational[,] { { 3, 4 }, { 0, 0 } }).Should().BeFalse("5 is the least bound");
        FrobeniusSquared.Run(new Rational[,] { { 1, 0 }, { 0, 1 } }).Should().Be((Rational)2);
        SquaredNormIsAtMost(1, new Rational[,] { { 1, 0 }, { 0, 1 } }).Should().BeTrue();
        LargestNorm.Run(2, 3, 1).Should().Be(2, "three columns of two ones");
        Norm(new Rational[,] { { 1, 1, 1 }, { 1, 1, 1 } }, 1).Should().Be((Rational)2);
    }

    /// <summary>For p = 1 the Frobenius norm is no bound: the column (1, 1) has 1-norm 2 and Frobenius norm √2.</summary>
    [Claim("slope.frobenius", Role.Control)]
    public void FrobeniusNormForP1_IsCaught()
    {
        Rational[,] column = { { 1 }, { 1 } };
        (Norm(column, 1) * Norm(column, 1)).Should().BeGreaterThan(FrobeniusSquared.Run(column));
    }

    [Claim("slope.frobenius", Role.Control)]
    public void FrobeniusNormUnderTheSpectralNorm_IsCaught() =>
        Instances.Violate(
            "‖W‖_F ≤ ‖W‖₂",
            LatticeNetworks.Arbitrary,
            instance => Deviation.Exact(instance.Network.Exact().Weights.All(weights =>
                FrobeniusSquared.Run(weights) is var squared
                && (squared == 0 || !SquaredNormIsAtMost(squared * new Rational(99, 100), weights)))),
            dtype: "exact (rationals)");

    /// <summary>
    /// Every network with a hidden layer of two units in use has partners with the same map whose weights' norms have an arbitrarily
    /// large product: the first unit of the layer is scaled, and another keeps the next layer's norm up.
    /// </summary>
    [Claim("slope.product-bound.converse")]
    public void RandomNetworks_RescaledUnit_KeepsTheMapAndLetsTheProductGrow() =>
        Instances.Satisfy(
            "the same outputs and derivatives, and ∏‖W_i‖_p that grows tenfold with β, p = 1, ∞",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Exact(instance.Point));
                bool HasTwoUsedUnits(int i) => Row(network.Weights[i], 0).Any(entry => entry != 0)
                    && Enumerable.Range(1, network.Biases[i].Length - 1)
                        .Any(unit => Column(network.Weights[i + 1], unit).Any(entry => entry != 0));
                var layer = Enumerable.Range(0, network.Layers - 1).FirstOrDefault(HasTwoUsedUnits, -1);
                if (layer < 0 || network.Weights.Any(weights => weights.Cast<Rational>().All(entry => entry == 0)))
                {
                    return null;
                }

                return Deviation.Exact(Orders.All(p =>
                {
                    var products = Factors.Select(factor =>
                    {
                        var scaled = Rescale.Run(network, layer, factor);
                        bool MovesAlike(Rational[] direction) => scaled.DirectionalDerivative(point, direction)
                            .SequenceEqual(network.DirectionalDerivative(point, direction));
                        var same = scaled.Evaluate(point).Output.SequenceEqual(network.Evaluate(point).Output)
                            && SignVectors(point.Length).Select(Exact).All(MovesAlike);
                        return same ? Product(scaled, p) : 0;
                    }).ToArray();
                    return products[0] > 0 && products[1] >= 9 * products[0];
                }));
            },
            "none: exact",
            count: 300,
            dtype: "exact (rationals)");

    /// <summary>The library's slope, which does not notice the factor either; 1024 is exact in float64.</summary>
    [Claim("slope.product-bound.converse")]
    public void RandomNetworks_RescaledUnit_KeepsTheLibrarysSlope() =>
        ExactInstances.Satisfy(
            "the library's slope of the rescaled network against ‖J‖_p of the other, p = 1, ∞",
            LatticeNetworks.Arbitrary,
            instance =>
            {
                var (network, point) = (instance.Network.Exact(), Exact(instance.Point));
                if (network.Layers == 1)
                {
                    return null;
                }

                var exact = Rescale.Run(network, 0, 1024);
                SmallNetwork scaled = new(
                    [.. exact.Weights.Select(weights => Map(weights, entry => entry.ToDouble()))],
                    [.. exact.Biases.Select(bias => bias.Select(entry => entry.ToDouble()).ToArray())]);
                var jacobian = Jacobian(network, Pattern(network, point));
                return Orders.All(p => Rational.Of(NetworkGeometry.MeasuredSlope(scaled, instance.Point, p)) == Norm(jacobian, p));
            });

    /// <summary>
    /// f(x) = ReLU(x) + ReLU(x) as W_1 = (β, 1/β), W_2 = (1/β, β): the slope is 2 at most, the product of the 2-norms is β² + 1/β².
    /// </summary>
    [Claim("slope.product-bound.converse")]
    public void TwoUnits_ByHand_HaveSlopeTwoAndAnUnboundedProduct()
    {
        var products = new List<double>();
        foreach (var factor in new Rational[] { 1, 10, 1000 })
        {
            ReluNetwork<Rational> network = new(
                [new Rational[,] { { factor }, { 1 / factor } }, new Rational[,] { { 1 / factor, factor } }], [[0, 0], [0]]);
            network.Evaluate([3]).Output.Should().Equal(6);
            new Rational[] { -1, 0, 1 }.Select(x => SlopeAt(network, [x], 1)).Should().Equal(0, 2, 2);
            products.Add(((factor * factor) + (1 / (factor * factor))).ToDouble());
        }

        Evidence.Record(new Measurement(
            "∏‖W_i‖₂ of networks for the map 2 ReLU(x), β = 1, 10, 1000", products[^1], "unbounded, with the slope at most 2")
        {
            Series = products,
            Dtype = "exact (rationals)",
        });
    }

    /// <summary>With no hidden layer the converse holds: J = W, so a small slope is a small norm.</summary>
    [Claim("slope.product-bound.converse", Role.Control)]
    public void NoHiddenLayer_TheReverseHolds()
    {
        var weights = new double[,] { { 3, -4 } };
        var network = SmallNetwork.WithoutBiases(weights).Exact();
        foreach (var p in Orders)
        {
            SlopeAt(network, [1, 1], p).Should().Be(Product(network, p));
        }
    }

    /// <summary>A single hidden unit: β cancels, ‖βw‖·‖v/β‖ = ‖w‖·‖v‖, so the product does not grow.</summary>
    [Claim("slope.product-bound.converse", Role.Control)]
    public void SingleUnit_TheProductDoesNotGrow()
    {
        ReluNetwork<Rational> network = new([new Rational[,] { { 2 } }, new Rational[,] { { 3 } }], [[0], [0]]);
        Product(Scaled(network, 0, 1000, 1000, new(1, 1000)), 1).Should().Be(Product(network, 1));
    }

    private static Rational Product(ReluNetwork<Rational> network, double p) =>
        network.Weights.Aggregate((Rational)1, (product, weights) => product * Norm(weights, p));

    // The layer's first unit.
    private static ReluNetwork<Rational> Scaled(
        ReluNetwork<Rational> network, int layer, Rational incoming, Rational bias, Rational outgoing)
    {
        static Rational[,] Changed(Rational[,] matrix, Func<int, int, Rational> factor) =>
            Build(matrix.GetLength(0), matrix.GetLength(1), (row, column) => factor(row, column) * matrix[row, column]);
        var (weights, biases) = (network.Weights.ToArray(), network.Biases.ToArray());
        weights[layer] = Changed(weights[layer], (row, _) => row == 0 ? incoming : 1);
        biases[layer] = [.. biases[layer].Select((value, unit) => unit == 0 ? bias * value : value)];
        weights[layer + 1] = Changed(weights[layer + 1], (_, column) => column == 0 ? outgoing : 1);
        return new ReluNetwork<Rational>(weights, biases);
    }
}
