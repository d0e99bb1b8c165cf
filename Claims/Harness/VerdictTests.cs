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

    /// <summary>A theorem's verdict does not depend on the machine; an experiment's may, short of turning round.</summary>
    [Fact]
    public void Contradicts_OfEveryPair_IsAnyOtherVerdictOfATheoremOrATurnOfAnExperiment()
    {
        Verdict[] theorems = [Verdict.Holds, Verdict.HoldsAmended, Verdict.Refuted];
        var verdicts = Enum.GetValues<Verdict>();
        foreach (var (found, declared) in verdicts.SelectMany(found => verdicts.Select(declared => (found, declared))))
        {
            var turned = (found, declared) is (Verdict.Reproduced, Verdict.NotReproduced) or (Verdict.NotReproduced, Verdict.Reproduced);
            var ofATheorem = found != declared && (theorems.Contains(found) || theorems.Contains(declared));
            found.Contradicts(declared).Should().Be(turned || ofATheorem, "{0} where {1} is declared", found, declared);
        }
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
