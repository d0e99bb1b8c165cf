using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>
/// Replicas that are trained side by side, an epoch at a time, as an engine for some networks and devices provides them.
/// <see cref="TrainingRun"/> adds the schedule, the handling of faults, and observers.
/// </summary>
public abstract class TrainableEnsemble : IDisposable
{
    /// <summary>The number of replicas that are still in training.</summary>
    public abstract int Replicas { get; }

    /// <summary>Whether training gives the same bits on every processor.</summary>
    public virtual bool HasSameBitsEverywhere => false;

    /// <summary>Visits every point once, in an order determined by the epoch's number, so that an epoch can be repeated.</summary>
    /// <param name="epoch">From 1.</param>
    /// <param name="cancellation">Checked before every step.</param>
    /// <returns>The mean over the steps of each replica's batch loss; NaN or infinite where a replica diverges.</returns>
    /// <exception cref="OperationCanceledException">Cancelled during the epoch.</exception>
    public abstract double[] Epoch(int epoch, CancellationToken cancellation = default);

    /// <summary>
    /// All that a copy of the replica needs: its parameters, then its statistics. They belong to the ensemble and are live: writing to them
    /// changes the replica.
    /// </summary>
    /// <param name="replica">Its index among those in training.</param>
    public abstract IReadOnlyList<Tensor> Parameters(int replica);

    /// <summary>The optimiser's state for the replica, such as velocities, live.</summary>
    /// <param name="replica">Its index among those in training.</param>
    public abstract IReadOnlyList<Tensor> OptimiserState(int replica);

    /// <summary>All that an epoch changes, live, in as few tensors as possible: a run copies it before every epoch.</summary>
    /// <param name="replica">Its index among those in training.</param>
    public virtual IReadOnlyList<Tensor> Memory(int replica) => [.. Parameters(replica), .. OptimiserState(replica)];

    /// <summary>Whether all parameters of the replica are finite.</summary>
    /// <param name="replica">Its index among those in training.</param>
    public virtual bool IsFinite(int replica) => Parameters(replica).All(IsFinite);

    /// <summary>Removes all other replicas. Tensors obtained earlier become invalid.</summary>
    /// <param name="replicas">The indices of those that stay, ascending.</param>
    public abstract void Retain(IReadOnlyList<int> replicas);

    /// <inheritdoc/>
    public abstract void Dispose();

    // Where the sum is finite, so is every term; otherwise all terms are checked.
    private static bool IsFinite(Tensor tensor) => tensor.sum().isfinite().item<bool>() || tensor.isfinite().all().item<bool>();
}
