using System.Text.Json.Nodes;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;

namespace Reproduce.Report;

/// <summary>
/// RO-Crate 1.1 metadata of the report: its files, the papers that it judges, the code at its commit, the run, and the data sets that the
/// evidence names, with their checksums. Nothing stands here that is not in the claims, the evidence or the working tree.
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
        var (stamp, computed) = (Stamp.WithoutLibtorch, evidence.FirstOrDefault()?.Stamp ?? Stamp.WithoutLibtorch);
        var dataSets =
            from file in evidence
            from measurement in file.Measurements
            let named = measurement.Data
            where named is not null
            select named.Trim();
        JsonObject[] parts = [.. files.Select(Part)];
        JsonObject[] papers = [.. Paper.All.Where(paper => paper.IsPaper).Select(Article)];
        JsonObject[] data = [.. dataSets.Where(one => one != "generated").Distinct().Order(StringComparer.Ordinal).Select(DataSet)];
        var software = Entity("#reproduce", "SoftwareSourceCode", "Reproduce");
        software["programmingLanguage"] = "C#";
        software["version"] = stamp.Commit;
        software["softwareRequirements"] = $"{computed.Library}; {computed.Runtime}";
        var root = Entity("./", "Dataset", "Claims of four papers on ReLU networks: verdicts and evidence");
        root["description"] = $"{claims.Count} claims: {Sentences.Verdicts(claims)}. "
            + $"Made from the claims' entries and the evidence of build {stamp.Build}.";
        root["datePublished"] = DateTime.UtcNow.ToString("yyyy-MM-dd");
        root["hasPart"] = References(parts);
        root["about"] = References(papers);
        root["mentions"] = References([software, .. data]);
        var metadata = new JsonObject
        {
            ["@id"] = "ro-crate-metadata.json",
            ["@type"] = "CreativeWork",
            ["conformsTo"] = Reference(Format),
            ["about"] = Reference("./"),
        };
        List<JsonObject> graph = [metadata, root, software];
        if (Licence() is { } licence)
        {
            root["license"] = Reference("#licence");
            graph.Add(Entity("#licence", "CreativeWork", licence));
        }

        if (evidence.Count > 0)
        {
            var run = Entity("#run", "CreateAction", "The tests that left the evidence");
            run["instrument"] = Reference("#reproduce");
            run["result"] = Reference("./");
            run["startTime"] = $"{evidence.Min(file => file.Finished.AddSeconds(-file.Seconds)):O}";
            run["endTime"] = $"{evidence.Max(file => file.Finished):O}";
            run["object"] = References(data);
            graph.Add(run);
        }

        JsonNode[] all = [.. graph, .. parts, .. papers, .. data];
        var crate = new JsonObject { ["@context"] = $"{Format}/context", ["@graph"] = new JsonArray(all) };
        return crate.ToJsonString(EvidenceFile.Format) + "\n";
    }

    private static JsonObject Entity(string id, string type, string name) => new() { ["@id"] = id, ["@type"] = type, ["name"] = name };

    private static JsonObject Article(Paper paper)
    {
        var article = Entity($"#{paper.Id}", "ScholarlyArticle", paper.Title);
        article["description"] = $"{paper.Kind}, {paper.Year}";
        article["datePublished"] = $"{paper.Year}";
        article["url"] = paper.Address;
        article["author"] = new JsonArray([.. paper.Authors.Select(name => (JsonNode)name)]);
        return article;
    }

    // Evidence names a data set as "id (remark) checksum".
    private static JsonObject DataSet(string named)
    {
        var words = named.Split(' ');
        var known = DataSets.All.FirstOrDefault(set => set.Id == words[0]);
        var entity = Entity($"#data-{Uri.EscapeDataString(named)}", "Dataset", known?.Title ?? words[0]);
        entity["description"] = string.Join(' ', words[..^1]);
        entity["identifier"] = words[^1];
        if (known is not null)
        {
            entity["conditionsOfAccess"] = known.Licence;
        }

        return entity;
    }

    private static JsonObject Part(string file)
    {
        var part = Entity(Path.GetFileName(file), "File", Path.GetFileName(file));
        part["contentSize"] = $"{new FileInfo(file).Length}";
        part["encodingFormat"] = MediaTypes.GetValueOrDefault(Path.GetExtension(file), "application/octet-stream");
        return part;
    }

    private static string? Licence()
    {
        var path = Path.Combine(Repository.Root, "LICENSE");
        return File.Exists(path) ? File.ReadLines(path).First().Trim() : null;
    }

    private static JsonArray References(IEnumerable<JsonObject> entities) =>
        new([.. entities.Select(entity => (JsonNode)Reference(entity["@id"]!.GetValue<string>()))]);

    private static JsonObject Reference(string id) => new() { ["@id"] = id };
}
