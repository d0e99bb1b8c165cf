namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>A network at one time of its training.</summary>
/// <param name="Score">On the validation set.</param>
/// <param name="One">The 1-slope's distribution over the slope points.</param>
/// <param name="Two">The 2-slope's.</param>
/// <param name="Infinity">The ∞-slope's.</param>
public sealed record Snapshot(Score Score, SlopeDistribution One, SlopeDistribution Two, SlopeDistribution Infinity);
