namespace Reproduce.Claims.Harness;

/// <summary>What is wrong in a paper: each error counts once, however many claims show it (<see cref="ClaimEntry.Error"/>).</summary>
/// <param name="Errors">Of refuted claims: what is printed is false.</param>
/// <param name="MissingHypotheses">Of amended claims: what is printed is true once a hypothesis is added.</param>
/// <param name="Slips">Of amended claims: a misprint that the paper's own text corrects.</param>
public sealed record ErrorCount(int Errors, int MissingHypotheses, int Slips)
{
    /// <summary>Counts over claims with the verdicts that are declared, or that their tests gave.</summary>
    public static ErrorCount Of(IEnumerable<(ClaimEntry Claim, Verdict? Verdict)> claims)
    {
        var all = claims.ToList();
        int Distinct(Verdict verdict, bool isSlip) =>
            all.Where(one => one.Verdict == verdict && one.Claim.IsSlip == isSlip).Select(one => one.Claim.Error).Distinct().Count();
        return new(Distinct(Verdict.Refuted, false), Distinct(Verdict.HoldsAmended, false), Distinct(Verdict.HoldsAmended, true));
    }
}
