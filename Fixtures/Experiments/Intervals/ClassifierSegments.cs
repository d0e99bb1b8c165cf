using MathNet.Numerics.LinearAlgebra;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Intervals;

/// <summary>The output of a class on segments between samples and along principal components (intervals paper, Figs. 1 to 3).</summary>
internal static class ClassifierSegments
{
    private const int PerLabel = 10;

    // The other class of class 9 in Figs. 1 and 2 is 1.
    private const int ToOther = 2;

    // Of the 99 components of 100 points.
    private const int Minor = 89;

    // Figs. 1 to 3 draw all outputs on one line, of class 9 or 1: here on the first of each, at so many places.
    private const int Drawn = 41;
    private static readonly byte[] DrawnLabels = [1, 9];

    /// <summary>
    /// Segments, t from 0 to 1, from ten training points of each label c: to another one of c, to one of the label c + 2, and in a random
    /// direction as far as the first. Of each kind the range of output c, and whether the class is c everywhere.
    /// </summary>
    internal static ClassSegments Between(LayeredNetwork network, LabelledPoints points, Seed seed)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var generator = seed.Generator();
        var (start, inside, across, labels) = Draw(points, generator);
        var toInside = inside - start;
        return new ClassSegments(
            Inside: Along(network, start, toInside, 0, labels),
            Across: Along(network, start, across - start, 0, labels),
            Anywhere: Along(network, start, RandomDirections(toInside, generator), 0, labels));
    }

    /// <summary>
    /// Intervals from such points to another one of their label and to one of another label, and along the sum in place of the difference.
    /// </summary>
    internal static DirectionIntervals Directions(LayeredNetwork network, LabelledPoints points, Seed seed)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var (start, inside, across, labels) = Draw(points, seed.Generator());
        var toInside = inside - start;
        var sum = (start + inside) / Lengths(start + inside) * Lengths(toInside);
        double Interval(Tensor directions) => IntervalsOnLines.Of(network, start, directions, 1, 2).Intervals.Average();
        double Range(Tensor directions) => IntervalsOnLines.Of(network, start, directions, 0, 1, labels).Ranges.Average();
        return new DirectionIntervals(Interval(toInside), Interval(across - start), Interval(sum), Range(toInside), Range(sum));
    }

    /// <summary>Normal directions, each as long as a given one.</summary>
    internal static Tensor RandomDirections(Tensor directions, Random generator)
    {
        double[] drawn = [.. Enumerable.Range(0, (int)directions.numel()).Select(_ => StandardNormal.Next(generator))];
        var normal = tensor(drawn, [.. directions.shape], device: CPU);
        return normal / Lengths(normal) * Lengths(directions);
    }

    /// <summary>
    /// Lines through the mean of each label, two deviations of the first component to both sides: along that component, along the direction
    /// to the mean of the label c + 2 less its part in that component, and along the 90th component.
    /// </summary>
    internal static ClassComponents AlongComponents(LayeredNetwork network, LabelledPoints points)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        List<byte> labels = [.. Enumerable.Range(0, points.Classes).Select(label => (byte)label)];
        var axes = labels.Select(label => new PrincipalAxes(Rows(points, label))).ToList();
        return new ClassComponents(
            Principal: Through(label => axes[label].Axis(0)),
            Perpendicular: Through(label =>
            {
                var (axis, toOther) = (axes[label].Axis(0), axes[(label + ToOther) % labels.Count].Mean - axes[label].Mean);
                return (toOther - (axis * toOther * axis)).Normalize(2);
            }),
            Minor: Through(label => axes[label].Axis(Minor)));

        LinesOfLabels Through(Func<int, Vector<double>> unit)
        {
            var directions = labels.Select(label => 2 * Math.Sqrt(axes[label].Variance(0)) * unit(label));
            return Along(network, Matrix(axes.Select(one => one.Mean)), Matrix(directions), 1, labels);
        }
    }

    // Ten points of each label c, for each another one of c and one of the label c + 2.
    private static (Tensor From, Tensor Inside, Tensor Across, List<byte> Labels) Draw(LabelledPoints points, Random generator)
    {
        var (from, inside, across, labels) = (new List<int>(), new List<int>(), new List<int>(), new List<byte>());
        for (var label = 0; label < points.Classes; label++)
        {
            var own = points.Of(label);
            var others = points.Of((label + ToOther) % points.Classes);
            generator.Shuffle(own);
            for (var i = 0; i < PerLabel; i++)
            {
                from.Add(own[i]);
                inside.Add(own[own.Length - 1 - i]);
                across.Add(others[generator.Next(others.Length)]);
                labels.Add((byte)label);
            }
        }

        return (points.At(from), points.At(inside), points.At(across), labels);
    }

    private static Tensor Lengths(Tensor rows) => rows.square().sum(dim: 1, keepdim: true).sqrt();

    private static Matrix<double> Rows(LabelledPoints points, byte label)
    {
        var rows = points.At(points.Of(label));
        var entries = rows.cpu().data<double>().ToArray();
        return Matrix<double>.Build.Dense((int)rows.size(1), (int)rows.size(0), entries).Transpose();
    }

    private static Tensor Matrix(IEnumerable<Vector<double>> rows)
    {
        var all = rows.ToList();
        return tensor(all.SelectMany(row => row).ToArray(), [all.Count, all[0].Count], device: CPU);
    }

    // Lines from t = −backward to 1, each with its label.
    private static LinesOfLabels Along(LayeredNetwork network, Tensor starts, Tensor directions, double backward, List<byte> labels)
    {
        var lines = IntervalsOnLines.Of(network, starts, directions, backward, 1, labels);
        var kept = labels.Where((label, i) => lines.Classes[i] == label && lines.IsKept(i)).Count();
        var places = Enumerable.Range(0, Drawn).Select(i => ((backward + 1) * i / (Drawn - 1)) - backward).ToArray();
        var times = tensor(places, device: CPU).unsqueeze(-1);
        return new LinesOfLabels(
            kept / (double)labels.Count,
            lines.Ranges.Average(),
            DrawnLabels.Select(label => labels.IndexOf(label)).Where(line => line >= 0).ToDictionary(
                line => (int)labels[line],
                line => Columns(network.Forward(starts.select(0, line) + (times * directions.select(0, line))))));
    }

    // A row for each output, along the line; the digits that a plot shows.
    private static double[][] Columns(Tensor outputs)
    {
        var values = outputs.mT.contiguous().cpu().data<double>().ToArray();
        return [.. values.Select(value => Math.Round(value, 3)).Chunk(Drawn)];
    }
}
