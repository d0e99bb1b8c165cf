using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>When the training of a replica ends.</summary>
/// <param name="MaxEpochs">The largest number of epochs.</param>
/// <param name="TargetLoss">Training ends after the first epoch whose mean loss is at most this; null for no target.</param>
/// <param name="IsFitted">
/// What the replica must satisfy as well, such as no training errors; null for nothing. Asked after every epoch at the target loss: an
/// epoch's mean loss precedes its last steps, which may leave errors.
/// </param>
public sealed record TrainingSchedule(int MaxEpochs, double? TargetLoss = null, Func<ReplicaInTraining, bool>? IsFitted = null);

/// <summary>The performance of a replica on validation points.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="Accuracy">The fraction of correctly classified points; NaN where there are no classes.</param>
public readonly record struct Validation(double Loss, double Accuracy);

/// <summary>The state of a replica.</summary>
public enum ReplicaStatus
{
    /// <summary>In training.</summary>
    Training,

    /// <summary>Ended at the largest number of epochs.</summary>
    Finished,

    /// <summary>Ended at the target loss, fitted where the schedule asks for it.</summary>
    ReachedTarget,

    /// <summary>The loss or a parameter became NaN or infinite; the parameters are those of the last finite epoch.</summary>
    Diverged,
}

/// <summary>A replica at the end of an epoch.</summary>
/// <param name="Number">Its number in the run, from 0, which does not change when others leave.</param>
/// <param name="Parameters">Live; they belong to the ensemble.</param>
public sealed record ReplicaInTraining(int Number, IReadOnlyList<Tensor> Parameters);

/// <summary>Observers between epochs. Each takes all replicas in training and returns one result for each, in their order.</summary>
public sealed record TrainingObservers
{
    /// <summary>
    /// Called after every epoch; the parameters with the least validation loss are kept (the slope paper's optimal model, section 3.1 and
    /// appendix A.2).
    /// </summary>
    public Func<IReadOnlyList<ReplicaInTraining>, IReadOnlyList<Validation>>? Validate { get; init; }

    /// <summary>Called before the first epoch and after every epoch, for slopes and other measures.</summary>
    public Func<IReadOnlyList<ReplicaInTraining>, IReadOnlyList<double[]>>? Measure { get; init; }
}

/// <summary>The record of one replica's training.</summary>
public sealed class ReplicaRecord
{
    internal ReplicaRecord(int number) => Number = number;

    /// <summary>Its number in the run, from 0.</summary>
    public int Number { get; }

    /// <summary>Its state.</summary>
    public ReplicaStatus Status { get; internal set; }

    /// <summary>The number of completed epochs; one in which the replica diverged does not count.</summary>
    public int Epochs => TrainingLosses.Count;

    /// <summary>The mean of the batch losses of each epoch.</summary>
    public IReadOnlyList<double> TrainingLosses => Losses;

    /// <summary>One for each epoch; empty without an observer.</summary>
    public IReadOnlyList<Validation> Validations => Validated;

    /// <summary>One before training and one for each epoch; empty without an observer.</summary>
    public IReadOnlyList<double[]> Measurements => Measured;

    /// <summary>The first epoch, from 1, with the least validation loss; 0 where there is none.</summary>
    public int BestEpoch { get; internal set; }

    /// <summary>Copies of the parameters after <see cref="BestEpoch"/>; null where there is none.</summary>
    public IReadOnlyList<Tensor>? BestParameters { get; internal set; }

    /// <summary>Copies of the final parameters, the last finite ones if it diverged; null while it is in training.</summary>
    public IReadOnlyList<Tensor>? FinalParameters { get; internal set; }

    /// <summary>
    /// The <see cref="ParameterDigest"/> of <see cref="FinalParameters"/>: machines that agree on it have trained the same network. Null
    /// while the replica is in training, and where bits depend on the processor (<see cref="TrainableEnsemble.HasSameBitsEverywhere"/>).
    /// It remains valid after the run is disposed of.
    /// </summary>
    public string? Digest { get; internal set; }

    internal List<double> Losses { get; } = [];

    internal List<Validation> Validated { get; } = [];

    internal List<double[]> Measured { get; } = [];
}

/// <summary>
/// Trains an ensemble by a schedule. An epoch either completes or, if it is cancelled or fails, leaves everything as it was before, so that
/// the run can be continued. Replicas that end, by schedule or because they diverge, leave the ensemble without effect on the others.
/// </summary>
public sealed class TrainingRun : IDisposable
{
    private readonly TrainableEnsemble _ensemble;
    private readonly TrainingSchedule _schedule;
    private readonly TrainingObservers _observers;
    private List<Tensor[]> _before = [];

    /// <param name="ensemble">Owned from now on.</param>
    /// <param name="schedule">When replicas end.</param>
    /// <param name="observers">What is observed between epochs.</param>
    public TrainingRun(TrainableEnsemble ensemble, TrainingSchedule schedule, TrainingObservers? observers = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(schedule.MaxEpochs, 1);
        (_ensemble, _schedule, _observers) = (ensemble, schedule, observers ?? new TrainingObservers());
        Replicas = [.. Enumerable.Range(0, ensemble.Replicas).Select(number => new ReplicaRecord(number))];
        Active = [.. Enumerable.Range(0, ensemble.Replicas)];
    }

    /// <summary>All replicas, by number.</summary>
    public IReadOnlyList<ReplicaRecord> Replicas { get; }

    /// <summary>The numbers of the replicas in training, ascending.</summary>
    public IReadOnlyList<int> Active { get; private set; }

    /// <summary>The number of completed epochs.</summary>
    public int Epochs { get; private set; }

    /// <summary>Whether no replica is in training any more.</summary>
    public bool IsOver => Active.Count == 0;

    /// <summary>Runs epochs until the run is over.</summary>
    /// <param name="afterEpoch">Called after every epoch, when replicas that ended have left.</param>
    /// <param name="cancellation">Checked before every step.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the run is in the state after its last complete epoch.</exception>
    public void Complete(Action<TrainingRun>? afterEpoch = null, CancellationToken cancellation = default)
    {
        while (!IsOver)
        {
            Epoch(cancellation);
            afterEpoch?.Invoke(this);
        }
    }

    /// <summary>Runs one epoch of all replicas in training.</summary>
    /// <param name="cancellation">Checked before every step.</param>
    /// <exception cref="InvalidOperationException">The run is over, or its first epoch changed nothing.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the run is in the state before the epoch.</exception>
    public void Epoch(CancellationToken cancellation = default)
    {
        if (IsOver)
        {
            throw new InvalidOperationException("the run is over");
        }

        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        Remember();
        var outcomes = new Outcome[Active.Count];
        try
        {
            if (Epochs == 0)
            {
                Observe(_observers.Measure, [.. Enumerable.Range(0, Active.Count)], (place, numbers) =>
                {
                    Replicas[Active[place]].Measured.Clear();
                    Replicas[Active[place]].Measured.Add(numbers);
                });
            }

            // Everything that can fail comes before anything is recorded.
            var everyPlace = Enumerable.Range(0, outcomes.Length).ToArray();
            Tensor[][] initial = Epochs > 0 ? [] : [.. everyPlace.Select(place => Clones(_ensemble.Parameters(place)))];
            var losses = _ensemble.Epoch(Epochs + 1, cancellation);
            if (Enumerable.Range(0, initial.Length).FirstOrDefault(place => IsUnchanged(place, initial[place]), -1) is >= 0 and var idle)
            {
                throw new InvalidOperationException($"an epoch of training changed nothing in replica {Active[idle]}");
            }

            for (var place = 0; place < outcomes.Length; place++)
            {
                var isFinite = double.IsFinite(losses[place]) && _ensemble.IsFinite(place);
                outcomes[place] = new Outcome(losses[place]) { Diverged = !isFinite };
            }

            int[] finite = [.. everyPlace.Where(place => !outcomes[place].Diverged)];
            Observe(_observers.Validate, finite, (place, validation) => outcomes[place].Validation = validation);
            Observe(_observers.Measure, finite, (place, numbers) => outcomes[place].Measured = numbers);
            foreach (var place in finite)
            {
                outcomes[place].HasReachedTarget = HasReachedTarget(outcomes[place].Loss, place);
            }

            for (var place = 0; place < outcomes.Length; place++)
            {
                Copy(outcomes[place], place);
            }

            int[] stay = [.. everyPlace.Where(place => outcomes[place].Final is null)];
            if (stay.Length > 0 && stay.Length < outcomes.Length)
            {
                _ensemble.Retain(stay);
            }
        }
        catch
        {
            for (var place = 0; place < outcomes.Length; place++)
            {
                Restore(place);
            }

            throw;
        }

        Record(outcomes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _before.ForEach(Free);
        foreach (var record in Replicas)
        {
            Free(record.BestParameters);
            Free(record.FinalParameters);
        }

        _ensemble.Dispose();
    }

    private static Tensor[] Clones(IEnumerable<Tensor> tensors) => [.. tensors.Select(one => one.clone())];

    // Contiguous, and outside any dispose scope.
    private static Tensor[] Copies(IEnumerable<Tensor> tensors) =>
        [.. tensors.Select(one => one.contiguous().clone().DetachFromDisposeScope())];

    private bool IsUnchanged(int place, Tensor[] parameters) =>
        _ensemble.Parameters(place).Zip(parameters).All(pair => pair.First.eq(pair.Second).all().item<bool>());

    private bool HasReachedTarget(double loss, int place) => loss <= _schedule.TargetLoss
        && _schedule.IsFitted?.Invoke(new ReplicaInTraining(Active[place], _ensemble.Parameters(place))) != false;

    // Copies the parameters of a replica that are to be kept.
    private void Copy(Outcome outcome, int place)
    {
        var record = Replicas[Active[place]];
        if (outcome.Diverged)
        {
            Restore(place);
            outcome.Final = Copies(_ensemble.Parameters(place));
            return;
        }

        if (outcome.HasReachedTarget || Epochs + 1 == _schedule.MaxEpochs)
        {
            outcome.Final = Copies(_ensemble.Parameters(place));
        }

        var least = record.BestEpoch > 0 ? record.Validated[record.BestEpoch - 1].Loss : double.PositiveInfinity;
        if (outcome.Validation?.Loss < least)
        {
            outcome.Best = Copies(_ensemble.Parameters(place));
        }
    }

    private void Record(Outcome[] outcomes)
    {
        Epochs++;
        for (var place = 0; place < outcomes.Length; place++)
        {
            var (record, outcome) = (Replicas[Active[place]], outcomes[place]);
            record.FinalParameters = outcome.Final;
            record.Digest = outcome.Final is { } final && _ensemble.HasSameBitsEverywhere ? ParameterDigest.Of(final) : null;
            if (outcome.Diverged)
            {
                record.Status = ReplicaStatus.Diverged;
                continue;
            }

            record.Losses.Add(outcome.Loss);
            if (outcome.Validation is { } validation)
            {
                record.Validated.Add(validation);
            }

            if (outcome.Measured is { } measured)
            {
                record.Measured.Add(measured);
            }

            if (outcome.Best is { } best)
            {
                Free(record.BestParameters);
                (record.BestEpoch, record.BestParameters) = (Epochs, best);
            }

            if (outcome.Final is not null)
            {
                record.Status = outcome.HasReachedTarget ? ReplicaStatus.ReachedTarget : ReplicaStatus.Finished;
            }
        }

        SetActive([.. Active.Where((_, place) => outcomes[place].Final is null)]);
    }

    private void Observe<T>(Func<IReadOnlyList<ReplicaInTraining>, IReadOnlyList<T>>? observer, int[] places, Action<int, T> take)
    {
        if (observer is null || places.Length == 0)
        {
            return;
        }

        var results = observer([.. places.Select(place => new ReplicaInTraining(Active[place], _ensemble.Parameters(place)))]);
        if (results.Count != places.Length)
        {
            throw new InvalidOperationException($"{results.Count} results for {places.Length} replicas");
        }

        for (var i = 0; i < places.Length; i++)
        {
            take(places[i], results[i]);
        }
    }

    private void SetActive(int[] active)
    {
        if (active.Length < Active.Count)
        {
            _before.ForEach(Free);
            _before = [];
        }

        Active = active;
    }

    private static void Free(IEnumerable<Tensor>? tensors)
    {
        foreach (var one in tensors ?? [])
        {
            one.Dispose();
        }
    }

    private void Remember()
    {
        if (_before.Count == 0)
        {
            _before = [.. Enumerable.Range(0, Active.Count).Select(place => Copies(_ensemble.Memory(place)))];
            return;
        }

        for (var place = 0; place < Active.Count; place++)
        {
            foreach (var (copy, memory) in _before[place].Zip(_ensemble.Memory(place)))
            {
                copy.copy_(memory);
            }
        }
    }

    private void Restore(int place)
    {
        foreach (var (copy, memory) in _before[place].Zip(_ensemble.Memory(place)))
        {
            memory.copy_(copy);
        }
    }

    // The outcome of an epoch for a replica, before it is recorded.
    private sealed class Outcome(double loss)
    {
        internal double Loss { get; } = loss;

        internal bool Diverged { get; init; }

        internal bool HasReachedTarget { get; set; }

        internal Validation? Validation { get; set; }

        internal double[]? Measured { get; set; }

        internal Tensor[]? Best { get; set; }

        internal Tensor[]? Final { get; set; }
    }
}
