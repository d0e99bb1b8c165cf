namespace Reproduce.Fixtures.Experiments;

/// <summary>The scale of the experiments; the sizes are in <c>sizes.json</c>.</summary>
public enum Profile
{
    /// <summary>All experiments in minutes on two cores, for CI.</summary>
    Quick,

    /// <summary>An evening on two cores.</summary>
    Standard,

    /// <summary>The sizes of the papers; needs a GPU.</summary>
    Paper,
}

/// <summary>How profiles are called.</summary>
public static class Profiles
{
    /// <summary>As in <c>sizes.json</c>, on the command line and in the names of folders: quick, standard, paper.</summary>
    public static string Word(this Profile profile) => profile.ToString().ToLowerInvariant();
}
