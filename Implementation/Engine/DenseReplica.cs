using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>The layers of a fully connected network, some of which may be bridged.</summary>
internal sealed class DenseReplica : IReplica
{
    private readonly Tensor? _steps;

    /// <param name="parameters">W_1, b_1, W_2, b_2, …, float32; copied.</param>
    /// <param name="bridges">For each layer the activation that is added before its ReLU, 0 the inputs, or −1, and whether it is weighted; empty: none.</param>
    /// <param name="slow">For each layer whether its learning rate is lowered; empty: none.</param>
    /// <param name="usesAdam">Whether there are second moments.</param>
    internal DenseReplica(IReadOnlyList<Tensor> parameters, IReadOnlyList<(int From, bool IsWeighted)> bridges, IReadOnlyList<bool> slow, bool usesAdam)
    {
        Layers = [.. parameters.Chunk(2).Select(one => new Connections(one[0], one[1], usesAdam))];
        Bridges = bridges.Count > 0 ? [.. bridges] : [.. Layers.Select(_ => (-1, false))];
        IsSlow = slow.Count > 0 ? [.. slow] : new bool[Layers.Length];
        BridgeTo = new int[Layers.Length];
        Array.Fill(BridgeTo, -1);
        for (var layer = 0; layer < Layers.Length; layer++)
        {
            if (Bridges[layer].From >= 0)
            {
                BridgeTo[Bridges[layer].From] = layer;
            }
        }

        _steps = usesAdam ? zeros([1], float64, CPU).DetachFromDisposeScope() : null;
    }

    internal Connections[] Layers { get; }

    /// <summary>For each layer the activation that is added before its ReLU, or −1.</summary>
    internal (int From, bool IsWeighted)[] Bridges { get; }

    /// <summary>For each activation the layer that it is added to, or −1.</summary>
    internal int[] BridgeTo { get; }

    internal bool[] IsSlow { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Parameters => [.. Layers.SelectMany(layer => layer.Parameters)];

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> OptimiserState => [.. Layers.SelectMany(layer => layer.OptimiserState), .. Steps];

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Memory => [.. Layers.SelectMany(layer => layer.Memory), .. Steps];

    private Tensor[] Steps => _steps is null ? [] : [_steps];

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(Layers, layer => layer.Dispose());
        _steps?.Dispose();
    }

    /// <summary>The number of the step that begins, from 1.</summary>
    internal double NextStep()
    {
        using var unrecorded = no_grad();
        return _steps!.add_(1.0).item<double>();
    }
}
