using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>Numbers of the quick experiment that is in none of the papers.</summary>
[Trait("Category", "Foundation")]
public sealed class BeyondGoldenTests : ExperimentGoldens
{
    /// <summary>What 100 points see of path lengths, the exact interval and the test accuracy: means over the depths, and over the widths.</summary>
    [Fact]
    [Trait(Experiment, "beyond.exact-tv.trained")]
    public void WhatSamplesSee_IsTheAcceptedNumbers() => Verify(
        _ => true,
        OnTheEngine,
        (cells, note) =>
        {
            foreach (var group in from axis in (string[])["depth", "width"] from cell in cells group cell.Result by $"{axis} {cell.Result.GetProperty(axis).GetInt32()}")
            {
                note($"{group.Key}: test accuracy", group.Average(result => result.GetProperty("testAccuracy").GetDouble()));
                note($"{group.Key}: pieces a segment", group.Average(result => result.GetProperty("pieces").GetDouble()));
                foreach (var variation in (string[])["PL0", "PL1"])
                {
                    note($"{group.Key}: {variation}, exact", group.Average(result => result.GetProperty(variation).GetProperty("exact").GetDouble()));
                    note($"{group.Key}: {variation}, share missed by 100 points", group.Average(result => 1 - result.GetProperty(variation).GetProperty("seenBy100").GetDouble()));
                }

                note($"{group.Key}: GI, exact", group.Average(result => result.GetProperty("GI").GetProperty("exact").GetDouble()));
            }
        });
}
