using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Reproduce.Report;

namespace Reproduce.Cli;

/// <summary>A measurement for people, for programs (docs/measure.schema.json) and for spreadsheets.</summary>
internal static class MeasuresText
{
    private const int RowsShown = 10;

    private static readonly JsonWriterOptions Format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Aggregates and the first rows, on standard output.</summary>
    internal static void Write(NetworkMeasures measured)
    {
        if (measured.WeightsProduct is { } product)
        {
            Console.WriteLine($"weights product WP  {Numbers.Brief(product)}");
        }

        if (!measured.HasClasses)
        {
            Console.WriteLine("One output, so no classes: no class, margin and generalization interval.");
        }

        if (measured.Points is { } points)
        {
            WriteAggregates($"{Number(points.Values.Count, "point")}", measured.PointAggregates(points.Values));
            string[] headings =
            [
                "point",
                .. SlopeHeadings(measured),
                .. measured.HasClasses ? ["class", "margin"] : new[] { "gradient norm" },
            ];
            WriteRows(headings, points.Values, (index, one) =>
            [
                $"{index}",
                .. SlopeCells(measured, one.SlopeLower, one.SlopeUpper),
                .. measured.HasClasses
                    ? [one.Class is { } own ? $"{own}" : "tie", Numbers.Brief(one.Margin!.Value)]
                    : new[] { Numbers.Brief(one.GradientNorm!.Value) },
            ]);
        }

        if (measured.Pairs is { } pairs)
        {
            WriteAggregates($"{Number(pairs.Values.Count, "pair")}", measured.PairAggregates(pairs.Values));
            string[] headings =
            [
                "pair",
                "PL0",
                "PL1",
                "pieces",
                .. SlopeHeadings(measured),
                .. measured.HasClasses ? ["backward", "forward", "interval"] : Array.Empty<string>(),
            ];
            WriteRows(headings, pairs.Values, (index, one) =>
            [
                $"{index}",
                Numbers.Brief(one.FunctionVariation),
                Numbers.Brief(one.GradientVariation),
                $"{one.Pieces}",
                .. SlopeCells(measured, one.SlopeLower, one.SlopeUpper),
                .. one.Interval is { } interval ? Cells(interval) : [],
            ]);
            if (measured.HasClasses)
            {
                var backward = pairs.Values.Count(one => one.Interval!.BackwardIsCapped);
                var forward = pairs.Values.Count(one => one.Interval!.ForwardIsCapped);
                var capped = $"Backward {backward}, forward {forward} of {pairs.Values.Count}.";
                Console.WriteLine($"  Intervals are in distances of the pair, from its first point.");
                Console.WriteLine($"  +: as far as was looked, from −1 to 2. {capped}");
            }
        }
    }

    /// <summary>One object, on a stream.</summary>
    internal static void WriteJson(NetworkMeasures measured, Stream target)
    {
        using var json = new Utf8JsonWriter(target, Format);
        json.WriteStartObject();
        json.WriteStartObject("network");
        json.WriteString("file", measured.NetworkFile);
        json.WriteNumber("inputs", measured.Network.Inputs);
        json.WriteNumber("outputs", measured.Network.Outputs);
        json.WriteStartArray("layers");
        foreach (var (name, layer) in measured.Read.Names.Zip(measured.Network.Layers))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("layer", layer.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("assumptions");
        foreach (var one in measured.Read.Assumptions)
        {
            json.WriteStartObject();
            json.WriteString("what", one.What);
            json.WriteString("value", one.Value);
            json.WriteString("basis", one.Basis);
            json.WriteBoolean("assumed", one.IsAssumed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        if (double.IsPositiveInfinity(measured.P))
        {
            json.WriteString("p", "inf");
        }
        else
        {
            json.WriteNumber("p", measured.P);
        }

        WriteNumber(json, "weightsProduct", measured.WeightsProduct);
        WriteFile(json, "points", measured.Points, measured.PointAggregates, one =>
        {
            WriteSlopes(json, measured, one.SlopeLower, one.SlopeUpper);
            WriteNumber(json, "class", one.Class);
            WriteNumber(json, "margin", one.Margin);
            WriteNumber(json, "gradientNorm", one.GradientNorm);
        });
        WriteFile(json, "pairs", measured.Pairs, measured.PairAggregates, one =>
        {
            json.WriteNumber("pl0", one.FunctionVariation);
            json.WriteNumber("pl1", one.GradientVariation);
            json.WriteNumber("pieces", one.Pieces);
            WriteSlopes(json, measured, one.SlopeLower, one.SlopeUpper);
            json.WriteNumber("distance", one.Distance);
            if (one.Interval is not { } interval)
            {
                json.WriteNull("interval");
                return;
            }

            json.WriteStartObject("interval");
            json.WriteNumber("backward", interval.CappedBackward);
            json.WriteNumber("forward", interval.CappedForward);
            json.WriteNumber("total", interval.Total);
            json.WriteBoolean("backwardIsCapped", interval.BackwardIsCapped);
            json.WriteBoolean("forwardIsCapped", interval.ForwardIsCapped);
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    /// <summary>A row a point and a pair; cells that do not apply are empty.</summary>
    internal static string Csv(NetworkMeasures measured)
    {
        var text = new StringBuilder("kind,index,slope_lower,slope_upper,class,margin,gradient_norm,pl0,pl1,pieces,distance,")
            .Append("backward,forward,interval,backward_is_capped,forward_is_capped,assumed\n");
        var assumptions = measured.Read.Assumptions.Where(one => one.IsAssumed).Select(one => $"{one.What} {one.Value}");
        var assumed = $"\"{string.Join("; ", assumptions).Replace("\"", "\"\"")}\"";
        foreach (var (index, one) in (measured.Points?.Values ?? []).Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"point,{index},{one.SlopeLower},{one.SlopeUpper},");
            text.Append(CultureInfo.InvariantCulture, $"{one.Class},{one.Margin},{one.GradientNorm},,,,,,,,,,{assumed}\n");
        }

        foreach (var (index, one) in (measured.Pairs?.Values ?? []).Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"pair,{index},{one.SlopeLower},{one.SlopeUpper},,,,");
            text.Append(CultureInfo.InvariantCulture, $"{one.FunctionVariation},{one.GradientVariation},{one.Pieces},{one.Distance},");
            text.Append(one.Interval is { } it
                ? $"{it.CappedBackward},{it.CappedForward},{it.Total},{Flag(it.BackwardIsCapped)},{Flag(it.ForwardIsCapped)}"
                : ",,,,");
            text.Append(CultureInfo.InvariantCulture, $",{assumed}\n");
        }

        return text.ToString();
    }

    private static void WriteFile<T>(
        Utf8JsonWriter json,
        string name,
        OfFile<T>? measured,
        Func<IReadOnlyList<T>, IEnumerable<(string Name, string Text, Aggregate Value)>> aggregates,
        Action<T> write)
    {
        if (measured is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("file", measured.File);
        json.WriteNumber("count", measured.Values.Count);
        json.WriteStartObject("aggregates");
        foreach (var (key, _, value) in aggregates(measured.Values))
        {
            json.WriteStartObject(key);
            json.WriteNumber("mean", value.Mean);
            WriteNumber(json, "standardError", value.StandardError);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("values");
        foreach (var one in measured.Values)
        {
            json.WriteStartObject();
            write(one);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSlopes(Utf8JsonWriter json, NetworkMeasures measured, double lower, double upper)
    {
        WriteNumber(json, "slope", measured.HasClosedForm ? lower : null);
        json.WriteNumber("slopeLower", lower);
        json.WriteNumber("slopeUpper", upper);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteAggregates(string title, IEnumerable<(string Name, string Text, Aggregate Value)> aggregates)
    {
        Console.WriteLine();
        Console.WriteLine($"{title}: mean ± standard error");
        var lines = aggregates.ToList();
        var width = lines.Max(line => line.Text.Length);
        foreach (var (_, text, value) in lines)
        {
            Console.WriteLine($"  {text.PadRight(width)}  {Numbers.Value(value.Mean, value.StandardError)}");
        }
    }

    // Aligned to the right, with headings on any terminal and in a pipe.
    private static void WriteRows<T>(string[] headings, IReadOnlyList<T> values, Func<int, T, string[]> cells)
    {
        Console.WriteLine();
        string[][] rows = [headings, .. values.Take(RowsShown).Select((value, index) => cells(index, value))];
        var widths = headings.Select((_, column) => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows)
        {
            Console.WriteLine($"  {string.Join("  ", row.Select((cell, column) => cell.PadLeft(widths[column])))}".TrimEnd());
        }

        if (values.Count > RowsShown)
        {
            Console.WriteLine($"  … and {values.Count - RowsShown} more: --json or --output");
        }
    }

    private static string[] SlopeHeadings(NetworkMeasures measured) => measured.HasClosedForm ? ["slope"] : ["slope ≥", "slope ≤"];

    private static string[] SlopeCells(NetworkMeasures measured, double lower, double upper) =>
        measured.HasClosedForm ? [Numbers.Brief(lower)] : [Numbers.Brief(lower), Numbers.Brief(upper)];

    private static string[] Cells(Interval interval) =>
    [
        $"{Numbers.Brief(interval.CappedBackward)}{(interval.BackwardIsCapped ? "+" : " ")}",
        $"{Numbers.Brief(interval.CappedForward)}{(interval.ForwardIsCapped ? "+" : " ")}",
        $"{Numbers.Brief(interval.Total)}{(interval.BackwardIsCapped || interval.ForwardIsCapped ? "+" : " ")}",
    ];

    private static string Number(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static string Flag(bool flag) => flag ? "true" : "false";
}
