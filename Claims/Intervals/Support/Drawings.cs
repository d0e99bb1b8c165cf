using MathNet.Numerics.Statistics;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Intervals.Support;

/// <summary>The figures of the intervals paper, drawn from our networks. The paper prints no numbers with them.</summary>
internal static class Drawings
{
    private const int MostNetworks = 4;
    private const double PairRange = 3;
    private const double MidLineRange = 5;
    private const string Others = "the other outputs";

    // Every kind of line on which intervals are measured, as a share of the range of t; those from midpoints are the longer ones.
    private static readonly (string Name, Func<ClassifierNetwork, double> Share)[] Directions =
    [
        ("to another of the label", one => one.Directions!.ToOwn / PairRange),
        ("to one of another label", one => one.Directions!.ToOther / PairRange),
        ("along the sum of two", one => one.Directions!.AlongSum / PairRange),
        ("from a midpoint to another", one => one.MidLines.Intervals.Average() / MidLineRange),
        ("from a midpoint, random", one => one.MidLines.InRandomDirections.Average() / MidLineRange),
    ];

    private static readonly Axis Step = new("t, from the sample at 0 to the end of the segment at 1", 0, 1)
    {
        Which = ", on the first segment of each kind that the seed drew",
    };

    private static readonly Axis Deviations = new("deviations of the first component from the mean of the label's images", -2, 2);
    private static readonly Lines Inside = new("to the same class", one => one.Segments!.Inside);
    private static readonly Lines Across = new("to another class", one => one.Segments!.Across) { LeadsToOther = true };
    private static readonly Lines Anywhere = new("random direction", one => one.Segments!.Anywhere);
    private static readonly Lines Principal = new("first component", one => one.Components!.Principal);
    private static readonly Lines Perpendicular =
        new("perpendicular, to another class", one => one.Components!.Perpendicular) { LeadsToOther = true };
    private static readonly Lines Minor = new("minor component", one => one.Components!.Minor);

    /// <summary>Fig. 1: from a sample to another of its class, to one of another class, and in a random direction.</summary>
    internal static void Figure1(IReadOnlyList<ClassifierResult> networks)
    {
        Outputs(
            "I, Figure 1", "Outputs between samples", networks, Step,
            Inside with { Name = "9 to another 9" }, Across with { Name = "9 to a 1" }, Anywhere with { Name = "9 in a random direction" });
        Ranges("I, Figure 1", networks, Inside, Across, Anywhere);
    }

    /// <summary>Fig. 2: along principal components of a class.</summary>
    internal static void Figure2(IReadOnlyList<ClassifierResult> networks)
    {
        Outputs(
            "I, Figure 2", "Outputs along components of class 9", networks, Deviations,
            Principal, Perpendicular with { Name = "perpendicular, to the mean of 1" }, Minor with { Name = "90th component" });
        Ranges("I, Figure 2", networks, Principal, Perpendicular, Minor);
    }

    /// <summary>Fig. 3: the same with random labels; ranges beside those of real ones.</summary>
    internal static void Figure3(IReadOnlyList<ClassifierResult> networks)
    {
        var random = networks.Where(one => one.IsRandom).ToList();
        Outputs(
            "I, Figure 3", "Outputs between samples of a random label", random, Step,
            Inside with { Name = "between two of random label 9" }, Inside with { Name = "between two of random label 1", Label = 1 });
        Outputs(
            "I, Figure 3", "Outputs along the first component of a random label", random, Deviations,
            Principal with { Name = "first component of random label 9" });
        Ranges(
            "I, Figure 3", networks,
            Inside with { Name = "to the same label" }, Anywhere with { Name = "as far in a random direction" }, Principal);
    }

    /// <summary>Fig. 4: between samples of a label, by resolution.</summary>
    internal static void Figure4(IReadOnlyList<ClassifierResult> networks) =>
        Densities("I, Figure 4", "Pairwise intervals on MNIST, label 5, three resolutions", networks, Resolution, Pairs, PairRange);

    /// <summary>Fig. 5: along mid-lines, by resolution.</summary>
    internal static void Figure5(IReadOnlyList<ClassifierResult> networks) => Densities(
        "I, Figure 5", "Intervals along mid-lines on MNIST, label 5, three resolutions", networks, Resolution,
        one => one.Network.MidLines.Intervals, MidLineRange);

    /// <summary>Fig. 6: between samples of a label, by depth.</summary>
    internal static void Figure6(IEnumerable<ClassifierResult> networks) => Densities(
        "I, Figure 6", "Pairwise intervals on MNIST, label 5, by depth", [.. networks.OrderBy(one => one.Layers)],
        one => ClassifierResult.Depth(one.Layers), Pairs, PairRange);

    /// <summary>Fig. 7: between samples of a label on CIFAR-10.</summary>
    internal static void Figure7(IReadOnlyList<ClassifierResult> networks) => Densities(
        "I, Figure 7", "Pairwise intervals on CIFAR-10, label 5", networks,
        one => $"{one.Network.PerClass} images a class", Pairs, PairRange);

    /// <summary>Fig. 8: between samples of a label on two moons.</summary>
    internal static void Figure8(IReadOnlyList<ClassifierResult> networks) =>
        Densities("I, Figure 8", "Pairwise intervals on two moons, label 0", networks, _ => "", Pairs, PairRange);

    /// <summary>Sections 3.2 to 4.3: intervals of every kind, real beside random labels.</summary>
    internal static void EveryDirection(IReadOnlyList<ClassifierResult> networks) => Bars(
        "I, sections 3.2 to 4.3",
        "Intervals by where they lead",
        "mean interval / range of t",
        networks,
        [.. Directions.Select(kind => kind.Name)],
        one => [.. Directions.Select(kind => kind.Share(one))]);

    /// <summary>Fig. 9: the mean interval against training and validation accuracy, and all three during training.</summary>
    internal static void Figure9(IReadOnlyList<ClassifierResult> networks)
    {
        if (networks.Count == 0)
        {
            return;
        }

        var all = networks.Select((one, i) => (Name: $"network {i + 1}", During: one.Network.During!)).ToList();
        var drawn = all.Take(MostNetworks).ToList();
        var validation = all.Average(one => Correlation.Pearson(one.During.Interval, one.During.ValidationAccuracy));
        var training = all.Average(one => Correlation.Pearson(one.During.Interval, one.During.TrainingAccuracy));
        var which = drawn.Count < all.Count ? $" Drawn are the first {drawn.Count}." : "";
        Evidence.Draw(new(
            "I, Figure 9",
            "Mean interval and accuracy",
            $"Over the epochs of a training the mean interval correlates with the validation accuracy by {validation:F2} and with the "
                + $"training accuracy by {training:F2}, on average over {all.Count} networks on MNIST's real labels.{which}",
            new("accuracy (share of the images)"),
            new("mean interval / direction's length"),
            FigureMark.Points,
            [
                .. from one in drawn
                   select new Curve(one.Name, one.During.ValidationAccuracy, one.During.Interval) { Panel = "validation accuracy" },
                .. from one in drawn
                   select new Curve(one.Name, one.During.TrainingAccuracy, one.During.Interval) { Panel = "training accuracy" },
            ]));
        Evidence.Draw(new(
            "I, Figure 9",
            "Mean interval and accuracy during training",
            $"At the end the mean interval is {all.Average(one => one.During.Interval[^1]):F2} of {PairRange}, "
                + $"the validation accuracy {all.Average(one => one.During.ValidationAccuracy[^1]):P1}, "
                + $"the training accuracy {all.Average(one => one.During.TrainingAccuracy[^1]):P1}.{which}",
            new("epoch"),
            new("share"),
            FigureMark.Line,
            [.. drawn.SelectMany(one => AllThree(one.Name, one.During))]));

        static Curve[] AllThree(string panel, IntervalsDuringTraining during) =>
        [
            new($"mean interval / {PairRange}", during.Epochs, [.. during.Interval.Select(value => value / PairRange)]) { Panel = panel },
            new("validation accuracy", during.Epochs, during.ValidationAccuracy) { Panel = panel },
            new("training accuracy", during.Epochs, during.TrainingAccuracy) { Panel = panel },
        ];
    }

    // What t stands for on lines.
    private sealed record Axis(string Label, double From, double To)
    {
        internal string Which { get; init; } = "";
    }

    // One kind of line; its label is that of the paper's figures.
    private sealed record Lines(string Name, Func<ClassifierNetwork, LinesOfLabels> Of)
    {
        internal byte Label { get; init; } = 9;

        internal bool LeadsToOther { get; init; }
    }

    // All outputs of the first network on one line of each kind, as in the paper.
    private static void Outputs(string place, string title, IReadOnlyList<ClassifierResult> networks, Axis axis, params Lines[] kinds)
    {
        if (networks.Count == 0)
        {
            return;
        }

        var curves = new List<Curve>();
        var said = new List<string>();
        foreach (var kind in kinds)
        {
            var outputs = kind.Of(networks[0].Network).Outputs[kind.Label];
            var (own, count) = (outputs[kind.Label], outputs[0].Length);
            double[] places = [.. Enumerable.Range(0, count).Select(i => axis.From + ((axis.To - axis.From) * i / (count - 1)))];
            var drawn = outputs.Select((output, label) => new Curve($"output {label}", places, output)
            {
                Panel = kind.Name,
                Group = GroupOf(kind, label),
                StandsOut = label == kind.Label,
            });
            curves.AddRange(drawn.OrderBy(curve => curve.Group == Others));
            var largest = Enumerable.Range(0, count).Count(i => outputs.All(output => output[i] <= own[i])) / (double)count;
            said.Add(
                $"{kind.Name}: output {kind.Label} lies between {own.Min():F1} and {own.Max():F1} and is the largest at {largest:P0} "
                + "of the places drawn");
        }

        Evidence.Draw(new(
            place,
            title,
            $"{string.Join("; ", said)}. Outputs before the softmax, of one network, the first of {networks.Count}{axis.Which}.",
            new(axis.Label),
            new("output") { IsShared = true },
            FigureMark.Line,
            curves));
    }

    private static string GroupOf(Lines kind, int label) =>
        label == kind.Label ? "the label's own output"
        : kind.LeadsToOther && label == 1 ? "output 1, of the class that the line leads to"
        : Others;

    // On each kind of line the mean range of the class's output, and the share of lines that keep the class.
    private static void Ranges(string place, IReadOnlyList<ClassifierResult> networks, params Lines[] kinds)
    {
        string[] names = [.. kinds.Select(kind => kind.Name)];
        Bars(
            place, "How far the output of the class moves", "range of the class's output on the line", networks, names,
            one => [.. kinds.Select(kind => kind.Of(one).Range)]);
        Bars(
            place, "How many lines keep the class", "share of lines that keep the class", networks, names,
            one => [.. kinds.Select(kind => kind.Of(one).Kept)]);
    }

    // A bar a kind of line, of real and of random labels.
    private static void Bars(
        string place,
        string title,
        string label,
        IReadOnlyList<ClassifierResult> networks,
        string[] kinds,
        Func<ClassifierNetwork, double[]> numbers)
    {
        if (networks.Count == 0)
        {
            return;
        }

        List<Curve> curves =
        [
            .. from random in IntervalRun.Kinds
               let rows = networks.Where(one => one.IsRandom == random).Select(one => numbers(one.Network)).ToList()
               where rows.Count > 0
               select Mean(ClassifierResult.Labels(random), [.. kinds.Select((_, i) => (double)i)], rows),
        ];
        string Bar(Curve curve) => string.Join(", ", kinds.Select((kind, i) => $"{kind} {curve.Y[i]:G3}"));
        var bars = curves.Select(curve => $"{curve.Name}: {Bar(curve)}");
        var counts = curves.Select(curve =>
            $"{networks.Count(one => ClassifierResult.Labels(one.IsRandom) == curve.Name)} with {curve.Name}");
        Evidence.Draw(new(
            place,
            title,
            $"{string.Join("; ", bars)}. Bars are means; networks: {string.Join(" and ", counts)}{Errors(curves)}.",
            new("line") { Categories = kinds },
            new(label),
            FigureMark.Bars,
            curves));
    }

    // The density of intervals with real and with random labels, a panel a setting.
    private static void Densities(
        string place,
        string title,
        IReadOnlyList<ClassifierResult> networks,
        Func<ClassifierResult, string> panel,
        Func<ClassifierResult, double[]> intervals,
        double range)
    {
        if (networks.Count == 0)
        {
            return;
        }

        var groups = networks.GroupBy(one => (Panel: panel(one), one.IsRandom)).ToList();
        List<Curve> curves = [.. from one in groups select DensityOf(one) with { Panel = one.Key.Panel }];
        var means = groups.Select(group =>
            $"{(group.Key.Panel.Length > 0 ? $"{group.Key.Panel}, " : "")}{ClassifierResult.Labels(group.Key.IsRandom)} "
            + $"{group.Average(one => intervals(one).Average()):F2}");
        Evidence.Draw(new(
            place,
            title,
            $"Mean intervals: {string.Join("; ", means)}. Shares of lines in thirtieths of the range of {range:G}, as densities; "
                + "the last one holds the lines that keep their class as far as was looked. "
                + $"A curve is the mean over {groups.Min(group => group.Count())} networks or more{Errors(curves)}.",
            new("interval / length of the direction"),
            new("density"),
            FigureMark.Line,
            curves));

        Curve DensityOf(IGrouping<(string, bool IsRandom), ClassifierResult> group)
        {
            double[][] shares = [.. group.Select(one => ClassifierResult.Histogram(intervals(one), range))];
            var width = range / shares[0].Length;
            double[] middles = [.. shares[0].Select((_, bin) => (bin + 0.5) * width)];
            var densities = shares.Select(row => row.Select(share => share / width).ToArray());
            return Mean(ClassifierResult.Labels(group.Key.IsRandom), middles, [.. densities]);
        }
    }

    private static double[] Pairs(ClassifierResult network) => network.Network.Pairs.Intervals;

    private static string Resolution(ClassifierResult network) => $"{network.Side} × {network.Side}";

    // The mean of rows, with its standard error where there are two or more.
    private static Curve Mean(string name, double[] x, List<double[]> rows) =>
        new(name, x, [.. x.Select((_, i) => rows.Average(row => row[i]))])
        {
            Error = rows.Count > 1
                ? [.. x.Select((_, i) => rows.Select(row => row[i]).StandardDeviation() / Math.Sqrt(rows.Count))]
                : null,
        };

    // Said only where they are drawn.
    private static string Errors(IReadOnlyList<Curve> curves) =>
        curves.Any(curve => curve.Error is not null) ? "; upright lines are standard errors" : "";
}
