using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Reproduce.Claims.Harness;

/// <summary>One number of a golden file.</summary>
/// <param name="Value">What was accepted.</param>
/// <param name="Tolerance">The relative difference that is allowed.</param>
/// <param name="Reason">Why so much.</param>
public sealed record GoldenNumber(double Value, double Tolerance, string Reason);

/// <summary>
/// Numbers that were looked at and accepted, one file a test: <c>golden/Class.Method.verified.json</c>. A run that differs by more
/// than a number's tolerance fails and leaves <c>Class.Method.received.json</c> beside it; accepting means renaming that file, one
/// at a time, after looking at the difference.
/// </summary>
public static class Golden
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary><c>golden</c> in the working tree.</summary>
    public static string Folder => Path.Combine(Repository.Root, "golden");

    /// <summary>Compares a test's numbers with the accepted ones.</summary>
    /// <param name="numbers">By name; their own tolerances are used only when they are accepted.</param>
    /// <param name="owner">The test class.</param>
    /// <param name="test">The test method; filled in by the compiler.</param>
    /// <exception cref="ClaimViolatedException">A number differs, is new or is gone, or nothing was accepted yet.</exception>
    public static void Verify(IReadOnlyDictionary<string, GoldenNumber> numbers, Type owner, [CallerMemberName] string test = "") =>
        Verify(numbers, Path.Combine(Folder, $"{owner.Name}.{test}"));

    internal static void Verify(IReadOnlyDictionary<string, GoldenNumber> numbers, string stem)
    {
        var (verified, received) = ($"{stem}.verified.json", $"{stem}.received.json");
        var accepted = File.Exists(verified)
            ? JsonSerializer.Deserialize<Dictionary<string, GoldenNumber>>(File.ReadAllText(verified), Format)!
            : [];
        var differences = Differences(accepted, numbers).ToList();
        if (differences.Count == 0)
        {
            File.Delete(received);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(stem)!);
        File.WriteAllText(received, JsonSerializer.Serialize(numbers, Format) + "\n");
        throw new ClaimViolatedException($"{Path.GetFileName(stem)} differs from what was accepted:\n{string.Join('\n', differences)}\nTo accept: look at {received} and rename it to {Path.GetFileName(verified)}");
    }

    private static IEnumerable<string> Differences(Dictionary<string, GoldenNumber> accepted, IReadOnlyDictionary<string, GoldenNumber> numbers)
    {
        foreach (var (name, golden) in accepted)
        {
            if (!numbers.TryGetValue(name, out var now))
            {
                yield return $"  {name}: accepted {golden.Value:R}, now missing";
                continue;
            }

            var difference = Math.Abs(now.Value - golden.Value) / Math.Max(double.Epsilon, Math.Abs(golden.Value));
            if (now.Value != golden.Value && !(difference <= golden.Tolerance))
            {
                yield return $"  {name}: accepted {golden.Value:R}, now {now.Value:R}: relative difference {difference:G3} where {golden.Tolerance:G3} is allowed ({golden.Reason})";
            }
        }

        foreach (var name in numbers.Keys.Where(name => !accepted.ContainsKey(name)))
        {
            yield return $"  {name}: {numbers[name].Value:R} was never accepted";
        }
    }
}
