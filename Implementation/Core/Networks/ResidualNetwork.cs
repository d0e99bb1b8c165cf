using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>
/// R replicas of a residual fully connected network (design paper, Figs. 2, 4 and 7), evaluated by one batched product for each layer.
/// </summary>
public sealed class ResidualNetwork : IEnsemble
{
    /// <param name="shape">The architecture.</param>
    /// <param name="parameters">
    /// In the order of <see cref="ResidualShape.ParameterShapes"/>, each [R, …]. The network owns them from now on.
    /// </param>
    /// <exception cref="ArgumentException">The parameters have other shapes.</exception>
    public ResidualNetwork(ResidualShape shape, IReadOnlyList<Tensor> parameters)
    {
        Replicas = ParameterShapes.Check(parameters, shape.ParameterShapes());
        (Shape, Parameters) = (shape, parameters);
        InGeneralizationLayer =
        [
            false, false,
            .. shape.Blocks.SelectMany(block => Enumerable.Repeat(block.Shortcut == Shortcut.Weighted, 2 * block.Layers)),
            false, false,
        ];
    }

    /// <summary>The architecture.</summary>
    public ResidualShape Shape { get; }

    /// <summary>ν, the weight of the generalization layers' shortcuts.</summary>
    public double ShortcutWeight { get; set; } = 1;

    /// <summary>For each parameter whether it belongs to a generalization layer, whose learning rate the paper lowers.</summary>
    public IReadOnlyList<bool> InGeneralizationLayer { get; }

    /// <inheritdoc/>
    public int Replicas { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Statistics => [];

    /// <inheritdoc/>
    public Tensor Forward(Tensor points)
    {
        using var scope = NewDisposeScope();
        var layer = 0;
        Tensor Affine(Tensor rows)
        {
            var i = layer++;
            return AffineProduct.Of(rows, Parameters[2 * i].mT, Parameters[(2 * i) + 1].unsqueeze(1));
        }

        var activation = Affine(points.dim() == 2 ? points.unsqueeze(0).expand(Replicas, -1, -1) : points).relu();
        foreach (var (layers, shortcut) in Shape.Blocks)
        {
            var start = activation;
            for (var i = 1; i < layers; i++)
            {
                activation = Affine(activation).relu();
            }

            var last = Affine(activation);
            activation = (shortcut == Shortcut.None ? last : last.add(start, shortcut == Shortcut.Weighted ? ShortcutWeight : 1)).relu();
        }

        return Affine(activation).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnsemble Subset(IReadOnlyList<int> replicas) =>
        new ResidualNetwork(Shape, ReplicaAxis.Copies(Parameters, replicas)) { ShortcutWeight = ShortcutWeight };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in Parameters)
        {
            parameter.Dispose();
        }
    }
}
