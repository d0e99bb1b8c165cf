using System.Text.RegularExpressions;

namespace Reproduce.Fixtures.Networks;

/// <summary>A layer whose order is looked for.</summary>
/// <param name="Name">As in the file.</param>
/// <param name="IsDense">Whether it is fully connected; otherwise a convolution.</param>
/// <param name="Inputs">Inputs, or channels in.</param>
/// <param name="Outputs">Outputs, or channels out.</param>
internal sealed record NamedLayer(string Name, bool IsDense, long Inputs, long Outputs);

/// <summary>What stands between two layers that follow each other.</summary>
internal enum Between
{
    /// <summary>Nothing tells; a ReLU is usual.</summary>
    Usual,

    /// <summary>Modules with numbers next to each other: a list may have a ReLU between them, a sequence cannot.</summary>
    NextInASequence,

    /// <summary>The end of one sequence and the beginning of another.</summary>
    TwoSequences,
}

/// <summary>
/// The order of layers, from what a file holds: numbers in names that are otherwise alike, and shapes that fit together in one way only.
/// </summary>
internal static partial class LayerOrder
{
    private const int MostSteps = 100_000;

    /// <summary>All orders up to two: one is the order, two are none. Empty where the layers do not fit together in any.</summary>
    /// <param name="layers">In any order.</param>
    /// <param name="size">The number of entries of an input.</param>
    /// <param name="channels">Of an input that is an image; null where it is flat.</param>
    internal static IReadOnlyList<IReadOnlyList<NamedLayer>> All(IReadOnlyList<NamedLayer> layers, long size, long? channels)
    {
        // Within names that are alike but for their numbers the numbers decide.
        var sequences = layers.GroupBy(layer => Template(layer.Name))
            .Select(group => group.OrderBy(layer => layer.Name, Comparer<string>.Create(CompareNaturally)).ToArray()).ToArray();
        var (next, taken, found, steps) = (new int[sequences.Length], new List<NamedLayer>(), new List<IReadOnlyList<NamedLayer>>(), 0);
        Extend();
        return found;

        void Extend()
        {
            if (taken.Count == layers.Count)
            {
                found.Add([.. taken]);
                return;
            }

            for (var i = 0; i < sequences.Length && found.Count < 2 && ++steps < MostSteps; i++)
            {
                if (next[i] < sequences[i].Length && Follows(sequences[i][next[i]]))
                {
                    taken.Add(sequences[i][next[i]++]);
                    Extend();
                    next[i]--;
                    taken.RemoveAt(taken.Count - 1);
                }
            }
        }

        bool Follows(NamedLayer layer) => taken.Count == 0
            ? layer.IsDense ? layer.Inputs == size : channels is { } own ? layer.Inputs == own : size % layer.Inputs == 0
            : (taken[^1].IsDense, layer.IsDense) switch
            {
                (true, false) => false,
                (false, true) => layer.Inputs % taken[^1].Outputs == 0,
                _ => layer.Inputs == taken[^1].Outputs,
            };
    }

    /// <summary>What a pair of names says of the activation between them.</summary>
    internal static Between Of(string before, string after)
    {
        var (first, second) = (NumberAlone().Match(before), NumberAlone().Match(after));
        if (!first.Success && !second.Success)
        {
            return Between.Usual;
        }

        if (!first.Success || !second.Success || first.Groups["prefix"].Value != second.Groups["prefix"].Value)
        {
            return Between.TwoSequences;
        }

        return long.TryParse(first.Groups["number"].Value, out var one)
            && long.TryParse(second.Groups["number"].Value, out var other)
            && other == one + 1
            ? Between.NextInASequence
            : Between.Usual;
    }

    /// <summary>
    /// Two parts of a name's beginning that hold networks of the same shapes, such as a model and its moving average; null where there
    /// are none.
    /// </summary>
    internal static (string One, string Other)? Copies(IReadOnlyList<NamedLayer> layers)
    {
        var parts = layers.Where(layer => layer.Name.Contains('.'))
            .GroupBy(layer => layer.Name[..layer.Name.IndexOf('.')])
            .Select(group => (
                Prefix: group.Key,
                Content: string.Join(' ', group
                    .Select(layer => layer with { Name = layer.Name[group.Key.Length..] })
                    .OrderBy(layer => layer.Name, StringComparer.Ordinal))))
            .ToList();
        foreach (var (i, one) in parts.Index())
        {
            foreach (var other in parts.Skip(i + 1))
            {
                if (one.Content == other.Content && Template(one.Prefix) != Template(other.Prefix))
                {
                    return (one.Prefix, other.Prefix);
                }
            }
        }

        return null;
    }

    /// <summary>Numbers within names are compared as numbers, so that 10 comes after 2.</summary>
    internal static int CompareNaturally(string left, string right)
    {
        var (first, second) = (Parts().Matches(left), Parts().Matches(right));
        for (var i = 0; i < Math.Min(first.Count, second.Count); i++)
        {
            var (one, other) = (first[i].Value, second[i].Value);
            var areNumbers = char.IsAsciiDigit(one[0]) && char.IsAsciiDigit(other[0]);
            var (left1, right1) = areNumbers ? (one.TrimStart('0'), other.TrimStart('0')) : (one, other);
            var order = areNumbers ? left1.Length.CompareTo(right1.Length) : 0;
            order = order != 0 ? order : string.CompareOrdinal(left1, right1);
            if (order != 0)
            {
                return order;
            }
        }

        return first.Count != second.Count ? first.Count.CompareTo(second.Count) : string.CompareOrdinal(left, right);
    }

    private static string Template(string name) => Digits().Replace(name, "#");

    [GeneratedRegex(@"\d+", RegexOptions.ECMAScript)]
    private static partial Regex Digits();

    [GeneratedRegex(@"\d+|\D+", RegexOptions.ECMAScript)]
    private static partial Regex Parts();

    [GeneratedRegex(@"^(?<prefix>(.*\.)?)(?<number>\d+)$", RegexOptions.ECMAScript | RegexOptions.ExplicitCapture)]
    private static partial Regex NumberAlone();
}
