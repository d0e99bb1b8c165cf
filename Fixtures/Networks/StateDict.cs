using System.Text.RegularExpressions;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Networks;

/// <summary>What the owner of a <c>state_dict</c> says of it, which the file cannot say.</summary>
public sealed record StateDictOptions
{
    /// <summary>The names of the layers that make the network, in order; null to find them.</summary>
    public IReadOnlyList<string>? Layers { get; init; }

    /// <summary>Whether a ReLU stands between each layer and the next: one for all, or one a pair; null to take what is usual.</summary>
    public IReadOnlyList<bool>? HasRelu { get; init; }

    /// <summary>Whether matrices are stored as [in, out]; null for PyTorch's [out, in].</summary>
    public bool? IsInOut { get; init; }

    /// <summary>One stride for all convolutions, or one each; null for 1.</summary>
    public IReadOnlyList<int>? Strides { get; init; }

    /// <summary>The same for zeros at each border; null for 0.</summary>
    public IReadOnlyList<int>? Paddings { get; init; }
}

/// <summary>
/// PyTorch's <c>state_dict</c> of a sequence of Linear, Conv2d and ReLU, as a ReLU network in float64. It holds weights, and neither order
/// nor activations: what is taken for granted is said, and what nothing speaks for is asked.
/// </summary>
public sealed partial class StateDict
{
    private const string Supported = "Linear, Conv2d and ReLU are read.";

    /// <summary>The largest stride and padding.</summary>
    public const int LargestStep = 1 << 16;

    // A matrix of activations beyond this would not fit into an array.
    private const long MostActivations = 1 << 28;

    private readonly WeightFiles _files;
    private readonly StateDictOptions _options;
    private readonly List<Layer> _layers;
    private readonly List<Assumption> _assumptions = [];

    private StateDict(WeightFiles files, StateDictOptions options)
    {
        (_files, _options) = (files, options);
        if (files.Format is { } format && format != "pt")
        {
            _assumptions.Add(new("format", format, "the file's __metadata__", IsAssumed: false));
        }

        if (files.Shared.Count > 0)
        {
            var each = files.Shared.Select(one => $"{Printable.Of(one.Name)} is {Printable.Of(one.Kept)}");
            var shared = string.Join(", ", each);
            _assumptions.Add(new("shared tensors", shared, "the file's __metadata__", IsAssumed: false));
        }

        var tensors = files.Tensors.Where(tensor => !IsCounter(tensor)).ToList();
        _layers = [.. tensors.GroupBy(tensor => Split(tensor.Name).Layer).Select(Parsed)];
        if (_layers.Count == 0)
        {
            throw Refused("holds no tensors", "Save a network: safetensors.torch.save_file(model.state_dict(), \"network.safetensors\").");
        }

        if (files.Format is "mlx" && _layers.Any(layer => !layer.IsDense))
        {
            throw Refused(
                "its __metadata__ says that MLX wrote it: kernels are (out, height, width, in) there, and images (height, width, channels)",
                "Save it in PyTorch's layout: kernels transposed to (out, in, height, width), "
                    + "and the first Linear's columns to channels first.");
        }
    }

    /// <summary>Reads a network.</summary>
    /// <param name="files">Its tensors.</param>
    /// <param name="sample">The shape of one input: [n_0], or [C, H, W]. For a convolution, a flat input is a square image.</param>
    /// <param name="options">What the owner says.</param>
    /// <exception cref="DataException">
    /// The file holds something else than weights and biases of Linear and Conv2d, layers do not fit together, or weights are
    /// NaN or infinite.
    /// </exception>
    /// <exception cref="AmbiguousNetworkException">The file leaves open which network it holds.</exception>
    /// <exception cref="ArgumentException">
    /// There are neither one nor as many strides, paddings or activations as layers that they are for, or one is above
    /// <see cref="LargestStep"/>, or a name is no layer.
    /// </exception>
    public static UserNetwork Read(WeightFiles files, IReadOnlyList<long> sample, StateDictOptions options)
    {
        var state = new StateDict(files, options);
        var layers = state.InOrder(sample);
        return state.Made(layers, state.Relus(layers), sample);
    }

    private List<Layer> InOrder(IReadOnlyList<long> sample)
    {
        if (_options.Layers is { } named)
        {
            var choice = string.Join(", ", _layers.Select(layer => layer.Shown));
            List<Layer> chosen = [.. named.Select(name => _layers.FirstOrDefault(layer => layer.Name == name)
                ?? throw new ArgumentException($"'{name}' is no layer of {_files.Path}; choose from {choice}"))];
            if (chosen.Distinct().Count() < chosen.Count)
            {
                throw new ArgumentException($"a layer is named twice: {string.Join(", ", named)}");
            }

            RequireDenseAfterConvolutions(chosen);
            Say("order of layers", chosen, "as named", isAssumed: false);
            return chosen;
        }

        List<NamedLayer> all = [.. _layers.Select(layer => layer.Named(_options.IsInOut is true))];
        if (LayerOrder.Copies(all) is var (one, other))
        {
            var layersOfOne = _layers.Where(layer => layer.Name.StartsWith($"{one}.", StringComparison.Ordinal));
            throw Open(
                $"holds two networks of the same shapes, '{Printable.Of(one)}' and '{Printable.Of(other)}': "
                    + "a copy, such as a moving average, or one after the other",
                $"Name the layers of the one to measure, in order: --layers {string.Join(',', layersOfOne.Select(layer => layer.Shown))}");
        }

        var size = sample.Aggregate(1L, (product, next) => checked(product * next));
        var orders = LayerOrder.All(all, size, sample.Count == 3 ? sample[0] : null);
        if (orders.Count > 1)
        {
            throw Open(
                $"names and shapes leave the order of its layers open: {Arrow(orders[0])}, or {Arrow(orders[1])}",
                $"Name them in order: --layers {string.Join(',', orders[0].Select(layer => Printable.Of(layer.Name)))}");
        }

        // Where no order fits, the natural one is taken, so that the message can say what does not.
        List<Layer> order = orders.Count == 1
            ? [.. orders[0].Select(found => _layers.Single(layer => layer.Name == found.Name))]
            : [.. _layers.Order(Comparer<Layer>.Create((left, right) => LayerOrder.CompareNaturally(left.Name, right.Name)))];
        if (orders.Count == 0)
        {
            RequireDenseAfterConvolutions(order);
            List<NamedLayer> transposed = [.. _layers.Select(layer => layer.Named(isInOut: true))];
            if (_options.IsInOut is null && LayerOrder.All(transposed, size, sample.Count == 3 ? sample[0] : null).Count > 0)
            {
                throw Open(
                    "its matrices fit together as [in, out], and not as PyTorch's [out, in]",
                    "If that is how they are stored: --layout in-out");
            }
        }

        Say("order of layers", order, order.Count == 1 ? "there is one" : "numbers in names, and shapes", isAssumed: false);
        return order;
    }

    private bool[] Relus(List<Layer> layers)
    {
        var gaps = layers.Zip(layers.Skip(1), (before, after) => (Before: before, After: after)).ToList();
        if (_options.HasRelu is { } said)
        {
            if (said.Count != 1 && said.Count != gaps.Count)
            {
                throw new ArgumentException($"{said.Count} activations for {gaps.Count} places between layers");
            }

            bool[] relus = [.. gaps.Select((_, i) => said[said.Count == 1 ? 0 : i])];
            var values = string.Join(", ", relus.Select(has => has ? "relu" : "none"));
            _assumptions.Add(new("activation", values, "as given", IsAssumed: false));
            return relus;
        }

        var open = gaps.Select(gap => LayerOrder.Of(gap.Before.Name, gap.After.Name)).ToList();
        if (open.FindIndex(one => one != Between.Usual) is >= 0 and var first)
        {
            var (before, after) = (gaps[first].Before.Shown, gaps[first].After.Shown);
            var guess = string.Join(',', open.Select(one => one == Between.NextInASequence ? "none" : "relu"));
            throw Open(
                open[first] == Between.NextInASequence
                    ? $"nothing stands between '{before}' and '{after}' if they are in an nn.Sequential; in a list there may be a ReLU"
                    : $"'{before}' ends one sequence and '{after}' begins another; the file does not say if a ReLU is between them",
                $"Say what stands between the layers, relu or none: --activation {guess}, or --activation relu for all");
        }

        if (gaps.Count > 0)
        {
            _assumptions.Add(new(
                "activation",
                "relu",
                "between any two layers, none after the last; the file does not say",
                IsAssumed: true));
        }

        return [.. gaps.Select(_ => true)];
    }

    private UserNetwork Made(List<Layer> layers, bool[] hasRelu, IReadOnlyList<long> sample)
    {
        var (strides, paddings) = (_options.Strides ?? [1], _options.Paddings ?? [0]);
        var convolutions = layers.Count(layer => !layer.IsDense);
        RequireSteps("stride", strides, convolutions);
        RequireSteps("padding", paddings, convolutions);
        if (convolutions > 0)
        {
            _assumptions.Add(new("stride", string.Join(", ", strides), Said(_options.Strides), _options.Strides is null));
            _assumptions.Add(new("padding", string.Join(", ", paddings), Said(_options.Paddings), _options.Paddings is null));
            if (layers.FirstOrDefault(layer => !layer.IsDense && layer.Weight.Shape[0] == layer.Weight.Shape[1]) is { } square)
            {
                _assumptions.Add(new(
                    "convolution",
                    "Conv2d",
                    $"'{square.Shown}' has as many channels in as out: a ConvTranspose2d would look the same",
                    IsAssumed: true));
            }
        }

        if (layers.Any(layer => layer.IsDense))
        {
            _assumptions.Add(new(
                "layout",
                _options.IsInOut is true ? "in-out" : "out-in",
                _options.IsInOut is null ? "PyTorch's" : "as given",
                _options.IsInOut is null));
        }

        var (made, names) = (new List<AffineLayer>(), new List<string>());
        try
        {
            ImageShape? image = null;
            for (var (i, number) = (0, 0); i < layers.Count; i++)
            {
                var layer = layers[i];
                if (layer.IsDense)
                {
                    made.Add(Dense(layer, sample, made, image));
                }
                else
                {
                    int Of(IReadOnlyList<int> steps) => steps[steps.Count == 1 ? 0 : number];
                    var convolution = Convolution(layer, image ?? FirstImage(layer, sample), Of(strides), Of(paddings));
                    made.Add(convolution);
                    image = convolution.OutputShape;
                    number++;
                }

                names.Add(layer.Shown);
                if (i > 0 && !hasRelu[i - 1])
                {
                    Compose(made, names);
                }
            }

            return new UserNetwork(new LayeredNetwork(made), names, _assumptions);
        }
        catch
        {
            made.ForEach(layer => layer.Dispose());
            throw;
        }

        static string Said(IReadOnlyList<int>? steps) => steps is null ? "PyTorch's default; the file does not say" : "as given";
    }

    // Two layers without a ReLU between are one.
    private void Compose(List<AffineLayer> made, List<string> names)
    {
        if (made is not [.., DenseLayer first, DenseLayer second])
        {
            throw Refused(
                $"no ReLU stands between '{names[^2]}' and '{names[^1]}', and one of them is a convolution",
                "Such layers cannot be multiplied into one here.");
        }

        using var unrecorded = no_grad();
        var (weights, biases) = CompensatedProduct.OfLayers(first.Weights, first.Biases, second.Weights, second.Biases);
        var composed = new DenseLayer(weights, biases);
        first.Dispose();
        second.Dispose();
        made.RemoveRange(made.Count - 2, 2);
        made.Add(composed);
        names[^2] = $"{names[^2]} and {names[^1]}";
        names.RemoveAt(names.Count - 1);
    }

    private void RequireDenseAfterConvolutions(List<Layer> order)
    {
        if (order.Zip(order.Skip(1)).FirstOrDefault(pair => pair.First.IsDense && !pair.Second.IsDense) is ({ } before, { } after))
        {
            throw Refused(
                $"'{before.Shown}' is a Linear layer and '{after.Shown}', the next by name, a Conv2d: only Linear can follow Linear",
                "Name the layers in order: --layers name,name,…");
        }
    }

    private static void RequireSteps(string what, IReadOnlyList<int> steps, int convolutions)
    {
        if (steps.Count != 1 && steps.Count != convolutions)
        {
            throw new ArgumentException($"--{what} gives {steps.Count} numbers, and the network has {convolutions} convolutions");
        }

        if (steps.Any(step => step > LargestStep))
        {
            throw new ArgumentException($"a {what} above {LargestStep}");
        }
    }

    private void Say(string what, List<Layer> layers, string basis, bool isAssumed) =>
        _assumptions.Add(new(what, string.Join(", ", layers.Select(layer => layer.Shown)), basis, isAssumed));

    private static string Arrow(IReadOnlyList<NamedLayer> order) =>
        string.Join(" → ", order.Select(layer => Printable.Of(layer.Name)));

    // Such as the number of models in a moving average: a whole number that is no layer's.
    private bool IsCounter(StoredTensor tensor)
    {
        var name = Split(tensor.Name).Parameter;
        if (tensor.Shape.Count > 1
            || tensor.Shape.Any(size => size != 1)
            || name is not ("n_averaged" or "step" or "steps" or "epoch" or "num_updates" or "global_step"))
        {
            return false;
        }

        _assumptions.Add(new("ignored", tensor.Shown, "a counter, no layer", IsAssumed: false));
        return true;
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
                throw Refused(
                    $"'{tensor.Shown}' belongs to a batch normalisation, which is not supported",
                    $"{Supported} In evaluation mode a batch normalisation can be multiplied into the layer before it "
                        + "(torch.nn.utils.fusion).");
            }

            if (Embedding().IsMatch(tensor.Name))
            {
                throw Refused($"'{tensor.Shown}' is an embedding by its name, which takes numbers of words and no points", Supported);
            }

            if (Adapter().IsMatch(tensor.Name))
            {
                throw Refused(
                    $"'{tensor.Shown}' is an adapter (LoRA) by its name, which is added to a layer and is none itself",
                    "Merge it into its layer before saving: model.merge_and_unload().");
            }

            if (tensor.Shape.Count == 4 && Transposed().IsMatch(tensor.Name))
            {
                throw Refused($"'{tensor.Shown}' is a transposed convolution by its name", Supported);
            }

            if (parameter is not ("weight" or "bias"))
            {
                throw Refused($"'{tensor.Shown}' is neither a weight nor a bias", Supported);
            }
        }

        if (group.GroupBy(tensor => Split(tensor.Name).Parameter).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            var shown = string.Join("' and '", twice.Take(2).Select(tensor => tensor.Shown));
            throw Refused($"'{shown}' are both the {twice.Key} of one layer", Supported);
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
            var guess = weight.Shape.Count switch
            {
                1 => ", such as a batch normalisation or a layer normalisation has",
                3 => ", such as a Conv1d has",
                5 => ", such as a Conv3d has",
                _ => "",
            };
            throw Refused($"{shape}{guess}: an unsupported layer", Supported);
        }

        if (weight.Shape.Any(size => size is 0 or > int.MaxValue))
        {
            throw Refused($"{shape}: a layer without entries, or with too many", Supported);
        }

        var outputs = weight.Shape[weight.Shape.Count == 2 && _options.IsInOut is true ? 1 : 0];
        var isOpen = weight.Shape.Count == 2 && _options.IsInOut is null;
        return bias is null || (bias.Shape is [var length] && (length == outputs || (isOpen && length == weight.Shape[1])))
            ? new Layer(group.Key, weight, bias)
            : throw Refused(
                $"{shape} and '{bias.Shown}' [{string.Join(", ", bias.Shape)}]: a bias has one entry an output, here {outputs}",
                Supported);
    }

    private DenseLayer Dense(Layer layer, IReadOnlyList<long> sample, List<AffineLayer> before, ImageShape? image)
    {
        var given = before.Count == 0 ? sample.Aggregate((product, size) => product * size) : before[^1].Outputs;
        var named = layer.Named(_options.IsInOut is true);
        if (named.Inputs != given)
        {
            throw before.Count == 0
                ? Refused(
                    $"its first layer '{layer.Shown}' takes {named.Inputs} inputs, and the points have {given}",
                    "Give points of the shape that the network was trained on.")
                : Refused(
                    $"'{layer.Shown}' (Linear {named.Inputs}→{named.Outputs}) takes {named.Inputs} entries, "
                        + $"and the layer before it ({before[^1].Description}) gives {given}",
                    image is null
                        ? "If the network has another order, name the layers: --layers name,name,…"
                        : "Set --stride and --padding as in the network. Pooling is not supported; a stride of 2 can take its place.");
        }

        if (Math.Max(layer.Weight.Shape[0], layer.Weight.Shape[1]) > MostActivations)
        {
            throw Refused(
                $"'{layer.Shown}' (Linear {named.Inputs}→{named.Outputs}) is too large: "
                    + $"up to {MostActivations} inputs and outputs are read",
                "Measure a smaller network.");
        }

        var (weights, biases) = Parameters(layer);
        if (biases.size(0) != named.Outputs)
        {
            throw Refused(
                $"'{layer.Shown}' has the shape [{string.Join(", ", layer.Weight.Shape)}] and {biases.size(0)} biases: "
                    + $"a bias has one entry an output, here {named.Outputs}",
                Supported);
        }

        return new DenseLayer(_options.IsInOut is true ? weights.mT.contiguous() : weights, biases);
    }

    private ConvolutionLayer Convolution(Layer layer, ImageShape image, int stride, int padding)
    {
        var (channels, taken, height, width) = (layer.Weight.Shape[0], layer.Weight.Shape[1], layer.Weight.Shape[2], layer.Weight.Shape[3]);
        if (taken != image.Channels)
        {
            throw Refused(
                $"'{layer.Shown}' (Conv2d) takes {taken} channels, and gets an image of {image}",
                "Convolutions in groups are not supported. If the layers have another order, name them: --layers name,name,…");
        }

        var (rows, columns) = (image.Height + (2L * padding) - height, image.Width + (2L * padding) - width);
        if (rows < 0 || columns < 0)
        {
            throw Refused(
                $"'{layer.Shown}' has a kernel of {height}×{width}, and an image of {image} with a padding of {padding} is smaller",
                "Set --stride and --padding as in the network.");
        }

        if (channels * (double)((rows / stride) + 1) * ((columns / stride) + 1) > MostActivations)
        {
            throw Refused(
                $"'{layer.Shown}' gives an image of {channels}×{(rows / stride) + 1}×{(columns / stride) + 1}, which is too large",
                "Set --stride and --padding as in the network.");
        }

        if (taken * (image.Height + (2.0 * padding)) * (image.Width + (2.0 * padding)) > MostActivations)
        {
            throw Refused(
                $"'{layer.Shown}' takes an image of {image}, which with a padding of {padding} is too large",
                "Set --stride and --padding as in the network.");
        }

        var (weights, biases) = Parameters(layer);
        return new ConvolutionLayer(weights, biases, image, stride, padding);
    }

    private ImageShape FirstImage(Layer layer, IReadOnlyList<long> sample)
    {
        var channels = layer.Weight.Shape[1];
        if (sample.Aggregate(1.0, (product, size) => product * size) > MostActivations || sample.Any(size => size > MostActivations))
        {
            throw Refused(
                $"its first layer '{layer.Shown}' (Conv2d) takes images, and points of {string.Join('×', sample)} are too large",
                "Give smaller points.");
        }

        if (sample is [var taken, var height, var width])
        {
            return taken == channels
                ? new ImageShape((int)taken, (int)height, (int)width)
                : throw Refused(
                    $"its first layer '{layer.Shown}' (Conv2d) takes {channels} channels, "
                        + $"and the points are images of {string.Join('×', sample)}",
                    "Points are [N, channels, height, width].");
        }

        var side = (long)Math.Round(Math.Sqrt(sample[0] / (double)channels));
        return side * side * channels == sample[0]
            ? new ImageShape((int)channels, (int)side, (int)side)
            : throw Refused(
                $"its first layer '{layer.Shown}' (Conv2d) takes {channels} channels, "
                    + $"and the points' {sample[0]} entries are not that many square images",
                "Give points as [N, channels, height, width], or pairs as [N, 2, channels, height, width].");
    }

    private (Tensor Weights, Tensor Biases) Parameters(Layer layer)
    {
        Tensor Read(StoredTensor stored)
        {
            var numbers = _files.Numbers(stored);
            var wrong = numbers.Count(number => !double.IsFinite(number));
            return wrong == 0
                ? tensor(numbers, [.. stored.Shape])
                : throw Refused(
                    $"'{stored.Shown}' holds {wrong} NaN or infinite numbers of {numbers.Length}",
                    "Save the network before its training diverged.");
        }

        var weights = Read(layer.Weight);
        return (weights, layer.Bias is null ? zeros([layer.Named(_options.IsInOut is true).Outputs], float64) : Read(layer.Bias));
    }

    private DataException Refused(string problem, string remedy) => new(_files.Path, problem, remedy);

    private AmbiguousNetworkException Open(string problem, string remedy) => new(_files.Path, problem, remedy);

    [GeneratedRegex(@"(^|[._])(emb|embed|embedding|embeddings|wte|wpe)([._]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Embedding();

    [GeneratedRegex(@"(^|[._])lora([._]?[A-Za-z]+)?([._]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Adapter();

    [GeneratedRegex(@"(^|[._])(deconv|upconv|conv_?transpose|transposed?)\w*", RegexOptions.IgnoreCase)]
    private static partial Regex Transposed();

    private sealed record Layer(string Name, StoredTensor Weight, StoredTensor? Bias)
    {
        internal string Shown => Printable.Of(Name);

        internal bool IsDense => Weight.Shape.Count == 2;

        internal NamedLayer Named(bool isInOut) => IsDense && isInOut
            ? new(Name, true, Weight.Shape[0], Weight.Shape[1])
            : new(Name, IsDense, Weight.Shape[1], Weight.Shape[0]);
    }
}
