using MathNet.Numerics.Statistics;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>How the slope changes around one training point.</summary>
/// <param name="Slope">The slope at the point.</param>
/// <param name="Changes">The mean of |Slope(y) − Slope(x)|/Slope(x) over the points y of each sphere, by radius.</param>
/// <param name="Errors">The standard errors of <paramref name="Changes"/> over the points.</param>
/// <param name="OfHalf">The changes over the first half of the points.</param>
public sealed record Surroundings(
    double Slope, IReadOnlyList<double> Changes, IReadOnlyList<double> Errors, IReadOnlyList<double> OfHalf);

/// <summary>What a cell computed.</summary>
/// <param name="Training">The network's training.</param>
/// <param name="Radii">The spheres' radii.</param>
/// <param name="Samples">Points on each sphere.</param>
/// <param name="Centres">One entry a centre.</param>
public sealed record SurroundingsResult(
    TrainingResult Training, IReadOnlyList<double> Radii, int Samples, IReadOnlyList<Surroundings> Centres);

/// <summary>
/// Figure 6: the change of the slope on spheres around training points, for the optimal model. The paper does not state the radii. The
/// authors' program (<c>localMeasure.py</c>) has 150 at equal distances from 0.0001 to 1.5, in normalised pixels; these are the first of
/// them and every tenth of 1 up to the last.
/// </summary>
public static class AroundAPoint
{
    private const string Name = "slope.fig-6";
    private static readonly double[] Radii = [0.0001, .. Enumerable.Range(1, 15).Select(k => k / 10.0)];

    /// <summary>One network a seed.</summary>
    public static ExperimentPlan Plan { get; } = new(Name, [Name, "slope.smooth-change"], (profile, store, device) =>
    {
        var size = Sizes.Of<Size>(Name, profile);
        var data = PaperData.LoadWhatIsThere(store, size.Training.Data);
        return [.. from one in data.Values
                   from repetition in Enumerable.Range(1, size.Training.Seeds)
                   from name in size.Training.FullyConnected
                   select CellOf(one, Architecture.Parse(name, false), size, repetition, device)];
    });

    private static Cell CellOf(PaperData data, Architecture architecture, Size size, int repetition, Device device)
    {
        var training = size.Training;
        var seed = Seed.Of(("experiment", "slope"), ("data", data.Name), ("repetition", repetition));
        var settings = new
        {
            architecture = architecture.ToString(),
            training.Epochs,
            training.Points,
            training.Validation,
            training.SlopePoints,
            training.SlopeEvery,
            size.Centres,
            size.Samples,
        };
        var key = CellKey.On(device, typeof(AroundAPoint), seed, settings, "float32", data.Key);
        var name = $"{data.Name}-{architecture.Name}-{training.Epochs}-epochs-{size.Centres}-centres-seed{repetition}";
        return new Cell(Name, name, key, (progress, cancellation) =>
        {
            using var scope = NewDisposeScope();
            var set = data.Points(seed, training.Points, training.Validation, data.Rows).On(device);
            var distance = set.MeanDistance(seed.With("choice", "pairs"));
            var around = new List<Surroundings>();
            var networks = NetworkTraining.Run(
                set, [architecture], training, seed, (done, status) => progress(done / 2, status), cancellation, AroundBest);
            return new SurroundingsResult(
                training.ResultOf(data, repetition, data.Rows, set, distance, networks), Radii, size.Samples, around);

            void AroundBest(IEnsemble best) => around.AddRange(Around(
                best,
                set.Draw(size.Centres, seed.With("choice", "centres")),
                size.Samples,
                seed.With("choice", "directions"),
                progress,
                cancellation));
        });
    }

    private static IEnumerable<Surroundings> Around(
        IEnsemble network,
        Tensor centres,
        int samples,
        Seed seed,
        Action<double, string> progress,
        CancellationToken cancellation)
    {
        var slopes = SlopeDistribution.Spectral(network, centres, cancellation);
        for (var centre = 0; centre < slopes.Length; centre++)
        {
            using var scope = NewDisposeScope();
            var generator = seed.With("centre", centre).Generator();
            var (changes, errors, ofHalf) = (new double[Radii.Length], new double[Radii.Length], new double[Radii.Length]);
            for (var i = 0; i < Radii.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var sphere = NewDisposeScope();
                var directions = Directions(samples, (int)centres.size(1), generator).to(centres.device);
                var values = SlopeDistribution.Spectral(network, centres.narrow(0, centre, 1) + (directions * Radii[i]), cancellation);
                double[] relative = [.. values.Select(value => Math.Abs(value - slopes[centre]) / slopes[centre])];
                (changes[i], ofHalf[i]) = (relative.Average(), relative.Take((samples + 1) / 2).Average());
                errors[i] = ArrayStatistics.StandardDeviation(relative) / Math.Sqrt(samples);
            }

            progress(0.5 + (0.5 * (centre + 1) / slopes.Length), $"centre {centre + 1} of {slopes.Length}");
            yield return new Surroundings(slopes[centre], changes, errors, ofHalf);
        }
    }

    // Unit vectors of uniform direction, [samples, inputs].
    private static Tensor Directions(int samples, int inputs, Random generator)
    {
        var numbers = new double[samples * inputs];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = StandardNormal.Next(generator);
        }
        var drawn = tensor(numbers, [samples, inputs], device: CPU);
        return (drawn / drawn.square().sum(1, keepdim: true).sqrt()).to_type(float32);
    }

    private sealed record Size(int Centres, int Samples, TrainingGroup Training);
}
