using Reproduce.Claims.Shared;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Networks;

/// <summary>
/// PyTorch's default: every weight and bias uniform on ±1/√fan_in. The fixture is a 100 − 80 − 5 network, whose layers have
/// different bounds and enough numbers for moments; fixed seeds fix the outcome.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class InitialisationTests
{
    private static readonly FullyConnectedShape Shape = new(100, 80, 5);

    [Fact]
    public void Parameters_OfEveryLayer_FillTheirInterval()
    {
        using var network = Initialisation.PyTorchDefault(Shape, [Of(0)], float64);
        var layer = 0;
        foreach (var parameter in network.Parameters)
        {
            var bound = 1 / Math.Sqrt(Shape.Widths[layer++ / 2]);
            var numbers = Tensors.Numbers(parameter);

            // All of N numbers miss the outer tenth at one end with chance 0.95^N: 2 % for 80, so the last 5 biases are left out.
            numbers.Should().OnlyContain(one => Math.Abs(one) <= bound);
            if (numbers.Length >= 80)
            {
                numbers.Max().Should().BeGreaterThan(0.9 * bound);
                numbers.Min().Should().BeLessThan(-0.9 * bound);
            }
        }
    }

    /// <summary>Of N numbers uniform on ±a: the mean has standard error a/√(3N), the mean square a²√(4/45/N) around a²/3.</summary>
    [Fact]
    public void Weights_OfTheFirstLayer_HaveTheMomentsOfTheUniform()
    {
        using var network = Initialisation.PyTorchDefault(Shape, [Of(0), Of(1), Of(2), Of(3)], float64);
        var numbers = Tensors.Numbers(network.Weights[0]);
        const double bound = 0.1;
        var standardErrors = 4.0; // A correct generator lies farther out once in 8000 runs.
        numbers.Should().HaveCount(32_000);
        numbers.Average().Should().BeApproximately(0, standardErrors * bound / Math.Sqrt(3.0 * numbers.Length));
        var allowed = standardErrors * bound * bound * Math.Sqrt(4 / 45.0 / numbers.Length);
        numbers.Average(one => one * one).Should().BeApproximately(bound * bound / 3, allowed);
    }

    /// <summary>Layer by layer, the weights row by row and then the biases: what a seed means must not change.</summary>
    [Fact]
    public void Parameters_OfOneReplica_AreTheSeedsStreamInOrder()
    {
        var shape = new FullyConnectedShape(4, 2, 3);
        using var network = Initialisation.PyTorchDefault(shape, [Of(0)], float64);
        var stream = Of(0).Generator();
        foreach (var (parameter, bound) in network.Parameters.Zip([0.5, 0.5, Math.Sqrt(0.5), Math.Sqrt(0.5)]))
        {
            // One rounding of the bound and one of the product.
            foreach (var number in Tensors.Numbers(parameter))
            {
                number.Should().BeApproximately(((2 * stream.NextDouble()) - 1) * bound, 1e-15);
            }
        }
    }

    [Fact]
    public void Network_OfTheSameSeed_IsTheSame()
    {
        using var first = Initialisation.PyTorchDefault(Shape, [Of(7)], float64);
        using var second = Initialisation.PyTorchDefault(Shape, [Of(7)], float64);
        using var other = Initialisation.PyTorchDefault(Shape, [Of(8)], float64);
        first.Parameters.SelectMany(Tensors.Numbers).Should().Equal(second.Parameters.SelectMany(Tensors.Numbers));
        first.Parameters.SelectMany(Tensors.Numbers).Zip(other.Parameters.SelectMany(Tensors.Numbers))
            .Should().NotContain(pair => pair.First == pair.Second);
    }

    [Fact]
    public void Replica_InAnEnsemble_IsTheNetworkOfItsSeed()
    {
        using var ensemble = Initialisation.PyTorchDefault(Shape, [Of(0), Of(1), Of(2)], float64);
        for (var replica = 0; replica < 3; replica++)
        {
            using var single = Initialisation.PyTorchDefault(Shape, [Of(replica)], float64);
            foreach (var (together, alone) in ensemble.Parameters.Zip(single.Parameters))
            {
                using var row = together.select(0, replica);
                Tensors.Numbers(row).Should().Equal(Tensors.Numbers(alone));
            }
        }
    }

    [Fact]
    public void Network_InFloat32_IsThatOfFloat64Rounded()
    {
        using var single = Initialisation.PyTorchDefault(Shape, [Of(0)], float32);
        using var @double = Initialisation.PyTorchDefault(Shape, [Of(0)], float64);
        single.Parameters.Should().OnlyContain(one => one.dtype == float32);
        @double.Parameters.Should().OnlyContain(one => one.dtype == float64);
        foreach (var (rounded, exact) in single.Parameters.Zip(@double.Parameters))
        {
            rounded.cpu().data<float>().ToArray().Should().Equal(Tensors.Numbers(exact).Select(one => (float)one));
        }
    }

    /// <summary>At n_in + n_out = 6α the bound is 1 and the weights are the generator's own numbers; the biases draw none.</summary>
    [Fact]
    public void VarianceScaling_OfTwoLayers_IsTheSeedsStreamWithoutBiases()
    {
        using var network = Initialisation.VarianceScaling(new FullyConnectedShape(4, 2, 4), 1, [Of(0), Of(1)], float64);
        for (var replica = 0; replica < 2; replica++)
        {
            var stream = Of(replica).Generator();
            foreach (var weight in network.Weights)
            {
                using var own = weight.select(0, replica);
                Tensors.Numbers(own.contiguous()).Should().Equal(Enumerable.Range(0, 8).Select(_ => (2 * stream.NextDouble()) - 1));
            }
        }

        network.Biases.SelectMany(Tensors.Numbers).Should().OnlyContain(bias => bias == 0);
    }

    [Fact]
    public void VarianceScaling_ByZero_GivesZeroWeights()
    {
        using var network = Initialisation.VarianceScaling(Shape, 0, [Of(0)], float64);
        network.Weights.SelectMany(Tensors.Numbers).Should().OnlyContain(weight => weight == 0);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void VarianceScaling_ByAnInvalidScale_IsRefused(double scale) =>
        FluentActions.Invoking(() => Initialisation.VarianceScaling(Shape, scale, [Of(0)], float64))
            .Should().Throw<ArgumentOutOfRangeException>();

    private static Seed Of(int replica) => Seed.Of(("test", "initialisation"), ("replica", replica));
}
