using MathNet.Numerics.LinearAlgebra;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;
using Reproduce.Claims.Slope.Support;
using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope;

/// <summary>
/// Section 4.1: directions like those of Proposition 7 control the majority of the training. Networks are trained here, and every epoch's
/// update is projected onto the span of the directions.
/// </summary>
public sealed class Remark_ScalingDirectionsInTraining
{
    private const string Claim = "slope.dominant";
    private const double Alpha = 0.05;
    private const int Width = 50;
    private const int Seeds = 3;
    private static readonly int[] Depths = [1, 2, 3];

    /// <summary>Of a run: Σ‖Pu‖²/Σ‖u‖², and the same of the falls of the loss.</summary>
    private sealed record Shares(double Length, double Loss);

    [Claim(Claim, Category = Category.Empirical)]
    public void Updates_AlongTheScalingDirections()
    {
        var data = Experiment.OrSkip(() => new DataStore().LoadCovertype());
        var seeds = new List<Shares>();
        for (var repetition = 1; repetition <= Seeds; repetition++)
        {
            var seed = Seed.Of(("claim", Claim), ("repetition", repetition));
            var runs = Train(data, seed);
            seeds.Add(new(runs.Average(run => run.Length), runs.Average(run => run.Loss)));
            foreach (var (run, depth) in runs.Zip(Depths))
            {
                Evidence.Record(new Measurement(
                    "share of the updates' squared length in the span of v_1, …, v_n; the series has it and that of the loss",
                    run.Length,
                    "each averaged over the architectures of a seed: above or below ½ by a t-test over seeds")
                {
                    Series = [run.Length, run.Loss],
                    Setting = $"({depth}, {Width}) on Forest Cover, {TrainedRun.PaperEpochs} epochs, repetition {repetition}",
                    Data = $"{data.Stamp}",
                    Seed = seed.ToString(),
                    Dtype = "float32",
                });
            }
        }

        Experiment.Decide(Claim, Decide(seeds));
    }

    [ClaimRows(Claim, Role.Control)]
    [InlineData(0.8, 0.9, 3, Verdict.Partly)]
    [InlineData(0.2, 0.9, 3, Verdict.Partly)]
    [InlineData(0.2, 0.3, 3, Verdict.NotReproduced)]
    [InlineData(0.2, 0.5, 3, Verdict.Inconclusive)]
    [InlineData(0.8, 0.9, 2, Verdict.Inconclusive)]
    public void SyntheticShares_AreJudgedByTheRule(double length, double loss, int seeds, Verdict verdict) =>
        Decide([.. Enumerable.Range(0, seeds).Select(seed => new Shares(length + (0.01 * (seed - 1)), loss + (0.01 * (seed - 1))))])
            .Verdict.Should().Be(verdict);

    /// <summary>
    /// The network 2 ReLU(3x + 1) + 1 has v_1 = (3, 1, 0, 1) and v_2 = (0, 0, 2, 1) in the order W_1, b_1, W_2, b_2. The update v_1 − 2v_2
    /// lies in their span, (1, −3, 0, 0) is orthogonal to it, and (3, 1, 0, 0) has 50/54 of its squared length in it.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(new[] { 3.0, 1, -4, -1 }, 1)]
    [InlineData(new[] { 1.0, -3, 0, 0 }, 0)]
    [InlineData(new[] { 3.0, 1, 0, 0 }, 50.0 / 54)]
    public void Projection_ByHand_IsOntoTheSpan(double[] update, double share)
    {
        using var scope = NewDisposeScope();
        using var network = new FullyConnected([Parameter(3, 1, 1, 1), Parameter(2, 1, 1, 1)], [Parameter(1, 1, 1), Parameter(1, 1, 1)]);
        Tensor[] tensors = [.. update.Select((value, i) => i % 2 == 0 ? Parameter(value, 1, 1, 1) : Parameter(value, 1, 1))];
        var projected = Project(network, tensors);
        (Product(projected, projected) / Product(tensors, tensors)).Should().BeApproximately(share, 1e-14);

        static Tensor Parameter(double value, params long[] shape) => full(shape, value, dtype: float64);
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<Shares> seeds)
    {
        Part[] parts =
        [
            SlopeParts.Above("share of the squared length", [.. seeds.Select(one => one.Length)], 0.5, Seeds),
            SlopeParts.Above("share of the loss", [.. seeds.Select(one => one.Loss)], 0.5, Seeds),
        ];
        var outcomes = Part.Judge(parts, Alpha);
        var verdict = outcomes.Count(Outcome.Failed) == 2 ? Verdict.NotReproduced
            : outcomes.Contains(Outcome.Met) ? Verdict.Partly
            : Verdict.Inconclusive;
        return (
            verdict,
            $"in the span of the directions of Proposition 7 lie {parts[0].Value:P0} of the updates' squared length "
                + $"({outcomes[0].InWords()}) and {parts[1].Value:P0} of the fall of the loss ({outcomes[1].InWords()})");
    }

    private static List<Shares> Train(Covertype data, Seed seed)
    {
        using var scope = NewDisposeScope();
        var split = data.Draw(seed.With("choice", "points of the data set"));
        var points = tensor(split.TrainPoints, [split.TrainLabels.Length, Covertype.Features]);
        var targets = OneHot.Of(split.TrainLabels, Covertype.Classes, float32);
        FullyConnected Initial(int depth) => Initialisation.PyTorchDefault(
            FullyConnectedShape.Uniform(Covertype.Features, depth, Width, Covertype.Classes), [seed.With("layers", depth)], float32);
        using var ensemble = new DenseEnsemble(
            [.. Depths.Select(Initial)],
            points,
            targets,
            OptimiserSettings.SlopePaper,
            Loss.CrossEntropy,
            PointOrder.Seeded(split.TrainLabels.Length, seed.With("choice", "order")));
        double LossOf(FullyConnected network) =>
            Loss.CrossEntropy.Of(network.Forward(points), targets.unsqueeze(0)).to_type(float64).mean().item<double>();
        FullyConnected Now(int run) => FullyConnected.OfReplica(ensemble.Parameters(run));
        double[] losses = [.. Depths.Select((_, run) => LossOf(Now(run)))];
        var sums = Depths.Select(_ => (Length: 0.0, OfLength: 0.0, Loss: 0.0, OfLoss: 0.0)).ToArray();
        for (var epoch = 1; epoch <= TrainedRun.PaperEpochs; epoch++)
        {
            using var inner = NewDisposeScope();
            var before = Depths.Select((_, run) => Now(run)).ToList();
            ensemble.Epoch(epoch);
            for (var run = 0; run < sums.Length; run++)
            {
                var after = Now(run);
                Tensor[] update = [.. after.Parameters.Zip(before[run].Parameters, (one, other) => one - other)];
                var projected = Project(before[run], update);
                var (start, end) = (losses[run], LossOf(after));
                sums[run].Length += Product(projected, projected);
                sums[run].OfLength += Product(update, update);
                sums[run].Loss += start - LossOf(ScalingDirection.Move(before[run], projected, 1));
                sums[run].OfLoss += start - end;
                losses[run] = end;
            }
        }

        return [.. sums.Select(run => new Shares(run.Length / run.OfLength, run.Loss / run.OfLoss))];
    }

    // The orthogonal projection onto the span of v_1, …, v_n.
    private static Tensor[] Project(FullyConnected network, IReadOnlyList<Tensor> update)
    {
        var directions = Enumerable.Range(1, network.Shape.Layers).Select(layer => ScalingDirection.Of(network, layer)).ToList();
        var gram = Matrix<double>.Build.Dense(directions.Count, directions.Count, (i, j) => Product(directions[i], directions[j]));
        var coefficients = gram.Cholesky().Solve(Vector<double>.Build.Dense(directions.Count, i => Product(directions[i], update)));
        return [.. update.Select((_, k) => directions.Select((one, i) => one[k] * coefficients[i]).Aggregate((sum, next) => sum + next))];
    }

    private static double Product(IReadOnlyList<Tensor> first, IReadOnlyList<Tensor> second) =>
        first.Zip(second, (one, other) => (one.to_type(float64) * other.to_type(float64)).sum().item<double>()).Sum();
}
