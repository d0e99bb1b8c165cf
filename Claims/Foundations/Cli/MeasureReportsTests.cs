using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Reproduce.Claims.Foundations.Data;
using static Reproduce.Claims.Foundations.Cli.ReproduceProgram;
using static Reproduce.Claims.Foundations.Files.OnnxBytes;
using static Reproduce.Claims.Foundations.Files.StoredBytes;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>
/// Inputs after public reports of what other programs got wrong (docs/measurements.md lists them): each is measured right, against exact
/// fractions, or refused with the cause.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class MeasureReportsTests
{
    private const double Tolerance = 1e-12;
    private static readonly int[] Powers = [1, 4, 8, 10, 11, 12, 13, 14, 16, 20];
    private static readonly double[] Starts = [-1, 0];
    private static readonly bool[] Both = [false, true];
    private const double Small = 1.0 / (1 << 28);

    private static readonly string[] Along = ["pl0", "pl1", "pieces", "slope"];
    private static readonly string[] Ends = ["backward", "forward"];
    private static readonly double[] First = [1, 2, -1, 0.5, 0.75, -1.5];
    private static readonly double[] Second = [1, -2, 3, 0.5, 1, -1];
    private static readonly byte[] Square = Constant("w", [2, 2], 1, 2, -3, 0.5);
    private static readonly byte[] TransB = Attribute("transB", 1L);
    private static readonly byte[] Points = Array([2, 2], 1, -1, 0.5, 2);
    private static readonly byte[] Pairs = Array([2, 2, 2], -2, 1, 3, -0.5, 0.25, 0.5, -1, 2);

    // From "a" on, max(0, a)·u + (1, 0).
    private static readonly byte[][] Rest =
        [Constant("u", [2, 2], 2, -1, 0.25, 1), Constant("c", [1, 2], 1, 0), Node("Relu", "a", "e"), Node("Gemm", "e u c", "y")];

    private static readonly byte[] Squares = Model([2], [Square, Node("Gemm", "x w", "a"), .. Rest]);

    private const string OfSquares =
        "7.050753654674298 2.125 | 11.506625399659633 9.196067811865476 3 7.050753654674298 1 0.5225225225225225 "
        + "| 0.7730823048033113 2.125 2 2.125 1 2";

    /// <summary>
    /// The report; the network's name and content; points and pairs, or null for those above; slopes at the points, then for each pair PL0,
    /// PL1, pieces, slope and, with classes, how far the class is kept backward and forward.
    /// </summary>
    public static TheoryData<string, string, byte[], byte[]?, byte[]?, string> Measured => new()
    {
        {
            "microsoft/onnxscript 3027: Gemm with alpha and beta before BatchNormalization",
            "n.onnx",
            Model(
                [2], Constant("w", [3, 2], First), Constant("b", [3], 0.5, -0.25, 0.125), Constant("s", [3], 2, -1, 0.5),
                Constant("h", [3], 0.25, 1, -0.5), Constant("m", [3], 0.5, -1, 2), Constant("v", [3], 3.75, 0.75, 15.75),
                Constant("u", [2, 3], Second), Constant("c", [2], 0.25, -1),
                Node("Gemm", "x w b", "a", Attribute("alpha", 0.5f), Attribute("beta", 3f), TransB),
                Node("BatchNormalization", "a s h m v", "d", Attribute("epsilon", 0.25f)),
                Node("Relu", "d", "e"), Node("Gemm", "e u c", "y", TransB)),
            null, null,
            "1.5811388300841898 1.5811388300841898 | 5.007992397941865 1.25 2 1.5811388300841898 1 0.4153846153846154 "
                + "| 2.441702743524908 1.25 2 1.5811388300841898 1 0.01818181818181818"
        },
        {
            "onnx/onnx 7573: attributes that are 0, left out by a writer after proto3",
            "n.onnx",
            Model(
                [2], [Square, Constant("z", [2], 7, 7), Node("Gemm", "x w z", "a", LeftOut("beta", 1), LeftOut("transB", 2)), .. Rest]),
            null, null,
            OfSquares
        },
        {
            "NervanaSystems/ngraph-onnx 142: BatchNormalization without epsilon",
            "n.onnx",
            Model(
                [2], Square, Constant("s", [2], 1, 2), Constant("h", [2], 0.5, 0), Constant("m", [2], 0.25, -1),
                Constant("v", [2], 2, 3), Node("Gemm", "x w", "a"), Node("BatchNormalization", "a s h m v", "y")),
            null, null,
            "2.4208176884190777 2.4208176884190777 | 12.617754452871818 0 1 2.4208176884190777 0.08213894223133587 2 "
                + "| 4.54031794772495 0 1 2.4208176884190777 1 2"
        },
        {
            "onnx/onnx 1449: an initialiser that is also an input of the graph",
            "n.onnx",
            Model(Graph(Input("x", [null, 2]), "y", [Square, Field(11, Input("w", [2, 2])), Node("Gemm", "x w", "a"), .. Rest])),
            null, null,
            OfSquares
        },
        {
            "raven-ml/raven 81: BF16 and F16, subnormal ones too",
            "n.safetensors",
            Safetensors(
                """
                {"0.weight":{"dtype":"BF16","shape":[3,2],"data_offsets":[0,12]},
                 "2.weight":{"dtype":"F16","shape":[2,3],"data_offsets":[12,24]}}
                """,
                [
                    .. new[] { 1.1f, 2.3f, -1.7f, 0.5f, 0.75f, -1.5f }.SelectMany(one => BitConverter.GetBytes(one)[2..]),
                    .. new[] { 1, -2, 3, 5.9604644775390625e-8, 6e-5, -1 }.SelectMany(one => BitConverter.GetBytes((Half)one)),
                ]),
            null, null,
            "5.303300858899107 4.668137092484179 | 19.244500313998778 8.83831682801154 3 4.668137092484179 1 0.3746674318576073 "
                + "| 3.5643082066704044 3.535015969112432 2 4.668137092484179 1 0.4834379093605398"
        },
        {
            "sonos/tract 655: column-major pairs, the first byte the highest",
            "n.onnx",
            Squares,
            null,
            Npy(
                "{'descr': '>f8', 'fortran_order': True, 'shape': (2, 2, 2), }\n",
                [.. new[] { -2, 0.25, 3, -1, 1, 0.5, -0.5, 2 }.SelectMany(BigEndian)]),
            OfSquares
        },
        {
            "huanzhang12/CLEVER 3: points and lines on kinks, |x| + |y|",
            "n.safetensors",
            Network(("0.weight", [4, 2], [1, 0, -1, 0, 0, 1, 0, -1]), ("2.weight", [1, 4], [1, 1, 1, 1])),
            Array([3, 2], 0, 0, 0, 3, 2, -0.0),
            Array([4, 2, 2], 0, 0, 1, 1, -1, -1, 1, 1, -1, 0, 1, 0, -1, 1, 1, -1),
            "0 1 1 | 2 0 1 1.4142135623730951 | 4 2.8284271247461903 2 1.4142135623730951 | 2 2 2 1 "
                + "| 4 2.8284271247461903 2 1.4142135623730951"
        },
        {
            "bethgelab/foolbox 282: two classes with the same logit from a point on",
            "n.safetensors",
            Network(("0.weight", [1, 1], [-1]), ("0.bias", [1], [1]), ("2.weight", [2, 1], [1, 0])),
            Array([3, 1], 0, 1, 2),
            Array([4, 2, 1], 0, 2, 0.3, 0.5, 3, 2, 2, 3),
            "1 0 0 | 1 1 2 1 1 0.5 | 0.2 0 1 1 1 2 | 0 0 1 0 0 0 | 0 0 1 0 0 0"
        },
        {
            "r-xla/anvl 540: three layers whose product leaves float64 on the way",
            "n.safetensors",
            Network(
                ("0.weight", [3, 2], Times(-600, First)),
                ("2.weight", [2, 3], Times(-600, 1, -1, 0.5, 0.25, 1, -1)),
                ("4.weight", [2, 2], Times(700, 1, 2, -1, 1))),
            null, null,
            "3.6227088808240603e-151 1.1456011363123518e-150 "
                + "| 2.82898113059144e-150 4.3388859453583537e-150 5 1.62049686712257e-150 1 2 "
                + "| 1.6341277305224736e-150 0 1 1.1456011363123518e-150 1 2"
        },
        {
            "AndreaBozzo/dataprof 670: outputs that are 2⁶⁰ times what they vary by",
            "n.safetensors",
            Network(("0.weight", [3, 2], Times(-60, First)), ("0.bias", [3], [1, 1, 1]), ("2.weight", [2, 3], Second)),
            null, null,
            "5.987946552943799e-18 5.987946552943799e-18 | 2.8869109697616273e-17 0 1 5.987946552943799e-18 1 2 "
                + "| 1.1516299324501973e-17 0 1 5.987946552943799e-18 1 2"
        },
        {
            "tensorflow/tensorflow 36514: subnormal weights",
            "n.safetensors",
            Network(("0.weight", [3, 2], Times(-1060, First)), ("2.weight", [2, 3], Times(700, Second))),
            null, null,
            "2.258124207667313e-108 1.3464851279951902e-108 "
                + "| 7.100525570830025e-108 3.3226141676693505e-108 3 1.9214007756467395e-108 1 0.410958904109589 "
                + "| 1.554483403198796e-108 0 1 1.3464851279951902e-108 1 0.12195121951219512"
        },
        {
            "two layers with nothing between, whose product loses all digits: (1 + 2⁻²⁸)² − (1 + 2⁻²⁷)",
            "n.onnx",
            Model(
                [1], Constant("w", [1, 2], 1 + Small, 1 + (2 * Small)), Constant("u", [2, 1], 1 + Small, -1),
                Node("Gemm", "x w", "a"), Node("Gemm", "a u", "y")),
            Array([1, 1], 3),
            Array([1, 2, 1], -1, 1),
            "1.3877787807814457e-17 | 2.7755575615628914e-17 0 1 1.3877787807814457e-17"
        },
    };

    [Theory]
    [MemberData(nameof(Measured))]
    public void Report_WithTrueValues_IsMeasuredRight(
        string report, string name, byte[] network, byte[]? points, byte[]? pairs, string truth)
    {
        using var folder = new TemporaryFolder();
        folder.Write(network, name);
        var (code, output, error) = Run(
            "measure", folder[name], "--json",
            "--points", folder.Write(points ?? Points, "points.npy"), "--pairs", folder.Write(pairs ?? Pairs, "pairs.npy"));
        code.Should().Be(0, error);
        var found = JsonNode.Parse(output)!;
        double[][] expected = [.. truth.Split('|').Select(Numbers)];
        Agree(report, [.. Values(found, "points").Select(point => (double)point["slope"]!)], expected[0]);
        foreach (var (pair, numbers) in Values(found, "pairs").Zip(expected[1..], (one, other) => (one, other)))
        {
            var along = Along.Select(key => (double)pair[key]!);
            var kept = Ends.Take(numbers.Length - 4).Select(end => (double)pair["interval"]![end]!);
            Agree(report, [.. along, .. kept], numbers);
        }

        Values(found, "pairs").Should().HaveCount(expected.Length - 1, report);
    }

    /// <summary>The report, what the message says, and the files: the network first, then points if there are any.</summary>
    public static TheoryData<int, double, bool> Bumps =>
    [
        .. from power in Powers
           from start in Starts
           from isDeep in Both
           select (power, start, isDeep),
    ];

    public static TheoryData<string, string, (string Name, byte[] Content)[]> Refused => new()
    {
        {
            "tracel-ai/burn-onnx 91: MatMul with a vector", "has weights of shape [2], which is no matrix",
            [("n.onnx", Model([2], Constant("w", [2], 2, 3), Node("MatMul", "x w", "y")))]
        },
        {
            "onnx/onnx 3532: a function of the file goes before the operator of its name", "defines the standard operator 'Relu' anew",
            [("n.onnx", [.. Squares, .. Field(25, Message(Field(1, "Relu"), Field(4, "i"), Field(5, "i")))])]
        },
        {
            "tensorflow/tensorflow 3290: a negative variance",
            "(BatchNormalization) has a variance whose sum with epsilon is not positive",
            [(
                "n.onnx",
                Model(
                    [2], Square, Constant("s", [2], 1, 2), Constant("v", [2], -1, 3), Node("Gemm", "x w", "a"),
                    Node("BatchNormalization", "a s s s v", "y")))]
        },
        {
            "tensil-ai/tensil 45: fully connected, reshaped, convolved", "takes images of shape [1, 1, 2], which are made of what 'Gemm-a'",
            [(
                "n.onnx",
                Model(
                    [2], Square, Integers("s", 0, 1, 1, 2), Constant("k", [1, 1, 1, 1], 2), Node("Gemm", "x w", "a"),
                    Node("Relu", "a", "e"), Node("Reshape", "e s", "f"), Node("Conv", "f k", "y", Attribute("pads", 1, 1, 1, 1))))]
        },
        {
            "root-project/root 21793: SAME_UPPER with a stride", "has auto_pad 'SAME_UPPER'",
            [
                (
                    "n.onnx",
                    Model(
                        [1, 3, 3], Constant("k", [1, 1, 2, 2], 1, 2, 3, 4),
                        Node("Conv", "x k", "y", Attribute("auto_pad", "SAME_UPPER"), Attribute("strides", 2, 2)))),
                ("points.npy", Array([1, 1, 3, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9)),
            ]
        },
        {
            "microsoft/onnxruntime 32418: weights transposed by a node", "(Transpose) takes the chain's value 0 times",
            [("n.onnx", Model([2], Square, Node("Transpose", "w", "t", Attribute("perm", 0, 1)), Node("Gemm", "x t", "y")))]
        },
        {
            "meta-pytorch/torchtune 2537: LoRA beside its layer, which fits in one order only", "is an adapter (LoRA) by its name",
            [(
                "n.safetensors",
                Network(
                    ("fc1.weight", [3, 2], First), ("fc2.weight", [2, 3], Second),
                    ("fc1.lora_a.weight", [1, 2], [1, 1]), ("fc1.lora_b.weight", [3, 1], [1, 1, 1])))]
        },
        {
            "huggingface/huggingface_hub 4728: an index lists a tensor that its shard lacks", "lists '4.weight', which none of its shards",
            [
                (
                    "n.safetensors.index.json",
                    """{"weight_map":{"0.weight":"a.safetensors","4.weight":"a.safetensors"}}"""u8.ToArray()),
                ("a.safetensors", Network(("0.weight", [2, 2], [1, 2, 3, 4]))),
            ]
        },
        {
            "safetensors/safetensors 401: a key twice in the header", "Duplicate property '0.weight'",
            [(
                "n.safetensors",
                Safetensors(
                    """
                    {"0.weight":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]},
                     "0.\u0077eight":{"dtype":"F64","shape":[1,2],"data_offsets":[16,32]}}
                    """,
                    new byte[32]))]
        },
        {
            "numpy/numpy 20033: an archive with one name twice", "holds 2 arrays (points, points)",
            [
                ("n.onnx", Squares),
                ("points.npy", Npz(CompressionLevel.NoCompression, ("points.npy", Points), ("points.npy", Array([1, 2], 3, 4)))),
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Report_ThatCannotBeMeasured_IsRefusedWithTheCause(string report, string cause, (string Name, byte[] Content)[] files)
    {
        using var folder = new TemporaryFolder();
        folder.Write(Points, "points.npy");
        folder.Write(Pairs, "pairs.npy");
        foreach (var (name, content) in files)
        {
            folder.Write(content, name);
        }

        string[] pairs = files.Any(file => file.Name == "points.npy") ? [] : ["--pairs", folder["pairs.npy"]];
        var (code, output, error) = Run(["measure", folder[files[0].Name], "--points", folder["points.npy"], .. pairs]);
        code.Should().Be(3, $"{report}: {error}");
        output.Should().BeEmpty();
        error.Should().Contain(cause).And.NotContain("   at ");
    }

    /// <summary>
    /// JuliaGeometry/Meshes.jl 320, what is small beside a line: a bump of height 1 over [0, 2] on a pair from −10ᵏ to 10ᵏ, or from 0 to
    /// 10ᵏ, or seen by a second layer only. It is measured right to a millionth, or refused.
    /// </summary>
    [Theory]
    [MemberData(nameof(Bumps))]
    public void Bump_OnALongLine_IsMeasuredRightOrRefused(int power, double from, bool isDeep)
    {
        using var folder = new TemporaryFolder();
        var bump = Network(("0.weight", [3, 1], [1, 1, 1]), ("0.bias", [3], [0, -1, -2]), ("2.weight", [1, 3], [1, -2, 1]));
        var deep = Network(
            ("0.weight", [2, 1], [1, 1]), ("0.bias", [2], [0, -1]), ("2.weight", [1, 2], [1, -2]), ("4.weight", [1, 1], [1]));
        var far = Math.Pow(10, power);
        var (code, output, error) = Run(
            "measure",
            folder.Write(isDeep ? deep : bump, "n.safetensors"),
            "--pairs",
            folder.Write(Array([1, 2, 1], from * far, far), "q.npy"),
            "--json");
        if (code == 0)
        {
            var pair = Values(JsonNode.Parse(output)!, "pairs").Single();
            double[] found = [.. Along.Select(name => pair[name]!.GetValue<double>())];
            double[] expected = from < 0 ? [2, 4, 4, 1] : [2, 3, 3, 1];
            found.Zip(expected).Should().OnlyContain(one => Math.Abs(one.First - one.Second) <= 1e-6 * one.Second);
        }
        else
        {
            code.Should().Be(3, error);
            error.Should().Contain("cannot be measured in float64").And.NotContain("   at ");
            power.Should().BeGreaterThan(8);
        }
    }

    // An attribute of a type (1 a float, 2 an integer) without its number.
    private static byte[] LeftOut(string name, long type) => Message(Field(1, name), Field(20, type));

    private static double[] Times(int exponent, params double[] numbers) => [.. numbers.Select(one => Math.ScaleB(one, exponent))];

    private static byte[] BigEndian(double number)
    {
        var bytes = new byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, number);
        return bytes;
    }

    private static double[] Numbers(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => double.Parse(one, CultureInfo.InvariantCulture))];

    private static IEnumerable<JsonNode> Values(JsonNode measured, string kind) => measured[kind]!["values"]!.AsArray().OfType<JsonNode>();

    private static void Agree(string report, double[] found, double[] expected)
    {
        found.Should().HaveCount(expected.Length, report);
        found.Zip(expected).Should().OnlyContain(
            pair => Math.Abs(pair.First - pair.Second) <= Tolerance * Math.Abs(pair.Second),
            $"{report}: {string.Join(' ', found)}, not {string.Join(' ', expected)}");
    }
}
