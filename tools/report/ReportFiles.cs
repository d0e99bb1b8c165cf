using Reproduce.Claims.Harness;
using Reproduce.Fixtures;

namespace Reproduce.Report;

/// <summary>The report: the claims and the evidence, and nothing else.</summary>
public static class ReportFiles
{
    private static readonly string[] Names = ["index.html", "report.md", "report.json", "junit.xml", "ro-crate-metadata.json"];

    /// <summary><c>artifacts/report</c>.</summary>
    public static string Folder => Path.Combine(Repository.Artifacts, "report");

    /// <summary>Writes index.html, report.md, report.json, junit.xml and ro-crate-metadata.json.</summary>
    /// <param name="claims">Every claim with its status.</param>
    /// <param name="folder">Where; what changed is told against the reports there.</param>
    /// <returns>Their paths, the page first.</returns>
    public static IReadOnlyList<string> Write(IReadOnlyList<ClaimStatus> claims, string folder)
    {
        string[] paths = [.. Names.Select(name => Path.Combine(folder, name))];
        var generated = DateTime.UtcNow;
        var views = ClaimView.All(claims, CommittedResults.Load());
        AtomicFile.Write(paths[0], ReportPage.Of(views, PreviousReport.Before(claims, folder), generated));
        AtomicFile.Write(paths[1], ReportMarkdown.Of(views, generated));
        AtomicFile.Write(paths[2], ReportJson.Of(claims, generated));
        AtomicFile.Write(paths[3], JunitFile.Of(claims));
        AtomicFile.Write(paths[4], RoCrate.Of(claims, paths[..4]));
        return paths;
    }
}
