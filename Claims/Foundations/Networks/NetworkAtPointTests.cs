using FsCheck;
using FsCheck.Fluent;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Foundations.Networks;

/// <summary>
/// A property over random networks is worth no more than the corner cases that they reach. 3000 instances from a fixed seed.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class NetworkAtPointTests
{
    private static readonly NetworkAtPoint[] Sample =
        [.. Gen.Sample(NetworkAtPoint.Arbitrary.Generator, 3000, new Rnd(1, 1), 30)];

    private static readonly Dictionary<string, Func<NetworkAtPoint, bool>> Tests = new()
    {
        ["one layer"] = instance => instance.Network.Layers == 1,
        ["five layers or more"] = instance => instance.Network.Layers >= 5,
        ["one input"] = instance => instance.Network.Inputs == 1,
        ["one output"] = instance => instance.Network.Outputs == 1,
        ["a hidden layer of one unit"] = instance => instance.Network.Biases.SkipLast(1).Any(bias => bias.Length == 1),
        ["a dead hidden layer"] = instance => Hidden(instance).Any(layer => layer.All(value => value < 0)),
        ["no dead unit"] = instance => instance.Network.Layers > 1 && Hidden(instance).All(layer => layer.All(value => value > 0)),
        ["a row of zeros"] = instance => instance.Network.Weights.Any(weight => Rows(weight).Any(row => row.All(value => value == 0))),
        ["a repeated row"] = instance => instance.Network.Weights.Any(weight =>
            Rows(weight).Skip(1).Any(row => row.SequenceEqual(Rows(weight).First()) && row.Any(value => value != 0))),
        ["on a kink"] = instance => instance.Network.KinkMargin(instance.Point) == 0,
        ["on two kinks at once"] = instance => Hidden(instance).Sum(layer => layer.Count(value => value == 0)) >= 2,
        ["a tie in the argmax"] = instance => instance.Network.Evaluate(instance.Point).Output is { Length: > 1 } output
            && output.Count(value => value == output.Max()) > 1,
        ["at the origin"] = instance => instance.Point.All(value => value == 0),
        ["large weights"] = instance => instance.Network.Weights[0].Cast<double>().Any(value => Math.Abs(value) > 100),
        ["small weights"] = instance => instance.Network.Weights[0].Cast<double>().All(value => Math.Abs(value) < 0.01),
    };

    public static TheoryData<string> Corners => [.. Tests.Keys];

    [Theory]
    [MemberData(nameof(Corners))]
    public void Generator_EveryCorner_IsReachedByAtLeastOneInAHundred(string corner) =>
        Sample.Count(Tests[corner]).Should().BeGreaterThanOrEqualTo(Sample.Length / 100);

    [Fact]
    public void Shrinker_EveryStep_IsAValidNetworkThatIsNoLarger()
    {
        foreach (var instance in Sample.Take(200))
        {
            foreach (var smaller in NetworkAtPoint.Arbitrary.Shrinker(instance))
            {
                smaller.Network.Evaluate(smaller.Point).Output.Should().HaveCount(smaller.Network.Outputs);
                smaller.Network.Biases.Sum(bias => bias.Length)
                    .Should().BeLessThanOrEqualTo(instance.Network.Biases.Sum(bias => bias.Length));
            }
        }
    }

    private static IEnumerable<double[]> Hidden(NetworkAtPoint instance) =>
        instance.Network.Evaluate(instance.Point).Preactivations.SkipLast(1);

    private static IEnumerable<double[]> Rows(double[,] matrix) =>
        Enumerable.Range(0, matrix.GetLength(0)).Select(row => Arrays.Row(matrix, row));
}
