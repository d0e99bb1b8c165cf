using Reproduce.Fixtures.Experiments.Beyond;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>Numbers of the quick experiment that is in none of the papers.</summary>
[Trait("Category", "Foundation")]
public sealed class BeyondGoldenTests : ExperimentGoldens
{
    /// <summary>
    /// What 100 points see of path lengths, the exact interval and the test accuracy: means over the depths, and over the widths.
    /// </summary>
    [Fact]
    [Trait(Experiment, "beyond.exact-tv.trained")]
    public void WhatSamplesSee_IsTheAcceptedNumbers() => Verify(
        _ => true,
        OnTheEngine,
        (cells, note) =>
        {
            var networks = cells.Select(cell => cell.As<SampledResult>()).ToList();
            var groups = networks.GroupBy(found => $"depth {found.Depth}").Concat(networks.GroupBy(found => $"width {found.Width}"));
            foreach (var group in groups)
            {
                void Note(string what, Func<SampledResult, double> of) => note($"{group.Key}: {what}", group.Average(of));
                Note("test accuracy", found => found.TestAccuracy);
                Note("pieces a segment", found => found.Pieces);
                Note("PL0, exact", found => found.PL0.Exact);
                Note("PL0, share missed by 100 points", found => 1 - found.PL0.SeenBy100);
                Note("PL1, exact", found => found.PL1.Exact);
                Note("PL1, share missed by 100 points", found => 1 - found.PL1.SeenBy100);
                Note("GI, exact", found => found.GI.Exact);
            }
        });
}
