using Reproduce.Fixtures.Functions;
using Reproduce.Networks;
using Reproduce.Randomness;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>
/// Networks and polynomials that fit 2, …, 10 samples of functions from a Gaussian process (thesis, section 4.3.1, Table 4.1), and their
/// measures on the 100 test points.
/// </summary>
public static class SampledFunctions
{
    private static readonly string[] Claims = ["smoothness.table-4.1", "smoothness.unconverged", "smoothness.measure-families"];
    private const string Name = "smoothness.one-dimension";
    private const float LearningRate = 0.1f;
    private const double TargetLoss = 1e-3;
    private const double InitialisationScale = 0.01;

    /// <summary>A cell per function with all its networks, and one for all polynomials.</summary>
    public static ExperimentPlan Plan { get; } = new(Name, Claims, (profile, _) =>
    {
        var size = Sizes.Of<Size>(Name, profile);
        return
        [
            .. Enumerable.Range(0, size.Functions).Select(function => CellOf(
                $"function-{function}",
                new
                {
                    function,
                    size.SampleSizes,
                    size.Networks,
                    size.Hidden,
                    size.MostEpochs,
                    LearningRate,
                    TargetLoss,
                    InitialisationScale,
                },
                (progress, cancellation) => Networks(size, function, progress, cancellation))),
            CellOf("polynomials", new { size.Polynomials, size.SampleSizes }, (_, cancellation) => Polynomials(size, cancellation)),
        ];
    });

    /// <summary>A training set of a given size, in a well-spaced order, so that the sets are nested.</summary>
    public static Sample TrainingSet(Sample function, int size) => function.At(GaussianProcess.WellSpaced(GaussianProcess.Points, size));

    /// <summary>A function by its number, for networks and polynomials alike.</summary>
    public static Sample Function(int number) => GaussianProcess.Draw(Seed.Of(("experiment", Name), ("function", number)));

    /// <summary>
    /// The network that joins values at points by straight lines, which is how the author's program measures polynomials: a unit for each
    /// change of slope, and one that is always on for the first slope, which WP counts.
    /// </summary>
    /// <returns>w1, b1, w2.</returns>
    public static (double[] Inner, double[] Biases, double[] Outer) Joined(double[] x, double[] y)
    {
        var slopes = Enumerable.Range(0, x.Length - 1).Select(i => (y[i + 1] - y[i]) / (x[i + 1] - x[i])).ToArray();
        return (
            [.. slopes.Select(_ => 1.0)],
            [1 - x[0], .. x[1..^1].Select(point => -point)],
            [slopes[0], .. slopes.Skip(1).Zip(slopes, (after, before) => after - before)]);
    }

    private static FunctionNetworks Networks(Size size, int function, Action<double, string> progress, CancellationToken cancellation)
    {
        var truth = Function(function);
        var networks = new List<NetworkOnSamples>();
        var shape = new FullyConnectedShape(1, size.Hidden, 1);
        var all = from samples in size.SampleSizes from network in Enumerable.Range(0, size.Networks) select (samples, network);
        foreach (var (samples, network) in all)
        {
            cancellation.ThrowIfCancellationRequested();
            var training = TrainingSet(truth, samples);
            var seed = Seed.Of(("experiment", Name), ("function", function), ("samples", samples), ("network", network));
            using var initial = Initialisation.VarianceScaling(
                shape, InitialisationScale, [seed.With("choice", "initial parameters")], float32);
            var descent = new OneInputDescent(initial);
            var (x, y) = (Array.ConvertAll(training.X, Convert.ToSingle), Array.ConvertAll(training.Y, Convert.ToSingle));
            var end = descent.Run(x, y, LearningRate, size.MostEpochs, TargetLoss);
            var values = double.IsFinite(end.Loss) ? descent.Measure(truth.X, seed.With("choice", "segments").Generator()) : null;
            var loss = double.IsNaN(end.Loss) ? double.PositiveInfinity : end.Loss;
            networks.Add(new NetworkOnSamples(samples, network, end.Epochs, loss, end.Converged, values));
            var done = (double)networks.Count / (size.SampleSizes.Count * size.Networks);
            progress(done, $"{samples} samples, network {network}: {end.Epochs} epochs");
        }

        return new FunctionNetworks(function, networks);
    }

    private static List<PolynomialThroughSamples> Polynomials(Size size, CancellationToken cancellation)
    {
        var polynomials = new List<PolynomialThroughSamples>();
        for (var function = 0; function < size.Polynomials; function++)
        {
            cancellation.ThrowIfCancellationRequested();
            var truth = Function(function);
            foreach (var samples in size.SampleSizes)
            {
                var polynomial = new InterpolationPolynomial(TrainingSet(truth, samples));
                var joined = Joined(truth.X, [.. truth.X.Select(polynomial.At)]);
                var seed = Seed.Of(
                    ("experiment", Name), ("function", function), ("samples", samples), ("choice", "segments of the polynomial"));
                var values = OneInputDescent.Measure(joined.Inner, joined.Biases, joined.Outer, truth.X, seed.Generator());
                polynomials.Add(new PolynomialThroughSamples(function, samples, values, joined.Outer.Skip(1).Sum(Math.Abs)));
            }
        }

        return polynomials;
    }

    private static Cell CellOf(string name, object settings, Func<Action<double, string>, CancellationToken, object> run)
    {
        var seed = Seed.Of(("experiment", Name), ("cell", name));
        return new(Name, name, CellKey.Of(typeof(SampledFunctions), seed, settings, "float32 in training, float64 measured"), run);
    }

    private sealed record Size(int Functions, IReadOnlyList<int> SampleSizes, int Networks, int Hidden, int MostEpochs, int Polynomials);
}
