namespace Reproduce.Claims.Harness;

/// <summary>Errors are counted once, on synthetic claims.</summary>
[Trait("Category", "Harness")]
public sealed class ErrorCountTests
{
    [Fact]
    public void Of_ClaimsThatShareAnError_CountsItOnce_ByWhatIsWrong() =>
        ErrorCount.Of([
            Claim("one", Verdict.Refuted, "transposed"), Claim("two", Verdict.Refuted, "transposed"), Claim("three", Verdict.Refuted),
            Claim("four", Verdict.HoldsAmended, "no-bias"), Claim("five", Verdict.HoldsAmended, "no-bias"),
            Claim("six", Verdict.HoldsAmended, isSlip: true),
            Claim("seven", Verdict.Holds), Claim("eight", Verdict.NotReproduced), Claim("nine", null),
        ]).Should().Be(new ErrorCount(Errors: 2, MissingHypotheses: 1, Slips: 1));

    private static (ClaimEntry Claim, Verdict? Verdict) Claim(string id, Verdict? verdict, string? error = null, bool isSlip = false)
    {
        var sections = isSlip ? new Dictionary<string, string> { ["Slip"] = "The text says “so”." } : [];
        var entry = new ClaimEntry($"slope.{id}", "A title", "a place", ClaimKind.Theorem, verdict ?? Verdict.Holds, [], [], sections);
        return (error is null ? entry : entry with { Error = error }, verdict);
    }
}
