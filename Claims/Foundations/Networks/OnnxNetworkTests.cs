using Reproduce.Claims.Foundations.Files;
using System.Text.Json;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;
using Reproduce.Fixtures.Networks;
using Reproduce.Geometry;
using Reproduce.Networks;
using TorchSharp;
using static Reproduce.Claims.Foundations.Files.OnnxBytes;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Networks;

/// <summary>
/// Networks that PyTorch exported (tools/interchange/make_onnx.py) give PyTorch's own outputs and Jacobians; small ones written here give
/// what can be computed by hand; what is no chain of layers with a ReLU between is refused by the node's name.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class OnnxNetworkTests
{
    // As in StateDictTests: sums in another order, here also products of layers.
    private const double Rounding = 1e-11;

    private static readonly byte[] Weights = Constant("w", [1, 2], 2, 3);
    private static readonly byte[] Transposed = Attribute("transB", 1L);
    private static readonly byte[] Gemm = Node("Gemm", "x w", "y", Transposed);

    [Theory]
    [InlineData("exported-dense", "/first/MatMul|/second/Gemm and /third/Gemm|/last/MatMul")]
    [InlineData("exported-convolutional", "/0/Conv|/3/Conv|/6/Gemm|/9/Gemm")]
    [InlineData("exported-view", "/convolution/Conv|/last/Gemm")]
    public void Read_ExportedByPyTorch_HasItsOutputsAndJacobians(string name, string layers)
    {
        using var scope = NewDisposeScope();
        using var stored = NpyFile.Open(Interchange($"{name}.points.npy"));
        var (network, names) = OnnxNetwork.Read(Interchange($"{name}.onnx"), [.. stored.Shape.Skip(1)]);
        using (network)
        {
            names.Should().Equal(layers.Split('|'));
            using var expected = JsonDocument.Parse(File.ReadAllText(Interchange($"{name}.json")));
            var points = tensor(stored.Rows(0, stored.Shape[0]), [stored.Shape[0], network.Inputs]);
            Compare(network.Forward(points), expected.RootElement.GetProperty("outputs"));
            Compare(Jacobian.ByLayers(network, points), expected.RootElement.GetProperty("jacobians"));
        }
    }

    /// <summary>f(x) for networks of one layer, w = (2, 3) or what is said, at x = (1, −1).</summary>
    public static TheoryData<string, byte[][], double[]> Worked => new()
    {
        { "Gemm", [Weights, Gemm], [-1] },
        { "Gemm, not transposed", [Constant("w", [2, 1], 2, 3), Node("Gemm", "x w", "y")], [-1] },
        {
            "α(Wx) + βb",
            [Weights, Constant("b", [1], 5), Node("Gemm", "x w b", "y", Transposed, Attribute("alpha", 2f), Attribute("beta", 0.5f))],
            [0.5]
        },
        { "a bias that is left out", [Weights, Node("Gemm", "x w -", "y", Transposed)], [-1] },
        { "a bias of one number", [Constant("w", [2, 2], 1, 2, 3, 4), Constant("b", [], 10), Node("Gemm", "x w b", "y")], [8, 8] },
        {
            "a bias of shape [1, 2]",
            [Constant("w", [2, 2], 1, 2, 3, 4), Constant("b", [1, 2], 10, 20), Node("Gemm", "x w b", "y")],
            [8, 18]
        },
        {
            "MatMul and Add",
            [Constant("w", [2, 1], 2, 3), Constant("b", [1], 5), Node("MatMul", "x w", "a"), Node("Add", "b a", "y")],
            [4]
        },
        {
            "a product of layers",
            [Weights, Constant("v", [1, 1], 4), Node("Gemm", "x w", "a", Transposed), Node("Gemm", "a v", "y")],
            [-4]
        },
        {
            "a normalisation, (−1 − 3)·2/√(3.75 + 0.25) + 5",
            [
                Weights, Constant("scale", [1], 2), Constant("shift", [1], 5), Constant("mean", [1], 3), Constant("variance", [1], 3.75),
                Node("Gemm", "x w", "a", Transposed),
                Node("BatchNormalization", "a scale shift mean variance", "y", Attribute("epsilon", 0.25f)),
            ],
            [1]
        },
        {
            "what changes nothing",
            [
                Weights, Integers("shape", 0, -1), Constant("ratio", [], 0.5),
                Node("Constant", "", "w2", Attribute("value", Tensor("", [1, 2], 2, 3))), Node("Identity", "w2", "w3"),
                Node("Identity", "x", "a"), Node("Flatten", "a", "b", Attribute("axis", -1L)),
                Node("Reshape", "b shape", "c"), Node("Dropout", "c ratio", "d mask"), Node("Gemm", "d w3", "y", Transposed),
            ],
            [-1]
        },
        { "float_data", [Field(5, Tensor("w", Float32, [1, 2], 4, Floats(2, 3))), Gemm], [-1] },
        { "double_data", [Field(5, Tensor("w", Float64, [1, 2], 10, Doubles(2, 3))), Gemm], [-1] },
        { "raw float32", [Field(5, Tensor("w", Float32, [1, 2], 9, Floats(2, 3))), Gemm], [-1] },
    };

    [Theory]
    [MemberData(nameof(Worked))]
    public void Read_OneLayer_GivesTheWorkedValue(string what, byte[][] parts, double[] expected)
    {
        using var scope = NewDisposeScope();
        var values = With(Model([2], parts), [2], network => network.Forward(tensor([1.0, -1.0], [1, 2])).data<double>().ToArray());
        values.Should().Equal(expected, what);
    }

    [Fact]
    public void Read_ConvolutionAddedToAndNormalised_GivesTheWorkedValue()
    {
        // A kernel of one 1, 3 channels of a 2×2 image: (x + c)·2 in each channel c.
        var content = Model(
            [1, 2, 2],
            Constant("k", [3, 1, 1, 1], 1, 1, 1),
            Constant("c", [3, 1, 1], 0, 1, 2),
            Constant("one", [3], 2, 2, 2),
            Constant("zero", [3], 0, 0, 0),
            Constant("variance", [3], 1, 1, 1),
            Node("Conv", "x k", "a", Attribute("kernel_shape", 1, 1), Attribute("auto_pad", "VALID")),
            Node("Add", "a c", "b"),
            Node("BatchNormalization", "b one zero zero variance", "y", Attribute("epsilon", 0f)));
        using var scope = NewDisposeScope();
        With(content, [4], network => network.Forward(tensor([1.0, 2, 3, 4], [1, 4])).data<double>().ToArray())
            .Should().Equal(2, 4, 6, 8, 4, 6, 8, 10, 6, 8, 10, 12);
    }

    public static TheoryData<string, byte[]> Refused => new()
    {
        {
            "node 'Relu-y' (Relu) comes after the last layer",
            Model([2], Weights, Node("Gemm", "x w", "a", Transposed), Node("Relu", "a", "y"))
        },
        { "node 'Sigmoid-y' (Sigmoid) is not supported. Gemm, MatMul", Model([2], Weights, Node("Sigmoid", "x", "y")) },
        { "node 'Softmax-y' (Softmax) is not supported. Export the network without it", Model([2], Weights, Node("Softmax", "x", "y")) },
        {
            "node 'Add-y' (Add) takes 'x', which node 'Gemm-a' (Gemm) takes too: a branch",
            Model([2], Constant("w", [2, 2], 1, 0, 0, 1), Node("Gemm", "x w", "a"), Node("Add", "a x", "y"))
        },
        { "node 'Add-y' (Add) takes the chain's value 2 times", Model([2], Node("Add", "x x", "y")) },
        { "(Mul) takes the chain's value 0 times: it computes with constants alone", Model([2], Weights, Node("Mul", "w w", "y")) },
        { "node 'Add-y' (Add) stands behind no layer", Model([2], Weights, Node("Add", "x w", "y")) },
        { "node 'Relu-y' (Relu) stands behind no layer", Model([2], Node("Relu", "x", "y")) },
        {
            "node 'BatchNormalization-y' (BatchNormalization) stands behind no layer",
            Model([2], Constant("c", [2], 1, 1), Node("BatchNormalization", "x c c c c", "y"))
        },
        { "node 'Gemm-y' (Gemm) transposes its input", Model([2], Weights, Node("Gemm", "x w", "y", Attribute("transA", 1L))) },
        { "(Gemm) has weights of shape [2, 1] (out, in), and gets entries of shape [2]", Model([2], Weights, Node("Gemm", "x w", "y")) },
        { "node 'MatMul-y' (MatMul) takes the chain's value, but not as its first input", Model([2], Weights, Node("MatMul", "w x", "y")) },
        { "node 'Gemm-y' (Gemm) takes 'v', which nothing before it gives", Model([2], Weights, Node("Gemm", "x v", "y")) },
        { "has the attribute 'more', which is not supported", Model([2], Weights, Node("Gemm", "x w", "y", Attribute("more", 1L))) },
        { "'transB' that is no integer", Model([2], Weights, Node("Gemm", "x w", "y", Attribute("transB", 1f))) },
        {
            "adds a constant of shape [2, 1] to [N, 1]",
            Model([2], Weights, Constant("b", [2, 1], 1, 2), Node("Gemm", "x w b", "y", Transposed))
        },
        { "holds 1 NaN or infinite numbers", Model([2], Constant("w", [1, 2], 1, double.NaN), Gemm) },
        {
            "holds 1 NaN or infinite numbers",
            Model([2], Weights, Constant("b", [1], double.MaxValue), Node("Gemm", "x w b", "y", Transposed, Attribute("beta", 1e9f)))
        },
        { "is of type FLOAT16; FLOAT and DOUBLE are read", Model([2], Field(5, Tensor("w", Float16, [1, 2], 9, new byte[4])), Gemm) },
        { "is of type number 99", Model([2], Field(5, Tensor("w", 99, [1, 2], 9, new byte[4])), Gemm) },
        { "of shape [1, 3] and type DOUBLE cannot have 16 bytes", Model([2], Constant("w", [1, 3], 1, 2), Gemm) },
        { "cannot have 16 bytes", Model([2], Constant("w", [-1, -2], 1, 2), Gemm) },
        { "cannot have 16 bytes", Model([2], Constant("w", [1L << 62, 1L << 62], 1, 2), Gemm) },
        { "cannot have 0 bytes", Model([2], Constant("w", [0, 2]), Gemm) },
        { "has 9 sizes", Model([2], Constant("w", [1, 1, 1, 1, 1, 1, 1, 1, 2], 1, 2), Gemm) },
        { "holds no numbers of its type, DOUBLE", Model([2], Field(5, Tensor("w", Float64, [1, 2], 4, Floats(2, 3))), Gemm) },
        {
            "has its numbers in another file (external data). Put all into one file",
            Model([2], Field(5, Message(Field(1, 1L), Field(1, 2L), Field(2, 11L), Field(8, "w"), Field(13, ""), Field(14, 1L))), Gemm)
        },
        {
            "a tensor holds its numbers one by one",
            Model([2], Field(5, Message(Field(1, 1L), Field(1, 2L), Field(2, 1L), Field(8, "w"), [0x25], Floats(2), [0x25], Floats(3))),
                Gemm)
        },
        { "a tensor holds its numbers twice", Model([2], Field(5, Message(Tensor("w", [1, 2], 2, 3), Field(9, new byte[16]))), Gemm) },
        { "the constant 'w' has no name, or one that is there already", Model([2], Weights, Weights, Gemm) },
        { "gives 'x', which is there already", Model([2], Weights, Node("Gemm", "x w", "x", Transposed)) },
        { "its output is 'y', and the last node gives 'z'", Model([2], Weights, Node("Gemm", "x w", "z", Transposed)) },
        { "it has no layer", Model(Graph(Input("x", [null, 2]), "x")) },
        { "it has 2 inputs and 1 outputs", Model(Graph(Input("x", [null, 2]), "y", Field(11, Input("v", [null, 2])), Weights, Gemm)) },
        { "its input 'x' has no dimension for the batch", Model(Graph(Input("x", [2]), "y", Weights, Gemm)) },
        { "its input 'x' is neither FLOAT nor DOUBLE", Model(Graph(Input("x", [null, 2], Float16), "y", Weights, Gemm)) },
        { "it takes inputs of shape [N, 3], and the points are [2]", Model([3], Weights, Gemm) },
        { "it does not say of which version its operators are", Field(7, Graph(Input("x", [null, 2]), "y", Weights, Gemm)) },
        { "its operators are of version 6, before 7", Model(Graph(Input("x", [null, 2]), "y", Weights, Gemm), operators: 6) },
        {
            "is of 'com.microsoft', not of the standard operators",
            Model([2], Weights, Field(1, Message(Field(1, "x"), Field(2, "y"), Field(4, "Gemm"), Field(7, "com.microsoft"))))
        },
        { "flattens from axis 0", Model([2], Weights, Node("Flatten", "x", "a", Attribute("axis", 0L)), Node("Gemm", "a w", "y")) },
        { "makes of [N, 2] a tensor of shape [2, -1]", Model([2], Integers("s", 2, -1), Node("Reshape", "x s", "y")) },
        { "makes of [N, 2] a tensor of shape [-1]", Model([2], Integers("s", -1), Node("Reshape", "x s", "y")) },
        { "makes of [N, 2] a tensor of shape [-1, -1]", Model([2], Integers("s", -1, -1), Node("Reshape", "x s", "y")) },
        { "makes of [N, 2] a tensor of shape [0, 3]", Model([2], Integers("s", 0, 3), Node("Reshape", "x s", "y")) },
        {
            "makes of [N, 2] a tensor of shape [-1, 3037000500, 3037000500]",
            Model([2], Integers("s", -1, 3037000500, 3037000500), Node("Reshape", "x s", "y"))
        },
        {
            "'w', which node 'Reshape-y' (Reshape) takes, is of type DOUBLE and shape [1, 2], not a list",
            Model([2], Weights, Node("Reshape", "x w", "y"))
        },
        {
            "is in training mode",
            Model(
                [2], Weights, Constant("c", [1], 1), Node("Gemm", "x w", "a", Transposed),
                Node("BatchNormalization", "a c c c c", "y", Attribute("training_mode", 1L)))
        },
        { "is in training mode", Model([2], Weights, Field(5, Tensor("on", 9, [], 9, [1])), Node("Dropout", "x - on", "a")) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Read_NoChainOfLayers_IsRefusedByName(string reason, byte[] content) => ShouldRefuse(content, [2], reason);

    public static TheoryData<string, byte[][]> RefusedConvolutions => new()
    {
        { "has strides [1, 2]", [Attribute("strides", 1, 2)] },
        { "has strides [0, 0]", [Attribute("strides", 0, 0)] },
        { "has strides [65537, 65537]", [Attribute("strides", 65537, 65537)] },
        { "has pads [0, 0, 1, 1]", [Attribute("pads", 0, 0, 1, 1)] },
        { "has pads [-1, -1, -1, -1]", [Attribute("pads", -1, -1, -1, -1)] },
        { "has a dilation", [Attribute("dilations", 2, 2)] },
        { "and 2 groups", [Attribute("group", 2L)] },
        { "has auto_pad 'SAME_UPPER'", [Attribute("auto_pad", "SAME_UPPER")] },
        { "its kernel_shape is [3, 3]", [Attribute("kernel_shape", 3, 3)] },
        { "padding of 65536 is too large", [Attribute("pads", 65536, 65536, 65536, 65536)] },
    };

    [Theory]
    [MemberData(nameof(RefusedConvolutions))]
    public void Read_ConvolutionOfAnotherKind_IsRefused(string reason, byte[][] attributes) =>
        ShouldRefuse(
            Model([1, 3, 3], Constant("k", [1, 1, 1, 1], 1), Node("Conv", "x k", "y", attributes)),
            [1, 3, 3],
            $"node 'Conv-y' (Conv)*{reason}");

    [Fact]
    public void Read_ConvolutionsWithoutARelu_AreRefused() => ShouldRefuse(
        Model([1, 3, 3], Constant("k", [1, 1, 1, 1], 1), Node("Conv", "x k", "a"), Node("Conv", "a k", "y")),
        [1, 3, 3],
        "no Relu between 'Conv-a' and 'Conv-y' (Conv)*only where both are fully connected");

    [Fact]
    public void Read_BiasForEachPixel_IsRefused() => ShouldRefuse(
        Model([1, 1, 2], Constant("k", [1, 1, 1, 1], 1), Constant("b", [1, 1, 2], 1, 2), Node("Conv", "x k", "a"), Node("Add", "a b", "y")),
        [1, 1, 2],
        "node 'Add-y' (Add) adds a constant of shape [1, 1, 2] to [N, 1, 1, 2]");

    /// <summary>A layer of the file is used so often that the network would be thousands of times larger than the file.</summary>
    [Fact]
    public void Read_WeightsUsedOverAndOver_AreRefused()
    {
        const int Width = 300;
        var nodes = Enumerable.Range(0, 1000)
            .SelectMany(i => new[] { Node("MatMul", $"v{i} w", $"u{i}"), Node("Relu", $"u{i}", $"v{i + 1}") });
        var content = Model(Graph(Input("v0", [null, Width]), "y", [Constant("w", [Width, Width], new double[Width * Width]), .. nodes]));
        ShouldRefuse(content, [Width], "its constants are used so often");
    }

    [Fact]
    public void Read_ManyEmptyNodes_AreRefused() =>
        ShouldRefuse(Model(Message([.. Enumerable.Repeat(Field(1, ""), 300_000)])), [2], "it has more than 262144 entries");

    [Fact]
    public void Read_CutShortAnywhere_IsRefused()
    {
        var whole = Model([2], Weights, Gemm);
        foreach (var length in Enumerable.Range(0, whole.Length))
        {
            ShouldRefuse(whole[..length], [2], "");
        }
    }

    private static byte[] Floats(params float[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];

    private static byte[] Doubles(params double[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];

    private static string Interchange(string name) => Path.Combine(Repository.Root, "Fixtures", "interchange", name);

    private static T With<T>(byte[] content, long[] sample, Func<LayeredNetwork, T> use)
    {
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Read(folder.Write(content, "network.onnx"), sample).Network;
        return use(network);
    }

    private static void ShouldRefuse(byte[] content, long[] sample, string reason) =>
        FluentActions.Invoking(() => With(content, sample, network => network.Inputs))
            .Should().Throw<DataException>().WithMessage($"*network.onnx: *{reason}*");

    private static void Compare(Tensor found, JsonElement expected)
    {
        var (numbers, others) = (found.cpu().data<double>().ToArray(), Flat(expected).ToArray());
        numbers.Should().HaveCount(others.Length).And.NotBeEmpty();
        numbers.Should().Equal(others, (one, other) => Math.Abs(one - other) <= Rounding);
    }

    private static IEnumerable<double> Flat(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flat) : [element.GetDouble()];
}
