using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Design.Zeta;

/// <summary>
/// Networks in whose training the nodes of one hidden layer are dropped, each with probability p for a whole batch (design paper, section
/// 3.2). Nothing is rescaled: evaluation multiplies the weights out of the layer by 1 − p (section 5, on drop-out).
/// </summary>
/// <remarks>
/// A node whose incoming weights and bias are 0 is inactive: it contributes nothing, and neither the weights into it nor those out of it
/// have a gradient. So a step of the engine is made with these weights set to 0; what they were is added afterwards to what the velocities
/// moved. All replicas drop the same nodes.
/// </remarks>
public sealed class DroppedNodes : TrainableEnsemble
{
    private readonly int _layer;
    private readonly double _probability;
    private readonly Func<int, int[]> _order;
    private readonly Seed _seed;
    private readonly (Tensor All, Tensor Batch)[] _data;
    private readonly DenseEnsemble _engine;

    /// <param name="network">The initial replicas; copied.</param>
    /// <param name="layer">The layer whose nodes are dropped, from 0.</param>
    /// <param name="probability">p, at least 0 and below 1.</param>
    /// <param name="points">[N, n_0], float32, contiguous, on the CPU; not owned.</param>
    /// <param name="targets">[N, n_c] for each replica, like the points; not owned.</param>
    /// <param name="settings">Learning rate, momentum and a batch size that divides N.</param>
    /// <param name="loss">Cross-entropy or mean square.</param>
    /// <param name="order">The order of all points in an epoch, whose number counts from 1.</param>
    /// <param name="seed">Of the nodes that are dropped.</param>
    /// <exception cref="ArgumentException">The batch size does not divide N, or shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">p is outside [0, 1).</exception>
    public DroppedNodes(
        FullyConnected network,
        int layer,
        double probability,
        Tensor points,
        IReadOnlyList<Tensor> targets,
        OptimiserSettings settings,
        Loss loss,
        Func<int, int[]> order,
        Seed seed)
    {
        if (points.size(0) % settings.BatchSize != 0)
        {
            throw new ArgumentException($"batches of {settings.BatchSize} do not divide {points.size(0)} points");
        }

        if (!(probability is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "the dropout probability must be in [0, 1)");
        }

        (_layer, _probability, _order, _seed) = (layer, probability, order, seed);
        Tensor Batch(Tensor all) => all.narrow(0, 0, settings.BatchSize).clone().DetachFromDisposeScope();
        _data = [.. targets.Prepend(points).Select(all => (all, Batch(all)))];
        var (batch, rows) = (_data[0].Batch, Enumerable.Range(0, settings.BatchSize).ToArray());
        _engine = new DenseEnsemble(network, batch, [.. _data.Skip(1).Select(one => one.Batch)], settings, loss, [_ => rows]);
    }

    /// <inheritdoc/>
    public override int Replicas => _engine.Replicas;

    /// <inheritdoc/>
    public override bool HasSameBitsEverywhere => _engine.HasSameBitsEverywhere;

    /// <summary>Draws which nodes stay for one batch: 0 for a node that is dropped, else 1.</summary>
    /// <param name="generator">An epoch's, which all its batches share.</param>
    /// <param name="nodes">How many there are.</param>
    /// <param name="probability">p.</param>
    public static float[] Kept(Random generator, int nodes, double probability) =>
        [.. Enumerable.Range(0, nodes).Select(_ => generator.NextDouble() < probability ? 0f : 1f)];

    /// <inheritdoc/>
    public override double[] Epoch(int epoch, CancellationToken cancellation = default)
    {
        using var unrecorded = no_grad();
        var generator = _seed.With("epoch", epoch).Generator();
        var sums = new double[Replicas];
        var steps = 0;
        foreach (var chosen in _order(epoch).Chunk((int)_data[0].Batch.size(0)))
        {
            using var step = NewDisposeScope();
            var rows = tensor([.. chosen.Select(row => (long)row)], [chosen.Length], device: CPU);
            foreach (var (all, batch) in _data)
            {
                batch.copy_(all.index_select(0, rows));
            }

            Tensor[] incoming = [.. Enumerable.Range(0, Replicas).SelectMany(Incoming)];
            var nodes = (int)incoming[0].size(0);
            var kept = tensor(Kept(generator, nodes, _probability), [nodes, 1], float32, CPU);
            var without = incoming.Select(one => one * (one.dim() == 2 ? kept : kept.squeeze(1))).ToList();
            var dropped = incoming.Zip(without, (one, rest) => one - rest).ToList();
            Assign(incoming, without);
            var losses = _engine.Epoch(1, cancellation);
            Assign(incoming, [.. incoming.Zip(dropped, (one, rest) => one + rest)]);
            sums = [.. sums.Zip(losses, (sum, loss) => sum + loss)];
            steps++;
        }

        return [.. sums.Select(sum => sum / steps)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parameters(int replica) => _engine.Parameters(replica);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> OptimiserState(int replica) => _engine.OptimiserState(replica);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Memory(int replica) => _engine.Memory(replica);

    /// <inheritdoc/>
    public override void Retain(IReadOnlyList<int> replicas) => _engine.Retain(replicas);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _engine.Dispose();
        foreach (var (_, batch) in _data)
        {
            batch.Dispose();
        }
    }

    // The weights into the nodes and their biases, live.
    private IEnumerable<Tensor> Incoming(int replica) => _engine.Parameters(replica).Skip(2 * _layer).Take(2);

    private static void Assign(IReadOnlyList<Tensor> targets, IReadOnlyList<Tensor> values)
    {
        foreach (var (target, value) in targets.Zip(values))
        {
            target.copy_(value);
        }
    }
}
