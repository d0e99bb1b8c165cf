using FsCheck;
using FsCheck.Fluent;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.LinearRegions;

namespace Reproduce.Claims.Slope.Support;

/// <summary>
/// ReLU(1 − ReLU(x) − ReLU(y)) with every weight and bias moved by up to 1/20. The second layer's unit is off wherever ReLU(x) or ReLU(y)
/// is well above 1: on <see cref="Path"/>, along which the first layer's units switch, but not half-way between its ends.
/// </summary>
internal static class PerturbedCorner
{
    /// <summary>(3/2, −1), (3/2, 3/2), (−1, 3/2).</summary>
    internal static readonly IReadOnlyList<Rational[]> Path = [[new(3, 2), -1], [new(3, 2), new(3, 2)], [-1, new(3, 2)]];

    internal static Arbitrary<ReluNetwork<Rational>> Networks { get; } =
        Arb.From(Gen.ArrayOf(Gen.Choose(-50, 50).Select(value => new Rational(value, 1000)), 11).Select(Of));

    /// <summary>f is constant around the path: a unit that is off at all breaks of a leg is off between them and nearby.</summary>
    internal static bool IsConstantAroundThePath(ReluNetwork<Rational> network) => Path.Zip(Path.Skip(1)).All(leg =>
        Breaks(network, leg.First, leg.Second).All(t =>
            network.Evaluate(Shared.Fractions.Along(leg.First, Arrays.Minus(leg.Second, leg.First), t)).Preactivations[1][0] < 0));

    private static ReluNetwork<Rational> Of(Rational[] moves) => new(
        [
            new[,] { { 1 + moves[0], moves[1] }, { moves[2], 1 + moves[3] } },
            new[,] { { moves[4] - 1, moves[5] - 1 } },
            new[,] { { 1 + moves[6] } },
        ],
        [[moves[7], moves[8]], [1 + moves[9]], [moves[10]]]);
}
