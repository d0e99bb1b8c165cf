using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;
using static TorchSharp.torch;

namespace Reproduce.Cli;

/// <summary>Points, or pairs of points, from an npy file: read part by part, every number finite.</summary>
internal sealed class Inputs : IDisposable
{
    // Numbers read at once.
    private const long PartSize = 1 << 20;

    private readonly NpyFile _file;

    private Inputs(NpyFile file, bool arePairs)
    {
        (_file, ArePairs) = (file, arePairs);
        var what = arePairs ? "pairs are [N, 2, inputs] or [N, 2, C, H, W]" : "points are [N, inputs] or [N, C, H, W]";
        var (shape, before) = (file.Shape, arePairs ? 2 : 1);
        if ((shape.Count != before + 1 && shape.Count != before + 3) || (arePairs && shape[1] != 2))
        {
            throw new DataException(file.Path, $"an array of shape [{string.Join(", ", shape)}]; {what}", "Reshape it before numpy.save.");
        }

        if (shape.Any(size => size == 0))
        {
            throw new DataException(file.Path, $"an array of shape [{string.Join(", ", shape)}] holds nothing", "Give at least one.");
        }

        Sample = [.. shape.Skip(before)];
        RequireFinite();
    }

    /// <summary>Whether an entry is two points.</summary>
    internal bool ArePairs { get; }

    /// <summary>N.</summary>
    internal long Count => _file.Shape[0];

    /// <summary>The shape of one point: [n_0] or [C, H, W].</summary>
    internal IReadOnlyList<long> Sample { get; }

    /// <summary>n_0.</summary>
    internal long Size => Sample.Aggregate((product, size) => product * size);

    internal string Path => _file.Path;

    internal static Inputs Open(string path, bool arePairs)
    {
        var file = NpyFile.Open(path);
        try
        {
            return new Inputs(file, arePairs);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Some points as [count, n_0], or pairs as [count, 2, n_0], float64.</summary>
    internal Tensor Rows(long first, long count) => tensor(_file.Rows(first, count), ArePairs ? [count, 2, Size] : [count, Size]);

    /// <summary>Stretches of entries, each small enough for so many numbers when an entry needs some.</summary>
    internal IEnumerable<(long First, long Count)> Parts(long numbers, long perEntry)
    {
        var count = Math.Clamp(numbers / Math.Max(1, perEntry), 1, Count);
        for (var first = 0L; first < Count; first += count)
        {
            yield return (first, Math.Min(count, Count - first));
        }
    }

    public void Dispose() => _file.Dispose();

    private void RequireFinite()
    {
        var width = Size * (ArePairs ? 2 : 1);
        foreach (var (first, count) in Parts(PartSize, width))
        {
            var wrong = Array.FindIndex(_file.Rows(first, count), number => !double.IsFinite(number));
            if (wrong >= 0)
            {
                throw new DataException(
                    Path,
                    $"{(ArePairs ? "pair" : "point")} {first + (wrong / width)} (counted from 0) holds a number that is NaN or infinite",
                    "Leave it out, or correct it.");
            }
        }
    }
}
