using System.Text.Json;
using MathNet.Numerics;
using MathNet.Numerics.Statistics;
using Reproduce.Fixtures.Data;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments;

/// <summary>Trains one classifier and measures its 2-slope before training and after every epoch (slope paper, Figure 1).</summary>
public static class SlopeDuringTraining
{
    /// <summary>
    /// One network from one seed, in float32 on the CPU. The seed gives three independent choices: the initial parameters, the
    /// order of the training points, and the points at which the slope is measured, drawn once before training.
    /// </summary>
    /// <param name="data">The training images, normalised as its description says.</param>
    /// <param name="shape">The widths.</param>
    /// <param name="settings">Learning rate, momentum, batch size.</param>
    /// <param name="epochs">How long.</param>
    /// <param name="slopePoints">At how many training points the slope is measured.</param>
    /// <param name="seed">Of this network.</param>
    /// <param name="progress">Takes the share done and a status.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <returns>
    /// <c>meanSlope</c> and <c>standardDeviationOfSlope</c>, epochs + 1 numbers each, and <c>trainingLoss</c>, one an epoch: the mean
    /// cross-entropy over the epoch's batches.
    /// </returns>
    /// <exception cref="ArithmeticException">The training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static JsonElement Run(ImageDataSet data, FullyConnectedShape shape, DescentSettings settings, int epochs, int slopePoints, Seed seed, Action<double, string> progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var points = tensor(data.Normalised(data.TrainImages), [data.TrainLabels.Length, data.Description.Pixels]);
        var targets = ClassificationTraining.UnitVectors(data.TrainLabels, data.Description.Classes, float32);
        var chosen = Combinatorics.GenerateVariation(data.TrainLabels.Length, slopePoints, seed.With("choice", "slope points").Generator());
        var measured = points.index_select(0, tensor(chosen.Select(index => (long)index).ToArray()));
        using var network = Initialisation.PyTorchDefault(shape, [seed.With("choice", "initial parameters")], float32);
        using var optimiser = new GradientDescent(network.Parameters, settings.LearningRate, settings.Momentum);
        var order = seed.With("choice", "order").Generator();

        var means = new List<double>();
        var deviations = new List<double>();
        var losses = new List<double>();
        Measure();
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            losses.Add(ClassificationTraining.Epoch(network, optimiser, points, targets, settings.BatchSize, [order], cancellation)[0]);
            Measure();
            progress((double)epoch / epochs, $"epoch {epoch} of {epochs}, loss {losses[^1]:F3}, slope {means[^1]:F2}");
        }

        return JsonSerializer.SerializeToElement(new { meanSlope = means, standardDeviationOfSlope = deviations, trainingLoss = losses });

        void Measure()
        {
            using var here = NewDisposeScope();
            var slopes = Slope.At(network, measured).to_type(float64).data<double>().ToArray();
            means.Add(slopes.Average());
            deviations.Add(ArrayStatistics.StandardDeviation(slopes));
        }
    }
}
