using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Networks;

/// <summary>
/// The ensemble against <see cref="SmallNetwork"/>, which evaluates itself in scalar C#, and against its own replicas one by one.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class FullyConnectedTests
{
    /// <summary>2 − 2 − 1: x = (1, −1) gives W₁x + b₁ = (1 − 2 + 0.5, −3 + 4 + 0) = (−0.5, 1), f = 7·0 − 2·1 + 3 = 1.</summary>
    private static readonly SmallNetwork ByHand = new(
        [new double[,] { { 1, 2 }, { -3, -4 } }, new double[,] { { 7, -2 } }],
        [[0.5, 0], [3]]);

    [Fact]
    public void Forward_ByHand_IsTheWorkedValue()
    {
        using var scope = NewDisposeScope();
        var network = ByHand.ToEnsemble();
        var point = tensor([1.0, -1], [1, 2]);
        Tensors.Numbers(network.Forward(point)).Should().Equal(1);
        Tensors.Numbers(network.Preactivations(point)[0]).Should().Equal(-0.5, 1);
        Tensors.Numbers(network.Masks(point)[0]).Should().Equal(0, 1);
    }

    [Fact]
    public void Masks_OnAKink_CountTheUnitAsInactive()
    {
        using var scope = NewDisposeScope();
        Tensors.Numbers(ByHand.ToEnsemble().Masks(tensor([-0.5, 0], [1, 2]))[0]).Should().Equal(0, 1);
    }

    /// <summary>
    /// Two evaluations of one network differ by at most twice the rounding of each: k·u times the value of the network of
    /// magnitudes, where k counts the operations along a path. A ReLU could hide a wrong hidden value, so the pre-activations are
    /// compared too.
    /// </summary>
    [Fact]
    public void Forward_OfRandomNetworks_IsTheScalarEvaluation()
    {
        foreach (var instance in NetworkAtPoint.Arbitrary.Generator.Sample(50, new Rnd(20240229), 200))
        {
            using var scope = NewDisposeScope();
            var (network, point) = instance;
            var magnitudes = new SmallNetwork(
                    [.. network.Weights.Select(weight => Arrays.Map(weight, value => Math.Abs(value)))],
                    [.. network.Biases.Select(bias => bias.Select(Math.Abs).ToArray())])
                .Evaluate([.. point.Select(Math.Abs)]).Preactivations;
            var expected = network.Evaluate(point).Preactivations;
            var ensemble = network.ToEnsemble();
            var at = tensor(point, [1, point.Length]);
            Tensor[] actual = [.. ensemble.Preactivations(at), ensemble.Forward(at)];
            actual.Should().HaveSameCount(expected);
            var roundings = 0;
            for (var layer = 0; layer < expected.Length; layer++)
            {
                roundings += network.Weights[layer].GetLength(1) + 2;
                actual[layer].shape.Should().Equal(1, 1, expected[layer].Length);
                var numbers = Tensors.Numbers(actual[layer]);
                for (var unit = 0; unit < numbers.Length; unit++)
                {
                    var allowed = 2 * roundings * Math.ScaleB(1, -53) * magnitudes[layer][unit];
                    (Math.Abs(numbers[unit] - expected[layer][unit]) <= allowed).Should().BeTrue(
                        $"layer {layer + 1} of {instance} gives {expected[layer][unit]}, not {numbers[unit]}");
                }
            }
        }
    }

    [Fact]
    public void Ensemble_OfThree_IsThreeSingles()
    {
        using var scope = NewDisposeScope();
        var shape = new FullyConnectedShape(5, 7, 6, 3);
        var seeds = Seeds(3);
        var ensemble = Initialisation.PyTorchDefault(shape, seeds, float64);
        var shared = Initialisation.PyTorchDefault(new FullyConnectedShape(5, 4), Seeds(1), float64).Weights[0].squeeze(0);
        var own = stack([shared, 2 * shared, -shared]);
        ensemble.Forward(shared).shape.Should().Equal(3, 4, 3);
        for (var replica = 0; replica < 3; replica++)
        {
            var single = Initialisation.PyTorchDefault(shape, [seeds[replica]], float64);

            // Values below 2 through sums of at most 8 terms in three layers.
            Farthest(ensemble.Forward(shared).select(0, replica), single.Forward(shared).select(0, 0)).Should().BeLessThan(1e-14);
            Farthest(ensemble.Forward(own).select(0, replica), single.Forward(own.narrow(0, replica, 1)).select(0, 0))
                .Should().BeLessThan(1e-14);
        }

        Farthest(ensemble.Forward(own).select(0, 0), ensemble.Forward(own).select(0, 1))
            .Should().BeGreaterThan(0.01, "the replicas differ");
    }

    [Fact]
    public void Parameters_InOrder_AreWeightsThenBiasesOfEachLayer()
    {
        using var network = ByHand.ToEnsemble();
        network.Parameters.Select(one => string.Join('x', one.shape)).Should().Equal("1x2x2", "1x2", "1x1x2", "1x1");
        network.Shape.Should().Be(new FullyConnectedShape(2, 2, 1));
        (network.Replicas, network.Shape.ToString()).Should().Be((1, "2-2-1"));
    }

    [Fact]
    public void Clone_Changed_LeavesTheOriginal()
    {
        using var network = ByHand.ToEnsemble();
        using (var copy = network.Clone())
        {
            foreach (var parameter in copy.Parameters)
            {
                parameter.fill_(0);
            }
        }

        network.Parameters.SelectMany(Tensors.Numbers).Should().Equal(1, 2, -3, -4, 0.5, 0, 7, -2, 3);
        network.Dispose();
        network.Parameters.Should().OnlyContain(one => one.IsInvalid);
    }

    public static TheoryData<string, long[][], long[][], string> WrongShapes => new()
    {
        { "widths that do not chain", [[1, 3, 2], [1, 1, 4]], [[1, 3], [1, 1]], "layer 2*[1, 1, 4]*3*" },
        { "biases of another width", [[1, 3, 2], [1, 1, 3]], [[1, 2], [1, 1]], "layer 1*[1, 3, 2]*[1, 2]*" },
        { "replicas that differ between weights and biases", [[2, 3, 2]], [[1, 3]], "layer 1*" },
        { "replicas that differ between layers", [[2, 3, 2], [1, 1, 3]], [[2, 3], [1, 1]], "layer 2*" },
        { "weights without replicas", [[3, 2]], [[3]], "layer 1*" },
        { "biases without replicas", [[1, 3, 2]], [[3]], "layer 1*" },
        { "more weights than biases", [[1, 3, 2], [1, 1, 3]], [[1, 3]], "2 weight matrices and 1 bias vectors*" },
        { "no layer", [], [], "0 weight matrices*" },
    };

    [Theory]
    [MemberData(nameof(WrongShapes))]
    public void Network_OfWrongShapes_IsRefusedByLayer(string what, long[][] weights, long[][] biases, string message)
    {
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => new FullyConnected([.. weights.Select(size => zeros(size))], [.. biases.Select(size => zeros(size))]))
            .Should().Throw<ArgumentException>(what).WithMessage(message);
    }

    [Theory]
    [InlineData(double.NaN, 0, "the weights of layer 1*")]
    [InlineData(double.PositiveInfinity, 1, "the biases of layer 1*")]
    [InlineData(double.NegativeInfinity, 2, "the weights of layer 2*")]
    [InlineData(double.NaN, 3, "the biases of layer 2*")]
    public void Network_OfNumbersThatAreNotFinite_IsRefusedByLayer(double number, int parameter, string message)
    {
        using var scope = NewDisposeScope();
        Tensor[] parameters = [.. ByHand.ToEnsemble().Parameters];
        parameters[parameter].view(-1).narrow(0, 0, 1).fill_(number);
        FluentActions.Invoking(() => new FullyConnected([parameters[0], parameters[2]], [parameters[1], parameters[3]]))
            .Should().Throw<ArgumentException>().WithMessage(message);
    }

    /// <summary>For one replica with 2 inputs: another width, no batch, two replicas, a dimension too many.</summary>
    public static TheoryData<long[]> OtherShapes => new(new long[][] { [1, 3], [2], [2, 1, 2], [1, 1, 1, 2] });

    [Theory]
    [MemberData(nameof(OtherShapes))]
    public void Points_OfAnotherShape_AreRefused(long[] shape)
    {
        using var scope = NewDisposeScope();
        var network = ByHand.ToEnsemble();
        FluentActions.Invoking(() => network.Forward(zeros(shape, float64)))
            .Should().Throw<ArgumentException>().WithMessage($"*[{string.Join(", ", shape)}]*2 inputs*");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(3, 0, 2)]
    public void Shape_WithoutTwoPositiveWidths_IsRefused(params int[] widths) =>
        FluentActions.Invoking(() => new FullyConnectedShape(widths)).Should().Throw<ArgumentException>();

    [Theory]
    [InlineData(2, 3, "784-25-25-10")]
    [InlineData(0, 1, "784-10")]
    public void Uniform_OfHiddenLayersOfOneWidth_HasThemBetweenInputsAndOutputs(int hidden, int layers, string text)
    {
        var shape = FullyConnectedShape.Uniform(784, hidden, 25, 10);
        (shape.Layers, shape.ToString()).Should().Be((layers, text));
    }

    private static IReadOnlyList<Seed> Seeds(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Seed.Of(("test", "fully connected"), ("replica", i)))];

    private static double Farthest(Tensor one, Tensor other) => (one - other).abs().max().item<double>();
}
