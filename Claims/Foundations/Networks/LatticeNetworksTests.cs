using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Foundations.Networks;

/// <summary>
/// The basis of checks without tolerance: the corner cases that lattice networks reach, and that float64 rounds nothing on them.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class LatticeNetworksTests
{
    private static readonly NetworkAtPoint[] Sample = [.. Gen.Sample(LatticeNetworks.Arbitrary.Generator, 1000, new Rnd(1, 1), 30)];

    private static readonly Dictionary<string, Func<NetworkAtPoint, bool>> Tests = new()
    {
        ["one layer"] = instance => instance.Network.Layers == 1,
        ["four layers"] = instance => instance.Network.Layers == 4,
        ["one input"] = instance => instance.Network.Inputs == 1,
        ["one output"] = instance => instance.Network.Outputs == 1,
        ["a hidden layer of one unit"] = instance => instance.Network.Biases.SkipLast(1).Any(bias => bias.Length == 1),
        ["a dead hidden layer"] = instance => Hidden(instance).Any(layer => layer.All(value => value < 0)),
        ["no dead unit"] = instance => instance.Network.Layers > 1 && Hidden(instance).All(layer => layer.All(value => value > 0)),
        ["a row of zeros"] = instance => instance.Network.Weights.Any(weight => LastRow(weight).All(value => value == 0)),
        ["a repeated row"] = instance => instance.Network.Weights.Any(weight =>
            weight.GetLength(0) > 1 && Arrays.Row(weight, 0).SequenceEqual(LastRow(weight)) && weight[0, 0] != 0),
        ["no biases"] = instance => instance.Network.Biases.All(bias => bias.All(value => value == 0)),
        ["at the origin without biases, on all kinks"] = instance =>
            instance.Network.Layers > 1 && Hidden(instance).All(layer => layer.All(value => value == 0)),
        ["on a kink at which f bends"] = instance => !IsOffTheKinks(instance),
        ["on two kinks at once"] = instance => Hidden(instance).Sum(layer => layer.Count(value => value == 0)) >= 2,
    };

    public static TheoryData<string> Corners => [.. Tests.Keys];

    [Theory]
    [MemberData(nameof(Corners))]
    public void Generator_EveryCorner_IsReachedByAtLeastOneInAHundred(string corner) =>
        Sample.Count(Tests[corner]).Should().BeGreaterThanOrEqualTo(Sample.Length / 100);

    [Fact]
    public void Generator_HalfTheTime_IsOffTheKinks() => Sample.Count(IsOffTheKinks)
        .Should().BeGreaterThan(Sample.Length / 2, "half of the instances can meet the hypotheses of claims off the kinks");

    [Fact]
    public void Float64_OnEveryInstance_IsExact()
    {
        foreach (var instance in Sample)
        {
            var (network, exactNetwork) = (instance.Network, instance.Network.Exact());
            var exactPoint = Arrays.Exact(instance.Point);
            var rounded = network.Evaluate(instance.Point).Preactivations.SelectMany(layer => layer);
            rounded.Select(Rational.Of).Should().Equal(exactNetwork.Evaluate(exactPoint).Preactivations.SelectMany(layer => layer));
            Arrays.Map(network.DerivativesAlongAxes(instance.Point), Rational.Of).Cast<Rational>()
                .Should().Equal(exactNetwork.DerivativesAlongAxes(exactPoint).Cast<Rational>());
        }
    }

    private static bool IsOffTheKinks(NetworkAtPoint instance) =>
        LinearRegions.IsOffTheKinks(instance.Network.Exact(), Arrays.Exact(instance.Point));

    private static double[] LastRow(double[,] weight) => Arrays.Row(weight, weight.GetLength(0) - 1);

    private static double[][] Hidden(NetworkAtPoint instance) => [.. instance.Network.Evaluate(instance.Point).Preactivations.SkipLast(1)];
}
