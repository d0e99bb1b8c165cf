using FsCheck;
using FsCheck.Fluent;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core;

/// <summary>
/// Lines cut by the library against the same lines walked in exact fractions: nodes, outputs, Jacobians, switches, jumps and all sums, on networks that
/// are deep, narrow, dead, scaled and convolutional, on lines along kinks, through several kinks at once and of length 0.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class LineDecompositionTests
{
    private static readonly double[] Segment = [0, 1];
    private static readonly double[] AsInTheIntervalsPaper = [-1, 0, 1, 2];

    /// <summary>1 to 8 layers with weights that are no short fractions.</summary>
    [Fact]
    public void Lines_OfRandomNetworks_AreAsWalked() =>
        Agree(Gen.Sample(NetworkAtPoint.Arbitrary.Generator, 1000, new Rnd(11, 1), 250), (instance, generator) => Instance(
            instance.Network, [instance.Point, Real(instance.Point.Length, generator)], [Real(instance.Point.Length, generator), Real(instance.Point.Length, generator)], AsInTheIntervalsPaper), clear: 0.75);

    /// <summary>Small integers: ties, kinks at ends, several units at one t, lines inside a kink, points for segments.</summary>
    [Fact]
    public void Segments_OfLatticeNetworks_AreAsWalked() =>
        Agree(Gen.Sample(LatticeNetworks.Segments.Generator, 1000, new Rnd(12, 1), 300), (instance, _) => Instance(
            instance.Network, [instance.From, instance.To], [Arrays.Minus(instance.To, instance.From), new double[instance.From.Length]], Segment), clear: 0.95);

    /// <summary>Both rays of the intervals paper, with kinks at −1, 0, 1 and 2.</summary>
    [Fact]
    public void Rays_OfLatticeNetworks_AreAsWalked() =>
        Agree(Gen.Sample(NetworkOnLine.Arbitrary.Generator, 1000, new Rnd(13, 1), 300), (instance, _) => Instance(
            instance.Network, [instance.Point, instance.End], [instance.Direction, instance.Direction], AsInTheIntervalsPaper), clear: 0.95);

    [Fact]
    public void Rays_OfLatticeNetworksWithoutBiases_AreAsWalked() =>
        Agree(Gen.Sample(NetworkOnLine.WithoutBiases.Generator, 1000, new Rnd(14, 1), 150), (instance, _) => Instance(
            instance.Network, [instance.Point], [instance.Direction], AsInTheIntervalsPaper), clear: 0.95);

    /// <summary>Sixty-fourths; every third network in halves, which tie.</summary>
    [Fact]
    public void Lines_OfConvolutionalNetworks_AreAsWalked() =>
        Agree(Enumerable.Range(0, 120), (number, generator) =>
        {
            var unit = number % 3 == 0 ? 0.5 : 1.0 / 64;
            var network = ConvolutionalNetwork.Draw(generator, unit);
            double[] Point() => [.. Enumerable.Range(0, network.Convolutions[0].Image.Size).Select(_ => generator.Next(-64, 65) * unit / 4)];
            return new Case(network.Written, network.ToLayers, [Point(), Point()], [Point(), Point()], number % 2 == 0 ? Segment : AsInTheIntervalsPaper);
        }, clear: 0.9);

    private static Case Instance(SmallNetwork network, double[][] starts, double[][] directions, double[] positions) => new(network, () => Layers(network), starts, directions, positions);

    internal static LayeredNetwork Layers(SmallNetwork network)
    {
        using var ensemble = network.ToEnsemble();
        return LayeredNetwork.Of(ensemble, 0);
    }

    private static double[] Real(int count, Random generator) => [.. Enumerable.Range(0, count).Select(_ => (4 * generator.NextDouble()) - 2)];

    // All lines of an instance in one block, and again in blocks that are too small for one.
    private static void Agree<T>(IEnumerable<T> instances, Func<T, Random, Case> make, double clear)
    {
        var generator = Seed.Of(("lines", typeof(T).Name)).Generator();
        var (failures, lines, clearLines, cutLines) = (new List<string>(), 0, 0, 0);
        foreach (var instance in instances)
        {
            using var scope = NewDisposeScope();
            var one = make(instance, generator);
            using var network = one.Layers();
            var walks = one.Starts.Zip(one.Directions, (start, direction) => new WalkedLine(one.Network, start, direction, one.Positions)).ToList();
            foreach (long? elements in new long?[] { null, Math.Max(one.Positions.Length, 3) * network.Widest })
            {
                var found = EngineLines.Of(network, one.Starts, one.Directions, one.Positions, 0, 1, elements);
                cutLines += found.Blocks > one.Starts.Length ? 1 : 0;
                failures.AddRange(walks.SelectMany((walk, line) => LineAgreement.Differences(walk, found, line, 0, 1).Take(3).Select(text => $"{text}\n    on {walk}, in blocks of {elements}")));
            }

            lines += walks.Count;
            clearLines += walks.Count(walk => walk.IsClear);
        }

        failures.Take(5).Should().BeEmpty();
        clearLines.Should().BeGreaterThan((int)(clear * lines), "on most lines rounding changes no pattern, so that patterns can be compared");
        cutLines.Should().BePositive("some lines must come in several blocks");
    }

    private sealed record Case(SmallNetwork Network, Func<LayeredNetwork> Layers, double[][] Starts, double[][] Directions, double[] Positions);
}
