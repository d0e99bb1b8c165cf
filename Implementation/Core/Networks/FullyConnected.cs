using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>
/// R replicas of one fully connected ReLU network, in one set of tensors with a leading replica axis:
/// f⁰(x) = x, fⁱ(x) = ReLU(W_i fⁱ⁻¹(x) + b_i) for i &lt; n, f(x) = W_n fⁿ⁻¹(x) + b_n (slope paper, section 2.1).
/// </summary>
/// <remarks>Points are given as [N, n_0], the same for every replica, or as [R, N, n_0].</remarks>
public sealed class FullyConnected : IEnsemble
{
    /// <param name="weights">W_1, …, W_n, each [R, n_i, n_(i−1)]. The network owns them from now on.</param>
    /// <param name="biases">b_1, …, b_n, each [R, n_i].</param>
    /// <exception cref="ArgumentException">The shapes do not chain, or a parameter is NaN or infinite.</exception>
    public FullyConnected(IReadOnlyList<Tensor> weights, IReadOnlyList<Tensor> biases)
    {
        if (weights.Count == 0 || weights.Count != biases.Count)
        {
            throw new ArgumentException($"{weights.Count} weight matrices and {biases.Count} bias vectors do not make a network");
        }

        var widths = new List<int>();
        for (var i = 0; i < weights.Count; i++)
        {
            var shape = weights[i].shape;
            var bias = biases[i].shape;
            var isLayer = shape.Length == 3 && bias.SequenceEqual(shape.Take(2));
            if (!isLayer || shape[0] != weights[0].size(0) || (i > 0 && shape[2] != widths[^1]))
            {
                var inputs = i > 0 ? $"{widths[^1]}" : "inputs";
                throw new ArgumentException(
                    $"layer {i + 1}: weights [{string.Join(", ", shape)}] and biases [{string.Join(", ", bias)}] " +
                    $"are not [replicas, outputs, {inputs}] and [replicas, outputs]");
            }

            if (i == 0)
            {
                widths.Add((int)shape[2]);
            }

            widths.Add((int)shape[1]);
            RequireFinite(weights[i], $"the weights of layer {i + 1}");
            RequireFinite(biases[i], $"the biases of layer {i + 1}");
        }

        (Weights, Biases) = (weights, biases);
        Parameters = [.. weights.Zip(biases).SelectMany(layer => new[] { layer.First, layer.Second })];
        Shape = new FullyConnectedShape(widths);
        Replicas = (int)weights[0].size(0);
    }

    /// <summary>A network of one replica from copies of its parameters.</summary>
    /// <param name="parameters">W_1 [n_1, n_0], b_1 [n_1], W_2, b_2, …</param>
    /// <exception cref="ArgumentException">The shapes do not chain, or a parameter is NaN or infinite.</exception>
    public static FullyConnected OfReplica(IReadOnlyList<Tensor> parameters)
    {
        // contiguous() alone may return the same tensor.
        var copies = parameters.Select(one => one.unsqueeze(0).contiguous().clone()).ToList();
        return new([.. copies.Where((_, i) => i % 2 == 0)], [.. copies.Where((_, i) => i % 2 == 1)]);
    }

    /// <summary>W_1, …, W_n, each [R, n_i, n_(i−1)].</summary>
    public IReadOnlyList<Tensor> Weights { get; }

    /// <summary>b_1, …, b_n, each [R, n_i].</summary>
    public IReadOnlyList<Tensor> Biases { get; }

    /// <summary>n_0, …, n_n.</summary>
    public FullyConnectedShape Shape { get; }

    /// <inheritdoc/>
    public int Replicas { get; }

    /// <summary>W_1, b_1, W_2, b_2, …</summary>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>Empty.</summary>
    public IReadOnlyList<Tensor> Statistics => [];

    /// <inheritdoc/>
    public Tensor Forward(Tensor points)
    {
        var activation = Spread(points);
        for (var i = 0; i < Shape.Layers - 1; i++)
        {
            activation = Affine(i, activation).relu();
        }

        return Affine(Shape.Layers - 1, activation);
    }

    /// <summary>The pre-activations W_i fⁱ⁻¹(x) + b_i of the hidden layers i = 1, …, n − 1, each [R, N, n_i].</summary>
    public IReadOnlyList<Tensor> Preactivations(Tensor points)
    {
        var preactivations = new List<Tensor>();
        var activation = Spread(points);
        for (var i = 0; i < Shape.Layers - 1; i++)
        {
            var preactivation = Affine(i, activation);
            preactivations.Add(preactivation);
            activation = preactivation.relu();
        }

        return preactivations;
    }

    /// <summary>
    /// The diagonals of Z_1, …, Z_(n−1) of eq. 2, each [R, N, n_i]: 1 where the unit is active, 0 where its pre-activation is zero or
    /// negative. That zero counts as inactive is autograd's convention; eq. 2 leaves it open (see slope.eq-2).
    /// </summary>
    public IReadOnlyList<Tensor> Masks(Tensor points) =>
        [.. Preactivations(points).Select(preactivation => preactivation.gt(0.0).to_type(preactivation.dtype))];

    IEnsemble IEnsemble.Subset(IReadOnlyList<int> replicas) =>
        new FullyConnected(ReplicaAxis.Copies(Weights, replicas), ReplicaAxis.Copies(Biases, replicas));

    /// <summary>A copy that shares no memory with this network.</summary>
    public FullyConnected Clone() => new([.. Weights.Select(one => one.clone())], [.. Biases.Select(one => one.clone())]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in Parameters)
        {
            parameter.Dispose();
        }
    }

    /// <summary>Broadcasts points to [R, N, n_0].</summary>
    /// <exception cref="ArgumentException">The points have another shape.</exception>
    public Tensor Spread(Tensor points)
    {
        var shape = points.shape;
        return shape switch
        {
            [var count, var inputs] when inputs == Shape.Inputs => points.unsqueeze(0).expand(Replicas, count, inputs),
            [var replicas, _, var inputs] when replicas == Replicas && inputs == Shape.Inputs => points,
            _ => throw new ArgumentException(
                $"points of shape [{string.Join(", ", shape)}] for {Replicas} replicas of a network with {Shape.Inputs} inputs"),
        };
    }

    /// <summary>W h + b of layer <paramref name="index"/> (0 is the first), [R, N, n_i].</summary>
    private Tensor Affine(int index, Tensor activation) => AffineProduct.Of(activation, Weights[index].mT, Biases[index].unsqueeze(1));

    private static void RequireFinite(Tensor tensor, string what)
    {
        using var scope = NewDisposeScope();
        if (!tensor.isfinite().all().item<bool>())
        {
            throw new ArgumentException($"{what} contain NaN or infinite values");
        }
    }
}
