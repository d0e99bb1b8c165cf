using System.Text.Json;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;
using Reproduce.Fixtures.Networks;
using Reproduce.Geometry;
using TorchSharp;
using static Reproduce.Claims.Foundations.Files.StoredBytes;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Networks;

/// <summary>
/// Networks that PyTorch made and another program wrote (tools/interchange/make.py) give PyTorch's own outputs and Jacobians; what is no
/// sequence of Linear, Conv2d and ReLU is refused by name.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class StateDictTests
{
    // Both sides compute in float64 from the same stored numbers and differ in the order of sums: at most 60 terms of magnitude below 10 in
    // each of at most six layers, 60 · 6 · 10 · 2^-53 = 4e-13.
    private const double Rounding = 1e-12;

    [Theory]
    [InlineData("two-layers", "1", "0")]
    [InlineData("deep", "1", "0")]
    [InlineData("half", "1", "0")]
    [InlineData("convolutional", "1,2", "1,0")]
    public void Network_WrittenElsewhere_HasPyTorchsOutputsAndJacobians(string name, string strides, string paddings)
    {
        using var scope = NewDisposeScope();
        using var stored = NpyFile.Open(Interchange($"{name}.points.npy"));
        using var files = WeightFiles.Open(Interchange($"{name}.safetensors"));
        var said = new StateDictOptions { Strides = Numbers(strides), Paddings = Numbers(paddings) };
        using var read = StateDict.Read(files, [.. stored.Shape.Skip(1)], said);
        var network = read.Network;
        using var expected = JsonDocument.Parse(File.ReadAllText(Interchange($"{name}.json")));
        var points = tensor(stored.Rows(0, stored.Shape[0]), [stored.Shape[0], network.Inputs]);

        Compare(network.Forward(points), expected.RootElement.GetProperty("outputs"));
        Compare(Jacobian.ByLayers(network, points), expected.RootElement.GetProperty("jacobians"));
    }

    [Theory]
    [InlineData("10 2 0", "0 2 10")]
    [InlineData("fc10 fc9", "fc9 fc10")]
    [InlineData("module.4 module.2 module.0", "module.0 module.2 module.4")]
    public void Layers_WithNumbers_AreInTheirOrder(string stored, string expected) =>
        Names(Network([.. stored.Split(' ').Select(name => ($"{name}.weight", new long[] { 1, 1 }, new double[] { 1 }))]))
            .Should().Equal(expected.Split(' '));

    /// <summary>Only one order fits 3 inputs: 3→2→4→1.</summary>
    [Fact]
    public void Layers_WithoutNumbers_AreInTheOrderThatFits() =>
        Names(
            Network(("out.weight", [1, 4], [1, 1, 1, 1]), ("hidden.weight", [4, 2], new double[8]), ("in.weight", [2, 3], new double[6])),
            inputs: 3)
            .Should().Equal("in", "hidden", "out");

    [Fact]
    public void Layer_OfNoName_IsRead() => Names(Network(("weight", [1, 1], [1]))).Should().Equal("");

    /// <summary>What the file leaves open is asked, by the option that says it.</summary>
    public static TheoryData<string, string, string> Open => new()
    {
        { "fc_in fc_hidden fc_out", "leave the order of its layers open", "--layers" },
        { "0 1", "nothing stands between '0' and '1'", "--activation none" },
        { "module.0 module.1 module.3", "nothing stands between 'module.0' and 'module.1'", "--activation none,relu" },
        { "_orig_mod.0 _orig_mod.1 _orig_mod.3", "nothing stands between '_orig_mod.0' and '_orig_mod.1'", "--activation none,relu" },
        { "0.0 0.2 1.0 1.2", "'0.2' ends one sequence and '1.0' begins another", "--activation relu,relu,relu" },
        { "ema.0 ema.2 model.0 model.2", "holds two networks of the same shapes, 'ema' and 'model'", "--layers ema.0,ema.2" },
        { "encoder.0 encoder.2 decoder.0 decoder.2", "holds two networks of the same shapes", "--layers" },
    };

    [Theory]
    [MemberData(nameof(Open))]
    public void Network_LeftOpen_IsAskedFor(string stored, string problem, string remedy) =>
        FluentActions.Invoking(() => Names(Squares(stored)))
            .Should().Throw<AmbiguousNetworkException>().Which.Message.Should().Contain(problem).And.Contain(remedy);

    /// <summary>Layers 2x, 3x, −5x: without a ReLU between the first two they are 6x.</summary>
    [Theory]
    [InlineData("none,relu", -1, 0)]
    [InlineData("none,relu", 1, -30)]
    [InlineData("relu", 1, -30)]
    [InlineData("relu,none", -1, 0)]
    [InlineData("none", -1, 30)]
    public void Activations_AsGiven_AreBetweenTheLayers(string activations, double point, double expected) =>
        With(Network(("0.weight", [1, 1], [2]), ("1.weight", [1, 1], [3]), ("3.weight", [1, 1], [-5])), files =>
        {
            bool[] hasRelu = [.. activations.Split(',').Select(one => one == "relu")];
            using var read = StateDict.Read(files, [1], new StateDictOptions { HasRelu = hasRelu });
            using var output = read.Network.Forward(tensor([point], [1, 1]));
            return output.item<double>().Should().Be(expected);
        });

    /// <summary>[in, out] = [[1, 2, 3], [4, 5, 6]] and the input (1, 10) give (41, 52, 63).</summary>
    [Fact]
    public void Matrices_StoredInOut_AreTransposed() => With(Network(("0.weight", [2, 3], [1, 2, 3, 4, 5, 6])), files =>
    {
        using var read = StateDict.Read(files, [2], new StateDictOptions { IsInOut = true });
        using var output = read.Network.Forward(tensor([1.0, 10.0], [1, 2]));
        return output.data<double>().ToArray().Should().Equal(41, 52, 63);
    });

    [Fact]
    public void Matrices_ThatFitOnlyAsInOut_AreAskedFor() =>
        FluentActions.Invoking(() => Names(Network(("0.weight", [2, 3], new double[6])), inputs: 2))
            .Should().Throw<AmbiguousNetworkException>().Which.Message.Should().Contain("--layout in-out");

    [Fact]
    public void Layers_Named_AreTheNetwork() => With(Squares("ema.0 ema.2 model.0 model.2"), files =>
    {
        using var read = StateDict.Read(files, [1], new StateDictOptions { Layers = ["model.2", "ema.0"], HasRelu = [true] });
        return read.Names.Should().Equal("model.2", "ema.0");
    });

    [Fact]
    public void WhatIsTakenForGranted_IsSaid() => With(Squares("0 2"), files =>
    {
        using var read = StateDict.Read(files, [1], new StateDictOptions());
        return read.Assumptions.Where(one => one.IsAssumed).Select(one => (one.What, one.Value))
            .Should().Equal(("activation", "relu"), ("layout", "out-in"));
    });

    [Fact]
    public void Network_WithoutBias_HasNone() => With(Network(("0.weight", [1, 2], [3, 4])), files =>
    {
        using var read = StateDict.Read(files, [2], new StateDictOptions());
        using var output = read.Network.Forward(tensor([1.0, 1.0], [1, 2]));
        return output.item<double>().Should().Be(7);
    });

    [Theory]
    [InlineData("3,1,1", 1, 65536)]
    [InlineData("3,1,1", 65536, 65536)]
    [InlineData("3,65536,65536", 1, 0)]
    [InlineData("3,4294967297,1", 1, 0)]
    public void Network_LargeImage_IsRefused(string sample, int stride, int padding) =>
        FluentActions.Invoking(() => With(
            Network(("0.weight", [1, 3, 1, 1], new double[3])),
            files => StateDict.Read(
                files,
                [.. sample.Split(',').Select(long.Parse)],
                new StateDictOptions { Strides = [stride], Paddings = [padding] })))
            .Should().Throw<DataException>().Which.Message.Should().Contain("too large");

    public static TheoryData<string, byte[]> Unsupported => new()
    {
        { "is an embedding by its name", Network(("embed.weight", [3, 3], new double[9])) },
        { "is a transposed convolution by its name", Network(("deconv1.weight", [1, 1, 1, 1], [1])) },
        { "'1.running_mean' belongs to a batch normalisation", Network(("0.weight", [1, 1], [1]), ("1.running_mean", [1], [1])) },
        { "'1.weight' has the shape [1], such as a batch normalisation", Network(("0.weight", [1, 1], [1]), ("1.weight", [1], [1])) },
        { "'0.weight' has the shape [1, 1, 1], such as a Conv1d", Network(("0.weight", [1, 1, 1], [1])) },
        { "'0.weight' has the shape [0, 1]: a layer without entries", Network(("0.weight", [0, 1], [])) },
        { "'0.bias' is a bias without a weight", Network(("0.bias", [1], [1])) },
        { "'0.in_proj' is neither a weight nor a bias", Network(("0.in_proj", [1], [1])) },
        { "a bias has one entry an output, here 1", Network(("0.weight", [1, 1], [1]), ("0.bias", [2], [1, 1])) },
        { "the next by name, a Conv2d", Network(("0.weight", [1, 1], [1]), ("2.weight", [1, 1, 1, 1], [1])) },
        { "are both the weight of one layer", Network(("weight", [1, 1], [1]), (".weight", [1, 1], [1])) },
        { "are both the bias of one layer", Network(("weight", [1, 1], [1]), ("bias", [1], [1]), (".bias", [1], [1])) },
        { "holds no tensors", Network() },
        { "'0.weight' holds 2 NaN or infinite numbers of 3", Network(("0.weight", [1, 3], [1, double.NaN, double.NegativeInfinity])) },
        { "takes 2 inputs, and the points have 3", Network(("0.weight", [1, 2], [1, 1])) },
        {
            "'2' (Linear 5→1) takes 5 entries, and the layer before it (Linear 3→1) gives 1",
            Network(("0.weight", [1, 3], [1, 1, 1]), ("2.weight", [1, 5], [1, 1, 1, 1, 1]))
        },
        { "takes 2 channels, and the points' 3 entries are not that many square images", Network(("0.weight", [1, 2, 1, 1], [1, 1])) },
        { "a kernel of 2×2", Network(("0.weight", [1, 3, 2, 2], new double[12])) },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void Network_Unsupported_IsRefusedByName(string reason, byte[] content) =>
        FluentActions.Invoking(() => Names(content, inputs: 3))
            .Should().Throw<DataException>().Which.Message.Should().Contain("network.safetensors").And.Contain(reason);

    private static byte[] Squares(string names) =>
        Network([.. names.Split(' ').Select(name => ($"{name}.weight", new long[] { 1, 1 }, new double[] { 1 }))]);

    private static IReadOnlyList<string> Names(byte[] content, long inputs = 1) => With(content, files =>
    {
        using var read = StateDict.Read(files, [inputs], new StateDictOptions());
        return read.Names;
    });

    private static string Interchange(string name) => Path.Combine(Repository.Root, "Fixtures", "interchange", name);

    private static int[] Numbers(string text) => [.. text.Split(',').Select(int.Parse)];

    private static void Compare(Tensor found, JsonElement expected)
    {
        var numbers = found.cpu().data<double>().ToArray();
        var others = Flat(expected).ToArray();
        numbers.Should().HaveCount(others.Length).And.NotBeEmpty();
        foreach (var (one, other) in numbers.Zip(others))
        {
            one.Should().BeApproximately(other, Rounding);
        }
    }

    private static IEnumerable<double> Flat(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flat) : [element.GetDouble()];

    private static T With<T>(byte[] content, Func<WeightFiles, T> use)
    {
        using var folder = new TemporaryFolder();
        using var files = WeightFiles.Open(folder.Write(content, "network.safetensors"));
        return use(files);
    }
}
