using System.Diagnostics;
using System.Text.Json;
using Reproduce.Claims.Harness;

namespace Reproduce.Cli;

/// <summary>A test that failed or was skipped, and why.</summary>
internal sealed record TestRemark(string Test, string Message);

/// <summary>How a run of the tests ended.</summary>
internal sealed record TestOutcome(int Passed, IReadOnlyList<TestRemark> Failures, IReadOnlyList<TestRemark> Skips);

/// <summary>Runs the test program of Claims and follows its JSON messages.</summary>
internal static class TestRunner
{
    /// <param name="filters">Arguments of the xunit runner.</param>
    /// <param name="progress">Takes the test cases done, the test cases in all, and the name of the last test.</param>
    /// <param name="cancellation">Ends the test program.</param>
    /// <exception cref="IOException">
    /// Evidence could not be written, or the test program is missing or died without saying what failed.
    /// </exception>
    internal static async Task<TestOutcome> Run(
        IEnumerable<string> filters, Action<int, int, string> progress, CancellationToken cancellation)
    {
        var start = Repository.Program("Claims", "Reproduce.Claims", ["-reporter", "json", "-noColor", "-noLogo", .. filters]);
        (start.RedirectStandardOutput, start.RedirectStandardError, start.WorkingDirectory) = (true, true, Repository.Root);
        if (Environment.GetEnvironmentVariable("REPRODUCE_DATA") is { Length: > 0 } folders)
        {
            // The tests run in another folder.
            var each = folders.Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            start.Environment["REPRODUCE_DATA"] = string.Join(':', each.Select(Path.GetFullPath));
        }

        using var process = Process.Start(start)!;
        await using var ending = cancellation.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);

        var (passed, cases, total) = (0, 0, 0);
        var last = "";
        var names = new Dictionary<string, string>();
        var failures = new List<TestRemark>();
        var skips = new List<TestRemark>();
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (!line.StartsWith('{'))
            {
                continue;
            }

            using var document = JsonDocument.Parse(line);
            var message = document.RootElement;
            string Text(string property) => message.TryGetProperty(property, out var value) ? value.ToString() : "";
            string Test() => names.GetValueOrDefault(Text("TestUniqueID"), "the test program");
            switch (Text("$type"))
            {
                case "discovery-complete":
                    total = message.GetProperty("TestCasesToRun").GetInt32();
                    progress(0, total, "starting");
                    break;
                case "test-starting":
                    last = names[Text("TestUniqueID")] = Text("TestDisplayName").Replace("Reproduce.Claims.", "", StringComparison.Ordinal);
                    break;
                case "test-passed":
                    passed++;
                    break;
                case "test-skipped":
                    skips.Add(new TestRemark(Test(), Text("Reason")));
                    break;
                case "test-case-finished":
                    // The total is known in test cases; a case can run several tests.
                    progress(++cases, total, last);
                    break;
                case var type when type == "test-failed" || type.EndsWith("-failure", StringComparison.Ordinal) || type == "error":
                    var lines = message.GetProperty("Messages").EnumerateArray().Select(one => one.GetString());
                    failures.Add(new TestRemark(Test(), string.Join("\n", lines)));
                    break;
            }
        }

        await process.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        if (failures.Select(failure => failure.Message).FirstOrDefault(IsOfEvidence) is { } unwritten)
        {
            throw new IOException(unwritten[unwritten.IndexOf(Evidence.NotWritten, StringComparison.Ordinal)..]);
        }

        if (process.ExitCode != 0 && failures.Count == 0)
        {
            throw new IOException($"the test program ended with code {process.ExitCode} and named no failing test:\n{await errors}");
        }

        return new TestOutcome(passed, failures, skips);
    }

    private static bool IsOfEvidence(string message) => message.Contains(Evidence.NotWritten, StringComparison.Ordinal);
}
