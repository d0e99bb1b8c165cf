namespace Reproduce.Fixtures.Experiments;

/// <summary>How large experiments are. The sizes stand in <c>sizes.json</c>.</summary>
public enum Profile
{
    /// <summary>Minutes in all on two cores: what CI runs.</summary>
    Quick,

    /// <summary>An evening on two cores.</summary>
    Standard,

    /// <summary>The papers' own sizes; wants a GPU.</summary>
    Paper,
}
