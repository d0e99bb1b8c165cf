using System.Text.RegularExpressions;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Networks;

/// <summary>
/// PyTorch's <c>state_dict</c> of a sequence of Linear, Conv2d and ReLU, as a ReLU network in float64. It holds weights and no order and no activations: layers
/// are taken in the natural order of their names, with a ReLU between any two.
/// </summary>
public sealed partial class StateDict
{
    private const string Supported = "Linear, Conv2d and ReLU are read, in the natural order of their names.";

    /// <summary>The largest stride and padding.</summary>
    public const int LargestStep = 1 << 16;

    // A matrix of activations beyond this would not fit into an array.
    private const long MostActivations = 1 << 28;

    private readonly SafetensorsFile _file;
    private readonly List<Layer> _layers;

    /// <param name="file">It must stay open until the network is made.</param>
    /// <exception cref="DataException">Something else than weights and biases of Linear and Conv2d is in the file, or two of them have no ReLU between.</exception>
    public StateDict(SafetensorsFile file)
    {
        _file = file;
        _layers = [.. file.Tensors.GroupBy(tensor => Split(tensor.Name).Layer).Select(Parsed).Order(Comparer<Layer>.Create((left, right) => Compare(left.Name, right.Name)))];
        if (_layers.Count == 0)
        {
            throw Refused("holds no tensors", "Save a network: safetensors.torch.save_file(model.state_dict(), \"network.safetensors\").");
        }

        foreach (var (before, after) in _layers.Zip(_layers.Skip(1)))
        {
            if (long.TryParse(before.Name, out var first) && long.TryParse(after.Name, out var second) && second == first + 1)
            {
                throw Refused($"nothing stands between modules '{first}' and '{second}', so there is no ReLU between these two layers", "Multiply the two layers into one, or put a ReLU between them.");
            }

            if (before.IsDense && !after.IsDense)
            {
                throw Refused($"'{before.Shown}' is a Linear layer and '{after.Shown}', the next by name, a Conv2d: only Linear can follow Linear", "Layers are taken in the natural order of their names (fc2 before fc10): rename them, if the network has another order.");
            }
        }
    }

    /// <summary>The number of convolutions.</summary>
    public int Convolutions => _layers.Count(layer => !layer.IsDense);

    /// <summary>The names of the layers, in order, as a message may show them.</summary>
    public IReadOnlyList<string> Names => [.. _layers.Select(layer => layer.Shown)];

    /// <summary>
    /// Neighbours such as net.0 and net.1. In a ModuleList a ReLU may well stand between them, in a Sequential it cannot: the file does not tell.
    /// </summary>
    public IEnumerable<(string Before, string After)> Doubtful =>
        _layers.Zip(_layers.Skip(1), (before, after) => (Before: before, After: after)).Where(pair => IsNext(pair.Before.Name, pair.After.Name)).Select(pair => (pair.Before.Shown, pair.After.Shown));

    /// <summary>Makes the network.</summary>
    /// <param name="sample">The shape of one input: [n_0], or [C, H, W]. For a convolution, a flat input is a square image.</param>
    /// <param name="strides">One for all convolutions, or one each.</param>
    /// <param name="paddings">The same.</param>
    /// <exception cref="DataException">Layers do not chain, or weights are NaN or infinite.</exception>
    /// <exception cref="ArgumentException">There are neither one nor as many strides, or paddings, as convolutions, or one is above <see cref="LargestStep"/>.</exception>
    public LayeredNetwork Network(IReadOnlyList<long> sample, IReadOnlyList<int> strides, IReadOnlyList<int> paddings)
    {
        foreach (var numbers in (IReadOnlyList<int>[])[strides, paddings])
        {
            if (numbers.Count != 1 && numbers.Count != Convolutions)
            {
                throw new ArgumentException($"{numbers.Count} strides or paddings for {Convolutions} convolutions");
            }

            if (numbers.Any(number => number > LargestStep))
            {
                throw new ArgumentException($"a stride or padding above {LargestStep}");
            }
        }

        var made = new List<AffineLayer>();
        try
        {
            ImageShape? image = null;
            for (var i = 0; i < _layers.Count; i++)
            {
                var layer = _layers[i];
                int Of(IReadOnlyList<int> numbers) => numbers[numbers.Count == 1 ? 0 : i];
                if (layer.IsDense)
                {
                    made.Add(Dense(layer, sample, made, image));
                }
                else
                {
                    var convolution = Convolution(layer, image ?? FirstImage(layer, sample), Of(strides), Of(paddings));
                    made.Add(convolution);
                    image = convolution.OutputShape;
                }
            }

            return new LayeredNetwork(made);
        }
        catch
        {
            made.ForEach(layer => layer.Dispose());
            throw;
        }
    }

    private static bool IsNext(string before, string after)
    {
        var (first, second) = (NumberAtEnd().Match(before), NumberAtEnd().Match(after));
        return first.Success && second.Success && first.Groups[1].Value == second.Groups[1].Value && first.Groups[1].Length > 0
            && long.TryParse(first.Groups[2].Value, out var one) && long.TryParse(second.Groups[2].Value, out var other) && other == one + 1;
    }

    // Numbers within names are compared as numbers, so that 10 comes after 2.
    private static int Compare(string left, string right)
    {
        var (first, second) = (Parts().Matches(left), Parts().Matches(right));
        for (var i = 0; i < Math.Min(first.Count, second.Count); i++)
        {
            var (one, other) = (first[i].Value, second[i].Value);
            var areNumbers = char.IsAsciiDigit(one[0]) && char.IsAsciiDigit(other[0]);
            var order = areNumbers ? one.TrimStart('0').Length.CompareTo(other.TrimStart('0').Length) : 0;
            order = order != 0 ? order : string.CompareOrdinal(areNumbers ? one.TrimStart('0') : one, areNumbers ? other.TrimStart('0') : other);
            if (order != 0)
            {
                return order;
            }
        }

        return first.Count != second.Count ? first.Count.CompareTo(second.Count) : string.CompareOrdinal(left, right);
    }

    private static (string Layer, string Parameter) Split(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot < 0 ? ("", name) : (name[..dot], name[(dot + 1)..]);
    }

    private Layer Parsed(IGrouping<string, StoredTensor> group)
    {
        foreach (var tensor in group)
        {
            var parameter = Split(tensor.Name).Parameter;
            if (parameter is "running_mean" or "running_var" or "num_batches_tracked")
            {
                throw Refused($"'{tensor.Shown}' belongs to a batch normalisation, which is not supported", $"{Supported} In evaluation mode a batch normalisation can be multiplied into the layer before it (torch.nn.utils.fusion).");
            }

            if (parameter is not ("weight" or "bias"))
            {
                throw Refused($"'{tensor.Shown}' is neither a weight nor a bias", Supported);
            }
        }

        if (group.GroupBy(tensor => Split(tensor.Name).Parameter).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw Refused($"'{string.Join("' and '", twice.Take(2).Select(tensor => tensor.Shown))}' are both the {twice.Key} of one layer", Supported);
        }

        var weight = group.FirstOrDefault(tensor => Split(tensor.Name).Parameter == "weight");
        var bias = group.FirstOrDefault(tensor => Split(tensor.Name).Parameter == "bias");
        if (weight is null)
        {
            throw Refused($"'{bias!.Shown}' is a bias without a weight", Supported);
        }

        var shape = $"'{weight.Shown}' has the shape [{string.Join(", ", weight.Shape)}]";
        if (weight.Shape.Count is not (2 or 4))
        {
            var guess = weight.Shape.Count switch { 1 => ", such as a batch normalisation or a layer normalisation has", 3 => ", such as a Conv1d has", 5 => ", such as a Conv3d has", _ => "" };
            throw Refused($"{shape}{guess}: an unsupported layer", Supported);
        }

        if (weight.Shape.Any(size => size is 0 or > int.MaxValue))
        {
            throw Refused($"{shape}: a layer without entries, or with too many", Supported);
        }

        return bias is null || (bias.Shape is [var length] && length == weight.Shape[0])
            ? new Layer(group.Key, weight, bias)
            : throw Refused($"{shape} and '{bias.Shown}' [{string.Join(", ", bias.Shape)}]: a bias has one entry an output, here {weight.Shape[0]}", Supported);
    }

    private DenseLayer Dense(Layer layer, IReadOnlyList<long> sample, List<AffineLayer> before, ImageShape? image)
    {
        var given = before.Count == 0 ? sample.Aggregate((product, size) => product * size) : before[^1].Outputs;
        if (layer.Weight.Shape[1] != given)
        {
            throw before.Count == 0
                ? Refused($"its first layer '{layer.Shown}' takes {layer.Weight.Shape[1]} inputs, and the points have {given}", "Give points of the shape that the network was trained on.")
                : Refused(
                    $"'{layer.Shown}' (Linear {layer.Weight.Shape[1]}→{layer.Weight.Shape[0]}) takes {layer.Weight.Shape[1]} entries, and the layer before it ({before[^1].Description}) gives {given}",
                    image is null
                        ? "Layers are taken in the natural order of their names: rename them, if the network has another order."
                        : "Set --stride and --padding as in the network. Pooling between layers is not supported; a stride of 2 can take its place.");
        }

        if (Math.Max(layer.Weight.Shape[0], layer.Weight.Shape[1]) > MostActivations)
        {
            throw Refused($"'{layer.Shown}' (Linear {layer.Weight.Shape[1]}→{layer.Weight.Shape[0]}) is too large: up to {MostActivations} inputs and outputs are read", "Measure a smaller network.");
        }

        var (weights, biases) = Parameters(layer);
        return new DenseLayer(weights, biases);
    }

    private ConvolutionLayer Convolution(Layer layer, ImageShape image, int stride, int padding)
    {
        var (channels, taken, height, width) = (layer.Weight.Shape[0], layer.Weight.Shape[1], layer.Weight.Shape[2], layer.Weight.Shape[3]);
        if (taken != image.Channels)
        {
            throw Refused($"'{layer.Shown}' (Conv2d) takes {taken} channels, and gets an image of {image}", "Convolutions in groups are not supported. Layers are taken in the natural order of their names.");
        }

        var (rows, columns) = (image.Height + (2L * padding) - height, image.Width + (2L * padding) - width);
        if (rows < 0 || columns < 0)
        {
            throw Refused($"'{layer.Shown}' has a kernel of {height}×{width}, and an image of {image} with a padding of {padding} is smaller", "Set --stride and --padding as in the network.");
        }

        if (channels * (double)((rows / stride) + 1) * ((columns / stride) + 1) > MostActivations)
        {
            throw Refused($"'{layer.Shown}' gives an image of {channels}×{(rows / stride) + 1}×{(columns / stride) + 1}, which is too large", "Set --stride and --padding as in the network.");
        }

        if (taken * (image.Height + (2.0 * padding)) * (image.Width + (2.0 * padding)) > MostActivations)
        {
            throw Refused($"'{layer.Shown}' takes an image of {image}, which with a padding of {padding} is too large", "Set --stride and --padding as in the network.");
        }

        var (weights, biases) = Parameters(layer);
        return new ConvolutionLayer(weights, biases, image, stride, padding);
    }

    private ImageShape FirstImage(Layer layer, IReadOnlyList<long> sample)
    {
        var channels = layer.Weight.Shape[1];
        if (sample.Aggregate(1.0, (product, size) => product * size) > MostActivations || sample.Any(size => size > MostActivations))
        {
            throw Refused($"its first layer '{layer.Shown}' (Conv2d) takes images, and points of {string.Join('×', sample)} are too large", "Give smaller points.");
        }

        if (sample is [var taken, var height, var width])
        {
            return taken == channels
                ? new ImageShape((int)taken, (int)height, (int)width)
                : throw Refused($"its first layer '{layer.Shown}' (Conv2d) takes {channels} channels, and the points are images of {string.Join('×', sample)}", "Points are [N, channels, height, width].");
        }

        var side = (long)Math.Round(Math.Sqrt(sample[0] / (double)channels));
        return side * side * channels == sample[0]
            ? new ImageShape((int)channels, (int)side, (int)side)
            : throw Refused($"its first layer '{layer.Shown}' (Conv2d) takes {channels} channels, and the points' {sample[0]} entries are not that many square images", "Give points as [N, channels, height, width], or pairs as [N, 2, channels, height, width].");
    }

    private (Tensor Weights, Tensor Biases) Parameters(Layer layer)
    {
        Tensor Read(StoredTensor stored)
        {
            var numbers = _file.Numbers(stored);
            var wrong = numbers.Count(number => !double.IsFinite(number));
            return wrong == 0
                ? tensor(numbers, [.. stored.Shape])
                : throw Refused($"'{stored.Shown}' holds {wrong} NaN or infinite numbers of {numbers.Length}", "Save the network before its training diverged.");
        }

        return (Read(layer.Weight), layer.Bias is null ? zeros([layer.Weight.Shape[0]], float64) : Read(layer.Bias));
    }

    private DataException Refused(string problem, string remedy) => new(_file.Path, problem, remedy);

    [GeneratedRegex(@"\d+|\D+", RegexOptions.ECMAScript)]
    private static partial Regex Parts();

    [GeneratedRegex(@"^(.*?)(\d+)$", RegexOptions.ECMAScript)]
    private static partial Regex NumberAtEnd();

    private sealed record Layer(string Name, StoredTensor Weight, StoredTensor? Bias)
    {
        internal string Shown => PlainFile.Printable(Name);

        internal bool IsDense => Weight.Shape.Count == 2;
    }
}
