using System.Text.Json;
using Reproduce.Fixtures.Data;

namespace Reproduce.Cli;

/// <summary><c>reproduce data</c>.</summary>
internal static class DataCommand
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    internal static int List(bool json)
    {
        var store = new DataStore();
        Write([.. DataSets.All.SelectMany(set => store.Status(set).Select(status => (set, status)))], json);
        return ExitCode.Fine;
    }

    internal static int Get(string[] ids)
    {
        var store = new DataStore(report: Screen.Remark);
        foreach (var set in Chosen(ids))
        {
            Console.WriteLine(set switch
            {
                DataSetDescription images => Line(store.Load(images)),
                _ when set == DataSets.Covertype => Line(store.LoadCovertype()),
                _ => $"{store.LoadTexts(set).Stamp}: {set.Files.Count} tables",
            });
        }

        return ExitCode.Fine;
    }

    internal static int Verify(string[] ids, bool json)
    {
        var store = new DataStore();
        var rows = Chosen(ids).SelectMany(set => store.Verify(set).Select(status => (set, status))).ToList();
        Write(rows, json);

        // Where no checksum is known, the form is all that can be right.
        return rows.All(row => row.status.State is DataState.Verified or DataState.Unverified) ? ExitCode.Fine : ExitCode.Unusable;
    }

    private static string Line(ImageDataSet data)
    {
        var folders = data.Provenance.Select(one => Path.GetDirectoryName(one.Location)).Distinct();
        return $"{data.Stamp}: {data.TrainLabels.Length} + {data.TestLabels.Length} images from {string.Join(", ", folders)}";
    }

    private static string Line(Covertype data) => $"{data.Stamp}: {data.Labels.Length} rows from {data.Provenance.Location}";

    private static IEnumerable<DataSetFiles> Chosen(string[] ids)
    {
        try
        {
            return ids.Length == 0 ? DataSets.All : [.. ids.Select(DataSets.ById)];
        }
        catch (DataException unknown)
        {
            throw new UsageException(unknown.Message);
        }
    }

    private static void Write(IReadOnlyList<(DataSetFiles Set, DataStatus Status)> rows, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                rows.Select(row => new
                {
                    dataSet = row.Set.Id,
                    title = row.Set.Title,
                    licence = row.Set.Licence,
                    file = row.Status.File.Name,
                    md5 = row.Status.File.Md5,
                    state = row.Status.State.ToString().ToLowerInvariant(),
                    source = row.Status.Source?.ToString(),
                    path = row.Status.Path,
                    detail = row.Status.Detail,
                }),
                Format));
            return;
        }

        Screen.Table(
            ["data set", "file", "state", "where, or why not"],
            [.. rows.Select(row => new[]
            {
                row.Set.Id,
                row.Status.File.Name,
                row.Status.State.ToString().ToLowerInvariant(),
                Where(row.Status),
            })]);
    }

    private static string Where(DataStatus status) =>
        status.State == DataState.Refused || status.Path is null ? status.Detail : $"{status.Path} ({status.Detail})";
}
