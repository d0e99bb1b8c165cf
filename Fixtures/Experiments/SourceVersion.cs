using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Reproduce.Engine;
using Reproduce.Networks;

namespace Reproduce.Fixtures.Experiments;

/// <summary>
/// The version of what an experiment is computed with: a hash of the folders whose types its code reaches, of how libtorch is set up, and of MathNet. A change elsewhere leaves it as it is, so finished cells are kept. What plans, names and stores cells, the folder of this class, changes no number and is left out.
/// </summary>
public static class SourceVersion
{
    private const string Here = "Fixtures/Experiments";

    private static readonly Assembly[] Looked = [typeof(SourceVersion).Assembly, typeof(DenseEnsemble).Assembly, typeof(FullyConnected).Assembly];

    private static readonly Lazy<IReadOnlyList<(string Hash, string Path)>> Sources = new(() => [.. Looked.SelectMany(Listed)]);

    private static readonly ConcurrentDictionary<Type, string> Known = new();

    // What every cell uses, whatever its code. The library's version stands in its key.
    private static readonly Lazy<string> Beneath = new(() => string.Join(' ', [
        .. Sources.Value.Where(one => one.Path.StartsWith("Implementation/Core/Libtorch/", StringComparison.Ordinal)).Select(one => one.Hash),
        $"{typeof(MathNet.Numerics.Combinatorics).Assembly.GetName().Version}"]));

    /// <summary>16 hexadecimal digits.</summary>
    /// <param name="family">Where the code begins.</param>
    public static string Of(Type family) => Known.GetOrAdd(family, one =>
    {
        var hashes = Folders(one).SelectMany(folder => Sources.Value.Where(source => Path.GetDirectoryName(source.Path) == folder).OrderBy(source => source.Path, StringComparer.Ordinal) switch
        {
            var files when files.Any() => files.Select(source => source.Hash),
            _ => throw new InvalidOperationException($"{folder}: {one.Name} reaches types of its namespace, and no source file lies there"),
        });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{string.Join(' ', hashes)} {Beneath.Value}")))[..16];
    });

    /// <summary>The folders of this project, such as <c>Implementation/Core/Training</c>, whose types the code reaches.</summary>
    /// <param name="family">Where the code begins.</param>
    public static IReadOnlyList<string> Folders(Type family) =>
        [.. UsedTypes.From(family, Looked).Where(type => type.Namespace?.StartsWith("Reproduce", StringComparison.Ordinal) == true).Select(FolderOf).Distinct().Where(folder => folder != Here).Order(StringComparer.Ordinal)];

    // A namespace is a folder; Reproduce itself is Core.
    private static string FolderOf(Type type)
    {
        var (root, folder) = type.Assembly == Looked[0] ? ("Reproduce.Fixtures", "Fixtures") : type.Assembly == Looked[1] ? ("Reproduce.Engine", "Implementation/Engine") : ("Reproduce", "Implementation/Core");
        return folder + type.Namespace![root.Length..].Replace('.', '/');
    }

    private static IEnumerable<(string Hash, string Path)> Listed(Assembly assembly)
    {
        using var stream = assembly.GetManifestResourceStream("sources.sha256");
        using var reader = new StreamReader(stream ?? throw new InvalidOperationException($"{assembly.GetName().Name} was built without the hashes of its sources"));
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split(' ', 2);
            yield return (parts[0], parts[1]);
        }
    }
}
