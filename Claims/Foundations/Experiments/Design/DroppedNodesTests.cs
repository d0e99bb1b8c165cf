using Reproduce.Claims.Foundations.Core.Training;
using Reproduce.Fixtures.Experiments.Design.Zeta;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static Reproduce.Claims.Foundations.Core.Training.TrainingExamples;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Experiments.Design;

/// <summary>Training with dropped nodes against autograd through masked activations.</summary>
[Trait("Category", "Foundation")]
public sealed class DroppedNodesTests
{
    private const int Layer = 1;
    private const int Batch = 10;
    private static readonly OptimiserSettings Settings = new(0.1, 0.8, Batch);
    private static readonly Seed Nodes = Seed.Of(("test", "dropped nodes"));
    private static readonly FullyConnectedShape Shape = new(6, 5, 9, 4, 3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// 3 epochs of 5 steps, two replicas with labels of their own; fifteen steps in float32, each off by at most 1.2e-6 at η = 0.1
    /// (DenseEnsembleTests).
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Epochs_WithDroppedNodes_GiveAutogradsNumbers(double probability)
    {
        using var scope = NewDisposeScope();
        var (points, targets) = TrainingExamples.Data(float32);
        Tensor[] wanted = [targets, targets.flip(0).contiguous()];
        var network = Initialisation.PyTorchDefault(Shape, [Nodes.With("replica", 1), Nodes.With("replica", 2)], float32);
        using var fast = new DroppedNodes(
            network, Layer, probability, points, wanted, Settings, Loss.CrossEntropy, Order(0), Nodes);
        List<Tensor>[] plain = [.. Enumerable.Range(0, 2)
            .Select(replica => network.Parameters.Select(one => one.select(0, replica).to_type(float64)).ToList())];
        List<Tensor>[] velocities = [.. plain.Select(parameters => parameters.Select(one => zeros_like(one)).ToList())];
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            var losses = fast.Epoch(epoch, Token);
            for (var replica = 0; replica < 2; replica++)
            {
                PlainEpoch(epoch, points, wanted[replica], plain[replica], velocities[replica], probability)
                    .Should().BeApproximately(losses[replica], 2e-5);
            }
        }

        for (var replica = 0; replica < 2; replica++)
        {
            Farthest(fast.Parameters(replica), plain[replica]).Should().BeLessThan(2e-5);
            Farthest(fast.OptimiserState(replica), velocities[replica]).Should().BeLessThan(2e-5);
        }
    }

    [Fact]
    public void Batches_ThatDoNotDivideThePoints_AreRefused()
    {
        using var scope = NewDisposeScope();
        var (points, targets) = TrainingExamples.Data(float32);
        var network = Initialisation.PyTorchDefault(Shape, [Nodes], float32);
        DroppedNodes Make(int batch, double probability) => new(
            network, Layer, probability, points, [targets], new(0.1, 0, batch), Loss.CrossEntropy, Order(0), Nodes);
        var uneven = () => Make(16, 0.5);
        uneven.Should().Throw<ArgumentException>().WithMessage("*16*50*");
        var certain = () => Make(Batch, 1);
        certain.Should().Throw<ArgumentOutOfRangeException>();
    }

    // Changes parameters and velocities; returns the mean of the batches' losses.
    private static double PlainEpoch(
        int epoch, Tensor points, Tensor targets, List<Tensor> parameters, List<Tensor> velocities, double probability)
    {
        var generator = Nodes.With("epoch", epoch).Generator();
        var losses = new List<double>();
        foreach (var chosen in Order(0)(epoch).Chunk(Batch))
        {
            var rows = tensor([.. chosen.Select(row => (long)row)], [chosen.Length]);
            var kept = tensor(DroppedNodes.Kept(generator, Shape.Widths[Layer + 1], probability)).to_type(float64);
            Tensor[] weights = [.. parameters.Select(one => one.detach().requires_grad_())];
            var activation = points.index_select(0, rows).to_type(float64);
            for (var layer = 0; layer < Shape.Layers; layer++)
            {
                activation = activation.matmul(weights[2 * layer].mT) + weights[(2 * layer) + 1];
                activation = layer == Shape.Layers - 1 ? activation : activation.relu();
                activation = layer == Layer ? activation * kept : activation;
            }

            var loss = (targets.index_select(0, rows).to_type(float64) * activation.log_softmax(-1)).sum(-1).mean().neg();
            losses.Add(loss.item<double>());
            var gradients = autograd.grad([loss], weights);
            for (var i = 0; i < parameters.Count; i++)
            {
                velocities[i] = (velocities[i] * Settings.Momentum) + gradients[i];
                parameters[i] = parameters[i].detach() - (velocities[i] * Settings.LearningRate);
            }
        }

        return losses.Average();
    }
}
