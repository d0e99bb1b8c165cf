using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Reproduce.Claims.Foundations.Core.Training;
using Reproduce.Claims.Harness;
using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>
/// The engine's promise: a training ends in the same bits on every processor. The digest of its weights is pinned here; the test that
/// computes it runs again in processes that have narrower vectors, or none.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class SameBitsTests
{
    /// <summary>The vector width that a process must find, so that a setting without effect proves nothing.</summary>
    private const string Expected = "REPRODUCE_VECTOR_BITS";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Training_Anywhere_EndsInTheseBits()
    {
        if (Environment.GetEnvironmentVariable(Expected) is { } bits)
        {
            var width = Vector512.IsHardwareAccelerated ? "512"
                : Vector256.IsHardwareAccelerated ? "256"
                : Vector128.IsHardwareAccelerated ? "128" : "0";
            width.Should().Be(bits);
        }

        Digest()[..16].Should().Be("1b1f1cd345669530");
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512", "256")]
    [InlineData("DOTNET_EnableAVX2", "128")]
    [InlineData("DOTNET_EnableHWIntrinsic", "0")]
    public void Training_WithFewerInstructions_EndsInTheSameBits(string switchedOff, string bits)
    {
        Assert.SkipUnless(Vector256.IsHardwareAccelerated, "this processor has no wide vectors to switch off");
        var method = $"*{nameof(Training_Anywhere_EndsInTheseBits)}";
        var start = Repository.Program("Claims", "Reproduce.Claims", ["-method", method, "-noLogo", "-noColor"]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        (start.Environment[switchedOff], start.Environment[Expected]) = ("0", bits);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var isOneTestGreen = output.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", StringComparison.Ordinal);
        (process.ExitCode, isOneTestGreen).Should().Be((0, true), "{0}", output);
    }

    /// <summary>All at once on threads, and all in one ensemble, end as they do one after another.</summary>
    [Fact]
    public void Trainings_AtOnceAndInOneEnsemble_EndInTheSameBits()
    {
        string Bits(params FullyConnectedShape[] shapes) => Convert.ToHexString(Trained(shapes, 64, Loss.CrossEntropy));
        string[] alone = [.. Shapes.Select(shape => Bits(shape))];
        var atOnce = new string[Shapes.Length];
        var threads = Shapes.Select((shape, i) => new Thread(() => atOnce[i] = Bits(shape))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        atOnce.Should().Equal(alone);
        Convert.ToHexString(Trained(Shapes, 64, Loss.CrossEntropy)).Should().Be(string.Concat(alone));
    }

    // Odd widths, one to three hidden layers.
    private static FullyConnectedShape[] Shapes { get; } = [new(54, 25, 3), new(54, 67, 19, 3), new(54, 7, 1, 33, 3)];

    // Batches of whole vectors, with a rest, and smaller than a vector; both losses.
    private static string Digest() => Convert.ToHexStringLower(SHA256.HashData(
        [
            .. Trained(Shapes, 64, Loss.CrossEntropy), .. Trained(Shapes, 100, Loss.MeanSquare), .. Trained(Shapes, 5, Loss.CrossEntropy),
            .. Shallow(0.8), .. Shallow(0), .. Spanned(), .. Convolved(), .. Bridged(false), .. Bridged(true), .. OnImages(), .. Measured(),
        ]));

    // In coordinates of fewer points than inputs and of enlarged images, by plain descent, and its outputs.
    private static byte[] Spanned()
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var seed = Seed.Of(("test", "same bits"));
        using var network = Initialisation.PyTorchDefault(new FullyConnectedShape(81, 19, 3), [seed], float32, CPU);
        var points = Numbers(20, 81);
        using var few = InputSpan.Of(points);
        using var enlarged = InputSpan.OfImages(Resampling.Bilinear(6, 9));
        byte[] Descended(InputSpan span)
        {
            var coordinates = span.Coordinates(points);
            using var ensemble = new DenseEnsemble(
                [span.Inside(network)],
                coordinates,
                Numbers(20, 3),
                new OptimiserSettings(0.1, 0, 8),
                Loss.MeanSquare,
                PointOrder.Seeded(20, seed));
            Enumerable.Range(1, 3).SelectMany(epoch => ensemble.Epoch(epoch, Token)).Should().OnlyContain(one => double.IsFinite(one));
            using var trained = span.Outside(FullyConnected.OfReplica(ensemble.Parameters(0)), network);
            return Bytes([.. trained.Parameters.Select(one => one.contiguous()), NetworkOutputs.Of(trained, points)]);
        }

        return [.. Descended(few), .. Descended(enlarged)];
    }

    // One input, one hidden layer, one output; units that do not fill the last vector.
    private static byte[] Shallow(double momentum)
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("test", "same bits"));
        using var network = Initialisation.PyTorchDefault(new FullyConnectedShape(1, 67, 1), [seed], float32, CPU);
        using var ensemble = new ShallowEnsemble(
            network, Numbers(43, 1), [Numbers(43, 1).square()], new OptimiserSettings(0.1, momentum, 20), [PointOrder.Seeded(43, seed)]);
        Enumerable.Range(1, 3).SelectMany(epoch => ensemble.Epoch(epoch, Token)).Should().OnlyContain(one => double.IsFinite(one));
        return Bytes(ensemble.Parameters(0));
    }

    // Two convolutions of four channels: blocks of three and of one in the gradient's sums.
    private static byte[] Convolved()
    {
        using var scope = NewDisposeScope();
        var shape = new ConvolutionalShape(new ImageShape(2, 7, 6), 2, 4, 3);
        var (points, labels) = ConvolutionalEnsembleTests.Data(shape);
        using var network = Initialisation.PyTorchDefault(shape, [Seed.Of(("test", "same bits"))], float32, CPU);
        var settings = new OptimiserSettings(0.1, 0.8, 16);
        var targets = ConvolutionalEnsembleTests.Targets(labels);
        using var ensemble = new ConvolutionalEnsemble(network, points, targets, settings, ConvolutionalEnsembleTests.Order);
        Enumerable.Range(1, 3).SelectMany(epoch => ensemble.Epoch(epoch, Token)).Should().OnlyContain(one => double.IsFinite(one));
        return Bytes(ensemble.Parameters(0));
    }

    // Shortcuts of both kinds, by momentum descent or by Adam.
    private static byte[] Bridged(bool usesAdam)
    {
        using var scope = NewDisposeScope();
        var (points, targets) = TrainingExamples.Data(float32);
        var shape = new ResidualShape(
            (int)points.size(1), 7, (int)targets.size(1), [(2, Shortcut.None), (2, Shortcut.Identity), (3, Shortcut.Weighted)]);
        using var network = Initialisation.PyTorchDefault(shape, [Seed.Of(("test", "same bits"))], float32, CPU);
        var settings = new OptimiserSettings(0.01, 0.8, 16);
        using var ensemble = new DenseEnsemble(
            network, points, [targets], settings, Loss.CrossEntropy, [TrainingExamples.Order(0)], usesAdam) { ShortcutWeight = 0.7 };
        Enumerable.Range(1, 3).SelectMany(epoch => ensemble.Epoch(epoch, Token)).Should().OnlyContain(one => double.IsFinite(one));
        return Bytes(ensemble.Parameters(0));
    }

    // Convolutions that halve, a batch that fills no vector, and shortcuts of both kinds, with the gradients by autograd.
    private static byte[] OnImages()
    {
        using var scope = NewDisposeScope();
        using var recording = enable_grad();
        var operators = new ImageOperators();
        var images = Numbers(19, 3, 8, 6).requires_grad_();
        var (first, second) = (Numbers(5, 3, 3, 3).requires_grad_(), Numbers(5, 5, 3, 3).requires_grad_());
        BatchNormalisation Normalisation(Tensor scale) => new(scale, zeros(5), zeros(5), ones(5));
        var scales = new[] { Numbers(5).requires_grad_(), Numbers(5).requires_grad_() };
        var halved = operators.NormaliseAndRectify(operators.Convolve(images, first, 2), Normalisation(scales[0]), images, 1, true);
        var outputs = operators.NormaliseAndRectify(operators.Convolve(halved, second, 1), Normalisation(scales[1]), halved, 0.3, true);
        return Bytes([outputs.detach(), .. autograd.grad([outputs], [images, first, second, .. scales], [ones_like(outputs)])]);
    }

    // Slopes and Jacobians.
    private static byte[] Measured()
    {
        using var scope = NewDisposeScope();
        Seed[] seed = [Seed.Of(("test", "same bits"))];
        using var connected = Initialisation.PyTorchDefault(new FullyConnectedShape(54, 25, 19, 3), seed, float32, CPU);
        var shape = new ConvolutionalShape(new ImageShape(2, 7, 6), 2, 4, 3);
        using var convolutional = Initialisation.PyTorchDefault(shape, seed, float32, CPU);
        var images = ConvolutionalEnsembleTests.Data(shape).Points;
        return Bytes([SpectralSlopes.At(connected, Numbers(100, 54)), ConvolutionalJacobian.At(convolutional, images)]);
    }

    private static Tensor Numbers(params long[] shape) =>
        RandomTensors.Uniform(Seed.Of(("test", "same bits")).With("shape", string.Join('-', shape)).Generator(), float32, shape);

    /// <summary>All bytes, tensor after tensor.</summary>
    internal static byte[] Bytes(IEnumerable<Tensor> tensors) => [.. tensors.SelectMany(one => one.contiguous().bytes.ToArray())];

    // The bytes of all parameters after three epochs on 200 points.
    private static byte[] Trained(FullyConnectedShape[] shapes, int batch, Loss loss)
    {
        const int count = 200;
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("test", "same bits"));
        var generator = seed.With("choice", "points").Generator();
        var points = RandomTensors.Uniform(generator, float32, count, 54);
        var targets = OneHot.Of([.. Enumerable.Range(0, count).Select(_ => (byte)generator.Next(3))], 3, float32, CPU);
        var networks = shapes.Select(shape => Initialisation.PyTorchDefault(shape, [seed.With("shape", shape)], float32, CPU)).ToList();
        var order = PointOrder.Seeded(count, seed.With("choice", "order"));
        using var ensemble = new DenseEnsemble(networks, points, targets, new OptimiserSettings(0.1, 0.8, batch), loss, order);
        var losses = Enumerable.Range(1, 3).SelectMany(epoch => ensemble.Epoch(epoch, Token)).ToList();
        losses.Should().OnlyContain(one => double.IsFinite(one));
        return Bytes(Enumerable.Range(0, shapes.Length).SelectMany(ensemble.Parameters));
    }
}
