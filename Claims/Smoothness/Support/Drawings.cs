using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>
/// Figures 4.1 to 4.5 of the thesis, drawn from our functions and networks; the means of Table 4.4 belong to Figures 4.2 to 4.5.
/// </summary>
internal static class Drawings
{
    private const int Functions = 3;

    /// <summary>Figure 4.1: the first three functions of the experiment.</summary>
    internal static void Figure41()
    {
        List<Sample> functions = [.. Enumerable.Range(0, Functions).Select(SampledFunctions.Function)];
        var (low, high) = (functions.Min(one => one.Y.Min()), functions.Max(one => one.Y.Max()));
        Evidence.Draw(new(
            "B, Figure 4.1",
            "Functions from the Gaussian process",
            $"Three functions on [−1, 1] that are 0 at 0, with values from {low:F2} to {high:F2}; our draws, not the thesis's.",
            new("x"),
            new("f(x)"),
            FigureMark.Line,
            [.. functions.Select((function, i) => new Curve($"function {i + 1}", function.X, function.Y))]));
    }

    /// <summary>
    /// Figures 4.2 to 4.5: each measure by its λ, (a) itself and (b) above its lower bound over the same without a regulariser; a point per
    /// data set.
    /// </summary>
    internal static void Regularisation(IReadOnlyList<RegularisedNetwork> networks, PublishedTable published)
    {
        foreach (var (measure, number) in FourMeasures.Names.Select((measure, i) => (measure, i + 2)))
        {
            var converged = Regularised.Converged(networks, measure);
            if (converged.Count > 0)
            {
                Regularisation(measure, $"B, Figure 4.{number}", converged, networks.Min(one => one.Points), published);
            }
        }
    }

    private static void Regularisation(
        string measure,
        string place,
        IReadOnlyList<(RegularisedNetwork With, RegularisedNetwork Without)> converged,
        int points,
        PublishedTable published)
    {
        double[] coefficients = [0, .. converged.Select(one => one.With.Kind.Coefficient).Distinct().Order()];
        double PlaceOf(RegularisedNetwork one) => Array.IndexOf(coefficients, one.Kind.Coefficient);
        double ValueOf(RegularisedNetwork one) => one.Result.Test.Of(measure);
        var last = coefficients.Length - 1;
        var axis = new FigureAxis($"λ of {measure}") { Categories = [.. coefficients.Select(one => one == 0 ? "0" : PowerOfTen(one))] };
        var strongest = converged.Where(one => PlaceOf(one.With) == last).ToList();
        var (without, with) = (strongest.Average(one => ValueOf(one.Without)), strongest.Average(one => ValueOf(one.With)));
        var (unregularised, regularised) = (published[measure, "unregularised"], published[measure, "regularised"]);
        var byPair = converged.GroupBy(one => one.With.Pair).ToList();
        var data = $"Data sets: {byPair.Count} of the thesis's {DigitOrders.PaperPairs} pairs of digits, "
            + $"{points} training points of 10 000.";
        Evidence.Draw(new(
            place,
            $"(a) {measure} with a regulariser",
            $"On average {without:G4} without a regulariser and {with:G4} with the largest λ; "
            + $"published {unregularised} and {regularised}. {data}",
            axis,
            new($"{measure} on test points"),
            FigureMark.Points,
            [
                .. byPair.Select(pair =>
                    Of(pair.Key, ValueOf(pair.First().Without), pair.Select(one => (PlaceOf(one.With), ValueOf(one.With))))),
                new Curve("Table 4.4, mean", [0, last], [unregularised.Value, regularised.Value]) { IsPaper = true },
            ]));

        var ratios = (
            from one in converged
            let ratio = Regularised.Ratio(measure, one.With, one.Without)
            where ratio is not null
            select (one.With, Ratio: ratio.Value)).ToList();
        var bound = measure == "PL0" ? "less 1, " : "";
        var mean = ratios.Where(one => PlaceOf(one.With) == last).Select(one => one.Ratio).DefaultIfEmpty(double.NaN).Average();
        var normalised = published[measure, "normalised"];
        var summary = double.IsNaN(mean)
            ? "No data set's value without a regulariser is far enough above its bound for a ratio"
            : $"On average {mean:F2} with the largest λ";
        Evidence.Draw(new(
            place,
            $"(b) {measure} {bound}over the same without a regulariser",
            $"{summary}; published {normalised}. {data}",
            axis,
            new($"{measure} {bound}over the same at λ = 0"),
            FigureMark.Points,
            [
                .. ratios.GroupBy(one => one.With.Pair).Select(pair =>
                    Of(pair.Key, 1, pair.Select(one => (PlaceOf(one.With), one.Ratio)))),
                new Curve("Table 4.4, mean and deviation", [last], [normalised.Value])
                {
                    IsPaper = true,
                    Error = [normalised.StandardDeviation!.Value],
                },
            ]));
    }

    // 3·10^(−5), which the page typesets.
    private static string PowerOfTen(double number)
    {
        var parts = number.ToString("0e0").Split('e');
        return $"{(parts[0] == "1" ? "" : $"{parts[0]}·")}10^({parts[1].Replace('-', '−')})";
    }

    private static Curve Of(string pair, double first, IEnumerable<(double Place, double Value)> others)
    {
        var all = others.Prepend((Place: 0, Value: first)).ToList();
        return new Curve($"digits {pair}", [.. all.Select(one => one.Place)], [.. all.Select(one => one.Value)])
        {
            Group = "a pair of digits",
        };
    }
}
