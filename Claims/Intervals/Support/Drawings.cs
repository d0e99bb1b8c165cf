using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Intervals.Support;

/// <summary>The figures of the intervals paper, drawn from our networks. The paper prints no numbers with them.</summary>
internal static class Drawings
{
    private const int Bins = 30;
    private const int MostNetworks = 4;
    private const double PairRange = 3;
    private const double MidLineRange = 5;
    private const string Others = "the other outputs";
    private static readonly (string Label, double From, double To) Step = ("t, from the sample at 0 to the end of the way at 1", 0, 1);
    private static readonly (string Label, double From, double To) Deviations = ("deviations of the first component from the mean of the label's images", -2, 2);
    private static readonly bool[] Kinds = [false, true];

    /// <summary>Fig. 1: from a sample to another of its class, to one of another class, and in a random direction.</summary>
    internal static void Figure1(IReadOnlyList<ClassifierResult> networks)
    {
        Way[] ways = [new("ways", "inside", "9 to another 9"), new("ways", "across", "9 to a 1"), new("ways", "anywhere", "9 in a random direction")];
        Outputs("I, Figure 1", "Outputs between samples", networks, Step, ways);
        Ranges("I, Figure 1", networks, [ways[0] with { Name = "to the same class" }, ways[1] with { Name = "to another class" }, ways[2] with { Name = "random direction" }]);
    }

    /// <summary>Fig. 2: along principal components of a class.</summary>
    internal static void Figure2(IReadOnlyList<ClassifierResult> networks)
    {
        Way[] ways = [new("components", "principal", "first component"), new("components", "perpendicular", "perpendicular, to the mean of 1"), new("components", "minor", "90th component")];
        Outputs("I, Figure 2", "Outputs along components of class 9", networks, Deviations, ways);
        Ranges("I, Figure 2", networks, [ways[0], ways[1] with { Name = "perpendicular, to another class" }, ways[2] with { Name = "minor component" }]);
    }

    /// <summary>Fig. 3: the same with random labels; ranges beside those of real ones.</summary>
    internal static void Figure3(IReadOnlyList<ClassifierResult> networks)
    {
        var random = networks.Where(one => one.IsRandom).ToList();
        Way inside = new("ways", "inside", "between two of random label 9"), along = new("components", "principal", "first component of random label 9");
        Outputs("I, Figure 3", "Outputs between samples of a random label", random, Step, inside, inside with { Label = 1, Name = "between two of random label 1" });
        Outputs("I, Figure 3", "Outputs along the first component of a random label", random, Deviations, along);
        Ranges("I, Figure 3", networks, [inside with { Name = "to the same label" }, along with { Name = "first component" }]);
    }

    /// <summary>Fig. 4: between samples of a label, by resolution.</summary>
    internal static void Figure4(IReadOnlyList<ClassifierResult> networks) =>
        Densities("I, Figure 4", "Pairwise intervals on MNIST, label 5, three resolutions", networks, Resolution, one => one.PairIntervals, PairRange);

    /// <summary>Fig. 5: along mid-lines, by resolution.</summary>
    internal static void Figure5(IReadOnlyList<ClassifierResult> networks) =>
        Densities("I, Figure 5", "Intervals along mid-lines on MNIST, label 5, three resolutions", networks, Resolution, one => one.MidLineIntervals, MidLineRange);

    /// <summary>Fig. 6: between samples of a label, by depth.</summary>
    internal static void Figure6(IEnumerable<ClassifierResult> networks) =>
        Densities("I, Figure 6", "Pairwise intervals on MNIST, label 5, by depth", [.. networks.OrderBy(one => one.Layers)], one => ClassifierResult.Depth(one.Layers), one => one.PairIntervals, PairRange);

    /// <summary>Fig. 7: between samples of a label on CIFAR-10.</summary>
    internal static void Figure7(IReadOnlyList<ClassifierResult> networks) =>
        Densities("I, Figure 7", "Pairwise intervals on CIFAR-10, label 5", networks, one => $"{one.PerClass} images a class", one => one.PairIntervals, PairRange);

    /// <summary>Fig. 8: between samples of a label on two moons.</summary>
    internal static void Figure8(IReadOnlyList<ClassifierResult> networks) =>
        Densities("I, Figure 8", "Pairwise intervals on two moons, label 0", networks, _ => "", one => one.PairIntervals, PairRange);

    /// <summary>Fig. 9: the mean interval against training and validation accuracy, and all three during training.</summary>
    internal static void Figure9(IReadOnlyList<ClassifierResult> networks)
    {
        if (networks.Count == 0)
        {
            return;
        }

        var all = networks.Select((one, i) => (Name: $"network {i + 1}", Epochs: one.Series("during", "epochs"), Interval: one.Series("during", "interval"), Training: one.Series("during", "trainingAccuracy"), Validation: one.Series("during", "validationAccuracy"))).ToList();
        var drawn = all.Take(MostNetworks).ToList();
        var (validation, training) = (all.Average(one => Correlation.Pearson(one.Interval, one.Validation)), all.Average(one => Correlation.Pearson(one.Interval, one.Training)));
        var which = drawn.Count < all.Count ? $" Drawn are the first {drawn.Count}." : "";
        Evidence.Draw(new(
            "I, Figure 9",
            "Mean interval and accuracy",
            $"Over the epochs of a training the mean interval correlates with the validation accuracy by {validation:F2} and with the training accuracy by {training:F2}, on average over {all.Count} networks on MNIST's real labels.{which}",
            new("accuracy (share of the images)"),
            new("mean interval / direction's length"),
            FigureMark.Points,
            [
                .. drawn.Select(one => new Curve(one.Name, one.Validation, one.Interval) { Panel = "validation accuracy" }),
                .. drawn.Select(one => new Curve(one.Name, one.Training, one.Interval) { Panel = "training accuracy" }),
            ]));
        Evidence.Draw(new(
            "I, Figure 9",
            "Mean interval and accuracy during training",
            $"At the end the mean interval is {all.Average(one => one.Interval[^1]):F2} of {PairRange}, the validation accuracy {all.Average(one => one.Validation[^1]):P1}, the training accuracy {all.Average(one => one.Training[^1]):P1}.{which}",
            new("epoch"),
            new("share"),
            FigureMark.Line,
            [
                .. from one in drawn
                   from curve in new[] { ($"mean interval / {PairRange}", one.Interval.Select(value => value / PairRange).ToArray()), ("validation accuracy", one.Validation), ("training accuracy", one.Training) }
                   select new Curve(curve.Item1, one.Epochs, curve.Item2) { Panel = one.Name },
            ]));
    }

    // What one line of a kind is about; its label is that of the paper's figures.
    private sealed record Way(string Group, string Kind, string Name)
    {
        internal int Label { get; init; } = 9;
    }

    // All outputs of the first network on one line of each kind, as the paper draws them: the label's own, that of the class that a way leads to, the others.
    private static void Outputs(string place, string title, IReadOnlyList<ClassifierResult> networks, (string Label, double From, double To) along, params Way[] ways)
    {
        if (networks.Count == 0)
        {
            return;
        }

        var curves = new List<Curve>();
        var said = new List<string>();
        foreach (var way in ways)
        {
            var outputs = networks[0].Outputs(way.Group, way.Kind, way.Label);
            var last = outputs[0].Length - 1;
            double[] places = [.. Enumerable.Range(0, last + 1).Select(i => along.From + ((along.To - along.From) * i / last))];
            curves.AddRange(outputs.Select((output, label) => new Curve($"output {label}", places, output) { Panel = way.Name, Group = Kind(label), StandsOut = label == way.Label }).OrderBy(curve => curve.Group == Others));
            var own = outputs[way.Label];
            var largest = Enumerable.Range(0, last + 1).Count(i => outputs.All(output => output[i] <= own[i])) / (double)(last + 1);
            said.Add($"{way.Name}: output {way.Label} lies between {own.Min():F1} and {own.Max():F1} and is the largest at {largest:P0} of the places drawn");

            string Kind(int label) => label == way.Label ? "the label's own output" : way.Kind is "across" or "perpendicular" && label == 1 ? "output 1, of the class that the way leads to" : Others;
        }

        Evidence.Draw(new(
            place,
            title,
            $"{string.Join("; ", said)}. Outputs before the softmax, of one network, the first of {networks.Count}{(ways[0].Group == "ways" ? ", on the first way of each kind that the seed drew" : "")}.",
            new(along.Label),
            new("output") { IsShared = true },
            FigureMark.Line,
            curves));
    }

    // On each kind of way the mean range of the class's output, and the share of ways that keep the class.
    private static void Ranges(string place, IReadOnlyList<ClassifierResult> networks, IReadOnlyList<Way> ways)
    {
        if (networks.Count == 0)
        {
            return;
        }

        Bars("range", "How far the output of the class moves", "range of the class's output on the way");
        Bars("kept", "How many ways keep the class", "share of ways that keep the class");

        void Bars(string number, string title, string label)
        {
            List<Curve> curves =
            [
                .. from random in Kinds
                   let own = networks.Where(one => one.IsRandom == random).ToList()
                   where own.Count > 0
                   select Mean(Labels(random), [.. ways.Select((_, i) => (double)i)], [.. own.Select(one => ways.Select(way => one.Of(way.Group, way.Kind, number)).ToArray())]),
            ];
            Evidence.Draw(new(
                place,
                title,
                $"{string.Join("; ", curves.Select(curve => $"{curve.Name}: {string.Join(", ", ways.Select((way, i) => $"{way.Name} {curve.Y[i]:G3}"))}"))}. Bars are means; networks: {string.Join(" and ", curves.Select(curve => $"{networks.Count(one => Labels(one.IsRandom) == curve.Name)} with {curve.Name}"))}{Errors(curves)}.",
                new("way") { Categories = [.. ways.Select(way => way.Name)] },
                new(label),
                FigureMark.Bars,
                curves));
        }
    }

    // The density of intervals with real and with random labels, a panel a setting.
    private static void Densities(string place, string title, IReadOnlyList<ClassifierResult> networks, Func<ClassifierResult, string> panel, Func<ClassifierResult, double[]> intervals, double range)
    {
        double[] middles = [.. Enumerable.Range(0, Bins).Select(bin => (bin + 0.5) * range / Bins)];
        var groups = networks.GroupBy(one => (Panel: panel(one), one.IsRandom)).ToList();
        List<Curve> curves = [.. groups.Select(group => Mean(Labels(group.Key.IsRandom), middles, [.. group.Select(one => Density(intervals(one), range))]) with { Panel = group.Key.Panel })];
        if (curves.Count > 0)
        {
            Evidence.Draw(new(
                place,
                title,
                $"Mean intervals: {string.Join("; ", groups.Select(group => $"{(group.Key.Panel.Length > 0 ? $"{group.Key.Panel}, " : "")}{Labels(group.Key.IsRandom)} {group.Average(one => intervals(one).Average()):F2}"))}. Shares of lines in thirtieths of the range of {range:G}, as densities; the last one holds the lines that keep their class as far as was looked. A curve is the mean over {groups.Min(group => group.Count())} networks or more{Errors(curves)}.",
                new("interval / length of the direction"),
                new("density"),
                FigureMark.Line,
                curves));
        }
    }

    private static double[] Density(double[] intervals, double range) =>
        [.. Enumerable.Range(0, Bins).Select(bin => intervals.Count(one => Math.Clamp((int)(one / range * Bins), 0, Bins - 1) == bin) * Bins / (range * intervals.Length))];

    // The mean of rows, with its standard error where there are two or more.
    private static Curve Mean(string name, double[] x, IReadOnlyList<double[]> rows) => new(name, x, [.. x.Select((_, i) => rows.Average(row => row[i]))])
    {
        Error = rows.Count > 1 ? [.. x.Select((_, i) => rows.Select(row => row[i]).StandardDeviation() / Math.Sqrt(rows.Count))] : null,
    };

    // Said only where they are drawn.
    private static string Errors(IReadOnlyList<Curve> curves) => curves.Any(curve => curve.Error is not null) ? "; upright lines are standard errors" : "";

    private static string Resolution(ClassifierResult network) => $"{network.Side} × {network.Side}";

    private static string Labels(bool random) => random ? "random labels" : "real labels";
}
