using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>The layers of a fully connected network, with or without shortcuts.</summary>
internal sealed class DenseReplica : IReplica
{
    private readonly Tensor? _steps;

    /// <param name="parameters">W_1, b_1, W_2, b_2, …, float32; copied.</param>
    /// <param name="shortcuts">
    /// For each layer the activation that is added before its ReLU (0 stands for the inputs, −1 for none), and whether it is weighted;
    /// empty where there are no shortcuts.
    /// </param>
    /// <param name="reduced">For each layer whether its learning rate is reduced; empty where none is.</param>
    /// <param name="usesAdam">Whether there are second moments.</param>
    internal DenseReplica(
        IReadOnlyList<Tensor> parameters,
        IReadOnlyList<(int From, bool IsWeighted)> shortcuts,
        IReadOnlyList<bool> reduced,
        bool usesAdam)
    {
        Layers = [.. parameters.Chunk(2).Select(one => new DenseParameters(one[0], one[1], usesAdam))];
        Shortcuts = shortcuts.Count > 0 ? [.. shortcuts] : [.. Layers.Select(_ => (-1, false))];
        HasReducedRate = reduced.Count > 0 ? [.. reduced] : new bool[Layers.Length];
        ShortcutTarget = new int[Layers.Length];
        Array.Fill(ShortcutTarget, -1);
        for (var layer = 0; layer < Layers.Length; layer++)
        {
            if (Shortcuts[layer].From >= 0)
            {
                ShortcutTarget[Shortcuts[layer].From] = layer;
            }
        }

        _steps = usesAdam ? zeros([1], float64, CPU).DetachFromDisposeScope() : null;
    }

    internal DenseParameters[] Layers { get; }

    /// <summary>For each layer the activation that is added before its ReLU, or −1.</summary>
    internal (int From, bool IsWeighted)[] Shortcuts { get; }

    /// <summary>For each activation the layer that it is added to, or −1.</summary>
    internal int[] ShortcutTarget { get; }

    internal bool[] HasReducedRate { get; }

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
