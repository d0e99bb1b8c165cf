using System.Text.Encodings.Web;
using System.Text.Json;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Cli;

/// <summary>The verdicts of a night, to be compared with those of another.</summary>
/// <param name="Profile">The size.</param>
/// <param name="Date">When it was judged, UTC.</param>
/// <param name="Commit">Of the code.</param>
/// <param name="Claims">Those that were judged or skipped.</param>
internal sealed record NightlyResult(string Profile, DateTime Date, string Commit, IReadOnlyList<NightlyResult.Judged> Claims)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="Id">The claim.</param>
    /// <param name="Verdict">In words; null where it was not judged.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Failed">The verdict contradicts what is declared, or the test failed.</param>
    /// <param name="Done">Finished cells of its experiment.</param>
    /// <param name="Cells">All cells of its experiment.</param>
    internal sealed record Judged(string Id, string? Verdict, string? Reason, bool Failed, int Done, int Cells);

    internal sealed record Change(string Text, bool IsRegression);

    internal static NightlyResult Of(
        string profile, IReadOnlyDictionary<ExperimentPlan, (int Cells, int Done)> experiments, IReadOnlyList<EvidenceFile> evidence)
    {
        var stamp = Stamp.Here;
        return new(
            profile,
            DateTime.UtcNow,
            stamp.Commit,
            [
                .. from file in evidence
                   orderby file.Claim
                   let counts = experiments.Where(one => one.Key.Claims.Contains(file.Claim)).Select(one => one.Value).ToList()
                   select new Judged(
                       file.Claim,
                       file.Verdict?.Words(),
                       file.Reason ?? file.Message,
                       file.Outcome == "failed",
                       counts.Sum(one => one.Done),
                       counts.Sum(one => one.Cells)),
            ]);
    }

    /// <exception cref="FormatException">It is no such file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static NightlyResult Read(string path)
    {
        try
        {
            var result = JsonSerializer.Deserialize<NightlyResult>(File.ReadAllText(path), Format);
            return result?.Claims is null ? throw new JsonException("it has no claims") : result;
        }
        catch (JsonException fault)
        {
            throw new FormatException($"{path} is not what nightly summary --json writes ({fault.Message})", fault);
        }
    }

    internal string ToJson() => JsonSerializer.Serialize(this, Format) + "\n";

    /// <summary>What is judged otherwise than before. An experiment that decides more than before, or less, is no regression.</summary>
    internal IEnumerable<Change> ChangesSince(NightlyResult before)
    {
        foreach (var now in Claims)
        {
            var then = before.Claims.FirstOrDefault(one => one.Id == now.Id);
            var turned = Parse(then?.Verdict) is { } old && Parse(now.Verdict) is { } found && found.Contradicts(old);
            if (turned || (now.Failed && then?.Failed != true) || now.Verdict != then?.Verdict)
            {
                var (was, has) = (then?.Verdict ?? "not judged", now.Failed ? $"FAILED ({now.Verdict})" : now.Verdict ?? "not judged");
                yield return new Change(
                    $"{(turned || now.Failed ? "REGRESSION  " : "")}{now.Id}: {has}, before {was}. {now.Reason}", turned || now.Failed);
            }
        }

        static Verdict? Parse(string? words) => words is null ? null : Verdicts.Parse(words);
    }
}
