using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>
/// Replicas that are trained side by side, an epoch at a time: what an engine for one kind of network or device provides.
/// <see cref="TrainingRun"/> adds schedule, faults and checkpoints.
/// </summary>
public abstract class TrainableEnsemble : IDisposable
{
    /// <summary>How many are in training now.</summary>
    public abstract int Replicas { get; }

    /// <summary>The bits that training ends in are the same on every processor.</summary>
    public virtual bool HasSameBitsEverywhere => false;

    /// <summary>Every point once, in the order that belongs to this epoch, so that an epoch can be run again.</summary>
    /// <param name="epoch">From 1.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <returns>Each replica's mean over the steps of its batch loss; NaN or infinite where a replica diverges.</returns>
    /// <exception cref="OperationCanceledException">Cancelled somewhere inside the epoch.</exception>
    public abstract double[] Epoch(int epoch, CancellationToken cancellation = default);

    /// <summary>All that a copy of the replica needs: what is trained, then its statistics. Live: writing into them changes the replica. They belong to the ensemble.</summary>
    /// <param name="replica">Its place among those that are in training.</param>
    public abstract IReadOnlyList<Tensor> Parameters(int replica);

    /// <summary>What the optimiser remembers of the replica, live, such as velocities.</summary>
    /// <param name="replica">Its place among those that are in training.</param>
    public abstract IReadOnlyList<Tensor> OptimiserState(int replica);

    /// <summary>All that an epoch changes, live, in as few tensors as may be: a run copies it before every epoch.</summary>
    /// <param name="replica">Its place among those that are in training.</param>
    public virtual IReadOnlyList<Tensor> Memory(int replica) => [.. Parameters(replica), .. OptimiserState(replica)];

    /// <summary>Lets the others leave. Tensors that were handed out before are invalid afterwards.</summary>
    /// <param name="replicas">Places of those that stay, ascending.</param>
    public abstract void Retain(IReadOnlyList<int> replicas);

    /// <inheritdoc/>
    public abstract void Dispose();
}
