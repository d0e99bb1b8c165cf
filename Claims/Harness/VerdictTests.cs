namespace Reproduce.Claims.Harness;

/// <summary>How a theorem's verdict follows from the roles of its tests.</summary>
[Trait("Category", "Harness")]
public sealed class VerdictTests
{
    [Fact]
    public void OfTheorem_EachMixOfRoles_GivesItsVerdict()
    {
        Verdicts.OfTheorem([Role.Check, Role.Control]).Should().Be(Verdict.Holds);
        Verdicts.OfTheorem([Role.Check, Role.Control, Role.Counterexample]).Should().Be(Verdict.HoldsAmended);
        Verdicts.OfTheorem([Role.Counterexample, Role.Repair, Role.Control]).Should().Be(Verdict.Refuted);
        Verdicts.OfTheorem([Role.Control]).Should().BeNull();
    }

    [Fact]
    public void Words_EveryVerdict_ParseBack()
    {
        foreach (var verdict in Enum.GetValues<Verdict>())
        {
            Verdicts.Parse(verdict.Words()).Should().Be(verdict);
        }
    }
}
