using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>When a replica has trained enough.</summary>
/// <param name="MostEpochs">It ends here in any case.</param>
/// <param name="TargetLoss">It ends after the first epoch whose mean training loss is at most this; never early when left out.</param>
public sealed record TrainingSchedule(int MostEpochs, double? TargetLoss = null);

/// <summary>How a replica does on points that it is not trained on.</summary>
/// <param name="Loss">The mean.</param>
/// <param name="Accuracy">The share of points classified rightly; NaN where there are no classes.</param>
public readonly record struct Validation(double Loss, double Accuracy);

/// <summary>Where a replica stands.</summary>
public enum ReplicaStatus
{
    /// <summary>In training.</summary>
    Training,

    /// <summary>Ended at the largest number of epochs.</summary>
    Finished,

    /// <summary>Ended at its training loss.</summary>
    ReachedTarget,

    /// <summary>Its loss or a parameter became NaN or infinite; its parameters are those of its last finite epoch.</summary>
    Diverged,
}

/// <summary>A replica at the end of an epoch.</summary>
/// <param name="Number">Its number in the run, from 0, whoever has left.</param>
/// <param name="Parameters">Live; they belong to the ensemble.</param>
public sealed record ReplicaInTraining(int Number, IReadOnlyList<Tensor> Parameters);

/// <summary>What is looked at between epochs. A function takes all replicas in training and gives one result for each, in their order.</summary>
public sealed record TrainingObservers
{
    /// <summary>After every epoch; the parameters with the least validation loss are kept (the slope paper's optimal model, section 3.1 and appendix A.2).</summary>
    public Func<IReadOnlyList<ReplicaInTraining>, IReadOnlyList<Validation>>? Validate { get; init; }

    /// <summary>Before the first epoch and after every one: slopes, measures.</summary>
    public Func<IReadOnlyList<ReplicaInTraining>, IReadOnlyList<double[]>>? Measure { get; init; }
}

/// <summary>What is known of one replica.</summary>
public sealed class ReplicaRecord
{
    internal ReplicaRecord(int number) => Number = number;

    /// <summary>Its number in the run, from 0.</summary>
    public int Number { get; }

    /// <summary>Where it stands.</summary>
    public ReplicaStatus Status { get; internal set; }

    /// <summary>Completed epochs with a finite end.</summary>
    public int Epochs => TrainingLosses.Count;

    /// <summary>The mean over each epoch's batch losses.</summary>
    public IReadOnlyList<double> TrainingLosses => Losses;

    /// <summary>One an epoch, where they are asked for.</summary>
    public IReadOnlyList<Validation> Validations => Validated;

    /// <summary>The first before training, then one an epoch, where they are asked for.</summary>
    public IReadOnlyList<double[]> Measurements => Measured;

    /// <summary>The epoch, from 1, with the least validation loss, the first of several; 0 where there is none.</summary>
    public int BestEpoch { get; internal set; }

    /// <summary>Copies of the parameters after <see cref="BestEpoch"/>; null where there is none.</summary>
    public IReadOnlyList<Tensor>? BestParameters { get; internal set; }

    /// <summary>Copies of the last parameters, the last finite ones where it diverged; null while it trains.</summary>
    public IReadOnlyList<Tensor>? FinalParameters { get; internal set; }

    /// <summary>
    /// The first 16 hexadecimal digits of the SHA-256 of <see cref="FinalParameters"/>, byte for byte: two machines that have the same have trained the same network. Null
    /// while it trains, and where that could not be (<see cref="TrainableEnsemble.HasSameBitsEverywhere"/>). It outlives the run.
    /// </summary>
    public string? Digest { get; internal set; }

    internal List<double> Losses { get; } = [];

    internal List<Validation> Validated { get; } = [];

    internal List<double[]> Measured { get; } = [];
}

/// <summary>
/// Trains an ensemble by a schedule. An epoch either completes or, where it is cancelled or fails, leaves everything as it was
/// before it, so that a run can go on from there. Replicas that end, by schedule or by diverging, leave
/// the ensemble; the others do not notice.
/// </summary>
public sealed class TrainingRun : IDisposable
{
    private readonly TrainableEnsemble _ensemble;
    private readonly TrainingSchedule _schedule;
    private readonly TrainingObservers _observers;
    private List<Tensor[]> _before = [];

    /// <param name="ensemble">Owned from now on.</param>
    /// <param name="schedule">When replicas end.</param>
    /// <param name="observers">What is looked at between epochs.</param>
    public TrainingRun(TrainableEnsemble ensemble, TrainingSchedule schedule, TrainingObservers? observers = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(schedule.MostEpochs, 1);
        (_ensemble, _schedule, _observers) = (ensemble, schedule, observers ?? new TrainingObservers());
        Replicas = [.. Enumerable.Range(0, ensemble.Replicas).Select(number => new ReplicaRecord(number))];
        Active = [.. Enumerable.Range(0, ensemble.Replicas)];
    }

    /// <summary>All replicas, by number.</summary>
    public IReadOnlyList<ReplicaRecord> Replicas { get; }

    /// <summary>The numbers of those that are in training, ascending.</summary>
    public IReadOnlyList<int> Active { get; private set; }

    /// <summary>Epochs that were completed.</summary>
    public int Epochs { get; private set; }

    /// <summary>No replica is in training any more.</summary>
    public bool IsOver => Active.Count == 0;

    /// <summary>Runs epochs until the run is over.</summary>
    /// <param name="afterEpoch">After every epoch, when those that ended have left.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the run stands at the end of its last whole epoch.</exception>
    public void Complete(Action<TrainingRun>? afterEpoch = null, CancellationToken cancellation = default)
    {
        while (!IsOver)
        {
            Epoch(cancellation);
            afterEpoch?.Invoke(this);
        }
    }

    /// <summary>Runs one epoch of all replicas in training.</summary>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <exception cref="InvalidOperationException">The run is over, or its first epoch changed nothing.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the run stands where it stood before.</exception>
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
            Tensor[][] initial = Epochs > 0 ? [] : [.. Enumerable.Range(0, outcomes.Length).Select(place => _ensemble.Parameters(place).Select(one => one.clone()).ToArray())];
            var losses = _ensemble.Epoch(Epochs + 1, cancellation);
            if (Enumerable.Range(0, initial.Length).FirstOrDefault(place => IsUnchanged(place, initial[place]), -1) is >= 0 and var idle)
            {
                throw new InvalidOperationException($"an epoch of training changed nothing in replica {Active[idle]}");
            }

            for (var place = 0; place < outcomes.Length; place++)
            {
                outcomes[place] = new Outcome(losses[place]) { Diverged = !(double.IsFinite(losses[place]) && _ensemble.Parameters(place).All(IsFinite)) };
            }

            int[] sound = [.. Enumerable.Range(0, outcomes.Length).Where(place => !outcomes[place].Diverged)];
            Observe(_observers.Validate, sound, (place, validation) => outcomes[place].Validation = validation);
            Observe(_observers.Measure, sound, (place, numbers) => outcomes[place].Measured = numbers);
            for (var place = 0; place < outcomes.Length; place++)
            {
                Copy(outcomes[place], place);
            }

            int[] stay = [.. Enumerable.Range(0, outcomes.Length).Where(place => outcomes[place].Final is null)];
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

    private static Tensor[] Copies(IEnumerable<Tensor> tensors) => [.. tensors.Select(one => one.contiguous().clone().DetachFromDisposeScope())];

    private bool IsUnchanged(int place, Tensor[] parameters) => _ensemble.Parameters(place).Zip(parameters).All(pair => pair.First.eq(pair.Second).all().item<bool>());

    // Where a sum is finite, so is every term; only the rest is looked at one by one.
    private static bool IsFinite(Tensor tensor) => tensor.sum().isfinite().item<bool>() || tensor.isfinite().all().item<bool>();

    // Copies what is to be kept of a replica.
    private void Copy(Outcome outcome, int place)
    {
        var record = Replicas[Active[place]];
        if (outcome.Diverged)
        {
            Restore(place);
            outcome.Final = Copies(_ensemble.Parameters(place));
            return;
        }

        if (outcome.Loss <= _schedule.TargetLoss || Epochs + 1 == _schedule.MostEpochs)
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
                record.Status = outcome.Loss <= _schedule.TargetLoss ? ReplicaStatus.ReachedTarget : ReplicaStatus.Finished;
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

    // What an epoch made of a replica, before it is recorded.
    private sealed class Outcome(double loss)
    {
        internal double Loss { get; } = loss;

        internal bool Diverged { get; init; }

        internal Validation? Validation { get; set; }

        internal double[]? Measured { get; set; }

        internal Tensor[]? Best { get; set; }

        internal Tensor[]? Final { get; set; }
    }
}
