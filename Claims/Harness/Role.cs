namespace Reproduce.Claims.Harness;

/// <summary>What a test shows about its claim.</summary>
public enum Role
{
    /// <summary>The claim, with its hypotheses spelled out, holds on what was tried.</summary>
    Check,

    /// <summary>The same check fails when a hypothesis is dropped or the implementation is wrong.</summary>
    Control,

    /// <summary>The claim as printed is false.</summary>
    Counterexample,

    /// <summary>A repaired form of a claim that is false as printed holds.</summary>
    Repair,
}
