using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Foundations.Networks;

/// <summary>What checks without tolerance rest on: the corners that lattice networks reach, and that float64 rounds nothing on them.</summary>
[Trait("Category", "Foundation")]
public sealed class LatticeNetworksTests
{
    private static readonly NetworkAtPoint[] Sample = [.. Gen.Sample(LatticeNetworks.Arbitrary.Generator, 1000, new Rnd(1, 1), 30)];

    [Fact]
    public void Generator_EveryCorner_IsReachedByAtLeastOneInAHundred()
    {
        var corners = new Dictionary<string, Func<NetworkAtPoint, bool>>
        {
            ["one layer"] = instance => instance.Network.Layers == 1,
            ["four layers"] = instance => instance.Network.Layers == 4,
            ["one input"] = instance => instance.Network.Inputs == 1,
            ["one output"] = instance => instance.Network.Outputs == 1,
            ["a hidden layer of one unit"] = instance => instance.Network.Biases.SkipLast(1).Any(bias => bias.Length == 1),
            ["a dead hidden layer"] = instance => Hidden(instance).Any(layer => layer.All(value => value < 0)),
            ["no dead unit"] = instance => instance.Network.Layers > 1 && Hidden(instance).All(layer => layer.All(value => value > 0)),
            ["a row of zeros"] = instance => instance.Network.Weights.Any(weight => Arrays.Row(weight, weight.GetLength(0) - 1).All(value => value == 0)),
            ["a repeated row"] = instance => instance.Network.Weights.Any(weight => weight.GetLength(0) > 1 && Arrays.Row(weight, 0).SequenceEqual(Arrays.Row(weight, weight.GetLength(0) - 1)) && weight[0, 0] != 0),
            ["no biases"] = instance => instance.Network.Biases.All(bias => bias.All(value => value == 0)),
            ["at the origin without biases, on all kinks"] = instance => instance.Network.Layers > 1 && Hidden(instance).All(layer => layer.All(value => value == 0)),
            ["on a kink at which f bends"] = instance => !LinearRegions.IsOffTheKinks(instance.Network.Exact(), Arrays.Exact(instance.Point)),
            ["on two kinks at once"] = instance => Hidden(instance).Sum(layer => layer.Count(value => value == 0)) >= 2,
        };
        corners.Where(corner => Sample.Count(corner.Value) < Sample.Length / 100)
            .Select(corner => $"{corner.Key}: {Sample.Count(corner.Value)} of {Sample.Length}")
            .Should().BeEmpty();
        Sample.Count(instance => LinearRegions.IsOffTheKinks(instance.Network.Exact(), Arrays.Exact(instance.Point))).Should().BeGreaterThan(Sample.Length / 2, "half of the instances can meet the hypotheses of claims off the kinks");
    }

    [Fact]
    public void Float64_OnEveryInstance_RoundsNothing()
    {
        foreach (var instance in Sample)
        {
            var (rounded, exact) = (instance.Network.Evaluate(instance.Point), instance.Network.Exact().Evaluate(Arrays.Exact(instance.Point)));
            rounded.Preactivations.SelectMany(layer => layer).Select(Rational.Of).Should().Equal(exact.Preactivations.SelectMany(layer => layer));
            Arrays.Map(instance.Network.DerivativesAlongAxes(instance.Point), Rational.Of).Cast<Rational>()
                .Should().Equal(instance.Network.Exact().DerivativesAlongAxes(Arrays.Exact(instance.Point)).Cast<Rational>());
        }
    }

    private static double[][] Hidden(NetworkAtPoint instance) => [.. instance.Network.Evaluate(instance.Point).Preactivations.SkipLast(1)];
}
