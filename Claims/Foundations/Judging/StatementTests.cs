using Reproduce.Claims.Harness;
using Reproduce.Claims.Judging;

namespace Reproduce.Claims.Foundations.Judging;

/// <summary>Statements and parts of rules: their outcomes, one by one and together.</summary>
[Trait("Category", "Foundation")]
public sealed class StatementTests
{
    private static readonly Statement Met = new("a", Outcome.Met);
    private static readonly Statement Failed = new("b", Outcome.Failed);
    private static readonly Statement Open = new("c", Outcome.Undecided);

    [Theory]
    [InlineData(1, 2, "met")]
    [InlineData(3.5, 4, "failed")]
    [InlineData(-2, -1, "failed")]
    [InlineData(2, 4, "open")]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity, "open")]
    public void Within_ByWhereTheIntervalLies_IsMetFailedOrOpen(double low, double high, string found) =>
        Statement.Within("mean", new ConfidenceInterval(1.5, low, high), 0, 3).Found.Should().Be(found);

    [Fact]
    public void Within_SaysTheIntervalOrThatThereIsNone()
    {
        Statement.Within("mean", new ConfidenceInterval(1.5, 1, 2), 0, 3).Text.Should().Be("mean 1.5 (1 to 2)");
        Statement.Within("mean", ConfidenceInterval.Of([1.5], 0.95), 0, 3).Text.Should().Be("mean 1.5 (too few networks for an interval)");
    }

    [Fact]
    public void Judge_AllMet_IsReproducedWhereTheProfileIsFull()
    {
        Statement.Judge([Met, Met], isFull: true).Should().Be((Verdict.Reproduced, "a: met; a: met"));
        Statement.Judge([Met, Met], isFull: false).Verdict.Should().Be(Verdict.Partly);
    }

    [Fact]
    public void Judge_SomeMet_IsPartly()
    {
        Statement.Judge([Met, Failed], isFull: true).Should().Be((Verdict.Partly, "a: met; b: failed"));
        Statement.Judge([Met, Open], isFull: true).Verdict.Should().Be(Verdict.Partly);
    }

    [Fact]
    public void Judge_NoneMet_IsNotReproducedWhereOneFails()
    {
        Statement.Judge([Failed, Open], isFull: true).Verdict.Should().Be(Verdict.NotReproduced);
        Statement.Judge([Open, Met.If(isDecidable: false)], isFull: true).Should().Be((Verdict.Inconclusive, "c: open; a: open"));
    }

    [Fact]
    public void Judge_MainStatementFails_IsNotReproduced() =>
        Statement.Judge([Met, Failed with { IsMain = true }], isFull: true).Verdict.Should().Be(Verdict.NotReproduced);

    /// <summary>Of three, 0.02 counts as 0.06 and 0.04 as 0.08; the third fails with 0.03. Alone, 0.04 counts as itself.</summary>
    [Fact]
    public void Parts_JudgedTogether_AreCorrected()
    {
        Part[] parts = [new("one", 1, 0, 0.02, 0.9), new("other", 1, 0, 0.04, 0.9), new("third", 1, 0, 1, 0.01)];
        Part.Judge(parts, 0.07).Should().Equal(Outcome.Met, Outcome.Undecided, Outcome.Failed);
        Part.Judge([parts[1]], 0.05).Should().Equal(Outcome.Met);
    }

    [Fact]
    public void Part_OfTooFewValues_IsUnknown()
    {
        Part.Below("few", [1, 2], 5, fewest: 3).Should().BeEquivalentTo(new { Value = 1.5, Met = 1.0, Failed = 1.0 });
        Part.Below("enough", [1, 1, 1], 5, fewest: 3).Should().BeEquivalentTo(new { Value = 1.0, Met = 0.0, Failed = 1.0 });
    }

    [Fact]
    public void Outcomes_ThatMustAllHold_FailWithOne()
    {
        Outcomes.All([Outcome.Met, Outcome.Met]).Should().Be(Outcome.Met);
        Outcomes.All([Outcome.Met, Outcome.Undecided]).Should().Be(Outcome.Undecided);
        Outcomes.All([Outcome.Undecided, Outcome.Failed]).Should().Be(Outcome.Failed);
        Outcomes.All([]).Should().Be(Outcome.Undecided);
        Outcome.Failed.InWords(failed: "differs").Should().Be("differs");
    }
}
