using MathNet.Numerics.LinearAlgebra;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Intervals;

/// <summary>The output of a class on ways between samples and along principal components (intervals paper, Figs. 1 to 3).</summary>
internal static class ClassifierWays
{
    private const int PerLabel = 10;

    // The other class of class 9 in Figs. 1 and 2 is 1.
    private const int ToOther = 2;

    // Of the 99 components of 100 points.
    private const int Minor = 89;

    // Figs. 1 to 3 draw all outputs on one way, of class 9 or 1: here on the first of each, so many times along it.
    private const int Drawn = 41;
    private static readonly byte[] DrawnLabels = [1, 9];

    /// <summary>
    /// Ways from ten training points of each label c to another one of c, to one of the label c + 2, and in a random direction as far as to the
    /// first: on t in [0, 1] the range of output c, whether the class is c everywhere, and all outputs on one way of label 1 and one of label 9.
    /// </summary>
    internal static object Between(LayeredNetwork network, LabelledPoints points, Seed seed)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var generator = seed.Generator();
        var byLabel = Enumerable.Range(0, points.Labels.Length).ToLookup(i => (int)points.Labels[i]);
        var (from, inside, across, labels) = (new List<int>(), new List<int>(), new List<int>(), new List<byte>());
        for (var label = 0; label < points.Classes; label++)
        {
            int[] own = [.. byLabel[label]];
            int[] others = [.. byLabel[(label + ToOther) % points.Classes]];
            generator.Shuffle(own);
            for (var i = 0; i < PerLabel; i++)
            {
                from.Add(own[i]);
                inside.Add(own[own.Length - 1 - i]);
                across.Add(others[generator.Next(others.Length)]);
                labels.Add((byte)label);
            }
        }

        var start = points.At(from);
        var toInside = points.At(inside) - start;
        var normal = tensor(Enumerable.Range(0, (int)start.numel()).Select(_ => StandardNormal.Next(generator)).ToArray(), [.. start.shape], device: CPU);
        var anywhere = normal / normal.square().sum(dim: 1, keepdim: true).sqrt() * toInside.square().sum(dim: 1, keepdim: true).sqrt();
        return new
        {
            inside = Summary(network, start, toInside, 0, labels),
            across = Summary(network, start, points.At(across) - start, 0, labels),
            anywhere = Summary(network, start, anywhere, 0, labels),
        };
    }

    /// <summary>
    /// Lines through the mean of each label, two deviations of the first component to both sides: along that component, along the way to the mean
    /// of the label c + 2 less its part in that component, and along the 90th component.
    /// </summary>
    internal static object AlongComponents(LayeredNetwork network, LabelledPoints points)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        List<byte> labels = [.. Enumerable.Range(0, points.Classes).Select(label => (byte)label)];
        var axes = labels.Select(label => new PrincipalAxes(Rows(points, label))).ToList();

        object Along(Func<int, Vector<double>> unit)
        {
            var directions = labels.Select(label => 2 * Math.Sqrt(axes[label].Variance(0)) * unit(label));
            return Summary(network, Matrix(axes.Select(one => one.Mean)), Matrix(directions), 1, labels);
        }

        return new
        {
            principal = Along(label => axes[label].Axis(0)),
            perpendicular = Along(label =>
            {
                var (axis, way) = (axes[label].Axis(0), axes[(label + ToOther) % labels.Count].Mean - axes[label].Mean);
                return (way - (axis * way * axis)).Normalize(2);
            }),
            minor = Along(label => axes[label].Axis(Minor)),
        };
    }

    private static Matrix<double> Rows(LabelledPoints points, byte label)
    {
        var rows = points.At(Enumerable.Range(0, points.Labels.Length).Where(i => points.Labels[i] == label));
        return Matrix<double>.Build.Dense((int)rows.size(1), (int)rows.size(0), rows.cpu().data<double>().ToArray()).Transpose();
    }

    private static Tensor Matrix(IEnumerable<Vector<double>> rows)
    {
        var all = rows.ToList();
        return tensor(all.SelectMany(row => row).ToArray(), [all.Count, all[0].Count], device: CPU);
    }

    // Lines from t = −backward to 1: the share that keep their label all the way, the mean range, and all outputs on one line of some labels.
    private static object Summary(LayeredNetwork network, Tensor starts, Tensor directions, double backward, List<byte> labels)
    {
        var lines = StretchesOnLines.Of(network, starts, directions, backward, 1, labels);
        var kept = labels.Select((label, i) => lines.Classes[i] == label && lines.IsKept(i)).Count(one => one);
        var times = tensor(Enumerable.Range(0, Drawn).Select(i => ((backward + 1) * i / (Drawn - 1)) - backward).ToArray(), device: CPU).unsqueeze(-1);
        return new
        {
            kept = kept / (double)labels.Count,
            range = lines.Ranges.Average(),
            outputs = DrawnLabels.Select(label => labels.IndexOf(label)).Where(line => line >= 0).ToDictionary(
                line => $"{labels[line]}",
                line => Columns(network.Forward(starts.select(0, line) + (times * directions.select(0, line))))),
        };
    }

    // A row for each output, along the line; the digits that a plot shows.
    private static double[][] Columns(Tensor outputs)
    {
        var values = outputs.mT.contiguous().cpu().data<double>().ToArray();
        return [.. values.Select(value => Math.Round(value, 3)).Chunk(Drawn)];
    }
}
