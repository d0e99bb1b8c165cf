using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static Reproduce.Claims.Foundations.Core.Training.TrainingExamples;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>
/// The engine's operators on images against TorchSharp's in float64, with the gradients that autograd takes through them.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class ImageOperatorsTests
{
    private static readonly TorchImageOperators Exact = new();
    private static readonly ImageOperators Fast = new();

    /// <summary>
    /// Points, inputs, outputs, height, width, kernel, stride: whole vectors and others, blocks of four outputs and of one, planes
    /// smaller than a kernel, odd planes halved.
    /// </summary>
    public static TheoryData<int, int, int, int, int, int, int> Convolutions => new()
    {
        { 16, 3, 4, 8, 8, 3, 1 }, { 5, 2, 7, 7, 6, 3, 1 }, { 17, 4, 9, 8, 6, 3, 2 }, { 3, 2, 5, 7, 5, 3, 2 },
        { 6, 3, 5, 9, 11, 5, 1 }, { 2, 1, 1, 1, 1, 3, 1 }, { 4, 2, 4, 2, 3, 5, 2 },

        // More pixels than fit into the caches at once.
        { 128, 8, 5, 9, 40, 3, 1 }, { 128, 6, 4, 9, 40, 5, 2 },
    };

    /// <summary>
    /// Sums of up to 46 080 products of numbers below 1, as the gradient's over all pixels and points: errors reach 10⁻⁴, and a wrong
    /// tap is off by 0.05 or more.
    /// </summary>
    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Convolve_AnyShape_IsTorchsWithItsGradients(
        int points, int inputs, int outputs, int height, int width, int kernel, int stride) => Agree(
        operators => arguments => operators.Convolve(arguments[0], arguments[1], stride),
        [points, inputs, height, width], [outputs, inputs, kernel, kernel]);

    /// <summary>
    /// Without a shortcut, with one, and with one that halves planes and adds a channel on each side; in training and in evaluation. 41
    /// · 35 numbers per channel do not fill whole vectors.
    /// </summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public void NormaliseAndRectify_AnySetting_IsTorchsWithItsGradients(int shortcutChannels, bool training)
    {
        using var scope = NewDisposeScope();
        var (means, variances) = (new List<Tensor>(), new List<Tensor>());
        long[] images = [41, 3, 7, 5];
        long[][] others = shortcutChannels switch { 0 => [[3], [3]], 3 => [[3], [3], images], _ => [[3], [3], [41, 1, 14, 10]] };
        Agree(
            operators => arguments =>
            {
                var type = arguments[0].dtype;
                means.Add(tensor([0.5, -1, 2], type).DetachFromDisposeScope());
                variances.Add(tensor([0.5, 1, 3], type).DetachFromDisposeScope());
                var normalisation = new BatchNormalisation(arguments[1], arguments[2], means[^1], variances[^1]);
                return operators.NormaliseAndRectify(
                    (arguments[0] * 2) + (training ? 100 : 0), normalisation, arguments.Length > 3 ? arguments[3] : null, 0.3, training);
            },
            [images, .. others]);
        (means[0] - means[1]).abs().max().item<double>().Should().BeLessThan(1e-5);
        (variances[0] - variances[1]).abs().max().item<double>().Should().BeLessThan(1e-5);
        means[0][0].item<double>().Equals(0.5).Should().Be(!training);
        means.Concat(variances).ToList().ForEach(one => one.Dispose());
    }

    /// <summary>Two steps of a batch that fills no vector, with GL and GLD: every kind of layer, and an optimiser between.</summary>
    [Fact]
    public void ResNet_OverTheEngine_LearnsWhatTorchsLearns()
    {
        using var scope = NewDisposeScope();
        var shape = new CifarResNetShape(8, extraConvolutions: 2, generalizationLayer: true);
        using var plain = Network(Exact, float64);
        using var fast = Network(Fast, float32);
        var before = fast.Parameters.Select(one => one.clone()).ToArray();
        var images = Random([1, 19, 192], "images");
        var targets = OneHot.Of([.. Enumerable.Range(0, 19).Select(i => (byte)(i % 10))], 10, float64).unsqueeze(0);
        foreach (var network in new[] { plain, fast })
        {
            using var optimiser = new Sgd(network.Parameters, 0.05, 0.9);
            for (var step = 0; step < 2; step++)
            {
                var type = network.Parameters[0].dtype;
                optimiser.Update(BackwardPass.Run(network, images.to_type(type), targets.to_type(type), Loss.CrossEntropy).Gradients);
            }
        }

        // Around 10 layers of 10⁻⁶ each; a learning rate of 0.05 shrinks it.
        Farthest([.. plain.Parameters, .. plain.Statistics], [.. fast.Parameters, .. fast.Statistics]).Should().BeLessThan(1e-4);
        Farthest([plain.Forward(images)], [fast.Forward(images.to_type(float32))]).Should().BeLessThan(1e-3);
        before.Zip(fast.Parameters, (then, now) => (now - then).abs().max().item<float>()).Min()
            .Should().BeGreaterThan(1e-5f, "every tensor learns");

        CifarResNet Network(IImageOperators operators, ScalarType type)
        {
            using var initial = Initialisation.He(shape, [Seed.Of(("test", "resnet"))], float32);
            Tensor[] parameters = [.. initial.Parameters.Select(one => one.to_type(type, copy: true))];
            return new CifarResNet(shape, parameters, side: 8) { Operators = operators, ShortcutWeight = 0.7 };
        }
    }

    [Fact]
    public void Operators_OfArgumentsThatDoNotFit_AreRefused()
    {
        using var scope = NewDisposeScope();
        var images = zeros([2, 3, 4, 4]);
        var some = zeros([3]);
        void Refused(Func<Tensor> call) => call.Should().Throw<ArgumentException>();
        Refused(() => Fast.Convolve(images.to_type(float64), zeros([1, 3, 3, 3], float64), 1));
        Refused(() => Fast.Convolve(images, zeros([1, 2, 3, 3]), 1));
        Refused(() => Fast.Convolve(images, zeros([1, 3, 7, 7]), 1));
        Refused(() => Fast.Convolve(images[0], zeros([1, 3, 3, 3]), 1));
        Refused(() => Fast.Convolve(images, zeros([1, 3, 3, 3]), 0));
        Refused(() => Fast.NormaliseAndRectify(images, new(some, some, some, zeros([2])), null, 1, true));
        Refused(() => Fast.NormaliseAndRectify(images, new(some, some, some, some), images[0], 1, true));
    }

    // Outputs, and the gradients of Σ outputs · weights with respect to every argument.
    private static void Agree(Func<IImageOperators, Func<Tensor[], Tensor>> operation, params long[][] shapes)
    {
        using var scope = NewDisposeScope();
        Tensor[] Evaluate(IImageOperators operators, ScalarType type)
        {
            using var recording = enable_grad();
            Tensor[] arguments = [.. shapes.Select((shape, i) => Random(shape, $"argument {i}").to_type(type).requires_grad_())];
            var output = operation(operators)(arguments);
            return [output, .. autograd.grad([(output * Random(output.shape, "weights").to_type(type)).sum()], arguments)];
        }

        var expected = Evaluate(Exact, float64);
        Farthest(expected, Evaluate(Fast, float32)).Should().BeLessThan(1e-3);
        expected.Select(one => one.abs().max().item<double>())
            .Should().OnlyContain(largest => largest > 0.05, "what is compared is not zero");
    }

    private static Tensor Random(long[] shape, string name) =>
        RandomTensors.Uniform(Seed.Of(("test", name)).Generator(), float64, shape);
}
