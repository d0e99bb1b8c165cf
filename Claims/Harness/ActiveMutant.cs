namespace Reproduce.Claims.Harness;

/// <summary>The mutant that is switched on in the present flow of execution, and nowhere else.</summary>
internal static class ActiveMutant
{
    private static readonly AsyncLocal<(string Mutant, string Test)?> Active = new();

    /// <summary>The mutant, and the test it is switched on for; null in ordinary runs.</summary>
    internal static (string Mutant, string Test)? Current
    {
        get => Active.Value;
        set => Active.Value = value;
    }
}
