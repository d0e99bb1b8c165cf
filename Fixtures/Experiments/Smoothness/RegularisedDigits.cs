using Reproduce.Fixtures.Data;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>
/// Networks on two digits with and without λ times a measure in the loss, with the same initial parameters and order of the points (thesis,
/// section 4.4, Table 4.4 and Figures 4.2 to 4.5).
/// </summary>
public static class RegularisedDigits
{
    /// <summary>The name of the measure for training without a regulariser.</summary>
    public const string None = "none";

    private const string Name = "smoothness.regularised-digits";
    private const double InitialisationScale = 0.01;

    private static readonly Dictionary<string, (Regulariser Regulariser, double LearningRate, int MostEpochs)> Measures = new()
    {
        ["GN"] = (Regularisers.GradientNorm, 0.01, 15_000),
        ["PL0"] = (SumOf(Regularisers.FunctionPathLength), 0.1, 25_000),
        ["PL1"] = (SumOf(Regularisers.GradientPathLength), 0.1, 25_000),
        ["WP"] = (Regularisers.WeightsProduct, 0.01, 25_000),
    };

    /// <summary>A cell per pair, measure and λ; those without a regulariser have λ = 0, one for each learning rate.</summary>
    public static ExperimentPlan Plan { get; } = new(Name, ["smoothness.table-4.4", "smoothness.first-order-ruled-out"], (profile, store) =>
    {
        var (data, size) = (store.Load(DataSets.Mnist), Sizes.Of<Size>(Name, profile));
        return
        [
            .. from one in size.Coefficients
               from coefficient in one.Value
               from pair in size.Pairs
               let measure = Measures[one.Key]
               select CellOf(data, pair, size.Points, new RegularisedBy(one.Key, coefficient, measure.LearningRate, measure.MostEpochs)),
            .. from rate in Measures.Values.Select(one => one.LearningRate).Distinct()
               from pair in size.Pairs
               select CellOf(data, pair, size.Points, new RegularisedBy(None, 0, rate, Measures.Values.Max(one => one.MostEpochs))),
        ];
    });

    // The author's program multiplies λ by the sum over the pairs of a batch, where the thesis has their mean (equation 4.7).
    private static Regulariser SumOf(Regulariser mean) => (network, batch) => mean(network, batch) * (batch.size(1) / 2);

    private static RegularisedNetwork Run(
        ImageDataSet data,
        string pair,
        int points,
        RegularisedBy kind,
        Seed seed,
        Action<double, string> progress,
        CancellationToken cancellation)
    {
        using var digits = new DigitTraining(data, pair, points);
        using var initial = digits.Network(InitialisationScale, seed);
        var order = seed.With("choice", "order");
        if (kind.Measure == None)
        {
            var (network, record) = digits.Train([initial], kind.LearningRate, kind.MostEpochs, order, progress, cancellation)[0];
            using (network)
            {
                return Result(network, record);
            }
        }

        var regulariser = Measures[kind.Measure].Regulariser;
        var ensemble = new BatchedEnsemble<FullyConnected>(
            initial,
            digits.Points,
            digits.Targets,
            DigitTraining.BatchSize,
            (network, batch, targets, _) =>
                BackwardPass.Run(network, batch, targets, Loss.MeanSquare, () => regulariser(network, batch) * kind.Coefficient),
            network => new Sgd(network.Parameters, kind.LearningRate),
            [PointOrder.Seeded(points, order)]);
        using var run = new TrainingRun(ensemble, new TrainingSchedule(kind.MostEpochs, DigitTraining.TargetLoss));
        run.Complete(one => DigitTraining.Report(one, kind.MostEpochs, progress), cancellation);
        using var trained = FullyConnected.OfReplica(run.Replicas[0].FinalParameters!);
        return Result(trained, run.Replicas[0]);

        RegularisedNetwork Result(FullyConnected network, ReplicaRecord record) =>
            new(pair, points, kind, digits.Result(network, record, seed));
    }

    private static Cell CellOf(ImageDataSet data, string pair, int points, RegularisedBy kind)
    {
        var seed = Seed.Of(("experiment", Name), ("pair", pair), ("points", points));
        var settings = new { pair, points, kind, InitialisationScale };
        var key = CellKey.Of(typeof(RegularisedDigits), seed, settings, "float32", (data.Description.Id, data.Checksum));
        var name = FormattableString.Invariant($"{pair}-{points}-{kind.Measure}-{kind.Coefficient}-rate-{kind.LearningRate}");
        return new Cell(Name, name, key, (progress, cancellation) => Run(data, pair, points, kind, seed, progress, cancellation));
    }

    private sealed record Size(IReadOnlyList<string> Pairs, int Points, IReadOnlyDictionary<string, IReadOnlyList<double>> Coefficients);
}
