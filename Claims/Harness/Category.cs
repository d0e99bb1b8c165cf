namespace Reproduce.Claims.Harness;

/// <summary>The tiers by cost.</summary>
public enum Category
{
    /// <summary>Seconds in all, float64, no data.</summary>
    Theorem,

    /// <summary>Trains networks at the quick size; minutes in all.</summary>
    Empirical,

    /// <summary>Judges what a long run has left; never trains by itself.</summary>
    Nightly,
}
