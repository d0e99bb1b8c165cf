using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Lines;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Lines;

/// <summary>
/// What counts as zero on a line: a sum no larger than <see cref="LineDecomposition.Rounding"/> times its terms' magnitudes. On lines that
/// are cut together, and on lines that are swept one by one.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class LineRoundingTests
{
    private const double Rounding = LineDecomposition.Rounding;

    // 2.8e-17 in exact arithmetic, from terms of 0.1 to 0.3.
    private static readonly double[] Cancelling = [0.1, 0.2, -0.3];

    /// <summary>
    /// At the requested positions the bounds are those of the sums, |W|h + |b|. Between them they are at least that, and at most the larger
    /// of the sums on both sides and the columns of the units that switch, times their change.
    /// </summary>
    [Fact]
    public void Roundings_OfOutputs_AreThoseOfTheSumsOfMagnitudes()
    {
        foreach (var (network, found, point) in OfThreeLines(null))
        {
            var (t, line) = (found.Positions[point], found.Lines[point]);
            for (var output = 0; output < 2; output++)
            {
                var rounding = found.Roundings[(point * 2) + output];
                if (Requested.Contains(t))
                {
                    rounding.Should().BeApproximately(Rounding * Sum(network, line, t, output), 1e-12 * rounding);
                    continue;
                }

                var (from, to) = (Requested.Last(one => one < t), Requested.First(one => one > t));
                var before = network.Evaluate(At(line, from)).Preactivations[0];
                var after = network.Evaluate(At(line, to)).Preactivations[0];
                var columns = before.Index().Where(unit => unit.Item * after[unit.Index] < 0)
                    .Sum(unit => Math.Abs(after[unit.Index] - unit.Item) * Math.Abs(network.Weights[1][output, unit.Index]));
                var largest = Math.Max(Sum(network, line, from, output), Sum(network, line, to, output)) + columns;
                rounding.Should().BeApproximately(Rounding * largest, 1e-12 * rounding);
                rounding.Should().BeGreaterThanOrEqualTo(Rounding * Sum(network, line, t, output));
            }
        }
    }

    /// <summary>A swept line has one bound for each output: that of the largest activations on it.</summary>
    [Fact]
    public void Roundings_OfSweptOutputs_AreThoseOfTheLargestActivations()
    {
        foreach (var (network, found, point) in OfThreeLines(EngineLines.Swept))
        {
            for (var output = 0; output < 2; output++)
            {
                var line = found.Lines[point];
                var largest = Requested.Select(t => network.Evaluate(At(line, t)).Preactivations[0]).ToList();
                var sum = Enumerable.Range(0, 3).Sum(unit =>
                    Math.Abs(network.Weights[1][output, unit]) * Math.Max(0, largest.Max(units => units[unit])));
                var expected = Rounding * (sum + Math.Abs(network.Biases[1][output]));
                found.Roundings[(point * 2) + output].Should().BeApproximately(expected, 1e-12 * expected);
            }
        }
    }

    /// <summary>
    /// Of a single layer too, in multiples of the rounding: |W||x| + |b| + |t||W||d| for x + td. A single output has none, since nothing is
    /// compared with it.
    /// </summary>
    [Fact]
    public void Roundings_OfASingleLayer_AreThoseOfStartAndDirection()
    {
        using var scope = NewDisposeScope();
        using var layers = LineDecompositionTests.Layers(new SmallNetwork([new double[,] { { 1, 2 }, { 3, -4 } }], [[5, -7]]));
        using var lines = new LineDecomposition(layers);
        var (starts, directions) = (tensor(new double[,] { { 1, -1 }, { 0, 2 } }), tensor(new double[,] { { 2, 1 }, { -1, 1 } }));
        var pieces = lines.Of(starts, directions, -3, 0, 1).Single();
        double[] expected = [8 + (3 * 4), 14 + (3 * 10), 8, 14, 8 + 4, 14 + 10, 9 + (3 * 3), 15 + (3 * 7), 9, 15, 9 + 3, 15 + 7];
        pieces.Roundings.Zip(expected, (found, sum) => found / (Rounding * sum) - 1).Should().OnlyContain(error => Math.Abs(error) < 1e-12);
        pieces.Roundings.Should().HaveCount(expected.Length);

        using var one = LineDecompositionTests.Layers(SmallNetwork.WithoutBiases(new double[,] { { 1, 1 } }, new double[,] { { 1 } }));
        using var ofOne = new LineDecomposition(one);
        ofOne.Of(zeros([1, 2], float64), ones([1, 2], float64), 0, 1).Single().Roundings.Should().BeEmpty();
    }

    /// <summary>A unit of the first layer whose terms cancel.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(EngineLines.Swept)]
    public void UnitsOfTheFirstLayer_WhoseTermsCancel_AreOff(long? elements)
    {
        using var layers = LineDecompositionTests.Layers(SmallNetwork.WithoutBiases(Rows(Cancelling), new double[,] { { 1e6 } }));
        var line = EngineLines.Of(layers, [[1, 1, 1]], [[1, 1, 1]], [0, 1], 0, 1, elements).Lines[0];
        line.Should().HaveCount(2).And.OnlyContain(node => node.Outputs[0] == 0);
        line[0].Jacobian.Should().Equal(0, 0, 0);
    }

    /// <summary>A unit and its negative, whose terms cancel to less than their rounding, are off on short and on long lines.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(EngineLines.Swept)]
    public void Units_WhoseTermsCancel_AreOff(long? elements)
    {
        var network = SmallNetwork.WithoutBiases(
            new double[,] { { 1 }, { 1 }, { 1 } }, Rows(Cancelling, [.. Cancelling.Select(one => -one)]), new double[,] { { 1e6, 1e6 } });
        using var layers = LineDecompositionTests.Layers(network);
        double[][] starts = [[1e-3], [1e3], [1]];
        var found = EngineLines.Of(layers, starts, starts, [0, 1], 0, 1, elements);
        foreach (var line in found.Lines)
        {
            line.Should().HaveCount(2).And.OnlyContain(node => node.Outputs[0] == 0 && node.Switches.Length == 0);
            line[0].Jacobian.Should().Equal(0);
        }
    }

    /// <summary>
    /// The same after a layer whose activations are large between the ends of the line only, or steep in its second half only: the bounds
    /// grow with them.
    /// </summary>
    [Theory]
    [InlineData(null, 2, -4, 0)]
    [InlineData(EngineLines.Swept, 2, -4, 0)]
    [InlineData(null, 1e-4, 1e4, 0)]
    [InlineData(EngineLines.Swept, 1e-4, 1e4, 0)]
    [InlineData(null, 2, -4, 8)]
    [InlineData(EngineLines.Swept, 2, -4, 8)]
    [InlineData(null, 1e-4, 1e4, 8)]
    [InlineData(EngineLines.Swept, 1e-4, 1e4, 8)]
    public void Units_WhoseTermsCancelInsideTheLine_AreOff(long? elements, double first, double second, int others)
    {
        // Among others that they do not read, as many as a register holds and more.
        double[] cancelling = [.. new double[others], .. Cancelling];
        var network = new SmallNetwork(
            [
                new double[,] { { 1 }, { 1 } },
                Arrays.Build(cancelling.Length, 2, (_, column) => column == 0 ? first : second),
                Rows(cancelling, [.. cancelling.Select(one => -one)]),
                new double[,] { { 1e6, 1e6 } },
            ],
            [[0, -0.5], new double[cancelling.Length], [0, 0], [0]]);
        using var layers = LineDecompositionTests.Layers(network);
        var line = EngineLines.Of(layers, [[0]], [[1]], [0, 1], 0, 1, elements).Lines[0];
        line.Should().OnlyContain(node => node.Outputs[0] == 0 && node.Switches.All(one => one.Layer < 2));
        line.SkipLast(1).Should().OnlyContain(node => node.Jacobian![0] == 0);
        line.Should().Contain(node => node.Position == 0.5);
    }

    /// <summary>A swept line's bounds count what is large between its requested positions only.</summary>
    [Fact]
    public void Roundings_OfSweptOutputs_CountPeaksInsideTheLine()
    {
        var network = new SmallNetwork(
            [new double[,] { { 1 }, { 1 } }, new double[,] { { 2, -4 } }, new double[,] { { 3 }, { -5 } }], [[0, -0.5], [0], [0, 0]]);
        using var layers = LineDecompositionTests.Layers(network);
        using var decomposition = new LineDecomposition(layers, EngineLines.Swept);
        using var scope = NewDisposeScope();
        foreach (var pieces in decomposition.Of(zeros([1, 1], float64), ones([1, 1], float64), 0, 1))
        {
            // The peak of 1 at ½; a bound that was exceeded is set to twice the new value.
            for (var row = 0; row < pieces.Rows; row++)
            {
                pieces.Roundings[row * 2].Should().BeInRange(3 * Rounding, 6 * Rounding);
                pieces.Roundings[(row * 2) + 1].Should().BeInRange(5 * Rounding, 10 * Rounding);
            }
        }
    }

    /// <summary>A small value on a long line: smaller than the rounding at its end, larger than its own.</summary>
    [Fact]
    public void Values_ThatAreSmallWhereTheLineBegins_Remain()
    {
        using var layers = LineDecompositionTests.Layers(
            SmallNetwork.WithoutBiases(new double[,] { { 1 } }, new double[,] { { 1 } }, new double[,] { { 1 } }));
        var line = EngineLines.Of(layers, [[1e-14]], [[1000]], [0, 1], 0, 1).Lines[0];
        line[0].Outputs.Should().Equal(1e-14);
    }

    private static readonly double[] Requested = [0, 1, 3];

    private static double[] At(long line, double t) => line switch
    {
        0 => [t],
        1 => [8 * t],
        _ => [0.25 + (0.5 * t)],
    };

    // Units that switch at x = 1, 2 and 1.75; two outputs.
    private static IEnumerable<(SmallNetwork Network, LinePieces Found, int Row)> OfThreeLines(long? elements)
    {
        var network = new SmallNetwork(
            [new double[,] { { 1 }, { -1 }, { 2 } }, new double[,] { { 1, -2, 3 }, { -1, 1, 2 } }], [[-1, 2, -3.5], [5, -7]]);
        using var layers = LineDecompositionTests.Layers(network);
        using var decomposition = new LineDecomposition(layers, elements);
        double[][] starts = [.. Enumerable.Range(0, 3).Select(line => At(line, 0))];
        double[][] directions = [.. starts.Select((start, line) => new[] { At(line, 1)[0] - start[0] })];
        foreach (var pieces in decomposition.Of(EngineLines.Matrix(starts), EngineLines.Matrix(directions), Requested))
        {
            pieces.Rows.Should().BeGreaterThanOrEqualTo(3);
            for (var row = 0; row < pieces.Rows; row++)
            {
                yield return (network, pieces, row);
            }
        }
    }

    private static double Sum(SmallNetwork network, long line, double t, int output) =>
        network.Evaluate(At(line, t)).Preactivations[0].Index()
            .Sum(unit => Math.Abs(network.Weights[1][output, unit.Index]) * Math.Max(0, unit.Item)) + Math.Abs(network.Biases[1][output]);

    private static double[,] Rows(params double[][] rows)
    {
        var matrix = new double[rows.Length, rows[0].Length];
        foreach (var (i, row) in rows.Index())
        {
            for (var k = 0; k < row.Length; k++)
            {
                matrix[i, k] = row[k];
            }
        }

        return matrix;
    }
}
