using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>How a number is computed again, and how the tests are tested.</summary>
internal static class PageReplay
{
    internal static Html Of(IReadOnlyList<ClaimView> claims, IReadOnlyList<Paper> papers) => Html.Of(
        $"""
        <p>Every claim ends with the command that computes its numbers again. Under its measurements stand the seed, the data with their
        checksum, the commit and the build.</p>
        <ol>
        <li>Clone the repository that made this report, at that commit. <code>./setup</code> installs .NET and fetches the packages; nothing
        else is needed. <code>./reproduce data list</code> shows which data sets are here, which are fetched when they are needed, and which
        have to be put into a folder that <code>REPRODUCE_DATA</code> names.</li>
        <li>Run the command. Of an experiment it reads the networks that are finished, one file each under <code>artifacts/runs</code>, and
        trains the others. Finished networks do not come with a clone.</li>
        <li>To train all of them again, set <code>REPRODUCE_RUNS</code> to an empty folder. On the same kind of processor the numbers are
        the same to the last digit.</li>
        </ol>
        <p>For instance:</p>
        <dl class="commands">
        <dt><code>./reproduce test slope.prop-1</code></dt><dd>All tests of one claim; random instances are the same again, since a test's
        name is its seed.</dd>
        <dt><code>REPRODUCE_SEED=7 ./reproduce test slope.prop-1</code></dt><dd>Other random instances. A test that fails prints the seed
        and the line that replays it.</dd>
        <dt><code>./reproduce nightly slope.table-1 --profile standard</code></dt><dd>An experiment at a larger size. Networks that are
        finished are kept under <code>artifacts/runs</code>, one file each.</dd>
        <dt><code>./reproduce claims slope.table-1</code></dt><dd>The whole story of a claim, in the terminal.</dd>
        </dl>
        {Kills(claims, papers)}
        <h3>On paper</h3>
        <p>The printed document has a line for every claim, the figures and the tables, and all of each claim that is unfolded.</p>
        <p class="unfolding" hidden><button type="button" id="unfold">Unfold all claims</button>
        <span class="note">for the long form: some hundreds of pages</span></p>
        """);

    // By paper; those that were missed by name.
    private static Html Kills(IReadOnlyList<ClaimView> claims, IReadOnlyList<Paper> papers)
    {
        List<(ClaimView Claim, KillScore Score)> scores =
            [.. from claim in claims let score = KillScore.Of(claim.Claim) where score is not null select (claim, score)];
        var missed = scores.Where(one => one.Score.Missed.Count > 0).ToList();
        Html Row(string name, IReadOnlyList<KillScore> of) => Html.Of(
            $"""
            <tr><td>{name}</td><td class="number" data-label="library">{Share(of, isLibrary: true)}</td>
            <td class="number" data-label="statements">{Share(of, isLibrary: false)}</td></tr>

            """);
        IEnumerable<Html> rows =
        [
            .. from paper in papers
               let own = scores.Where(one => one.Claim.Claim.Paper == paper.Id).Select(one => one.Score).ToList()
               where own.Count > 0
               select Row(paper.Title, own),
            Row("all", [.. scores.Select(one => one.Score)]),
        ];
        return Html.Of(
            $"""
            <h3>Can the tests fail?</h3>
            <p>Each claim names mutants, wrong implementations that its tests must catch. Some replace a function of the library, the others
            one that is written out for the statement. The mutants of a claim stand in its section.</p>
            {Html.If(
                scores.Count == 0,
                $"<p>They have not been tried with the present code: run <code>./reproduce test Category=Kills</code>.</p>")}
            {Html.If(
                scores.Count > 0,
                $"""
                <table class="cards kills"><thead><tr><th scope="col">mutants caught</th><th scope="col" class="number">of the library</th>
                <th scope="col" class="number">of the statements</th></tr></thead><tbody>{rows}</tbody></table>
                """)}
            {Html.If(missed.Count > 0, $"<p>Missed: {Html.Join(missed.Select(one => Missed(one.Claim, one.Score)), "; ")}.</p>")}
            """);
    }

    private static Html Missed(ClaimView claim, KillScore score) =>
        Html.Of($"{ClaimLink.To(claim.Id)} ({string.Join(", ", score.Missed)})");

    private static string Share(IReadOnlyList<KillScore> scores, bool isLibrary)
    {
        int Count(Func<KillScore, IEnumerable<string>> of) =>
            scores.Sum(score => of(score).Count(mutant => score.Library.Contains(mutant) == isLibrary));
        var (caught, missed) = (Count(score => score.Caught), Count(score => score.Missed));
        return $"{caught} of {caught + missed}";
    }
}
