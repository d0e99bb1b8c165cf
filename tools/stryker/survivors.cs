#:property PublishAot=false
// Prints the score of a Stryker report and every mutant that no test killed.
using System.Text.Json;

if (args is not [var path])
{
    Console.Error.WriteLine("usage: dotnet run survivors.cs -- mutation-report.json");
    return 2;
}

if (!File.Exists(path))
{
    Console.Error.WriteLine($"there is no report {path}: run tools/stryker/run to create one");
    return 2;
}

using var report = JsonDocument.Parse(File.ReadAllText(path));
var mutants = (from file in report.RootElement.GetProperty("files").EnumerateObject()
               from mutant in file.Value.GetProperty("mutants").EnumerateArray()
               let replacement = mutant.GetProperty("replacement").GetString()!.ReplaceLineEndings(" ")
               select (
                   File: file.Name,
                   Line: mutant.GetProperty("location").GetProperty("start").GetProperty("line").GetInt32(),
                   Status: mutant.GetProperty("status").GetString()!,
                   What: $"{mutant.GetProperty("mutatorName").GetString()}: {replacement}")).ToList();
var root = report.RootElement.TryGetProperty("projectRoot", out var folder) ? folder.GetString()! : "";

string Counts(IEnumerable<string> statuses)
{
    var all = statuses.ToList();
    int Of(string status) => all.Count(one => one == status);
    var killed = Of("Killed") + Of("Timeout");
    var valid = killed + Of("Survived") + Of("NoCoverage");
    var share = valid > 0 ? $" ({100.0 * killed / valid:F1} %)" : "";
    return $"{killed} of {valid} killed{share}, {Of("Survived")} survived, {Of("NoCoverage")} not covered by a test";
}

foreach (var file in mutants.Where(mutant => mutant.Status is not ("Ignored" or "CompileError")).GroupBy(mutant => mutant.File))
{
    Console.WriteLine($"{Path.GetRelativePath(root, Path.GetFullPath(file.Key, root))}: {Counts(file.Select(mutant => mutant.Status))}");
    foreach (var alive in file.Where(mutant => mutant.Status is "Survived" or "NoCoverage").OrderBy(mutant => mutant.Line))
    {
        Console.WriteLine($"  line {alive.Line}, {alive.Status}, {alive.What}");
    }
}

Console.WriteLine($"Total: {Counts(mutants.Select(mutant => mutant.Status))}.");
return 0;
