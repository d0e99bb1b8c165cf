using System.Text;
using System.Text.RegularExpressions;

namespace Reproduce.TorchSharpCheck;

/// <summary>
/// TorchSharp's public signatures: a heading <c>## TorchSharp.torch.Device   [public class Device]</c> a type (the brackets may be
/// missing), and under it a member a line, without its body; under an enum, its values.
/// </summary>
internal sealed partial class SignatureList
{
    // The dots of a heading's name separate namespaces and types alike.
    private static readonly string[] Namespaces = ["TorchSharp", "Utils", "Modules"];

    // Types that signatures mention and the list leaves out: only their names matter, and the values that serve as defaults.
    private const string Mentioned = """
        namespace TorchSharp
        {
            public struct BFloat16;
            public class LifetimeStatistics;
            public class FInfo;
            public class Storage<T>;
            public class AnomalyMode;
            public struct NodeUnmanagedPtr;
            public enum TensorStringStyle { Default }
            public enum GridSampleMode { Bilinear }
            public enum GridSamplePaddingMode { Zeros }
        }

        namespace TorchSharp.Modules
        {
            public class Parameter;
        }
        """;

    private readonly SortedDictionary<string, Section> sections = new(StringComparer.Ordinal);

    private SignatureList()
    {
    }

    /// <summary>Listed members, the values of enums included.</summary>
    internal int Count => sections.Values.Sum(section => section.Members.Count);

    /// <exception cref="InvalidDataException">A signature stands before the first heading, or there is none.</exception>
    internal static SignatureList Read(string path)
    {
        var list = new SignatureList();
        var section = default(Section);
        foreach (var line in File.ReadLines(path).Select(line => line.Trim()))
        {
            if (Heading().Match(line) is { Success: true } heading)
            {
                section = list.Open(heading.Groups["name"].Value, heading.Groups["declaration"].Value);
            }
            else if (line.Length > 0 && !line.StartsWith('#'))
            {
                var members = section?.Members ?? throw new InvalidDataException($"{path}: a signature before the first heading: {line}");
                members.AddRange(section.IsEnum ? line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [line]);
            }
        }

        return list.Count > 0 ? list : throw new InvalidDataException($"{path}: no signature");
    }

    /// <summary>The source of a library with exactly these signatures, whose members all throw.</summary>
    internal string Source()
    {
        var source = new StringBuilder("""
            using System.Globalization;
            using TorchSharp.Modules;
            using static TorchSharp.torch;


            """);
        source.AppendLine(Mentioned);
        foreach (var (name, section) in sections)
        {
            var parts = name.Split('.');
            var types = parts.SkipWhile(Namespaces.Contains).ToArray();
            source.Append("namespace ").AppendJoin('.', parts.SkipLast(types.Length)).Append(" { ");
            foreach (var outer in types.SkipLast(1))
            {
                source.Append($"public static partial class {outer} {{ ");
            }

            section.Write(source, types[^1]);
            source.Append('}', types.Length).AppendLine();
        }

        return source.ToString();
    }

    private Section Open(string name, string declaration)
    {
        if (!sections.TryGetValue(name, out var section))
        {
            sections[name] = section = new Section(declaration.Length > 0 ? declaration : $"public class {name[(name.LastIndexOf('.') + 1)..]}");
        }

        return section;
    }

    // Text between the name and the brackets is a remark.
    [GeneratedRegex(@"^## (?<name>\S+)[^\[]*(\[(?<declaration>.+)\])?$")]
    private static partial Regex Heading();

    // "static readonly Device CPU = …", but neither "f(int x = 1)" nor "operator ==(…)".
    [GeneratedRegex(@"^(?<field>[^(={]+?)( = .*)?$")]
    private static partial Regex Field();

    private sealed record Section(string Declaration)
    {
        internal List<string> Members { get; } = [];

        internal bool IsEnum => Declaration.Contains(" enum ", StringComparison.Ordinal);

        internal void Write(StringBuilder source, string type)
        {
            // Of a partial class the list shows one part, which need not be the one that names the interface.
            var disposable = Members.Contains("public void Dispose()") && !Declaration.Contains(':', StringComparison.Ordinal);
            var container = Declaration.Contains(" static class ", StringComparison.Ordinal) ? Declaration.Replace("static class", "static partial class", StringComparison.Ordinal) : Declaration;
            source.Append(container).Append(disposable ? " : IDisposable" : "").AppendLine().AppendLine("{");
            source.AppendJoin(IsEnum ? ", " : "\n", IsEnum ? Members : Members.Select(Member)).AppendLine();
            if (Declaration.Contains("IEnumerable<", StringComparison.Ordinal))
            {
                source.AppendLine("System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => throw null!;");
            }

            // Without a listed constructor a class must not get the public one that C# would add.
            var name = type.Split('<')[0];
            if (Regex.IsMatch(Declaration, @"^public (sealed |partial )*class ") && !Members.Exists(member => member.StartsWith($"public {name}(", StringComparison.Ordinal)))
            {
                source.AppendLine($"internal {name}() => throw null!;");
            }

            source.Append('}');
        }

        private static string Member(string signature) =>
            signature.Contains(" abstract ", StringComparison.Ordinal) ? signature.EndsWith('}') ? signature : signature + ";"
            : signature.EndsWith('}') ? signature.Replace("get;", "get => throw null!;", StringComparison.Ordinal).Replace("set;", "set => throw null!;", StringComparison.Ordinal)
            : Field().Match(signature) is { Success: true } field ? field.Groups["field"].Value + ";"
            : signature + " => throw null!;";
    }
}
