using Reproduce.Claims.Foundations.Core.Lines;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Networks;

/// <summary>
/// What a layer does to rows against its matrix, which for a convolution is written out by the definition. All numbers are small
/// integers, so that nothing is rounded.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class AffineLayerTests
{
    private const int Few = 3;

    [Fact]
    public void DenseLayer_InAllItsFunctions_IsItsMatrix()
    {
        var generator = Seed.Of(("layers", "dense")).Generator();
        foreach (var (outputs, inputs) in new[] { (1, 1), (3, 5), (4, 4), (9, 2), (67, 3) })
        {
            using var scope = NewDisposeScope();
            var (weights, biases) = (Arrays.Build(outputs, inputs, (_, _) => Number(generator)), Vector(generator, outputs));
            using var layer = new DenseLayer(tensor(weights), tensor(biases));
            Compare(layer, weights, biases, generator);
        }
    }

    [Fact]
    public void ConvolutionLayer_InAllItsFunctions_IsItsMatrix()
    {
        var generator = Seed.Of(("layers", "convolution")).Generator();
        foreach (var _ in Enumerable.Range(0, 60))
        {
            foreach (var one in SmallConvolutionalNetwork.Draw(generator, 0.125).Convolutions)
            {
                using var scope = NewDisposeScope();
                using var layer = one.ToLayer();
                layer.OutputShape.Should().Be(one.OutputShape);
                Compare(layer, one.Weights, one.Biases, generator);
            }
        }
    }

    /// <summary>
    /// On paper: the kernel ((1, 2), (3, 4)) in steps of 2 over ((1, 2, 3), (4, 5, 6), (7, 8, 9)) with a border of zeros. At its four
    /// places it sees (0, 0, 0, 1), (0, 0, 2, 3), (0, 4, 0, 7) and (5, 6, 8, 9), and the bias is 100.
    /// </summary>
    [Fact]
    public void ConvolutionLayer_WorkedByHand()
    {
        using var scope = NewDisposeScope();
        using var layer = new ConvolutionLayer(
            tensor([1.0, 2, 3, 4], [1, 1, 2, 2]),
            tensor([100.0]),
            new ImageShape(1, 3, 3),
            stride: 2,
            padding: 1);
        Numbers(layer.Apply(arange(1, 10, 1, float64).unsqueeze(0))).Should().Equal(104, 118, 136, 177);
        Numbers(layer.Rows(tensor([1L]))).Should().Equal(0, 3, 4, 0, 0, 0, 0, 0, 0);
        Numbers(layer.Columns(tensor([7L]))).Should().Equal(0, 0, 0, 3);

        // The pixel 7 is seen at the third place only, under the 4; the output at the second place sees 2 and 3, under 3 and 4.
        var pushed = layer.Push(Patch.OfUnit(layer.InputShape, 6, 10));
        (pushed.Top, pushed.Left, pushed.Height, pushed.Width).Should().Be((1, 0, 1, 1));
        pushed.Values.Should().Equal(40);
        var pulled = layer.Pull(Patch.OfUnit(layer.OutputShape, 1, 10), layer.InputShape);
        (pulled.Top, pulled.Left, pulled.Height, pulled.Width).Should().Be((0, 1, 1, 2));
        pulled.Values.Should().Equal(30, 40);
        layer.Description.Should().Contain("2×2").And.Contain("stride 2").And.Contain("padding 1");
    }

    [Fact]
    public void Layers_OfWrongNumbersOrShapes_AreRefused()
    {
        using var scope = NewDisposeScope();
        void Refused(Func<object> make, string message) =>
            FluentActions.Invoking(make).Should().Throw<ArgumentException>().WithMessage(message);
        Tensor Kernels(params long[] shape) => ones(shape, float64);
        var image = new ImageShape(2, 4, 5);
        Refused(() => new DenseLayer(ones([2, 3], float64), ones([3], float64)), "*[2, 3]*[3]*");
        Refused(() => new DenseLayer(ones([2], float64), ones([2], float64)), "*[2]*");
        Refused(() => new DenseLayer(full([2, 3], double.NaN, float64), ones([2], float64)), "Linear 3→2*NaN or infinite*");
        Refused(() => new DenseLayer(ones([2, 3], float64), full([2], double.PositiveInfinity, float64)), "*NaN or infinite*");
        Refused(() => new ConvolutionLayer(Kernels(3, 1, 2, 2), ones([3], float64), image), "*[3, 1, 2, 2]*2×4×5*");
        Refused(() => new ConvolutionLayer(Kernels(3, 2, 2), ones([3], float64), image), "*[3, 2, 2]*");
        Refused(() => new ConvolutionLayer(Kernels(3, 2, 2, 2), ones([2], float64), image), "*[2]*");
        Refused(() => new ConvolutionLayer(Kernels(3, 2, 2, 2), ones([3], float64), image, stride: 0), "*stride*not 0 and 0*");
        Refused(() => new ConvolutionLayer(Kernels(3, 2, 2, 2), ones([3], float64), image, padding: -1), "*padding*-1*");
        Refused(() => new ConvolutionLayer(Kernels(3, 2, 5, 2), ones([3], float64), image), "*5×2*2×4×5*padding of 0*");
        Refused(() => new ConvolutionLayer(Kernels(3, 2, 2, 6), ones([3], float64), image), "*2×6*");
        Refused(() => new ConvolutionLayer(full([3, 2, 2, 2], double.NaN, float64), ones([3], float64), image), "Conv2d*NaN or infinite*");
        Refused(() => new LayeredNetwork(), "*without layers*");
        Refused(
            () => new LayeredNetwork(
                new DenseLayer(ones([2, 3], float64), ones([2], float64)),
                new DenseLayer(ones([1, 3], float64), ones([1], float64))),
            "layer 2*takes 3*layer 1*gives 2*");
    }

    private static void Compare(AffineLayer layer, double[,] weights, double[] biases, Random generator)
    {
        (layer.Inputs, layer.Outputs).Should().Be((weights.GetLength(1), weights.GetLength(0)));
        double[][] rows = [.. Enumerable.Range(0, Few).Select(_ => Vector(generator, layer.Inputs))];
        double[][] gradients = [.. Enumerable.Range(0, Few).Select(_ => Vector(generator, layer.Outputs))];
        var transposed = Arrays.Transpose(weights);
        Numbers(layer.Apply(EngineLines.Matrix(rows))).Should()
            .Equal(rows.SelectMany(row => Arrays.Add(Arrays.Multiply(weights, row), biases)), layer.Description);
        Numbers(layer.Multiply(EngineLines.Matrix(rows))).Should()
            .Equal(rows.SelectMany(row => Arrays.Multiply(weights, row)), layer.Description);
        Numbers(layer.MultiplyTransposed(EngineLines.Matrix(gradients))).Should()
            .Equal(gradients.SelectMany(row => Arrays.Multiply(transposed, row)), layer.Description);

        // In no order, and one twice.
        long[] units = [layer.Outputs - 1, 0, layer.Outputs / 2, 0];
        Numbers(layer.Rows(tensor(units))).Should().Equal(units.SelectMany(unit => Arrays.Row(weights, (int)unit)), layer.Description);
        units = [layer.Inputs - 1, 0, layer.Inputs / 2, 0];
        Numbers(layer.Columns(tensor(units))).Should()
            .Equal(units.SelectMany(unit => Arrays.Column(weights, (int)unit)), layer.Description);
        for (var place = 0; place < layer.Inputs; place++)
        {
            var column = Arrays.Column(weights, layer.InputShape.ChannelsFirst(place));
            Whole(layer.Push(Patch.OfUnit(layer.InputShape, place, -3))).Should().Equal(Arrays.Times(-3, column), layer.Description);
        }

        for (var place = 0; place < layer.Outputs; place++)
        {
            var row = Arrays.Row(weights, layer.OutputShape.ChannelsFirst(place));
            Whole(layer.Pull(Patch.OfUnit(layer.OutputShape, place, -3), layer.InputShape)).Should()
                .Equal(Arrays.Times(-3, row), layer.Description);
        }

        // All of an activation at once.
        Whole(layer.Push(All(layer.InputShape, rows[0]))).Should().Equal(Arrays.Multiply(weights, rows[0]), layer.Description);
        Whole(layer.Pull(All(layer.OutputShape, gradients[0]), layer.InputShape)).Should()
            .Equal(Arrays.Multiply(transposed, gradients[0]), layer.Description);
        if (layer is DenseLayer dense)
        {
            var sum = (double[])gradients[0].Clone();
            dense.AddColumn(0, -3, sum);
            sum.Should().Equal(Arrays.Add(gradients[0], Arrays.Times(-3, Arrays.Column(weights, 0))), layer.Description);
        }

        using var magnitudes = layer.OfMagnitudes();
        using var zeros = torch.zeros([1, layer.Inputs], torch.float64);
        Numbers(magnitudes.Apply(zeros)).Should().Equal(biases.Select(Math.Abs), layer.Description);
        Numbers(magnitudes.Multiply(torch.ones_like(zeros))).Should()
            .Equal(Arrays.Multiply(Arrays.Map(weights, Math.Abs), [.. Enumerable.Repeat(1.0, layer.Inputs)]), layer.Description);
    }

    private static Patch All(ImageShape image, double[] values) =>
        new(
            image,
            0,
            0,
            image.Height,
            image.Width,
            [.. Enumerable.Range(0, image.Size).Select(place => values[image.ChannelsFirst(place)])]);

    // A patch and the zeros around it, channels first.
    private static double[] Whole(Patch patch)
    {
        var values = new double[patch.Image.Size];
        for (var i = 0; i < patch.Values.Length; i++)
        {
            values[patch.Image.ChannelsFirst(patch.PlaceOfRow(i / patch.RowLength) + (i % patch.RowLength))] = patch.Values[i];
        }

        return values;
    }

    private static double Number(Random generator) => generator.Next(-9, 10);

    private static double[] Vector(Random generator, int count) => [.. Enumerable.Range(0, count).Select(_ => Number(generator))];

    private static double[] Numbers(Tensor values) => values.contiguous().cpu().data<double>().ToArray();
}
