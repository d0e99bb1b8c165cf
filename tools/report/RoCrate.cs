using System.Text.Json;
using System.Text.Json.Nodes;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;

namespace Reproduce.Report;

/// <summary>
/// RO-Crate 1.1 metadata of the report: its files, the papers that it judges, the code at its commit, the run, and the data sets that the evidence
/// names, with their checksums. Nothing stands here that is not in the claims, the evidence or the working tree.
/// </summary>
internal static class RoCrate
{
    private const string Format = "https://w3id.org/ro/crate/1.1";

    // The media types of what a report is made of.
    private static readonly Dictionary<string, string> MediaTypes = new()
    {
        [".json"] = "application/json", [".md"] = "text/markdown", [".html"] = "text/html", [".xml"] = "application/xml",
    };

    /// <param name="claims">Of the report.</param>
    /// <param name="files">Those of the report, all in one folder.</param>
    internal static string Of(IReadOnlyList<ClaimStatus> claims, IReadOnlyList<string> files)
    {
        var evidence = claims.SelectMany(claim => claim.Evidence).ToList();
        JsonObject[] parts = [.. files.Select(Part)];
        JsonObject[] papers = [.. Paper.Load().Where(paper => paper.Letter.Length > 0).Select(Article)];
        JsonObject[] data = [.. evidence.SelectMany(file => file.Measurements).Select(one => one.Data?.Trim()).OfType<string>().Where(one => one != "generated").Distinct().Order(StringComparer.Ordinal).Select(DataSet)];
        var software = new JsonObject
        {
            ["@id"] = "#reproduce", ["@type"] = "SoftwareSourceCode", ["name"] = "Reproduce", ["programmingLanguage"] = "C#",
            ["version"] = Stamp.Here.Commit, ["softwareRequirements"] = $"{Stamp.Here.Library}; {Stamp.Here.Runtime}",
        };
        var root = new JsonObject
        {
            ["@id"] = "./", ["@type"] = "Dataset",
            ["name"] = "Claims of four papers on ReLU networks: verdicts and evidence",
            ["description"] = $"{claims.Count} claims: {string.Join(", ", claims.GroupBy(claim => claim.Words).OrderByDescending(group => group.Count()).Select(group => $"{group.Count()} {group.Key}"))}. Made from the claims' entries and the evidence of build {Stamp.Here.Build}.",
            ["datePublished"] = DateTime.UtcNow.ToString("yyyy-MM-dd"),
            ["hasPart"] = References(parts),
            ["about"] = References(papers),
            ["mentions"] = References([software, .. data]),
        };
        var graph = new JsonArray
        {
            new JsonObject { ["@id"] = "ro-crate-metadata.json", ["@type"] = "CreativeWork", ["conformsTo"] = Reference(Format), ["about"] = Reference("./") },
            root,
            software,
        };
        if (Licence() is { } licence)
        {
            root["license"] = Reference("#licence");
            graph.Add(new JsonObject { ["@id"] = "#licence", ["@type"] = "CreativeWork", ["name"] = licence });
        }

        if (evidence.Count > 0)
        {
            graph.Add(new JsonObject
            {
                ["@id"] = "#run", ["@type"] = "CreateAction", ["name"] = "The tests that left the evidence", ["instrument"] = Reference("#reproduce"), ["result"] = Reference("./"),
                ["startTime"] = $"{evidence.Min(file => file.Finished.AddSeconds(-file.Seconds)):O}", ["endTime"] = $"{evidence.Max(file => file.Finished):O}",
                ["object"] = References(data),
            });
        }

        foreach (var entity in parts.Concat(papers).Concat(data))
        {
            graph.Add(entity);
        }

        return new JsonObject { ["@context"] = $"{Format}/context", ["@graph"] = graph }.ToJsonString(EvidenceFile.Format) + "\n";
    }

    private static JsonObject Article(Paper paper) => new()
    {
        ["@id"] = $"#{paper.Id}", ["@type"] = "ScholarlyArticle", ["name"] = paper.Title, ["description"] = paper.Note, ["datePublished"] = paper.Year, ["url"] = paper.Address,
        ["author"] = new JsonArray([.. paper.Authors.Split(", ").Select(name => (JsonNode)name)]),
    };

    // Evidence names a data set as "id (remark) checksum".
    private static JsonObject DataSet(string named)
    {
        var words = named.Split(' ');
        var known = DataSets.All.FirstOrDefault(set => set.Id == words[0]);
        var entity = new JsonObject { ["@id"] = $"#data-{Uri.EscapeDataString(named)}", ["@type"] = "Dataset", ["name"] = known?.Title ?? words[0], ["description"] = string.Join(' ', words[..^1]), ["identifier"] = words[^1] };
        if (known is not null)
        {
            entity["conditionsOfAccess"] = known.Licence;
        }

        return entity;
    }

    private static JsonObject Part(string file) => new()
    {
        ["@id"] = Path.GetFileName(file), ["@type"] = "File", ["name"] = Path.GetFileName(file),
        ["contentSize"] = $"{new FileInfo(file).Length}", ["encodingFormat"] = MediaTypes.GetValueOrDefault(Path.GetExtension(file), "application/octet-stream"),
    };

    private static string? Licence() => Path.Combine(Repository.Root, "LICENSE") is var path && File.Exists(path) ? File.ReadLines(path).First().Trim() : null;

    private static JsonArray References(IEnumerable<JsonObject> entities) => new([.. entities.Select(entity => (JsonNode)Reference(entity["@id"]!.GetValue<string>()))]);

    private static JsonObject Reference(string id) => new() { ["@id"] = id };
}
