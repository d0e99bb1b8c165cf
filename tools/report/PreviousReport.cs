using System.Text.Json;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures;

namespace Reproduce.Report;

/// <summary>The verdicts of an earlier report.</summary>
/// <param name="Generated">When it was made.</param>
/// <param name="Commit">From which code.</param>
/// <param name="Verdicts">In words, by claim.</param>
internal sealed record PreviousReport(DateTime Generated, string Commit, IReadOnlyDictionary<string, string> Verdicts)
{
    private static readonly string[] Undecided = ["not run", "pending"];

    /// <summary>
    /// The last report of a folder with other verdicts than now, kept as previous.json so that writing the report twice does not hide what
    /// changed; without one the first report there. Null where there was none, or none with a decided claim.
    /// </summary>
    internal static PreviousReport? Before(IReadOnlyList<ClaimStatus> claims, string folder)
    {
        var (last, kept) = (Path.Combine(folder, "report.json"), Path.Combine(folder, "previous.json"));
        var isNeeded = Read(kept) is null or { SaysNothing: true };
        if (Read(last) is { SaysNothing: false } report && (isNeeded || report.Changed(claims).Count > 0))
        {
            AtomicFile.Write(kept, File.ReadAllText(last));
        }

        return Read(kept) is { SaysNothing: false } before ? before : null;
    }

    /// <summary>
    /// The report.json of a folder; null where there is none, or none of today's form: then there is nothing to compare with.
    /// </summary>
    private static PreviousReport? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            var root = document.RootElement;
            return new PreviousReport(
                root.GetProperty("generated").GetDateTime(),
                root.GetProperty("stamp").GetProperty("commit").GetString()!,
                root.GetProperty("claims").EnumerateArray().ToDictionary(
                    claim => claim.GetProperty("id").GetString()!, claim => claim.GetProperty("verdict").GetString()!));
        }
        catch (Exception fault) when (fault
            is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private bool SaysNothing => Verdicts.Values.All(Undecided.Contains);

    /// <summary>Claims whose verdict is another one now: the alarm.</summary>
    internal IReadOnlyList<(ClaimStatus Claim, string Before)> Changed(IReadOnlyList<ClaimStatus> claims) =>
        [.. Differing(claims).Where(change => !Undecided.Contains(change.Before) && !Undecided.Contains(change.Claim.Words))];

    /// <summary>Claims that were decided and are not now, or the other way round: tests ran, or did not.</summary>
    internal IReadOnlyList<(ClaimStatus Claim, string Before)> RunOrNot(IReadOnlyList<ClaimStatus> claims) =>
        [.. Differing(claims).Except(Changed(claims))];

    /// <summary>Claims that it did not have.</summary>
    internal IReadOnlyList<ClaimStatus> Added(IReadOnlyList<ClaimStatus> claims) =>
        [.. claims.Where(claim => !Verdicts.ContainsKey(claim.Claim.Id))];

    /// <summary>Ids that are gone.</summary>
    internal IReadOnlyList<string> Removed(IReadOnlyList<ClaimStatus> claims) =>
        [.. Verdicts.Keys.Except(claims.Select(claim => claim.Claim.Id))];

    private IEnumerable<(ClaimStatus Claim, string Before)> Differing(IReadOnlyList<ClaimStatus> claims) =>
        from claim in claims
        where Verdicts.TryGetValue(claim.Claim.Id, out var before) && before != claim.Words
        select (claim, Verdicts[claim.Claim.Id]);
}
