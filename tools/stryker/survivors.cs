#:property PublishAot=false
// Prints the score of a Stryker report and every mutant that no test killed.
using System.Text.Json;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run survivors.cs -- folder…, each the output of a part");
    return 2;
}

var reports = args.Select(folder => Path.Combine(folder, "reports", "mutation-report.json")).ToList();
if (reports.FirstOrDefault(report => !File.Exists(report)) is { } missing)
{
    Console.Error.WriteLine($"there is no report {missing}: run tools/stryker/run to create one");
    return 2;
}

// A report has all files; those of other parts are ignored in it.
var mutants = (from path in reports
               let report = JsonDocument.Parse(File.ReadAllText(path)).RootElement
               let root = report.TryGetProperty("projectRoot", out var folder) ? folder.GetString()! : ""
               from file in report.GetProperty("files").EnumerateObject()
               from mutant in file.Value.GetProperty("mutants").EnumerateArray()
               let status = mutant.GetProperty("status").GetString()!
               where status is not ("Ignored" or "CompileError")
               select (
                   File: Path.GetRelativePath(root, Path.GetFullPath(file.Name, root)),
                   Line: mutant.GetProperty("location").GetProperty("start").GetProperty("line").GetInt32(),
                   Status: status,
                   What: mutant.GetProperty("mutatorName").GetString()
                       + $": {mutant.GetProperty("replacement").GetString()!.ReplaceLineEndings(" ")}",
                   Share: Share(mutant))).ToList();

// The share of the tests that reach a mutant and fail. Where it is 1 for mutant after mutant, the process was broken, not the code found
// wrong.
static double Share(JsonElement mutant) =>
    mutant.TryGetProperty("coveredBy", out var covered) && covered.GetArrayLength() is > 0 and var count
        ? mutant.TryGetProperty("killedBy", out var killed) ? (double)killed.GetArrayLength() / count : 0
        : 0;

string Counts(IEnumerable<string> statuses)
{
    var all = statuses.ToList();
    int Of(string status) => all.Count(one => one == status);
    var killed = Of("Killed") + Of("Timeout");
    var valid = killed + Of("Survived") + Of("NoCoverage");
    var share = valid > 0 ? $" ({100.0 * killed / valid:F1} %)" : "";
    return $"{killed} of {valid} killed{share}, {Of("Survived")} survived, {Of("NoCoverage")} not covered by a test";
}

foreach (var file in mutants.GroupBy(mutant => mutant.File))
{
    var all = file.Where(mutant => mutant.Status == "Killed").Average(mutant => (double?)mutant.Share) ?? 0;
    var counts = Counts(file.Select(mutant => mutant.Status));
    Console.WriteLine($"{file.Key}: {counts}; on average {100 * all:F0} % of the tests that reach one fail");
    foreach (var alive in file.Where(mutant => mutant.Status is "Survived" or "NoCoverage").OrderBy(mutant => mutant.Line))
    {
        Console.WriteLine($"  line {alive.Line}, {alive.Status}, {alive.What}");
    }
}

Console.WriteLine($"Total: {Counts(mutants.Select(mutant => mutant.Status))}.");
return 0;
