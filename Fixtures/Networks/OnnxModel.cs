using Google.Protobuf;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;

namespace Reproduce.Fixtures.Networks;

/// <summary>What an ONNX file says of a network: the messages of the public schema (onnx.proto), as far as they are used here.</summary>
/// <param name="Length">Of the file, in bytes.</param>
/// <param name="OperatorSet">The version of the standard operators; 0 if it is not said.</param>
/// <param name="Nodes">In the order in which they are computed.</param>
/// <param name="Initialisers">Stored constants.</param>
/// <param name="Inputs">What the graph takes; older files name the initialisers here, too.</param>
/// <param name="Outputs">The names of what it gives.</param>
/// <param name="Redefined">A standard operator that the file defines itself, which goes before the known one; null if none.</param>
internal sealed record OnnxModel(
    long Length,
    long OperatorSet,
    IReadOnlyList<OnnxNode> Nodes,
    IReadOnlyList<OnnxTensor> Initialisers,
    IReadOnlyList<OnnxInput> Inputs,
    IReadOnlyList<string> Outputs,
    string? Redefined)
{
    private const int DeepestGroup = 32;

    /// <summary>Reads a file and checks its form.</summary>
    /// <exception cref="DataException">It is no ONNX file, or a damaged one.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    internal static OnnxModel Read(string path)
    {
        using var stream = PlainFile.Open(path);
        if (stream.Length > int.MaxValue)
        {
            throw new DataException(path, $"has {stream.Length} bytes; ONNX files have up to {int.MaxValue}", "Measure a smaller network.");
        }

        using var input = CodedInputStream.CreateWithLimits(stream, int.MaxValue, DeepestGroup);
        try
        {
            return Read(new OnnxReader(input, [0]), stream.Length);
        }
        catch (Exception damage) when (damage is InvalidProtocolBufferException or InvalidDataException)
        {
            throw FileKind.Refusal(path, stream, FileWanted.Onnx) ?? new DataException(
                path,
                $"not an ONNX file, or a damaged one: {damage.Message.TrimEnd('.')}",
                "Export the network again: torch.onnx.export(model.eval(), sample, \"network.onnx\").",
                damage);
        }
    }

    private static OnnxModel Read(OnnxReader model, long length)
    {
        var operators = 0L;
        OnnxReader? graph = null;
        string? redefined = null;
        while (model.Next())
        {
            switch (model.Field)
            {
                case 7:
                    graph = graph is null ? model.Message() : throw new InvalidDataException("it holds two graphs");
                    break;
                case 8:
                    operators = Math.Max(operators, StandardOperators(model.Message()));
                    break;
                case 25:
                    redefined ??= StandardFunction(model.Message());
                    break;
                default:
                    model.Skip();
                    break;
            }
        }

        return ReadGraph(graph ?? throw new InvalidDataException("it holds no graph"), operators, length) with { Redefined = redefined };
    }

    private static string? StandardFunction(OnnxReader function)
    {
        var (name, domain) = ("", "");
        while (function.Next())
        {
            switch (function.Field)
            {
                case 1:
                    name = function.Text();
                    break;
                case 10:
                    domain = function.Text();
                    break;
                default:
                    function.Skip();
                    break;
            }
        }

        return OnnxNode.IsStandard(domain) ? name : null;
    }

    private static long StandardOperators(OnnxReader set)
    {
        var (domain, version) = ("", 0L);
        while (set.Next())
        {
            switch (set.Field)
            {
                case 1:
                    domain = set.Text();
                    break;
                case 2:
                    version = set.Integer();
                    break;
                default:
                    set.Skip();
                    break;
            }
        }

        return OnnxNode.IsStandard(domain) ? version : 0;
    }

    private static OnnxModel ReadGraph(OnnxReader graph, long operators, long length)
    {
        var (nodes, initialisers) = (new List<OnnxNode>(), new List<OnnxTensor>());
        var (inputs, outputs) = (new List<OnnxInput>(), new List<string>());
        while (graph.Next())
        {
            switch (graph.Field)
            {
                case 1:
                    nodes.Add(OnnxNode.Read(graph.Message()));
                    break;
                case 5:
                    initialisers.Add(OnnxTensor.Read(graph.Message()));
                    break;
                case 11:
                    inputs.Add(OnnxInput.Read(graph.Message()));
                    break;
                case 12:
                    outputs.Add(OnnxInput.Read(graph.Message()).Name);
                    break;
                default:
                    graph.Skip();
                    break;
            }
        }

        return new OnnxModel(length, operators, nodes, initialisers, inputs, outputs, null);
    }
}

/// <summary>One operation.</summary>
/// <param name="Operation">Such as Gemm.</param>
/// <param name="Domain">Whose operation it is.</param>
/// <param name="Name">Not always given.</param>
/// <param name="Inputs">Names of values; an empty one is left out.</param>
/// <param name="Outputs">Names of values.</param>
/// <param name="Attributes">By name.</param>
internal sealed record OnnxNode(
    string Operation,
    string Domain,
    string Name,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, OnnxAttribute> Attributes)
{
    /// <summary>As a message may show it.</summary>
    internal string Shown => Printable.Of(Name.Length > 0 ? Name : Outputs.Count > 0 ? Outputs[0] : "");

    /// <summary>Whether a domain is that of the standard operators.</summary>
    internal static bool IsStandard(string domain) => domain is "" or "ai.onnx";

    internal static OnnxNode Read(OnnxReader node)
    {
        var (operation, domain, name) = ("", "", "");
        var (inputs, outputs, attributes) = (new List<string>(), new List<string>(), new Dictionary<string, OnnxAttribute>());
        while (node.Next())
        {
            switch (node.Field)
            {
                case 1:
                    inputs.Add(node.Text());
                    break;
                case 2:
                    outputs.Add(node.Text());
                    break;
                case 3:
                    name = node.Text();
                    break;
                case 4:
                    operation = node.Text();
                    break;
                case 5:
                    var attribute = OnnxAttribute.Read(node.Message());
                    if (!attributes.TryAdd(attribute.Name, attribute))
                    {
                        throw new InvalidDataException($"a node has the attribute '{Printable.Of(attribute.Name)}' twice");
                    }

                    break;
                case 7:
                    domain = node.Text();
                    break;
                default:
                    node.Skip();
                    break;
            }
        }

        return new OnnxNode(operation, domain, name, inputs, outputs, attributes);
    }
}

/// <summary>What a node is set to; only the kinds that are used. What is not given is null, or empty.</summary>
internal sealed record OnnxAttribute(
    string Name,
    long? Integer,
    float? Real,
    string? Text,
    IReadOnlyList<long> Integers,
    OnnxTensor? Tensor)
{
    private const long FloatType = 1;
    private const long IntegerType = 2;

    internal static OnnxAttribute Read(OnnxReader attribute)
    {
        var (read, integers, type) = (new OnnxAttribute("", null, null, null, [], null), new List<long>(), 0L);
        while (attribute.Next())
        {
            switch (attribute.Field)
            {
                case 1:
                    read = read with { Name = attribute.Text() };
                    break;
                case 2:
                    read = read with { Real = attribute.Real() };
                    break;
                case 3:
                    read = read with { Integer = attribute.Integer() };
                    break;
                case 4:
                    read = read with { Text = attribute.Bytes().ToStringUtf8() };
                    break;
                case 5:
                    read = read with { Tensor = OnnxTensor.Read(attribute.Message()) };
                    break;
                case 8:
                    integers.AddRange(attribute.Integers());
                    break;
                case 20:
                    type = attribute.Integer();
                    break;
                default:
                    attribute.Skip();
                    break;
            }
        }

        // Writers after proto3 leave out a number that is 0.
        return read with
        {
            Integers = integers,
            Real = read.Real ?? (type == FloatType ? 0f : default(float?)),
            Integer = read.Integer ?? (type == IntegerType ? 0L : default(long?)),
        };
    }
}

/// <summary>What a graph takes or gives.</summary>
/// <param name="Name">Of the value.</param>
/// <param name="ElementType">Its number in the schema; 0 if it is not said.</param>
/// <param name="Shape">The sizes, null for one that is left open; null altogether if it is not said.</param>
internal sealed record OnnxInput(string Name, long ElementType, IReadOnlyList<long?>? Shape)
{
    internal static OnnxInput Read(OnnxReader value)
    {
        var read = new OnnxInput("", 0, null);
        while (value.Next())
        {
            switch (value.Field)
            {
                case 1:
                    read = read with { Name = value.Text() };
                    break;
                case 2:
                    read = read.WithType(value.Message());
                    break;
                default:
                    value.Skip();
                    break;
            }
        }

        return read;
    }

    private OnnxInput WithType(OnnxReader type)
    {
        var read = this;
        while (type.Next())
        {
            if (type.Field != 1)
            {
                type.Skip();
                continue;
            }

            var tensor = type.Message();
            while (tensor.Next())
            {
                switch (tensor.Field)
                {
                    case 1:
                        read = read with { ElementType = tensor.Integer() };
                        break;
                    case 2:
                        read = read with { Shape = Sizes(tensor.Message()) };
                        break;
                    default:
                        tensor.Skip();
                        break;
                }
            }
        }

        return read;
    }

    private static List<long?> Sizes(OnnxReader shape)
    {
        var sizes = new List<long?>();
        while (shape.Next())
        {
            if (shape.Field != 1)
            {
                shape.Skip();
                continue;
            }

            long? size = null;
            var dimension = shape.Message();
            while (dimension.Next())
            {
                if (dimension.Field == 1)
                {
                    size = dimension.Integer();
                }
                else
                {
                    dimension.Skip();
                }
            }

            sizes.Add(size);
        }

        return sizes;
    }
}
