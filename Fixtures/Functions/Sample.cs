namespace Reproduce.Fixtures.Functions;

/// <summary>Points of a function of one variable.</summary>
/// <param name="X">Where.</param>
/// <param name="Y">The values there, as many.</param>
public sealed record Sample(double[] X, double[] Y)
{
    /// <summary>Points in equal steps, both ends included.</summary>
    /// <param name="start">The first point.</param>
    /// <param name="end">The last point.</param>
    /// <param name="points">At least 2.</param>
    public static double[] Grid(double start, double end, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        return [.. Enumerable.Range(0, points).Select(i => ((start * (points - 1 - i)) + (end * i)) / (points - 1))];
    }

    /// <summary>Some of the points, in the order given.</summary>
    public Sample At(IEnumerable<int> positions)
    {
        int[] chosen = [.. positions];
        return new Sample([.. chosen.Select(i => X[i])], [.. chosen.Select(i => Y[i])]);
    }
}
