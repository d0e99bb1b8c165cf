using Reproduce.Fixtures.Experiments.Slope;

namespace Reproduce.Claims.Slope.Support;

/// <summary>Synthetic runs, on which the rules of the experiments show that they can reach each of their verdicts.</summary>
internal static class Synthetic
{
    /// <summary>Convolutional or not.</summary>
    internal static readonly bool[] Kinds = [false, true];

    /// <summary>A run of the paper's training whose p-slopes are normal with the same mean and deviation for all p.</summary>
    internal static TrainedRun Run(
        string data,
        string architecture,
        bool convolutional,
        int repetition,
        double mean,
        double deviation = 1,
        double initial = 0.1,
        double accuracy = 0.9,
        double loss = 0.005,
        int epochs = TrainedRun.PaperEpochs,
        IReadOnlyList<double>? history = null)
    {
        var parts = architecture.Split('x');
        var points = data == "covertype" ? 2000 : 10000;
        var slopes = history ?? [.. Enumerable.Range(0, epochs + 1).Select(epoch => initial + ((mean - initial) * epoch / epochs))];
        var score = new Score(accuracy, loss * 64, loss, 0.5);
        var (before, after) = (Of(score, initial, deviation * initial / mean), Of(score, mean, deviation));
        return new(
            new TrainingResult(data, repetition, 28, 60000, points, true, epochs, 750, 30, []),
            new TrainedNetwork(
                new Architecture(convolutional, int.Parse(parts[0]), int.Parse(parts[1])),
                "Finished", epochs, [], [], [], [.. Enumerable.Range(0, slopes.Count)], slopes, slopes, before, after, after),
            null);
    }

    /// <summary>One run of every fully connected architecture on a data set, for each seed.</summary>
    internal static List<TrainedRun> Connected(string data, int seeds, Func<string, int, TrainedRun> make) =>
        Connected([data], seeds, (_, name, seed) => make(name, seed));

    /// <summary>One run of every fully connected architecture on every data set, for each seed.</summary>
    internal static List<TrainedRun> Connected(IReadOnlyList<string> data, int seeds, Func<string, string, int, TrainedRun> make) =>
        [.. from one in data
            from name in TrainedRun.FullyConnected
            from seed in Enumerable.Range(1, seeds)
            select make(one, name, seed)];

    /// <summary>One run of every architecture on every data set, for seeds 1 to 5.</summary>
    internal static List<TrainedRun> Paper(Func<string, string, bool, int, TrainedRun> make) =>
        [.. from data in TrainedRun.AllData
            from convolutional in Kinds
            where !(convolutional && data == "covertype")
            from architecture in convolutional ? TrainedRun.Convolutional : TrainedRun.FullyConnected
            from repetition in Enumerable.Range(1, TrainedRun.PaperRuns)
            select make(data, architecture, convolutional, repetition)];

    /// <summary>A mean slope that differs a little between seeds.</summary>
    internal static double Seeded(int seed) => 8 + (0.1 * (seed % 3));

    internal static SlopeDistribution Normal(double mean, double deviation) => new(
        mean,
        deviation,
        [.. Enumerable.Range(0, 100).Select(i => MathNet.Numerics.Distributions.Normal.InvCDF(mean, deviation, (i + 0.5) / 100))]);

    private static Snapshot Of(Score score, double mean, double deviation)
    {
        var slopes = Normal(mean, deviation);
        return new(score, slopes, slopes, slopes);
    }
}
