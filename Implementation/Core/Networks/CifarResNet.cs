using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>
/// R replicas of a residual network for images with three channels: convolution, batch normalisation, ReLU; blocks of two convolutions with
/// a shortcut (option A), which is added before the block's last ReLU; the extra convolutions; the mean over the image; a linear
/// classifier.
/// </summary>
public sealed class CifarResNet : ReplicaByReplica
{
    private readonly int _side;

    /// <param name="shape">The architecture.</param>
    /// <param name="parameters">
    /// In the order of <see cref="CifarResNetShape.ParameterShapes"/>, each [R, …]. The network owns them from now on.
    /// </param>
    /// <param name="side">The height and width of the images, a multiple of 4; 32 for CIFAR-10.</param>
    /// <exception cref="ArgumentException">The parameters have other shapes.</exception>
    public CifarResNet(CifarResNetShape shape, IReadOnlyList<Tensor> parameters, int side = 32)
        : base(parameters, shape.ParameterShapes(), InitialStatistics(shape, parameters[0]), CifarResNetShape.ImageChannels * side * side)
    {
        (Shape, _side) = (shape, side);
        InGeneralizationLayer =
        [
            false, false, false,
            .. shape.Blocks().SelectMany(block => Enumerable.Repeat(block.Generalization, 6)),
            .. Enumerable.Repeat(false, (3 * shape.ExtraConvolutions) + 2),
        ];
    }

    /// <summary>The architecture.</summary>
    public CifarResNetShape Shape { get; }

    /// <summary>The operators that compute; by default TorchSharp's own.</summary>
    public IImageOperators Operators { get; set; } = new TorchImageOperators();

    /// <summary>ν, the weight of the generalization layer's shortcut; the paper lowers it from 1 to 0.1 during training.</summary>
    public double ShortcutWeight { get; set; } = 1;

    /// <summary>For each parameter whether it belongs to GL, whose learning rate the paper lowers.</summary>
    public IReadOnlyList<bool> InGeneralizationLayer { get; }

    /// <summary>
    /// The dropout mask that multiplies GLD's nodes, the outputs of the first extra convolution, in training: [R, 1 or B, 64, H/4, W/4], or
    /// null for none. Evaluation ignores it. The caller owns it.
    /// </summary>
    public Tensor? KeptNodes { get; set; }

    /// <summary>
    /// Draws a dropout mask for GLD: each node is dropped with probability p for the whole batch, as in section 3.2; the others are
    /// multiplied by 1/(1 − p), which preserves the expectation.
    /// </summary>
    /// <param name="probability">p, at least 0 and below 1.</param>
    /// <param name="generators">One a replica.</param>
    /// <returns>[R, 1, 64, H/4, W/4].</returns>
    /// <exception cref="ArgumentOutOfRangeException">p is outside [0, 1).</exception>
    public Tensor DrawKeptNodes(double probability, IReadOnlyList<Random> generators)
    {
        if (!(probability is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "the dropout probability must be in [0, 1)");
        }

        var (channels, side) = (CifarResNetShape.LastWidth, _side / 4);
        double Factor(Random generator) => generator.NextDouble() < probability ? 0 : 1 / (1 - probability);
        double[] mask =
        [
            .. generators.SelectMany(generator => Enumerable.Range(0, channels * side * side).Select(_ => Factor(generator))),
        ];
        return tensor(mask, [generators.Count, 1, channels, side, side], Parameters[0].dtype, Parameters[0].device);
    }

    /// <summary>Copies some replicas, without <see cref="KeptNodes"/>, which belong to a single step.</summary>
    /// <inheritdoc/>
    public override IEnsemble Subset(IReadOnlyList<int> replicas)
    {
        var some = new CifarResNet(Shape, ReplicaAxis.Copies(Parameters, replicas), _side)
        {
            Operators = Operators,
            ShortcutWeight = ShortcutWeight,
        };
        foreach (var (mine, old) in some.Statistics.Zip(ReplicaAxis.Copies(Statistics, replicas)))
        {
            mine.DetachFromDisposeScope().copy_(old);
            old.Dispose();
        }

        return some;
    }

    private protected override void BeginPass() => Operators.BeginPass();

    private protected override Tensor Forward(int replica, IReadOnlyList<Tensor> parameters, Tensor points, bool training)
    {
        var next = 0;
        Tensor Convolve(Tensor images, int stride = 1, Tensor? shortcut = null, double weight = 1)
        {
            var i = next++;
            using var convolved = Operators.Convolve(images, parameters[3 * i], stride);
            var normalisation = new BatchNormalisation(
                parameters[(3 * i) + 1],
                parameters[(3 * i) + 2],
                Statistics[2 * i].select(0, replica),
                Statistics[(2 * i) + 1].select(0, replica));
            return Operators.NormaliseAndRectify(convolved, normalisation, shortcut, weight, training);
        }

        var images = Convolve(points.reshape(-1, CifarResNetShape.ImageChannels, _side, _side));
        foreach (var (inputs, outputs, generalization) in Shape.Blocks())
        {
            // The graph keeps what the backward pass needs; the rest of the memory is reused.
            using var before = images;
            using var inner = Convolve(before, outputs > inputs ? 2 : 1);
            images = Convolve(inner, 1, before, generalization ? ShortcutWeight : 1);
        }

        for (var i = 0; i < Shape.ExtraConvolutions; i++)
        {
            images = Convolve(images);
            if (i == 0 && training && KeptNodes is not null)
            {
                images = images * KeptNodes.select(0, replica);
            }
        }

        return images.mean([2, 3]).matmul(parameters[^2].mT) + parameters[^1];
    }

    // Running means of 0 and variances of 1, two tensors for each convolution.
    private static Tensor[] InitialStatistics(CifarResNetShape shape, Tensor like) =>
    [
        .. shape.Convolutions().SelectMany(convolution => new[]
        {
            zeros([like.size(0), convolution.Outputs], like.dtype, like.device),
            ones([like.size(0), convolution.Outputs], like.dtype, like.device),
        }),
    ];
}
