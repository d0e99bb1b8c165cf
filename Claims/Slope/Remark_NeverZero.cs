using System.Numerics;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Claims.Slope.Support;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using static Reproduce.Claims.Shared.LinearRegions;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// After Proposition 3: the slope is said to be unlikely to be zero anywhere. At a point fixed beforehand it is zero exactly when a hidden
/// layer is dead there, which for symmetric random weights has probability 1 − ∏(1 − 2^−n_i). Somewhere it certainly is zero, as soon as
/// the first layer has no more units than inputs and independent rows: then all its units are off on an open set.
/// </summary>
public sealed class Remark_NeverZero
{
    private const int Scale = 120;

    /// <summary>The probability that some hidden layer is dead at a point.</summary>
    private static readonly UnderTest<Func<int[], double>> ChanceOfZero = new(
        hidden => 1 - hidden.Aggregate(1.0, (alive, width) => alive * (1 - Math.Pow(2, -width))),
        ("chance-of-zero-all-layers-dead", hidden => hidden.Aggregate(1.0, (dead, width) => dead * Math.Pow(2, -width))),
        ("chance-of-zero-first-layer-only", hidden => Math.Pow(2, -hidden[0])),
        ("chance-of-zero-any-unit-off", hidden => 1 - hidden.Aggregate(1.0, (alive, width) => alive * Math.Pow(2, -width))));

    /// <summary>A point at which all units of the first layer are at −margin: the least-norm solution of W_1 x = −b_1 − margin.</summary>
    private static readonly UnderTest<Func<double[,], double[], double, double[]>> DeadPoint = new(
        (weights, bias, margin) => LeastNorm(weights, [.. bias.Select(value => -value - margin)]),
        ("dead-point-without-the-biases", (weights, bias, margin) => LeastNorm(weights, [.. bias.Select(_ => -margin)])),
        ("dead-point-on-the-active-side", (weights, bias, margin) => LeastNorm(weights, [.. bias.Select(value => -value + margin)])));

    /// <summary>
    /// 4000 networks of each shape at one normal point each: the number of zero slopes lies between the 10⁻⁴ tails of the binomial with the
    /// probability of the formula. Six shapes: a right formula fails for one seed in 800, and the seed is fixed.
    /// </summary>
    [ClaimRows("slope.never-zero")]
    [InlineData(new[] { 1 })]
    [InlineData(new[] { 2 })]
    [InlineData(new[] { 1, 1 })]
    [InlineData(new[] { 3, 2 })]
    [InlineData(new[] { 2, 4, 3 })]
    [InlineData(new[] { 8, 8 })]
    public void RandomNetworks_AtOnePoint_HaveSlopeZeroAtTheRateOfDeadLayers(int[] hidden)
    {
        NetworksAtInitialisation.HaveAtTheRate(
            Seed.Of(("claim", "slope.never-zero"), ("hidden", string.Join('-', hidden))),
            hidden,
            outputs: 2,
            ChanceOfZero.Run(hidden),
            (networks, points) => (int)NetworkGeometry.Slopes.Run(networks, points, 1).eq(0.0).sum().item<long>(),
            $"share of zero slopes, hidden layers {string.Join('-', hidden)}",
            "the probability of a dead layer");
    }

    /// <summary>
    /// One unit is off half of the time; with 25 units a layer is dead once in 33 554 432, three layers of them about once in 11 million.
    /// </summary>
    [Claim("slope.never-zero")]
    public void Formula_ByHand_IsAHalfForOneUnit()
    {
        ChanceOfZero.Run([1]).Should().Be(0.5);
        ChanceOfZero.Run([1, 1]).Should().Be(0.75);
        ChanceOfZero.Run([25]).Should().BeApproximately(1 / 33554432.0, 1e-16);
        Evidence.Record(new Measurement(
            "probability of slope 0 at a given point, (3, 25) before training", ChanceOfZero.Run([25, 25, 25]), "1 − (1 − 2⁻²⁵)³")
        {
            Dtype = "float64",
        });
    }

    /// <summary>One unit: of the weights w, b and −w, −b just one pair switches it off at a given point, and the slope with it.</summary>
    [ClaimRows("slope.never-zero", Role.Counterexample)]
    [InlineData(-7)]
    [InlineData(0)]
    [InlineData(2)]
    public void OneUnit_OverTheSignsOfItsWeights_HasSlopeZeroHalfOfTheTime(int x)
    {
        Rational SlopeWith(double sign) =>
            SlopeAt(new SmallNetwork([new double[,] { { 3 * sign } }, new double[,] { { 1 }, { -1 } }], [[sign], [0, 0]]).Exact(), [x], 1);
        new[] { SlopeWith(1), SlopeWith(-1) }.Order().Should().Equal(0, 6);
    }

    /// <summary>
    /// Not all points at once. At the paper's sizes for images, 784 inputs and a first layer of 25 to 200 units with PyTorch's default
    /// initialisation: a point at which all units are off by 0.01, with the whole cube of half-side 0.0001 around it. The signs are checked
    /// in whole numbers. On the cube f is constant whatever layers follow.
    /// </summary>
    [ClaimRows("slope.never-zero")]
    [InlineData(25)]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(200)]
    public void PaperSizes_BeforeTraining_HaveAnOpenSetOfSlopeZero(int width)
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("claim", "slope.never-zero"), ("width", width));
        var network = Initialisation.PyTorchDefault(new FullyConnectedShape(784, width, 10), [seed], float64);
        var point = DeadCube(network, 0.0001);
        Tensors.Number(Geometry.Slope.At(network, tensor(point, [1, 784]))).Should().Be(0);
        var largest = point.Max(Math.Abs);
        Evidence.Record(new Measurement(
            $"largest coordinate of the centre of a cube of slope 0, one hidden layer of {width}",
            largest,
            "below 0.1: an almost uniform grey in normalised pixels; half-side of the cube 0.0001")
        {
            Seed = seed.ToString(),
            Dtype = "exact (integers)",
            Paper = "unlikely to be zero anywhere",
        });
        largest.Should().BeLessThan(0.1);
    }

    /// <summary>The same on Forest Cover's 54 inputs, with the paper's two smaller widths.</summary>
    [ClaimRows("slope.never-zero")]
    [InlineData(25)]
    [InlineData(50)]
    public void ForestCoverSizes_BeforeTraining_HaveAnOpenSetOfSlopeZero(int width)
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("claim", "slope.never-zero"), ("inputs", 54), ("width", width));
        var network = Initialisation.PyTorchDefault(new FullyConnectedShape(54, width, 7), [seed], float64);
        var point = DeadCube(network, 0.0001);
        Tensors.Number(Geometry.Slope.At(network, tensor(point, [1, 54]))).Should().Be(0);
        Evidence.Record(new Measurement(
            $"largest coordinate of the centre of a cube of slope 0, {width} units on 54 inputs",
            point.Max(Math.Abs),
            "finite: the slope is zero somewhere; half-side of the cube 0.0001")
        {
            Seed = seed.ToString(),
            Dtype = "exact (integers)",
            Paper = "unlikely to be zero anywhere",
        });
    }

    /// <summary>
    /// Training does not change it: a (1, 15) network trained on five clouds in 20 dimensions, as for slope.never-zero.trained, is right on
    /// at least 90 % of fresh points, and the rows of its first layer are still independent.
    /// </summary>
    [Claim("slope.never-zero")]
    public void TrainedNetwork_WithFewerUnitsThanInputs_HasAnOpenSetOfSlopeZero()
    {
        var seed = Seed.Of(("claim", "slope.never-zero"), ("what", "trained"));
        var (largest, accuracy) = Remark_NeverZeroTrained.Train(seed, 1, 15, (network, points, labels) =>
            (DeadCube(network, 0.0001).Max(Math.Abs), Classification.Of(network, points, labels).Accuracy));
        Evidence.Record(new Measurement(
            "largest coordinate of the centre of a cube of slope 0, trained (1, 15) on 20 inputs",
            largest,
            "finite: the slope is zero somewhere; half-side of the cube 0.0001")
        {
            Setting = $"accuracy on fresh points {accuracy:F3}",
            Seed = seed.ToString(),
            Dtype = "exact (integers)",
            Paper = "unlikely to be zero anywhere",
        });
        accuracy.Should().BeGreaterThan(0.9);
    }

    /// <summary>
    /// The smallest example: f(x) = (ReLU(x), −ReLU(x)), two classes. For all x &lt; 0 both outputs are 0: none increases or decreases.
    /// </summary>
    [Claim("slope.never-zero")]
    public void OneUnitTwoClasses_OnAHalfLine_HaveSlopeZero()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 } }, new double[,] { { 1 }, { -1 } }).Exact();
        new Rational[] { -100, -1, new(-1, 1000) }.Select(x => SlopeAt(network, [x], 1)).Should().Equal(0, 0, 0);
        FirstKink(network, [-100], [1]).Should().Be((Rational)100, "all the way to 0");
    }

    /// <summary>
    /// More units than inputs can cover everything: |x| has the units x and −x, one of which is always on, and nowhere the slope 0.
    /// </summary>
    [Claim("slope.never-zero", Role.Control)]
    public void MoreUnitsThanInputs_HypothesisDropped_HaveNoDeadPoint()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, new double[,] { { 1, 1 } }).Exact();
        new Rational[] { -5, -1, 0, 1, 5 }.Select(x => SlopeAt(network, [x], 1)).Should().OnlyContain(slope => slope == 1);
    }

    /// <summary>Biases that are not symmetric change the rate: with all biases at +100 no unit is ever off.</summary>
    [Claim("slope.never-zero", Role.Control)]
    public void PositiveBiases_SymmetryDropped_ChangeTheRate()
    {
        using var scope = NewDisposeScope();
        var seeds = Enumerable.Range(0, 100).Select(replica => Seed.Of(("claim", "slope.never-zero"), ("control", replica))).ToList();
        var networks = Initialisation.PyTorchDefault(new FullyConnectedShape(3, 1, 2), seeds, float64);
        networks.Biases[0].add_(100.0);
        Geometry.Slope.At(networks, zeros([1, 3], float64), 1).eq(0.0).sum().item<long>().Should().Be(0);
    }

    // The centre of a cube on which all units of the first layer are off, W_1 x + b_1 < 0, shown in whole numbers: in the cube W_1 x moves
    // by at most half the side times the sum of a row's magnitudes.
    private static double[] DeadCube(FullyConnected network, double halfSide)
    {
        using var scope = NewDisposeScope();
        var rows = Rows(network.Weights[0].squeeze(0).to_type(float64));
        var bias = network.Biases[0].to_type(float64).cpu().data<double>().ToArray();
        var point = DeadPoint.Run(rows, bias, 0.01);
        for (var unit = 0; unit < bias.Length; unit++)
        {
            var value = FixedPoint(bias[unit]) << Scale;
            for (var column = 0; column < point.Length; column++)
            {
                value += FixedPoint(rows[unit, column]) * FixedPoint(point[column]);
                value += BigInteger.Abs(FixedPoint(rows[unit, column])) * FixedPoint(halfSide);
            }

            value.Sign.Should().Be(-1, "unit {0} of {1} must be off in the whole cube", unit, bias.Length);
        }

        return point;
    }

    // value·2^Scale, a whole number for a double that is 0 or above 10⁻²⁰ in magnitude.
    private static BigInteger FixedPoint(double value)
    {
        var scaled = Math.ScaleB(value, Scale);
        return scaled == Math.Floor(scaled)
            ? new BigInteger(scaled)
            : throw new ArgumentOutOfRangeException(nameof(value), value, "has more than 120 binary places");
    }

    private static double[,] Rows(TorchSharp.torch.Tensor weights)
    {
        var (numbers, columns) = (weights.contiguous().cpu().data<double>().ToArray(), (int)weights.size(1));
        return Arrays.Build((int)weights.size(0), columns, (row, column) => numbers[(row * columns) + column]);
    }

    // Wᵀ(WWᵀ)⁻¹ target.
    private static double[] LeastNorm(double[,] weights, double[] target)
    {
        var matrix = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfArray(weights);
        var right = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.DenseOfArray(target);
        return (matrix.Transpose() * (matrix * matrix.Transpose()).Cholesky().Solve(right)).ToArray();
    }
}
