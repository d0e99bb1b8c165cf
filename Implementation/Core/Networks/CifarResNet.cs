using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>
/// R replicas of a residual network for images with three channels: convolution, batch normalisation, ReLU; blocks of two convolutions with a
/// shortcut (option A) that is added before the block's last ReLU; the convolutions after the stages; the mean over the image; a linear classifier.
/// </summary>
public sealed class CifarResNet : ReplicaByReplica
{
    private readonly int _side;

    /// <param name="shape">The architecture.</param>
    /// <param name="parameters">In the order of <see cref="CifarResNetShape.ParameterShapes"/>, each [R, …]. The network owns them from now on.</param>
    /// <param name="side">The height and width of the images, a multiple of 4; 32 for CIFAR-10.</param>
    /// <exception cref="ArgumentException">The parameters have other shapes.</exception>
    public CifarResNet(CifarResNetShape shape, IReadOnlyList<Tensor> parameters, int side = 32)
        : base(parameters, shape.ParameterShapes(), Fresh(shape, parameters[0]), CifarResNetShape.ImageChannels * side * side)
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

    /// <summary>What computes; TorchSharp's own operators where nothing else is given.</summary>
    public IImageOperators Operators { get; set; } = new TorchImageOperators();

    /// <summary>ν, the weight of the generalization layer's shortcut; the paper lowers it from 1 to 0.1 while it trains.</summary>
    public double ShortcutWeight { get; set; } = 1;

    /// <summary>For each parameter whether it belongs to GL, whose learning rate the paper lowers.</summary>
    public IReadOnlyList<bool> InGeneralizationLayer { get; }

    /// <summary>
    /// What multiplies GLD's nodes, the outputs of the first extra convolution, in training: [R, 1 or B, 64, H/4, W/4], or nothing. In
    /// evaluation nothing does. The caller owns it.
    /// </summary>
    public Tensor? KeptNodes { get; set; }

    /// <summary>
    /// Draws which nodes of GLD take part in a step: each is dropped with probability p, in the whole batch, as section 3.2 has it; the others
    /// are multiplied by 1/(1 − p), so that the expectation stays.
    /// </summary>
    /// <param name="probability">p, at least 0 and below 1.</param>
    /// <param name="generators">One a replica.</param>
    /// <returns>[R, 1, 64, H/4, W/4].</returns>
    /// <exception cref="ArgumentOutOfRangeException">p is outside [0, 1).</exception>
    public Tensor DrawKeptNodes(double probability, IReadOnlyList<Random> generators)
    {
        if (!(probability is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "a node is dropped with a probability below 1");
        }

        var (channels, side) = (CifarResNetShape.LastWidth, _side / 4);
        double[] kept = [.. generators.SelectMany(generator => Enumerable.Range(0, channels * side * side).Select(_ => generator.NextDouble() < probability ? 0 : 1 / (1 - probability)))];
        return tensor(kept, [generators.Count, 1, channels, side, side], Parameters[0].dtype, Parameters[0].device);
    }

    /// <summary>Without <see cref="KeptNodes"/>, which are drawn for a step.</summary>
    /// <inheritdoc/>
    public override IEnsemble Subset(IReadOnlyList<int> replicas)
    {
        var some = new CifarResNet(Shape, ReplicaAxis.Copies(Parameters, replicas), _side) { Operators = Operators, ShortcutWeight = ShortcutWeight };
        foreach (var (mine, old) in some.Statistics.Zip(ReplicaAxis.Copies(Statistics, replicas)))
        {
            mine.DetachFromDisposeScope().copy_(old);
            old.Dispose();
        }

        return some;
    }

    private protected override Tensor Forward(int replica, IReadOnlyList<Tensor> parameters, Tensor points, bool training)
    {
        if (replica == 0)
        {
            Operators.Begin();
        }

        var next = 0;
        Tensor Convolve(Tensor images, int stride = 1, Tensor? shortcut = null, double weight = 1)
        {
            var i = next++;
            using var convolved = Operators.Convolve(images, parameters[3 * i], stride);
            var normalisation = new BatchNormalisation(
                parameters[(3 * i) + 1], parameters[(3 * i) + 2], Statistics[2 * i].select(0, replica), Statistics[(2 * i) + 1].select(0, replica));
            return Operators.NormaliseAndRectify(convolved, normalisation, shortcut, weight, training);
        }

        var images = Convolve(points.reshape(-1, CifarResNetShape.ImageChannels, _side, _side));
        foreach (var (inputs, outputs, generalization) in Shape.Blocks())
        {
            // What the backward pass needs the graph holds; the memory of the rest is used again.
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

    // Running means of 0 and variances of 1, two tensors a convolution.
    private static Tensor[] Fresh(CifarResNetShape shape, Tensor like) =>
    [
        .. shape.Convolutions().SelectMany(convolution => new[]
        {
            zeros([like.size(0), convolution.Outputs], like.dtype, like.device),
            ones([like.size(0), convolution.Outputs], like.dtype, like.device),
        }),
    ];
}
