namespace Reproduce.Claims.Harness;

/// <summary>How a theorem's verdict follows from the roles of its tests.</summary>
[Trait("Category", "Harness")]
public sealed class VerdictTests
{
    private static readonly string[] OneMutant = ["some-mutant"];

    [Fact]
    public void OfTheorem_EachMixOfRoles_GivesItsVerdict()
    {
        Verdicts.OfTheorem([Role.Check, Role.Control], OneMutant).Should().Be(Verdict.Holds);
        Verdicts.OfTheorem([Role.Check, Role.Control, Role.Counterexample], OneMutant).Should().Be(Verdict.HoldsAmended);
        Verdicts.OfTheorem([Role.Counterexample, Role.Repair, Role.Control], OneMutant).Should().Be(Verdict.Refuted);
        Verdicts.OfTheorem([Role.Control], OneMutant).Should().BeNull();
    }

    [Fact]
    public void OfTheorem_WithoutAKilledMutant_IsUndecided() => Verdicts.OfTheorem([Role.Check, Role.Control], []).Should().BeNull();

    [Fact]
    public void Words_EveryVerdict_ParseBack()
    {
        foreach (var verdict in Enum.GetValues<Verdict>())
        {
            Verdicts.Parse(verdict.Words()).Should().Be(verdict);
        }
    }
}
