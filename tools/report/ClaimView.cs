using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>A claim as the page shows it: an experiment by the largest run that there is, a theorem by its tests.</summary>
/// <param name="Status">The evidence of the present build.</param>
/// <param name="Runs">Of an experiment, the largest first.</param>
/// <param name="Question">What a reader asks about it; null where nothing is written.</param>
/// <param name="Rank">Its place among the questions about its paper, by what matters most.</param>
internal sealed record ClaimView(ClaimStatus Status, IReadOnlyList<SizedRun> Runs, Question? Question, int Rank)
{
    /// <summary>All claims.</summary>
    internal static IReadOnlyList<ClaimView> All(IReadOnlyList<ClaimStatus> claims, CommittedResults results)
    {
        var questions = Paper.All.SelectMany(paper => Questions.Of(paper).All).Index().ToDictionary(one => one.Item.Claim);
        return
        [
            .. from claim in claims
               let asked = questions.TryGetValue(claim.Claim.Id, out var one) ? one : (Index: int.MaxValue, Item: null!)
               select new ClaimView(claim, SizedRun.Of(claim, results), asked.Item, asked.Index),
        ];
    }

    internal ClaimEntry Claim => Status.Claim;

    internal string Id => Claim.Id;

    /// <summary>The largest run of an experiment; null for a theorem.</summary>
    internal SizedRun? Largest => Runs.Count > 0 ? Runs[0] : null;

    /// <summary>The verdict that counts on this page.</summary>
    internal string Words => Largest?.Words ?? Status.Words;

    internal VerdictMark Mark => VerdictMark.Of(Words);

    /// <summary>The claim is about a proof that the paper gives; the statement has an entry of its own.</summary>
    internal bool IsProof => Id.EndsWith(".proof", StringComparison.Ordinal);

    /// <summary>Of an experiment: too small to decide, or without its data or device.</summary>
    internal bool IsUndecided => Words is "inconclusive" or "pending";

    /// <summary>Verdict, whether it is conditional, and the size of the run.</summary>
    internal Html Chip => Html.Of($"{Mark.Chip(Status.RefutedBases.Count > 0 ? ", conditional" : "")}{Largest?.Badge ?? Html.None}");

    /// <summary>The answer, where it was written for this verdict.</summary>
    internal string? Answer => Question is not null && Question.Verdict.Words() == Words ? Question.Answer : null;

    /// <summary>The question; the title where there is none.</summary>
    internal string Asked => Question?.Text ?? Claim.Title;

    /// <summary>The question with its answer; the title where there is no question.</summary>
    internal Html Line => Question is null
        ? Html.Of($"""<span class="title">{Prose.Line(Claim.Title)}</span>""")
        : Html.Of(
            $"""
            <span class="title">{Prose.Line(Question.Text)}</span>
            {Html.If(Answer is not null, $"""<span class="answer">{Prose.Line(Answer ?? "")}</span>""")}
            """);

    /// <summary>Why: the answer, or else the counterexample, the statements that failed, or what the tests did.</summary>
    internal Html Why => Answer is not null ? Prose.Line(Answer)
        : Claim.Sections.TryGetValue("Counterexample", out var counterexample) ? Prose.Beginning(counterexample)
        : Prose.Line(Largest is { } run ? Failed(run) : Status.Summary);

    private static string Failed(SizedRun run)
    {
        var failed = run.Statements.All.Where(one => one.Outcome == "failed").Select(one => one.Text).ToList();
        return failed.Count > 0 ? $"Failed: {string.Join("; ", failed)}" : run.Reason;
    }
}
