using System.Globalization;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures;

namespace Reproduce.Cli;

/// <summary><c>reproduce golden</c>.</summary>
internal static class GoldenCommand
{
    /// <summary>The numbers of failed runs beside those that were accepted: of one golden file, or of all that wait.</summary>
    internal static int Diff(string? name)
    {
        if (name is not null)
        {
            Require(name);
        }

        var waiting = Golden.Waiting(Golden.Folder).Where(one => name is null || one == name).ToList();
        if (waiting.Count == 0)
        {
            Console.WriteLine(name is null
                ? "No test left other numbers than were accepted."
                : $"{name}: the last run left no other numbers than were accepted.");
        }

        foreach (var one in waiting)
        {
            Write(one);
        }

        return waiting.Count == 0 ? ExitCode.Fine : ExitCode.CheckFailed;
    }

    /// <summary>
    /// Accepts the numbers of one golden file: one at a time, so that each is looked at.
    /// </summary>
    internal static int Accept(string name, string? reason)
    {
        Require(name);
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new UsageException(
                $"""--reason is missing: say why the new numbers of {name} are right. It is kept in the file's history""");
        }

        if (!Golden.Waiting(Golden.Folder).Contains(name))
        {
            throw new UsageException(
                $"{name} has no received numbers to accept: the last run of its test agreed, or it has not run. " +
                "./reproduce golden diff shows what waits");
        }

        Golden.Accept(Path.Combine(Golden.Folder, name), reason.Trim(), DateOnly.FromDateTime(DateTime.UtcNow));
        Console.WriteLine($"golden/{name}.verified.json: accepted. Commit it with the change that moved the numbers.");
        return ExitCode.Fine;
    }

    private static void Require(string name)
    {
        var known = Golden.Names(Golden.Folder);
        if (!known.Contains(name))
        {
            // The names are long; one that was begun is nearer than one that was misspelt.
            var near = NearestNames.Of(name, known)
                .OrderBy(one => one.StartsWith(name, StringComparison.OrdinalIgnoreCase) ? 0 : 1).Take(3);
            throw new UsageException($"there is no golden file '{name}'. Did you mean {string.Join(", ", near)}?");
        }
    }

    private static void Write(string name)
    {
        var stem = Path.Combine(Golden.Folder, name);
        var (accepted, received) = (Golden.OfVerified(stem), Golden.OfReceived(stem)!);
        var all = GoldenComparison.Of(accepted, received);
        var differing = all.Where(one => !one.IsAllowed).ToList();
        Console.WriteLine($"{name}, computed by {received.Run.Library} on {received.Run.Device}");
        if (differing.Count > 0)
        {
            Screen.Table(
                ["value", "accepted", "received", "relative error", "allowed", "reason"],
                [.. differing.Select(one => new[]
                {
                    one.Name,
                    Number(one.Accepted, "R"),
                    Number(one.Received, "R"),
                    Number(one.Relative, "G3"),
                    Number(one.Allowed, "G3"),
                    one.Why,
                })]);
        }

        var tolerances = GoldenComparison.HasOtherTolerances(accepted, received)
            ? " The test's tolerances are not those that were accepted."
            : "";
        Console.WriteLine($"{all.Count - differing.Count} of {all.Count} values agree.{tolerances}");
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "none";
}
