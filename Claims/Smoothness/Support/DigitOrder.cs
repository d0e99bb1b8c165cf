using Reproduce.Claims.Judging;
using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary>
/// How a measure orders networks against the size of their training set, for one pair of digits and one initialisation scale.
/// </summary>
/// <param name="Tau">τ_b.</param>
/// <param name="IsShort">Some network measures no more than one of a smaller size, so τ_b is below its cap.</param>
internal readonly record struct DigitOrder(double Tau, bool IsShort)
{
    /// <summary>τ_b of a measure that separates all sizes.</summary>
    internal double Cap { get; init; }

    /// <summary>The order of networks, each with the size of its training set.</summary>
    internal static DigitOrder Of(IReadOnlyList<(int Points, FourMeasures Values)> networks, string measure)
    {
        double[] sizes = [.. networks.Select(one => (double)one.Points)];
        double[] values = [.. networks.Select(one => one.Values.Of(measure))];
        var counts = Kendall.Count(sizes, values);
        var tau = Kendall.TauB(sizes, values);
        var untied = counts.Pairs - counts.TiedFirst;
        return new DigitOrder(double.IsNaN(tau) ? 0 : tau, counts.Concordant < untied) { Cap = Math.Sqrt(untied / (double)counts.Pairs) };
    }
}
