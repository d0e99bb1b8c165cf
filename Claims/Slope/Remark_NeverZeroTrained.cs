using MathNet.Numerics.Distributions;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// After Proposition 3, for trained classifiers at points of their data's distribution: small networks are trained on five Gaussian clouds,
/// and the slope is measured at fresh points.
/// </summary>
public sealed class Remark_NeverZeroTrained
{
    private const string Claim = "slope.never-zero.trained";
    private const int Inputs = 20;
    private const int Classes = 5;
    private const int Points = 1000;
    private const int Epochs = 20;
    private const int Seeds = 3;
    private const double Share = 0.01;
    private const double Alpha = 0.01;
    private static readonly (int Layers, int Width)[] Architectures = [(1, 25), (1, 100), (2, 25), (3, 25)];
    private static readonly int Networks = Architectures.Length * Seeds;

    [Claim(Claim, Category = Category.Empirical)]
    public void FreshPoints_OfTrainedClassifiers_HaveASlope()
    {
        var zeros = new List<int>();
        foreach (var (layers, width) in Architectures)
        {
            for (var repetition = 1; repetition <= Seeds; repetition++)
            {
                var seed = Seed.Of(("claim", Claim), ("layers", layers), ("width", width), ("repetition", repetition));
                var (found, accuracy) = Train(seed, layers, width, Look);
                zeros.Add(found);
                Evidence.Record(new Measurement(
                    "fresh points with a slope of exactly 0",
                    found,
                    $"flat or steep by binomial tails of α/{Networks} at a share of {Share}")
                {
                    Setting = $"({layers}, {width}), accuracy on fresh points {accuracy:F3}",
                    Samples = Points,
                    Seed = seed.ToString(),
                    Dtype = "float32",
                });
            }
        }

        Experiment.Decide(Claim, Decide(zeros));
    }

    /// <summary>A network whose hidden units are all off after training is found flat.</summary>
    [Claim(Claim, Role.Control)]
    public void DeadNetwork_IsFoundFlat()
    {
        var (zeros, _) = Train(Seed.Of(("claim", Claim), ("control", "dead")), 1, 25, (network, points, labels) =>
        {
            network.Biases[0].sub_(1000.0);
            return Look(network, points, labels);
        });
        zeros.Should().Be(Points);
        Decide([zeros]).Verdict.Should().Be(Verdict.NotReproduced);
    }

    /// <summary>Points of slope 0 at one network of three.</summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(1, Verdict.Partly)]
    [InlineData(2, Verdict.Inconclusive)]
    [InlineData(10, Verdict.Inconclusive)]
    [InlineData(25, Verdict.NotReproduced)]
    public void Decide_FollowsTheRule(int zeros, Verdict verdict) => Decide([0, zeros, 0]).Verdict.Should().Be(verdict);

    private static (Verdict Verdict, string Reason) Decide(List<int> zeros)
    {
        Binomial law = new(Share, Points);
        var flat = zeros.Count(found => BinomialTest.UpperTail(found, Points, Share) <= Alpha / Networks);
        var steep = zeros.Count(found => law.CumulativeDistribution(found) <= Alpha / Networks);
        return (
            flat > 0 ? Verdict.NotReproduced : steep == zeros.Count ? Verdict.Partly : Verdict.Inconclusive,
            $"{steep} of {zeros.Count} networks have a slope at more than {1 - Share:P0} of fresh points, {flat} at fewer; "
                + $"five clouds in {Inputs} dimensions, not the paper's data");
    }

    /// <summary>Trains one network on its own clouds, and passes it on with 1000 fresh points and their labels.</summary>
    internal static T Train<T>(Seed seed, int layers, int width, Func<FullyConnected, Tensor, byte[], T> look)
    {
        using var scope = NewDisposeScope();
        var generator = seed.With("what", "data").Generator();
        double Draw() => StandardNormal.Next(generator);
        var centres = Enumerable.Range(0, Classes * Inputs).Select(_ => 1.5 * Draw()).ToArray();
        var labels = Enumerable.Range(0, 2 * Points).Select(_ => (byte)generator.Next(Classes)).ToArray();
        IEnumerable<double> Around(byte label) => Enumerable.Range(0, Inputs).Select(axis => centres[(label * Inputs) + axis] + Draw());
        var points = tensor([.. labels.SelectMany(Around)], [2 * Points, Inputs], float32);
        var (training, fresh) = (points.narrow(0, 0, Points), points.narrow(0, Points, Points));
        var targets = OneHot.Of(labels.AsSpan(0, Points), Classes, float32);
        var shape = FullyConnectedShape.Uniform(Inputs, layers, width, Classes);
        var initial = Initialisation.PyTorchDefault(shape, [seed.With("what", "network")], float32);
        using var ensemble = new DenseEnsemble(
            [initial],
            training,
            targets,
            new OptimiserSettings(0.05, 0.8, 64),
            Loss.CrossEntropy,
            PointOrder.Seeded(Points, seed.With("what", "order")));
        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            ensemble.Epoch(epoch);
        }

        return look(FullyConnected.OfReplica(ensemble.Parameters(0)), fresh, labels[Points..]);
    }

    private static (int Zeros, double Accuracy) Look(FullyConnected network, Tensor points, byte[] labels)
    {
        using var scope = NewDisposeScope();
        return ((int)Geometry.Slope.At(network, points, 1).eq(0.0).sum().item<long>(), Classification.Of(network, points, labels).Accuracy);
    }
}
