namespace Reproduce.Fixtures.Functions;

/// <summary>Samples of a function of one variable.</summary>
/// <param name="X">The points.</param>
/// <param name="Y">The value at each point.</param>
public sealed record Sample(double[] X, double[] Y)
{
    /// <summary>Equally spaced points, both ends included.</summary>
    /// <param name="start">The first point.</param>
    /// <param name="end">The last point.</param>
    /// <param name="points">The number of points, at least 2.</param>
    public static double[] Grid(double start, double end, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        return [.. Enumerable.Range(0, points).Select(i => ((start * (points - 1 - i)) + (end * i)) / (points - 1))];
    }

    /// <summary>The samples at the given indices, in their order.</summary>
    public Sample At(IEnumerable<int> positions)
    {
        int[] chosen = [.. positions];
        return new Sample([.. chosen.Select(i => X[i])], [.. chosen.Select(i => Y[i])]);
    }
}
