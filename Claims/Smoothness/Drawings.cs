using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Smoothness;

/// <summary>Figures 4.1 to 4.5 of the thesis, drawn from our functions and networks. The means that Table 4.4 prints belong to Figures 4.2 to 4.5.</summary>
internal static class Drawings
{
    private const int Functions = 3;

    /// <summary>Figure 4.1: the first three functions of the experiment.</summary>
    internal static void Figure41()
    {
        List<Sample> functions = [.. Enumerable.Range(0, Functions).Select(SampledFunctions.Function)];
        Evidence.Draw(new(
            "B, Figure 4.1",
            "Functions from the Gaussian process",
            $"Three functions on [−1, 1] that are 0 at 0, with values from {functions.Min(one => one.Y.Min()):F2} to {functions.Max(one => one.Y.Max()):F2}; our draws, not the thesis's.",
            new("x"),
            new("f(x)"),
            FigureMark.Line,
            [.. functions.Select((function, i) => new Curve($"function {i}", function.X, function.Y))]));
    }

    /// <summary>Figures 4.2 to 4.5: each measure by its λ, (a) itself and (b) above its lower bound over the same without a regulariser; a point a data set.</summary>
    internal static void Regularisation(IReadOnlyList<RegularisedNetwork> networks, PublishedTable printed)
    {
        foreach (var (measure, i) in FourMeasures.Names.Select((measure, i) => (measure, i)))
        {
            var rows = (from one in networks
                        where one.Kind.Measure == measure
                        let without = Regularised.Without(networks, one)
                        let ratio = Regularised.Ratio(measure, one, without)
                        where ratio is not null
                        select (one.Pair, one.Kind.Coefficient, Without: without!.Result.Test.Of(measure), With: one.Result.Test.Of(measure), Ratio: ratio.Value)).ToList();
            if (rows.Count == 0)
            {
                continue;
            }

            double[] coefficients = [0, .. rows.Select(one => one.Coefficient).Distinct().Order()];
            var axis = new FigureAxis($"λ of {measure}") { Categories = [.. coefficients.Select(one => one == 0 ? "0" : one.ToString("0e0"))] };
            double[] ends = [0, coefficients.Length - 1];
            double PlaceOf(double coefficient) => Array.IndexOf(coefficients, coefficient);
            var bound = measure == "PL0" ? "above 1, " : "";
            var training = $"A point is one of {rows.Select(one => one.Pair).Distinct().Count()} pairs of digits, {networks.Min(one => one.Points)} training points, the thesis has 45 of 10 000.";
            var strongest = rows.Where(one => one.Coefficient == coefficients[^1]).ToList();

            var byPair = rows.GroupBy(one => one.Pair).ToList();
            Evidence.Draw(new(
                $"B, Figure 4.{i + 2}",
                $"(a) {measure} with a regulariser",
                $"On average {strongest.Average(one => one.Without):G4} without a regulariser and {strongest.Average(one => one.With):G4} with the largest λ; printed {printed[measure, "unregularised"]} and {printed[measure, "regularised"]}. {training}",
                axis,
                new($"{measure} on test points"),
                FigureMark.Points,
                [
                    .. byPair.Select(pair => new Curve($"digits {pair.Key}", [0, .. pair.Select(one => PlaceOf(one.Coefficient))], [pair.First().Without, .. pair.Select(one => one.With)]) { Group = "a pair of digits" }),
                    new Curve("Table 4.4, mean", ends, [printed[measure, "unregularised"].Value, printed[measure, "regularised"].Value]) { IsPaper = true },
                ]));
            Evidence.Draw(new(
                $"B, Figure 4.{i + 2}",
                $"(b) {measure} over its value without a regulariser",
                $"On average {strongest.Average(one => one.Ratio):F2} of the value {bound}without a regulariser with the largest λ; printed {printed[measure, "normalised"]}. {training}",
                axis,
                new($"{measure} {bound}over the same at λ = 0"),
                FigureMark.Points,
                [
                    .. byPair.Select(pair => new Curve($"digits {pair.Key}", [0, .. pair.Select(one => PlaceOf(one.Coefficient))], [1, .. pair.Select(one => one.Ratio)]) { Group = "a pair of digits" }),
                    new Curve("Table 4.4, mean and deviation", [ends[1]], [printed[measure, "normalised"].Value]) { IsPaper = true, Error = [printed[measure, "normalised"].StandardDeviation!.Value] },
                ]));
        }
    }
}
