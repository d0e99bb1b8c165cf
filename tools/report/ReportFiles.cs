using Reproduce.Claims.Harness;
using Reproduce.Fixtures;

namespace Reproduce.Report;

/// <summary>The report: the claims and the evidence, and nothing else.</summary>
public static class ReportFiles
{
    /// <summary><c>artifacts/report</c>.</summary>
    public static string Folder => Path.Combine(Repository.Artifacts, "report");

    /// <summary>Writes index.html, report.md, report.json, junit.xml and ro-crate-metadata.json.</summary>
    /// <param name="claims">Every claim with its status.</param>
    /// <param name="folder">Where; what changed is told against the reports there.</param>
    /// <returns>Their paths, the page first.</returns>
    public static IReadOnlyList<string> Write(IReadOnlyList<ClaimStatus> claims, string folder)
    {
        var (page, markdown, json) = (Path.Combine(folder, "index.html"), Path.Combine(folder, "report.md"), Path.Combine(folder, "report.json"));
        var generated = DateTime.UtcNow;
        AtomicFile.Write(page, ReportPage.Of(claims, PreviousReport.Before(claims, folder), generated));
        AtomicFile.Write(markdown, ReportMarkdown.Of(claims));
        AtomicFile.Write(json, ReportJson.Of(claims, generated));
        var (junit, crate) = (Path.Combine(folder, "junit.xml"), Path.Combine(folder, "ro-crate-metadata.json"));
        AtomicFile.Write(junit, JunitFile.Of(claims));
        AtomicFile.Write(crate, RoCrate.Of(claims, [page, markdown, json, junit]));
        return [page, markdown, json, junit, crate];
    }
}
