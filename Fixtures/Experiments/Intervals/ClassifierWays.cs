using MathNet.Numerics.Distributions;
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

    /// <summary>
    /// Ways from ten training points of each label c to another one of c, to one of the label c + 2, and in a random direction as far as to the
    /// first: on t in [0, 1] the range of output c, and whether the class is c everywhere.
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
        var normal = tensor(Enumerable.Range(0, (int)start.numel()).Select(_ => Normal.Sample(generator, 0, 1)).ToArray(), [.. start.shape]);
        var anywhere = normal / normal.square().sum(dim: 1, keepdim: true).sqrt() * toInside.square().sum(dim: 1, keepdim: true).sqrt();
        return new
        {
            inside = Summary(StretchesOnLines.Of(network, start, toInside, 0, 1, labels), labels),
            across = Summary(StretchesOnLines.Of(network, start, points.At(across) - start, 0, 1, labels), labels),
            anywhere = Summary(StretchesOnLines.Of(network, start, anywhere, 0, 1, labels), labels),
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
        byte[] labels = [.. Enumerable.Range(0, points.Classes).Select(label => (byte)label)];
        var axes = labels.Select(label => new PrincipalAxes(Rows(points, label))).ToList();

        object Along(Func<int, Vector<double>> unit)
        {
            var directions = labels.Select(label => 2 * Math.Sqrt(axes[label].Variance(0)) * unit(label));
            return Summary(StretchesOnLines.Of(network, Matrix(axes.Select(one => one.Mean)), Matrix(directions), 1, 1, labels), labels);
        }

        return new
        {
            principal = Along(label => axes[label].Axis(0)),
            perpendicular = Along(label =>
            {
                var (axis, way) = (axes[label].Axis(0), axes[(label + ToOther) % labels.Length].Mean - axes[label].Mean);
                return (way - (axis * way * axis)).Normalize(2);
            }),
            minor = Along(label => axes[label].Axis(Minor)),
        };
    }

    private static Matrix<double> Rows(LabelledPoints points, byte label)
    {
        var rows = points.At(Enumerable.Range(0, points.Labels.Length).Where(i => points.Labels[i] == label));
        return Matrix<double>.Build.Dense((int)rows.size(1), (int)rows.size(0), rows.data<double>().ToArray()).Transpose();
    }

    private static Tensor Matrix(IEnumerable<Vector<double>> rows)
    {
        var all = rows.ToList();
        return tensor(all.SelectMany(row => row).ToArray(), [all.Count, all[0].Count]);
    }

    // The share of lines that keep their label all the way, and the mean range.
    private static object Summary(StretchesOnLines lines, IReadOnlyList<byte> labels)
    {
        var kept = labels.Select((label, i) => lines.Classes[i] == label && lines.IsKept(i)).Count(one => one);
        return new { kept = kept / (double)labels.Count, range = lines.Ranges.Average() };
    }
}
