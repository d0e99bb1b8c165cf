using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Reproduce.Engine;
using Reproduce.Networks;

namespace Reproduce.Fixtures.Experiments;

/// <summary>
/// The version of the code that computes an experiment: a hash of the folders whose types it reaches, of the setup of libtorch, and of the
/// version of MathNet. Changes elsewhere do not affect it, so finished cells remain valid. The folder of this class, which plans, names and
/// stores cells, changes no number and is left out.
/// </summary>
public static class SourceVersion
{
    private const string OwnFolder = "Fixtures/Experiments";

    // Namespaces are folders under these roots.
    private static readonly (Assembly Assembly, string Namespace, string Folder)[] Roots =
    [
        (typeof(SourceVersion).Assembly, "Reproduce.Fixtures", "Fixtures"),
        (typeof(DenseEnsemble).Assembly, "Reproduce.Engine", "Implementation/Engine"),
        (typeof(FullyConnected).Assembly, "Reproduce", "Implementation/Core"),
    ];

    private static readonly Lazy<IReadOnlyList<(string Hash, string Path)>> Sources =
        new(() => [.. Roots.SelectMany(root => SourcesOf(root.Assembly))]);

    private static readonly ConcurrentDictionary<Type, string> Known = new();

    // What every cell depends on, whatever its code. The version of the library is part of its key.
    private static readonly Lazy<string> Foundation = new(() =>
    {
        var setup = Sources.Value.Where(one => one.Path.StartsWith("Implementation/Core/Libtorch/", StringComparison.Ordinal));
        var mathNet = typeof(MathNet.Numerics.Combinatorics).Assembly.GetName().Version;
        return $"{string.Join(' ', setup.Select(one => one.Hash))} {mathNet}";
    });

    /// <summary>The version, 16 hexadecimal digits.</summary>
    /// <param name="family">The class that computes the experiment.</param>
    public static string Of(Type family) => Known.GetOrAdd(family, one =>
    {
        var hashes = Folders(one).SelectMany(folder => HashesOf(folder) switch
        {
            [] => throw new InvalidOperationException($"{one.Name} reaches types of {folder}, where there is no source file"),
            var found => found,
        });
        var text = $"{string.Join(' ', hashes)} {Foundation.Value}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    });

    /// <summary>The folders of this project whose types the code reaches, such as <c>Implementation/Core/Training</c>.</summary>
    /// <param name="family">The class that computes the experiment.</param>
    public static IReadOnlyList<string> Folders(Type family)
    {
        var types = UsedTypes.From(family, [.. Roots.Select(root => root.Assembly)])
            .Where(type => type.Namespace?.StartsWith("Reproduce", StringComparison.Ordinal) == true);
        return [.. types.Select(FolderOf).Distinct().Where(folder => folder != OwnFolder).Order(StringComparer.Ordinal)];
    }

    private static List<string> HashesOf(string folder) =>
    [
        .. Sources.Value.Where(source => Path.GetDirectoryName(source.Path) == folder)
            .OrderBy(source => source.Path, StringComparer.Ordinal)
            .Select(source => source.Hash),
    ];

    private static string FolderOf(Type type)
    {
        var (_, root, folder) = Roots.Single(one => one.Assembly == type.Assembly);
        return folder + type.Namespace![root.Length..].Replace('.', '/');
    }

    private static IEnumerable<(string Hash, string Path)> SourcesOf(Assembly assembly)
    {
        using var stream = assembly.GetManifestResourceStream("sources.sha256")
            ?? throw new InvalidOperationException($"{assembly.GetName().Name} was built without the hashes of its sources");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split(' ', 2);
            yield return (parts[0], parts[1]);
        }
    }
}
