using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Judging;

/// <summary>How often a rule says something of drawn data: the rates that claims.md states as its power.</summary>
internal static class DrawnRate
{
    /// <summary>The share of the draws of which it says so, recorded.</summary>
    /// <param name="what">The share of what, for the evidence.</param>
    /// <param name="draws">How many.</param>
    /// <param name="saysSo">Whether the rule says so of one, given its number.</param>
    /// <param name="rule">What the share is held against, for the evidence.</param>
    /// <param name="setting">What it belongs to; null where the rest says so.</param>
    internal static double Of(string what, int draws, Func<int, bool> saysSo, string rule, string? setting = null)
    {
        var share = Enumerable.Range(0, draws).Count(saysSo) / (double)draws;
        Evidence.Record(new Measurement(what, share, rule) { Samples = draws, Setting = setting });
        return share;
    }
}
