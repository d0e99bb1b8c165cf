using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Networks;

/// <summary>
/// A ReLU network from an ONNX file, in float64: a chain of fully connected layers and convolutions with a ReLU between any two. A bias, a
/// batch normalisation, and a fully connected layer right after another one become part of the layer before them.
/// </summary>
public sealed class OnnxNetwork
{
    private const string Supported =
        "Gemm, MatMul, Conv, Add of a bias, BatchNormalization after a layer, Relu, Flatten, Reshape, Identity, Constant and Dropout "
        + "are read.";

    private const string ExportAgain =
        "Export it again for inference: torch.onnx.export(model.eval(), sample, \"network.onnx\", opset_version=13).";

    // Earlier sets broadcast in another way.
    private const long FirstOperatorSet = 7;
    private const int LargestStep = StateDict.LargestStep;

    // A matrix of activations beyond this would not fit into an array.
    private const long MostActivations = 1 << 28;

    // A product of two layers can be much larger than both of them.
    private const long LargestProduct = 1 << 24;

    private readonly string _path;
    private readonly Dictionary<string, OnnxTensor> _constants = [];

    // Values of the chain that a node has taken, and which.
    private readonly Dictionary<string, OnnxNode> _taken = [];
    private readonly List<Layer> _layers = [];

    private readonly long? _batch;
    private readonly long _most;
    private long _used;
    private string _current;
    private long[] _shape;

    // The Relu that closed the last layer; null while other nodes can still become part of that.
    private OnnxNode? _relu;

    private OnnxNetwork(string path, OnnxModel model, IReadOnlyList<long> sample)
    {
        (_path, _most) = (path, LargestProduct + (4 * model.Length));
        if (model.OperatorSet < FirstOperatorSet)
        {
            throw Refused(
                model.OperatorSet == 0
                    ? "it does not say of which version its operators are"
                    : $"its operators are of version {model.OperatorSet}, before {FirstOperatorSet}",
                ExportAgain);
        }

        if (model.Redefined is { } operation)
        {
            throw Refused($"it defines the standard operator '{Printable.Of(operation)}' anew, as a function", ExportAgain);
        }

        foreach (var constant in model.Initialisers)
        {
            Define(constant.Name, constant);
        }

        OnnxInput[] inputs = [.. model.Inputs.Where(one => !_constants.ContainsKey(one.Name))];
        if (inputs is not [var input] || model.Outputs.Count != 1)
        {
            throw Refused($"it has {inputs.Length} inputs and {model.Outputs.Count} outputs, not one of each", ExportAgain);
        }

        (_current, _batch) = (input.Name, input.Shape is [{ } batch, ..] && batch > 0 ? batch : null);
        _shape = InputShape(input, sample);
    }

    /// <summary>Reads the whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sample">The shape of one input: [n_0], or [C, H, W].</param>
    /// <returns>The network, which the caller owns, and the names of its layers: those of their nodes.</returns>
    /// <exception cref="DataException">
    /// It is no ONNX file, or a damaged one; the network is no such chain, or takes inputs of another shape; weights are NaN or infinite.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static (LayeredNetwork Network, IReadOnlyList<string> Names) Read(string path, IReadOnlyList<long> sample)
    {
        var model = OnnxModel.Read(path);
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var read = new OnnxNetwork(path, model, sample);
        foreach (var node in model.Nodes)
        {
            read.Add(node);
        }

        return read.Made(model.Outputs[0]);
    }

    private (LayeredNetwork Network, IReadOnlyList<string> Names) Made(string output)
    {
        if (output != _current)
        {
            throw Refused(
                $"its output is '{Printable.Of(output)}', and the last node gives '{Printable.Of(_current)}'", ExportAgain);
        }

        if (_relu is not null)
        {
            throw Refused($"{Shown(_relu)} comes after the last layer; networks without a ReLU at their end are read", "Leave it out.");
        }

        if (_layers.Count == 0)
        {
            throw Refused("it has no layer", Supported);
        }

        foreach (var layer in _layers)
        {
            var wrong = (layer.Weights.isfinite().logical_not().sum() + layer.Biases.isfinite().logical_not().sum()).item<long>();
            if (wrong > 0)
            {
                throw Refused($"layer '{layer.Name}' holds {wrong} NaN or infinite numbers", "Export it before its training diverged.");
            }
        }

        return (new LayeredNetwork([.. _layers.Select(layer => layer.Made())]), [.. _layers.Select(layer => layer.Name)]);
    }

    private void Add(OnnxNode node)
    {
        if (!OnnxNode.IsStandard(node.Domain))
        {
            throw Refused($"{Shown(node)} is of '{Printable.Of(node.Domain)}', not of the standard operators", Supported);
        }

        if (node.Operation == "Constant")
        {
            RequireAttributes(node, "value");
            Define(Output(node), Given(node, "value").Tensor ?? throw Refused($"{Shown(node)} has no tensor", Supported));
            return;
        }

        if (node.Operation == "Identity" && node.Inputs is [var only] && _constants.TryGetValue(only, out var constant))
        {
            Define(Output(node), constant);
            return;
        }

        RequireTakesTheChain(node);
        switch (node.Operation)
        {
            case "Gemm":
                Gemm(node);
                break;
            case "MatMul":
                RequireAttributes(node);
                Dense(node, Matrix(node).mT, zeros([], float64));
                break;
            case "Conv":
                Convolution(node);
                break;
            case "Add":
                Bias(node);
                break;
            case "BatchNormalization":
                Normalisation(node);
                break;
            case "Relu":
                RequireAttributes(node);
                OpenLayer(node);
                _relu = node;
                break;
            case "Flatten":
                Flatten(node);
                break;
            case "Reshape":
                Reshape(node);
                break;
            case "Identity":
                RequireAttributes(node);
                break;
            case "Dropout":
                Dropout(node);
                break;
            default:
                throw Refused($"{Shown(node)} is not supported", Remedy(node.Operation));
        }

        var output = Output(node);
        _taken.Add(_current, node);
        if (_constants.ContainsKey(output) || _taken.ContainsKey(output))
        {
            throw Refused($"{Shown(node)} gives '{Printable.Of(output)}', which is there already", ExportAgain);
        }

        _current = output;
    }

    private void Gemm(OnnxNode node)
    {
        RequireAttributes(node, "alpha", "beta", "transA", "transB");
        if (Integer(node, "transA", 0) != 0)
        {
            throw Refused($"{Shown(node)} transposes its input (transA)", Supported);
        }

        var weights = Matrix(node);
        var biases = Has(node, 2) ? Constant(node, 2) : zeros([], float64);
        Dense(
            node,
            (Integer(node, "transB", 0) != 0 ? weights : weights.mT) * Real(node, "alpha", 1),
            biases * Real(node, "beta", 1));
    }

    // W is [out, in]; b is anything that can be broadcast to [1, out].
    private void Dense(OnnxNode node, Tensor weights, Tensor biases)
    {
        if (_shape is not [var given] || weights.shape is not [var outputs, var inputs] || inputs != given)
        {
            throw Refused(
                $"{Shown(node)} has weights of shape [{string.Join(", ", weights.shape)}] (out, in), "
                    + $"and gets entries of shape [{string.Join(", ", _shape)}]",
                "Before a fully connected layer, flatten what comes from a convolution.");
        }

        biases = AsBias(node, biases, [outputs]);
        if (_layers.Count == 0 || _relu is not null)
        {
            Append(new Layer(node.Shown, weights, biases, [outputs], null, 1, 0));
            return;
        }

        var before = OpenLayer(node);
        if (before.Image is not null)
        {
            throw NoReluBetween(before, node);
        }

        if (outputs * before.Weights.shape[1] > LargestProduct)
        {
            throw Refused(
                $"there is no Relu between '{before.Name}' and '{node.Shown}', and their product has more than {LargestProduct} weights",
                "Put a ReLU between them.");
        }

        Use(outputs * before.Weights.shape[1]);
        var (product, sums) = CompensatedProduct.OfLayers(before.Weights, before.Biases, weights, biases);
        _layers[^1] = before with { Name = $"{before.Name} and {node.Shown}", Weights = product, Biases = sums, Shape = [outputs] };
        _shape = [outputs];
    }

    private void Convolution(OnnxNode node)
    {
        RequireAttributes(node, "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides");
        var kernels = Constant(node, 1);
        var described = $"{Shown(node)} has kernels of shape [{string.Join(", ", kernels.shape)}]";
        if (kernels.shape is not [var channels, var taken, var height, var width])
        {
            throw Refused($"{described}; convolutions of images are read, with kernels [out, in, height, width]", Supported);
        }

        if (_shape is not [var given, var above, var across] || given != taken || Integer(node, "group", 1) != 1)
        {
            throw Refused(
                $"{described} and {Integer(node, "group", 1)} groups, and gets entries of shape [{string.Join(", ", _shape)}]",
                "Convolutions of images [C, H, W] in one group are read. Give points as [N, C, H, W].");
        }

        if (_layers.Count > 0 && !_layers[^1].Shape.SequenceEqual(_shape))
        {
            throw Refused(
                $"{Shown(node)} takes images of shape [{string.Join(", ", _shape)}], which are made of what '{_layers[^1].Name}' gives, "
                    + $"[{string.Join(", ", _layers[^1].Shape)}]",
                "A convolution is read at the beginning, or after another one whose images it takes as they are.");
        }

        long Same(string name, int least, int count) => Attribute(node, name) is not { } attribute
            ? least
            : attribute.Integers.Count == count && attribute.Integers.Distinct().Count() == 1
                && attribute.Integers[0] >= least && attribute.Integers[0] <= LargestStep
                ? attribute.Integers[0]
                : throw Refused(
                    $"{Shown(node)} has {name} [{string.Join(", ", attribute.Integers.Take(8))}]",
                    $"They must be the same in all directions, from {least} to {LargestStep}.");

        var (stride, padding) = ((int)Same("strides", 1, 2), (int)Same("pads", 0, 4));
        if (Same("dilations", 1, 2) != 1)
        {
            throw Refused($"{Shown(node)} has a dilation", "Convolutions without dilation are read.");
        }

        if (Attribute(node, "auto_pad")?.Text is not (null or "" or "NOTSET") and var automatic && (automatic != "VALID" || padding != 0))
        {
            throw Refused($"{Shown(node)} has auto_pad '{Printable.Of(automatic)}'", "Export it with pads instead.");
        }

        if (Attribute(node, "kernel_shape") is { } shape && !shape.Integers.SequenceEqual([height, width]))
        {
            throw Refused($"{described}, and its kernel_shape is [{string.Join(", ", shape.Integers.Take(8))}]", ExportAgain);
        }

        if (_layers.Count > 0 && _relu is null)
        {
            throw NoReluBetween(_layers[^1], node);
        }

        var padded = $"an image of {string.Join('×', _shape)} with a padding of {padding}";
        var (rows, columns) = (above + (2L * padding) - height, across + (2L * padding) - width);
        if (rows < 0 || columns < 0)
        {
            throw Refused($"{described}, larger than {padded}", "Give larger images.");
        }

        long[] made = [channels, (rows / stride) + 1, (columns / stride) + 1];
        if (Math.Max(Product(made), Product([taken, above + (2L * padding), across + (2L * padding)])) > MostActivations)
        {
            throw Refused($"{described}, and {padded} is too large", "Give smaller images.");
        }

        var biases = Has(node, 2) ? Constant(node, 2) : zeros([channels], float64);
        if (biases.shape is not [var length] || length != channels)
        {
            throw Refused($"{described} and biases of shape [{string.Join(", ", biases.shape)}]", ExportAgain);
        }

        var image = new ImageShape((int)taken, (int)above, (int)across);
        Append(new Layer(node.Shown, kernels, biases, made, image, stride, padding));
    }

    private void Bias(OnnxNode node)
    {
        RequireAttributes(node);
        var constant = Constant(node, node.Inputs[0] == _current ? 1 : 0);
        var layer = OpenLayer(node);
        _layers[^1] = layer with { Biases = layer.Biases + AsBias(node, constant, layer.Shape) };
    }

    private void Normalisation(OnnxNode node)
    {
        RequireAttributes(node, "epsilon", "momentum", "training_mode");
        if (Integer(node, "training_mode", 0) != 0 || node.Outputs.Skip(1).Any(output => output.Length > 0))
        {
            throw Refused($"{Shown(node)} is in training mode", ExportAgain);
        }

        var layer = OpenLayer(node);
        Tensor Of(int input)
        {
            var numbers = Constant(node, input);
            return numbers.shape is [var length] && length == layer.Shape[0]
                ? numbers
                : throw Refused(
                    $"{Shown(node)} has constants of shape [{string.Join(", ", numbers.shape)}] for {layer.Shape[0]} channels",
                    ExportAgain);
        }

        var (scale, shift, mean, variance) = (Of(1), Of(2), Of(3), Of(4));
        Use(layer.Weights.numel());
        var square = variance + Real(node, "epsilon", 1e-5f);
        if (square.le(0).any().item<bool>())
        {
            throw Refused($"{Shown(node)} has a variance whose sum with epsilon is not positive", "Check the running statistics.");
        }

        var factor = scale / square.sqrt();
        _layers[^1] = layer with
        {
            Weights = layer.Weights * factor.reshape([-1, .. layer.Weights.shape.Skip(1).Select(_ => 1L)]),
            Biases = ((layer.Biases - mean) * factor) + shift,
        };
    }

    private void Flatten(OnnxNode node)
    {
        RequireAttributes(node, "axis");
        var axis = Integer(node, "axis", 1);
        if (axis != 1 && axis != -_shape.Length)
        {
            throw Refused($"{Shown(node)} flattens from axis {axis}", "From axis 1 on is read: all but the batch.");
        }

        _shape = [Product(_shape)];
    }

    private void Reshape(OnnxNode node)
    {
        RequireAttributes(node, "allowzero");
        if (node.Inputs.Count != 2)
        {
            throw Refused($"{Shown(node)} has {node.Inputs.Count} inputs, not a value and its shape", ExportAgain);
        }

        var sizes = Read(node, node.Inputs[1], tensor => tensor.Integers());
        var described = $"{Shown(node)} makes of [N, {string.Join(", ", _shape)}] a tensor of shape [{string.Join(", ", sizes)}]";
        DataException Wrong() =>
            Refused(described, "Shapes that keep the batch and the number of entries are read, as [-1, 784] and [0, -1].");
        var isShape = sizes.Length >= 2 && sizes.All(size => size >= -1) && sizes.Count(size => size == -1) <= 1;
        var meansZero = Integer(node, "allowzero", 0) != 0 && sizes.Contains(0);
        if (!isShape || meansZero || !(sizes[0] is 0 or -1 || sizes[0] == _batch))
        {
            throw Wrong();
        }

        long[] rest = [.. sizes.Skip(1)];
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] = rest[i] != 0 ? rest[i] : i < _shape.Length ? _shape[i] : throw Wrong();
        }

        // Of a size that is left open there is one; what is known must divide the entries.
        var (entries, open) = (Product(_shape), Array.IndexOf(rest, -1));
        var known = rest.Where(size => size > 0).Aggregate(1.0, (product, size) => product * size);
        if (known > entries || entries % (long)known != 0 || (open < 0 && (long)known != entries))
        {
            throw Wrong();
        }

        if (open >= 0)
        {
            rest[open] = entries / (long)known;
        }

        _shape = rest;
    }

    private void Dropout(OnnxNode node)
    {
        RequireAttributes(node, "ratio", "seed");
        if (Has(node, 2) && !(_constants.TryGetValue(node.Inputs[2], out var mode) && mode.IsFalse))
        {
            throw Refused($"{Shown(node)} is in training mode", ExportAgain);
        }
    }

    private void Append(Layer layer)
    {
        _layers.Add(layer);
        (_shape, _relu) = (layer.Shape, null);
    }

    // The layer that a node can become part of: what it takes is what that layer gives.
    private Layer OpenLayer(OnnxNode node) =>
        _layers.Count > 0 && _relu is null && (_layers[^1].Shape.SequenceEqual(_shape) || node.Operation is "Relu" or "Gemm" or "MatMul")
            ? _layers[^1]
            : throw Refused(
                $"{Shown(node)} stands behind no layer that it could become part of",
                "Relu, Add and BatchNormalization are read right after a fully connected layer or a convolution.");

    // A constant that is added to [1, shape]: one number an output, or an output channel.
    private Tensor AsBias(OnnxNode node, Tensor constant, long[] shape)
    {
        long[] sizes = [.. Enumerable.Repeat(1L, Math.Max(0, shape.Length + 1 - constant.shape.Length)), .. constant.shape];
        var isOfOutputs = sizes.Length == shape.Length + 1 && (sizes[1] == 1 || sizes[1] == shape[0]);
        return isOfOutputs && sizes.Where((_, i) => i != 1).All(size => size == 1)
            ? constant.reshape(-1).expand(shape[0])
            : throw Refused(
                $"{Shown(node)} adds a constant of shape [{string.Join(", ", constant.shape)}] to [N, {string.Join(", ", shape)}]",
                "A bias with a number for each output, or for each channel of a convolution, is read.");
    }

    private long[] InputShape(OnnxInput input, IReadOnlyList<long> sample)
    {
        var name = Printable.Of(input.Name);
        if (input.ElementType is not (1 or 11))
        {
            throw Refused($"its input '{name}' is neither FLOAT nor DOUBLE", "Export it in float32: model.float().");
        }

        if (Product(sample) > MostActivations)
        {
            throw Refused($"points of shape [{string.Join(", ", sample)}] are too large", "Give smaller points.");
        }

        if (input.Shape is not { } said)
        {
            return [.. sample];
        }

        long?[] sizes = [.. said.Skip(1)];
        var shown = string.Join(", ", sizes.Take(8).Select(size => size is null ? "?" : $"{size}"));
        if (sizes.Length == 0)
        {
            throw Refused($"its input '{name}' has no dimension for the batch", "Export it with a sample of shape [1, …].");
        }

        var isSame = sizes.Length == sample.Count;
        if (isSame && sizes.Zip(sample, (one, other) => one is null || one == other).All(fits => fits))
        {
            return [.. sample];
        }

        // Flat points of an image, or the other way round.
        var known = sizes.Aggregate(1.0, (product, size) => product * (size ?? 1));
        return !isSame && sizes.All(size => size > 0) && known == Product(sample)
            ? [.. sizes.Select(size => size!.Value)]
            : throw Refused(
                $"it takes inputs of shape [N, {shown}], and the points are [{string.Join(", ", sample)}]", "Give points of that shape.");
    }

    private void RequireTakesTheChain(OnnxNode node)
    {
        foreach (var input in node.Inputs.Where(input => input != _current && input.Length > 0 && !_constants.ContainsKey(input)))
        {
            throw _taken.TryGetValue(input, out var other)
                ? Refused(
                    $"{Shown(node)} takes '{Printable.Of(input)}', which {Shown(other)} takes too: "
                        + "a branch, such as a residual connection",
                    "Chains of layers are read, where each takes what the one before it gives.")
                : Refused($"{Shown(node)} takes '{Printable.Of(input)}', which nothing before it gives", ExportAgain);
        }

        var times = node.Inputs.Count(input => input == _current);
        if (times != 1)
        {
            throw Refused(
                $"{Shown(node)} takes the chain's value {times} times" + (times == 0 ? ": it computes with constants alone" : ""),
                times == 0 ? "Export it with constants folded: torch.onnx.export(…, do_constant_folding=True)." : Supported);
        }

        if (node.Operation != "Add" && node.Inputs[0] != _current)
        {
            throw Refused($"{Shown(node)} takes the chain's value, but not as its first input", Supported);
        }
    }

    private void RequireAttributes(OnnxNode node, params string[] known)
    {
        if (node.Attributes.Keys.FirstOrDefault(name => !known.Contains(name)) is { } other)
        {
            throw Refused($"{Shown(node)} has the attribute '{Printable.Of(other)}', which is not supported", ExportAgain);
        }
    }

    private void Define(string name, OnnxTensor constant)
    {
        if (name.Length == 0 || !_constants.TryAdd(name, constant) || name == _current || _taken.ContainsKey(name))
        {
            throw Refused($"the constant '{Printable.Of(name)}' has no name, or one that is there already", ExportAgain);
        }
    }

    private string Output(OnnxNode node) =>
        node.Outputs is [{ Length: > 0 } first, ..] ? first : throw Refused($"{Shown(node)} gives nothing", ExportAgain);

    private Tensor Constant(OnnxNode node, int input)
    {
        if (input >= node.Inputs.Count || !_constants.TryGetValue(node.Inputs[input], out var found))
        {
            throw Refused($"{Shown(node)} lacks its constant input {input}", Supported);
        }

        var numbers = Read(node, node.Inputs[input], constant => constant.Numbers());
        Use(numbers.Length);
        return tensor(numbers, [.. found.Shape]);
    }

    private Tensor Matrix(OnnxNode node)
    {
        var weights = Constant(node, 1);
        return weights.dim() == 2
            ? weights
            : throw Refused($"{Shown(node)} has weights of shape [{string.Join(", ", weights.shape)}], which is no matrix", Supported);
    }

    private T Read<T>(OnnxNode node, string name, Func<OnnxTensor, T> read)
    {
        DataException Wrong(string problem, string remedy, Exception? cause = null) =>
            new(_path, $"'{Printable.Of(name)}', which {Shown(node)} takes, {problem}", remedy, cause);
        if (!_constants.TryGetValue(name, out var found))
        {
            throw Wrong("is not constant", Supported);
        }

        if (found.IsElsewhere)
        {
            throw Wrong(
                "has its numbers in another file (external data)",
                "Put all into one file: python -c 'import onnx; onnx.save(onnx.load(\"network.onnx\"), \"whole.onnx\")'");
        }

        try
        {
            return read(found);
        }
        catch (Exception fault) when (fault is InvalidDataException or InvalidProtocolBufferException)
        {
            throw Wrong(fault.Message.TrimEnd('.'), ExportAgain, fault);
        }
    }

    // What is computed with the constants, over and over perhaps, is bounded by the file's size.
    private void Use(long numbers)
    {
        _used += numbers;
        if (_used > _most)
        {
            throw Refused("its constants are used so often that the network is much larger than the file", "Measure a smaller network.");
        }
    }

    // Inputs at the end may be left out, or have an empty name.
    private static bool Has(OnnxNode node, int input) => node.Inputs.Count > input && node.Inputs[input].Length > 0;

    private static OnnxAttribute? Attribute(OnnxNode node, string name) => node.Attributes.GetValueOrDefault(name);

    private OnnxAttribute Given(OnnxNode node, string name) =>
        Attribute(node, name) ?? throw Refused($"{Shown(node)} lacks the attribute '{name}'", Supported);

    private long Integer(OnnxNode node, string name, long otherwise) =>
        Attribute(node, name) is not { } given ? otherwise
        : given.Integer ?? throw Refused($"{Shown(node)} has an attribute '{name}' that is no integer", ExportAgain);

    private double Real(OnnxNode node, string name, float otherwise) =>
        Attribute(node, name) is not { } given ? otherwise
        : given.Real ?? throw Refused($"{Shown(node)} has an attribute '{name}' that is no number", ExportAgain);

    private DataException NoReluBetween(Layer before, OnnxNode node) => Refused(
        $"there is no Relu between '{before.Name}' and '{node.Shown}' ({Printable.Of(node.Operation)})",
        "Two layers without one are multiplied into one only where both are fully connected: put a ReLU between them.");

    private static string Remedy(string operation) => operation switch
    {
        "Softmax" or "LogSoftmax" => "Export the network without it: the class is the same.",
        "Shape" or "Gather" or "Unsqueeze" or "Concat" => "Write x.flatten(1) for x.view(x.size(0), -1), and export the network again.",
        _ => Supported,
    };

    private static string Shown(OnnxNode node) => $"node '{node.Shown}' ({Printable.Of(node.Operation)})";

    // Of counts that a file says, which may be large.
    private static long Product(IReadOnlyList<long> sizes) =>
        (long)sizes.Aggregate(1.0, (product, size) => Math.Min(product * size, long.MaxValue / 2));

    private DataException Refused(string problem, string remedy) => new(_path, problem, remedy);

    // A convolution has an image, a fully connected layer none. W and b are as in PyTorch, the shape is that of what the layer gives.
    private sealed record Layer(string Name, Tensor Weights, Tensor Biases, long[] Shape, ImageShape? Image, int Stride, int Padding)
    {
        [SuppressMessage("Reliability", "CA2000", Justification = "The network owns its layers.")]
        internal AffineLayer Made()
        {
            var (weights, biases) = (Own(Weights), Own(Biases));
            return Image is null ? new DenseLayer(weights, biases) : new ConvolutionLayer(weights, biases, Image, Stride, Padding);
        }

        private static Tensor Own(Tensor tensor) => tensor.contiguous().MoveToOuterDisposeScope();
    }
}
