using System.Runtime.CompilerServices;

namespace Reproduce.Claims.Harness;

/// <summary>A number that a test gives.</summary>
/// <param name="Value">In float64.</param>
/// <param name="Dtype">The element type in which it was computed, or the types where there are several.</param>
public sealed record GoldenNumber(double Value, string Dtype = "float64");

/// <summary>
/// Numbers that were looked at and accepted, one file a test: <c>golden/Class.Method.verified.json</c>. A run that differs by more
/// than is allowed fails and leaves <c>Class.Method.received.json</c> beside it. <c>reproduce golden accept</c> takes one such file
/// and a reason.
/// </summary>
public static class Golden
{
    private const string Verified = ".verified.json";
    private const string Received = ".received.json";

    /// <summary><c>golden</c> in the working tree.</summary>
    public static string Folder => Path.Combine(Repository.Root, "golden");

    /// <summary>Compares a test's numbers with the accepted ones.</summary>
    /// <param name="numbers">By name.</param>
    /// <param name="tolerances">They are accepted with the numbers; others than were accepted fail too.</param>
    /// <param name="owner">The test class.</param>
    /// <param name="run">Where the numbers were computed; null: here on the CPU.</param>
    /// <param name="test">The test method; filled in by the compiler.</param>
    /// <exception cref="ClaimViolatedException">A number differs, is new or is gone, or nothing was accepted yet.</exception>
    public static void Verify(
        IReadOnlyDictionary<string, GoldenNumber> numbers,
        IReadOnlyList<GoldenTolerance> tolerances,
        Type owner,
        GoldenRun? run = null,
        [CallerMemberName] string test = "") =>
        Verify(numbers, tolerances, Path.Combine(Folder, $"{owner.Name}.{test}"), run);

    internal static void Verify(
        IReadOnlyDictionary<string, GoldenNumber> numbers, IReadOnlyList<GoldenTolerance> tolerances, string stem, GoldenRun? run = null)
    {
        IReadOnlyDictionary<string, double> OfDtype(string dtype) =>
            numbers.Where(number => number.Value.Dtype == dtype).ToDictionary(number => number.Key, number => number.Value.Value);
        var values = numbers.Values.Select(number => number.Dtype).Distinct().ToDictionary(dtype => dtype, OfDtype);
        var received = new GoldenFile(run ?? GoldenRun.Here, [], tolerances, values);
        var accepted = OfVerified(stem);
        string[] differences =
        [
            .. GoldenComparison.Of(accepted, received).Where(one => !one.IsAllowed).Select(one => one.ToString()),
            .. GoldenComparison.HasOtherTolerances(accepted, received)
                ? ["the test's tolerances are not those that were accepted"]
                : Array.Empty<string>(),
        ];
        if (differences.Length == 0)
        {
            File.Delete(stem + Received);
            return;
        }

        received.Write(stem + Received);
        var name = Path.GetFileName(stem);
        throw new ClaimViolatedException(
            $"""
            {name} is not what was accepted:
            {string.Join('\n', differences.Select(line => $"  {line}"))}
            Find out why. Then, if the new numbers are right: ./reproduce golden accept {name} --reason "…"
            """);
    }

    /// <summary>The names of all golden files, accepted or received, in ordinal order.</summary>
    public static IReadOnlyList<string> Names(string folder) =>
        [.. Stems(folder, Verified).Union(Stems(folder, Received)).Order(StringComparer.Ordinal)];

    /// <summary>The names of the received files: tests that did not give what was accepted.</summary>
    public static IReadOnlyList<string> Waiting(string folder) => [.. Stems(folder, Received).Order(StringComparer.Ordinal)];

    /// <summary>What was accepted under a name, or null.</summary>
    /// <exception cref="FormatException">The file is damaged.</exception>
    public static GoldenFile? OfVerified(string stem) => File.Exists(stem + Verified) ? GoldenFile.Read(stem + Verified) : null;

    /// <summary>What the last run gave that was not accepted, or null.</summary>
    /// <exception cref="FormatException">The file is damaged.</exception>
    public static GoldenFile? OfReceived(string stem) => File.Exists(stem + Received) ? GoldenFile.Read(stem + Received) : null;

    /// <summary>Accepts what a test gave, and adds the reason to the file's history.</summary>
    /// <param name="stem">Folder and name.</param>
    /// <param name="reason">Why the new numbers are right.</param>
    /// <param name="date">Today.</param>
    /// <exception cref="FileNotFoundException">Nothing was received.</exception>
    /// <exception cref="FormatException">A file is damaged.</exception>
    public static void Accept(string stem, string reason, DateOnly date)
    {
        var received = OfReceived(stem) ?? throw new FileNotFoundException($"{stem + Received} is missing");
        (received with { History = [.. OfVerified(stem)?.History ?? [], new GoldenChange(date, reason)] }).Write(stem + Verified);
        File.Delete(stem + Received);
    }

    private static IEnumerable<string> Stems(string folder, string suffix) =>
        Directory.EnumerateFiles(folder, $"*{suffix}").Select(path => Path.GetFileName(path)[..^suffix.Length]);
}
