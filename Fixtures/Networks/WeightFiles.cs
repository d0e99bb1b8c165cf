using System.Text.Json;
using System.Text.RegularExpressions;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;

namespace Reproduce.Fixtures.Networks;

/// <summary>
/// The tensors of a network: one safetensors file, or all shards of one (<c>model-00001-of-00002.safetensors</c>, or the index that lists
/// them). Tensors that were saved once because they are shared are there under all their names.
/// </summary>
public sealed partial class WeightFiles : IDisposable
{
    private readonly List<SafetensorsFile> _files;
    private readonly Dictionary<string, (SafetensorsFile File, StoredTensor Tensor)> _tensors = [];

    private WeightFiles(string path, IEnumerable<string> shards)
    {
        (Path, _files) = (path, []);
        try
        {
            foreach (var shard in shards)
            {
                var file = SafetensorsFile.Open(shard);
                _files.Add(file);
                foreach (var tensor in file.Tensors)
                {
                    if (!_tensors.TryAdd(tensor.Name, (file, tensor)))
                    {
                        throw new DataException(shard, $"'{tensor.Shown}' is also in another shard", "Save the network again.");
                    }
                }
            }

            // safetensors.torch.save_model keeps one of several equal tensors and says under the other names which.
            foreach (var (name, kept) in _files.SelectMany(file => file.Metadata))
            {
                if (_tensors.TryGetValue(kept, out var known) && !_tensors.ContainsKey(name))
                {
                    _tensors[name] = (known.File, known.Tensor with { Name = name });
                    Shared.Add((name, kept));
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file that was asked for.</summary>
    public string Path { get; }

    /// <summary>All tensors.</summary>
    public IEnumerable<StoredTensor> Tensors => _tensors.Values.Select(one => one.Tensor);

    /// <summary>Names of tensors that were dropped because they are the same as another, and which.</summary>
    public List<(string Name, string Kept)> Shared { get; } = [];

    /// <summary>How many files the network is in.</summary>
    public int Shards => _files.Count;

    /// <summary>What the files say of the program that wrote them, such as <c>pt</c>; null where nothing.</summary>
    public string? Format => _files.Select(file => file.Metadata.GetValueOrDefault("format")).FirstOrDefault(format => format is not null);

    /// <summary>Opens a file and all that belong to it.</summary>
    /// <exception cref="DataException">A shard is missing, or a file is not as it should be.</exception>
    public static WeightFiles Open(string path)
    {
        if (path.EndsWith(".index.json", StringComparison.Ordinal))
        {
            var (indexed, listed) = Indexed(path);
            var files = new WeightFiles(path, indexed);
            if (listed.Find(name => !files._tensors.ContainsKey(name)) is { } absent)
            {
                files.Dispose();
                throw new DataException(
                    path,
                    $"it lists '{Printable.Of(absent)}', which none of its shards holds",
                    "Save the network again, or its index.");
            }

            return files;
        }

        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        var name = System.IO.Path.GetFileName(path);
        if (Shard().Match(name) is not { Success: true } shard
            || !int.TryParse(shard.Groups["count"].Value, out var count)
            || count is < 2 or > 1000)
        {
            return new WeightFiles(path, [path]);
        }

        var digits = shard.Groups["number"].Length;
        var (stem, total) = (shard.Groups["name"].Value, shard.Groups["count"].Value);
        List<string> shards =
        [
            .. Enumerable.Range(1, count).Select(number =>
                System.IO.Path.Combine(folder, $"{stem}-{number.ToString($"D{digits}")}-of-{total}.safetensors")),
        ];
        return shards.FirstOrDefault(one => !File.Exists(one)) is { } missing
            ? throw new DataException(
                path,
                $"one of {count} shards of a network, and {System.IO.Path.GetFileName(missing)} is missing beside it",
                "Put all shards into one folder.")
            : new WeightFiles(path, shards);
    }

    /// <summary>The numbers of a tensor.</summary>
    /// <exception cref="DataException">Its element type is not read.</exception>
    public double[] Numbers(StoredTensor tensor) => _tensors[tensor.Name].File.Numbers(tensor);

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    // The shards, and the tensors that they should hold.
    private static (List<string> Shards, List<string> Listed) Indexed(string path)
    {
        try
        {
            using var index = JsonDocument.Parse(File.ReadAllText(path));
            var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
            var map = index.RootElement.GetProperty("weight_map");
            List<string> names =
            [
                .. map.EnumerateObject()
                    .Select(one => one.Value.GetString()!)
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ];
            if (names.Count == 0 || names.Any(name => name != System.IO.Path.GetFileName(name)))
            {
                throw new DataException(path, "its weight_map names no files beside it", "Name a safetensors file.");
            }

            return names.FirstOrDefault(name => !File.Exists(System.IO.Path.Combine(folder, name))) is { } missing
                ? throw new DataException(path, $"it lists {missing}, which is missing beside it", "Put all shards into one folder.")
                : ([.. names.Select(name => System.IO.Path.Combine(folder, name))], [.. map.EnumerateObject().Select(one => one.Name)]);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new DataException(path, "not an index of shards: it has no weight_map of file names", "Name a safetensors file.");
        }
    }

    [GeneratedRegex(
        @"^(?<name>.+)-(?<number>\d{1,9})-of-(?<count>\d{1,9})\.safetensors$",
        RegexOptions.ECMAScript | RegexOptions.ExplicitCapture)]
    private static partial Regex Shard();
}
