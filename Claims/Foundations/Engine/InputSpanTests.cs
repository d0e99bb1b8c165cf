using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>Descent in coordinates of a space that holds all training points, against descent on the points.</summary>
[Trait("Category", "Foundation")]
public sealed class InputSpanTests
{
    private static readonly Seed Start = Seed.Of(("test", "span"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Images of 6 × 6 enlarged to 9 × 9 have 36 coordinates, with the distances of the images, in which a network is trained with momentum
    /// as on the images. Float32: 60 steps of rate 0.05 with sums of 81 products leave 10⁻⁴ of parameters of the order of 1.
    /// </summary>
    [Fact]
    public void EnlargedImages_TrainedInCoordinates_AreTrainedAsOnImages()
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var matrix = Resampling.Bilinear(6, 9);
        var images = Resampling.Apply(RandomTensors.Uniform(Start.With("choice", "images").Generator(), float32, 50, 36), matrix);
        using var span = InputSpan.OfImages(matrix);
        var coordinates = span.Coordinates(images);
        coordinates.shape.Should().Equal(50, 36);
        Largest(span.Points(coordinates), images).Should().BeLessThan(1e-5f);
        Distance(coordinates).Should().BeApproximately(Distance(images), 1e-5f);

        using var network = Initialisation.PyTorchDefault(new FullyConnectedShape(81, 7, 2), [Start], float32);
        using var direct = Trained(network, images);
        using var inside = Trained(span.Inside(network), coordinates);
        using var outside = span.Outside(inside, network);
        direct.Parameters.Zip(outside.Parameters, Largest).Max().Should().BeLessThan(1e-4f);
        Largest(direct.Weights[0], network.Weights[0]).Should().BeGreaterThan(0.01f, "a test in which nothing moves proves nothing");
        Largest(SpectralSlopes.At(direct, images), SpectralSlopes.At(outside, images)).Should().BeLessThan(1e-4f);
    }

    /// <summary>
    /// Inputs that are zero at every point are left out; training has the same bits without them, and leaves their weights.
    /// </summary>
    [Fact]
    public void InputsThatAreNeverUsed_AreLeftOut_WithTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var points = RandomTensors.Uniform(Start.With("choice", "points").Generator(), float32, 50, 20);
        long[] dead = [0, 7, 8, 19];
        points.index_fill_(1, tensor(dead), 0);
        using var span = InputSpan.Of(points);
        var coordinates = span.Coordinates(points);
        coordinates.shape.Should().Equal(50, 16);
        using var network = Initialisation.PyTorchDefault(new FullyConnectedShape(20, 7, 2), [Start], float32);
        using var direct = Trained(network, points);
        using var inside = Trained(span.Inside(network), coordinates);
        using var outside = span.Outside(inside, network);
        Largest(outside.Weights[0], direct.Weights[0]).Should().Be(0);
        Largest(outside.Weights[1], direct.Weights[1]).Should().Be(0);
        Largest(outside.Weights[0].index_select(2, tensor(dead)), network.Weights[0].index_select(2, tensor(dead))).Should().Be(0);
    }

    /// <summary>Points that depend on each other span fewer dimensions than they are.</summary>
    [Fact]
    public void DependentPoints_SpanWhatTheOthersDo()
    {
        using var scope = NewDisposeScope();
        var points = RandomTensors.Uniform(Start.With("choice", "few").Generator(), float64, 4, 10);
        points[3] = points[0] + (2 * points[1]);
        using var span = InputSpan.Of(points);
        span.Coordinates(points).shape.Should().Equal(4, 3);
        (span.Points(span.Coordinates(points)) - points).abs().max().item<double>().Should().BeLessThan(1e-12);
    }

    [Fact]
    public void WhatSpansNothing_IsRefused()
    {
        FluentActions.Invoking(() => InputSpan.Of(zeros(3, 4))).Should().Throw<ArgumentException>().WithMessage("*all zero*");
        FluentActions.Invoking(() => InputSpan.OfImages(Resampling.AveragePooling(4, 2))).Should().Throw<ArgumentException>()
            .WithMessage("4 columns span 2 dimensions*");
    }

    private static FullyConnected Trained(FullyConnected network, Tensor on)
    {
        var generator = Start.With("choice", "labels").Generator();
        var labels = Enumerable.Range(0, 50).Select(_ => (byte)generator.Next(2)).ToArray();
        using var targets = OneHot.Of(labels, 2, float32, CPU);
        using var ensemble = new DenseEnsemble(
            [network], on, targets, new OptimiserSettings(0.05, 0.8, 16), Loss.CrossEntropy, PointOrder.Seeded(50, Start));
        for (var epoch = 1; epoch <= 15; epoch++)
        {
            ensemble.Epoch(epoch, Token);
        }

        return FullyConnected.OfReplica(ensemble.Parameters(0));
    }

    private static float Distance(Tensor points) => (points[0] - points[1]).square().sum().sqrt().item<float>();

    private static float Largest(Tensor left, Tensor right) => (left - right).abs().max().item<float>();
}
