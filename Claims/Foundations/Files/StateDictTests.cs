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

namespace Reproduce.Claims.Foundations.Files;

/// <summary>
/// Networks that PyTorch made and another program wrote (tools/interchange/make.py) give PyTorch's own outputs and Jacobians; what is no sequence of Linear,
/// Conv2d and ReLU is refused by name.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class StateDictTests
{
    // Both sides compute in float64 from the same stored numbers and differ in the order of sums: at most 60 terms of magnitude below 10 in each of at
    // most six layers, 60 · 6 · 10 · 2^-53 = 4e-13.
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
        using var file = SafetensorsFile.Open(Interchange($"{name}.safetensors"));
        using var network = new StateDict(file).Network([.. stored.Shape.Skip(1)], Numbers(strides), Numbers(paddings));
        using var expected = JsonDocument.Parse(File.ReadAllText(Interchange($"{name}.json")));
        var points = tensor(stored.Rows(0, stored.Shape[0]), [stored.Shape[0], network.Inputs]);

        Compare(network.Forward(points), expected.RootElement.GetProperty("outputs"));
        Compare(Jacobian.ByLayers(network, points), expected.RootElement.GetProperty("jacobians"));
    }

    [Fact]
    public void Names_InTheFilesOrder_AreSortedByNumber()
    {
        With(Network(("10.weight", [1, 1], [1]), ("2.weight", [1, 1], [1]), ("0.weight", [1, 1], [1])), state => state.Names.Should().Equal("0", "2", "10"));
        With(Network(("fc10.weight", [1, 1], [1]), ("fc9.weight", [1, 1], [1])), state => state.Names.Should().Equal("fc9", "fc10"));
        With(Network(("weight", [1, 1], [1])), state => state.Names.Should().Equal(""));
    }

    [Fact]
    public void Doubtful_NeighboursOfAList_AreNamed() =>
        With(Network(("net.0.weight", [1, 1], [1]), ("net.1.weight", [1, 1], [1]), ("net.3.weight", [1, 1], [1])), state => state.Doubtful.Should().Equal(("net.0", "net.1")));

    [Fact]
    public void Network_WithoutBias_HasNone() => With(Network(("0.weight", [1, 2], [3, 4])), state =>
    {
        using var network = state.Network([2], [1], [0]);
        using var output = network.Forward(tensor([1.0, 1.0], [1, 2]));
        return output.item<double>().Should().Be(7);
    });

    [Theory]
    [InlineData("3,1,1", 1, 65536)]
    [InlineData("3,1,1", 65536, 65536)]
    [InlineData("3,65536,65536", 1, 0)]
    [InlineData("3,4294967297,1", 1, 0)]
    public void Network_LargeImage_IsRefused(string sample, int stride, int padding) =>
        FluentActions.Invoking(() => With(Network(("0.weight", [1, 3, 1, 1], new double[3])), state => state.Network([.. sample.Split(',').Select(long.Parse)], [stride], [padding])))
            .Should().Throw<DataException>().Which.Message.Should().Contain("too large");

    public static TheoryData<string, byte[]> Unsupported => new()
    {
        { "nothing stands between modules '0' and '1'", Network(("0.weight", [1, 1], [1]), ("1.weight", [1, 1], [1])) },
        { "'1.running_mean' belongs to a batch normalisation", Network(("0.weight", [1, 1], [1]), ("1.running_mean", [1], [1])) },
        { "'1.weight' has the shape [1], such as a batch normalisation", Network(("0.weight", [1, 1], [1]), ("1.weight", [1], [1])) },
        { "'0.weight' has the shape [1, 1, 1], such as a Conv1d", Network(("0.weight", [1, 1, 1], [1])) },
        { "'0.weight' has the shape [0, 1]: a layer without entries", Network(("0.weight", [0, 1], [])) },
        { "'0.bias' is a bias without a weight", Network(("0.bias", [1], [1])) },
        { "'0.in_proj' is neither a weight nor a bias", Network(("0.in_proj", [1], [1])) },
        { "a bias has one entry an output, here 1", Network(("0.weight", [1, 1], [1]), ("0.bias", [2], [1, 1])) },
        { "the next by name, a Conv2d", Network(("a.weight", [1, 1], [1]), ("b.weight", [1, 1, 1, 1], [1])) },
        { "are both the weight of one layer", Network(("weight", [1, 1], [1]), (".weight", [1, 1], [1])) },
        { "are both the bias of one layer", Network(("weight", [1, 1], [1]), ("bias", [1], [1]), (".bias", [1], [1])) },
        { "holds no tensors", Network() },
        { "'0.weight' holds 2 NaN or infinite numbers of 3", Network(("0.weight", [1, 3], [1, double.NaN, double.NegativeInfinity])) },
        { "takes 2 inputs, and the points have 3", Network(("0.weight", [1, 2], [1, 1])) },
        { "'2' (Linear 5→1) takes 5 entries, and the layer before it (Linear 3→1) gives 1", Network(("0.weight", [1, 3], [1, 1, 1]), ("2.weight", [1, 5], [1, 1, 1, 1, 1])) },
        { "takes 2 channels, and the points' 3 entries are not that many square images", Network(("0.weight", [1, 2, 1, 1], [1, 1])) },
        { "a kernel of 2×2", Network(("0.weight", [1, 3, 2, 2], new double[12])) },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void Network_Unsupported_IsRefusedByName(string reason, byte[] content) =>
        FluentActions.Invoking(() => With(content, state =>
        {
            using var network = state.Network([3], [1], [0]);
            return network.Inputs;
        })).Should().Throw<DataException>().Which.Message.Should().Contain("network.safetensors").And.Contain(reason);

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

    private static IEnumerable<double> Flat(JsonElement element) => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flat) : [element.GetDouble()];

    private static T With<T>(byte[] content, Func<StateDict, T> use)
    {
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(folder.Write(content, "network.safetensors"));
        return use(new StateDict(file));
    }
}
