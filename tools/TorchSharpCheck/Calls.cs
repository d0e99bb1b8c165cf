using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.Loader;

namespace Reproduce.TorchSharpCheck;

/// <summary>
/// The members of TorchSharp that an assembly's compiled code refers to. The binding has fewer overloads, so a call can compile
/// against both libraries and still mean another overload; then the lists of the two builds differ.
/// </summary>
internal static class Calls
{
    /// <param name="path">In a program's output, beside all that it refers to.</param>
    internal static IEnumerable<string> Of(string path)
    {
        var assembly = new Output(Path.GetDirectoryName(path)!).LoadFromAssemblyPath(path);
        return Enumerable.Range(1, Rows(assembly))
            .Select(row => Member(assembly.ManifestModule, MetadataTokens.GetToken(MetadataTokens.MemberReferenceHandle(row))))
            .Where(member => Surface.IsTorchSharp(member?.DeclaringType))
            .Select(member => $"{member!.DeclaringType}: {member}");
    }

    private static unsafe int Rows(Assembly assembly) =>
        assembly.TryGetRawMetadata(out var bytes, out var length)
            ? new MetadataReader(bytes, length).GetTableRowCount(TableIndex.MemberRef)
            : throw new BadImageFormatException($"{assembly} has no metadata");

    // A member of a type that has one of the surrounding code's type parameters cannot be resolved without that code; TorchSharp
    // has none that is called so.
    private static MemberInfo? Member(Module module, int token)
    {
        try
        {
            return module.ResolveMember(token);
        }
        catch (Exception unbound) when (unbound is BadImageFormatException or ArgumentException)
        {
            return null;
        }
    }

    private sealed class Output(string folder) : AssemblyLoadContext
    {
        protected override Assembly? Load(AssemblyName assemblyName) =>
            Path.Combine(folder, assemblyName.Name + ".dll") is var file && File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }
}
