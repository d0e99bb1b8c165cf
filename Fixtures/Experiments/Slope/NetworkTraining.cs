using MathNet.Numerics.Statistics;
using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>
/// Trains networks of the slope paper (section 3.1 and appendix A.2): SGD with its settings, PyTorch's initialisation, the slope at points
/// that are drawn once before training, the parameters with the least validation loss kept. In float32 on one core.
/// </summary>
internal static class NetworkTraining
{
    /// <summary>
    /// On the CPU fully connected networks see the same batches and share a core's products; a convolutional one goes alone, and so does
    /// each network on another device.
    /// </summary>
    /// <param name="set">What they are trained on, on the device on which they are trained and measured.</param>
    /// <param name="architectures">Either all fully connected or one convolutional.</param>
    /// <param name="size">How many epochs; at how many training points, and after every how many epochs, the slope is measured.</param>
    /// <param name="seed">Determines the order, the slope points, and with the architecture the initial parameters.</param>
    /// <param name="progress">Takes the share done and a status.</param>
    /// <param name="cancellation">Checked before every step.</param>
    /// <param name="onBest">Called with each network's optimal model.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal static IReadOnlyList<TrainedNetwork> Run(
        TrainingSet set,
        IReadOnlyList<Architecture> architectures,
        TrainingGroup size,
        Seed seed,
        Action<double, string> progress,
        CancellationToken cancellation,
        Action<IEnsemble>? onBest = null)
    {
        if (set.Points.device_type == DeviceType.CPU)
        {
            return Together(set, architectures, size, seed, progress, onBest, cancellation);
        }

        return [.. architectures.SelectMany((one, before) =>
        {
            void Progress(double done, string status) => progress((before + done) / architectures.Count, $"{one}, {status}");
            return Together(set, [one], size, seed, Progress, onBest, cancellation);
        })];
    }

    private static IReadOnlyList<TrainedNetwork> Together(
        TrainingSet set,
        IReadOnlyList<Architecture> architectures,
        TrainingGroup size,
        Seed seed,
        Action<double, string> progress,
        Action<IEnsemble>? onBest,
        CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var settings = OptimiserSettings.SlopePaper;
        // With enlarged images all but the slopes are computed in coordinates.
        var span = set.Span;
        var drawn = set.Draw(size.SlopePoints, seed.With("choice", "slope points"));
        var measured = span?.Points(drawn) ?? drawn;
        var order = PointOrder.Seeded(set.Labels.Length, seed.With("choice", "order"));
        Seed SeedOf(Architecture one) => seed.With("choice", "initial parameters").With("architecture", one);
        var device = set.Points.device;
        using var targets = OneHot.Of(set.Labels, set.Classes, float32, device);

        FullyConnected OnPoints(Architecture one) => Initialisation.PyTorchDefault(one.ConnectedFor(set), [SeedOf(one)], float32, device);
        var before = span is null ? [] : architectures.Select(OnPoints).ToList();
        FullyConnected Connected(Architecture one, int number) => span?.Inside(before[number]) ?? OnPoints(one);
        IOptimiser Descent(IEnsemble network) => new Sgd(network.Parameters, settings.LearningRate, settings.Momentum);
        TrainableEnsemble ensemble = architectures switch
        {
            [{ Convolutional: true } one] when device.type == DeviceType.CPU => new ConvolutionalEnsemble(
                Convolutional(one), set.Points, targets, settings, order),
            [{ Convolutional: true } one] => new BatchedEnsemble<ConvolutionalNetwork>(
                Convolutional(one),
                set.Points, targets, settings.BatchSize, Loss.CrossEntropy, Descent, [order]),
            [var one] when device.type != DeviceType.CPU => new BatchedEnsemble<FullyConnected>(
                Connected(one, 0), set.Points, targets, settings.BatchSize, Loss.CrossEntropy, Descent, [order]),
            _ => new DenseEnsemble([.. architectures.Select(Connected)], set.Points, targets, settings, Loss.CrossEntropy, order),
        };

        IEnsemble NetworkOf(int number, IReadOnlyList<Tensor> parameters) => architectures[number].Convolutional
            ? new ConvolutionalNetwork(
                architectures[number].ConvolutionalFor(set), [.. parameters.Select(one => one.unsqueeze(0).contiguous().clone())])
            : FullyConnected.OfReplica(parameters);

        ConvolutionalNetwork Convolutional(Architecture one) =>
            Initialisation.PyTorchDefault(one.ConvolutionalFor(set), [SeedOf(one)], float32, device);

        IEnsemble Whole(IEnsemble network, int number) => span?.Outside((FullyConnected)network, before[number]) ?? network;

        Snapshot Take(IEnsemble network, int number)
        {
            var slopes = SlopeDistribution.Of(Whole(network, number), measured, cancellation, 1, 2, double.PositiveInfinity);
            return new(Score.Of(network, set, settings.BatchSize), slopes[0], slopes[1], slopes[2]);
        }

        var initial = new Dictionary<int, Snapshot>();
        var epoch = -1;
        using var run = new TrainingRun(ensemble, new TrainingSchedule(size.Epochs), new TrainingObservers
        {
            Validate = replicas => Each(replicas, one =>
            {
                var score = Score.Of(one, set, settings.BatchSize);
                return new Validation(score.Loss, score.Accuracy);
            }),
            Measure = replicas =>
            {
                epoch++;
                return EachNumbered<double[]>(replicas, (network, number) =>
                {
                    if (epoch == 0)
                    {
                        initial[number] = Take(network, number);
                        return [0, initial[number].Two.Mean, initial[number].Two.Deviation];
                    }

                    if (epoch % size.SlopeEvery != 0)
                    {
                        return [];
                    }

                    var slopes = SlopeDistribution.Spectral(Whole(network, number), measured, cancellation);
                    return [epoch, slopes.Average(), ArrayStatistics.StandardDeviation(slopes)];
                });
            },
        });
        run.Complete(some => progress(0.98 * some.Epochs / size.Epochs, $"epoch {some.Epochs} of {size.Epochs}"), cancellation);

        return [.. run.Replicas.Select(record =>
        {
            using var inner = NewDisposeScope();
            using var unrecorded = no_grad();
            Snapshot? best = null;
            if (record.BestParameters is { } parameters)
            {
                var network = NetworkOf(record.Number, parameters);
                best = Take(network, record.Number);
                onBest?.Invoke(Whole(network, record.Number));
            }

            var history = record.Measurements.Where(one => one.Length > 0).ToList();
            return new TrainedNetwork(
                architectures[record.Number],
                record.Status.ToString(),
                record.BestEpoch,
                record.TrainingLosses,
                [.. record.Validations.Select(one => one.Loss)],
                [.. record.Validations.Select(one => one.Accuracy)],
                [.. history.Select(one => (int)one[0])],
                [.. history.Select(one => one[1])],
                [.. history.Select(one => one[2])],
                initial[record.Number],
                best,
                Take(NetworkOf(record.Number, record.FinalParameters!), record.Number))
            {
                Digest = record.Digest,
            };
        })];

        T[] Each<T>(IReadOnlyList<ReplicaInTraining> replicas, Func<IEnsemble, T> look) =>
            EachNumbered(replicas, (network, _) => look(network));

        T[] EachNumbered<T>(IReadOnlyList<ReplicaInTraining> replicas, Func<IEnsemble, int, T> look) => [.. replicas.Select(replica =>
        {
            using var inner = NewDisposeScope();
            return look(NetworkOf(replica.Number, replica.Parameters), replica.Number);
        })];
    }
}
