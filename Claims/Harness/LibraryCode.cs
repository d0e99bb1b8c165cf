using System.Reflection;
using Mono.Cecil;
using Reproduce.Engine;
using Reproduce.Fixtures.Networks;
using Reproduce.Networks;

namespace Reproduce.Claims.Harness;

/// <summary>
/// Whether a function under test is the library's: a method of Core, Engine or Fixtures, or one whose own body, its lambdas included, calls
/// Core or Engine. The others are a statement's, written out for its test.
/// </summary>
internal static class LibraryCode
{
    private static readonly string[] Implementation = [NameOf(typeof(FullyConnected)), NameOf(typeof(DenseEnsemble))];
    private static readonly string[] Library = [.. Implementation, NameOf(typeof(SmallNetwork))];

    internal static bool Has(MethodBase function)
    {
        if (Library.Contains(function.Module.Assembly.GetName().Name))
        {
            return true;
        }

        using var module = ModuleDefinition.ReadModule(function.Module.FullyQualifiedName);
        return CallsImplementation((MethodDefinition)module.LookupToken(function.MetadataToken), []);
    }

    private static bool CallsImplementation(MethodDefinition function, HashSet<string> seen) =>
        seen.Add(function.FullName) && function.HasBody
        && function.Body.Instructions.Select(one => one.Operand).OfType<MethodReference>().Any(called =>
            Implementation.Contains(called.DeclaringType.Scope.Name)
            || IsWrittenInside(called) && called.Resolve() is { } inner && CallsImplementation(inner, seen));

    // A lambda, a local function, or the steps of an iterator.
    private static bool IsWrittenInside(MethodReference called) => called.Name.StartsWith('<') || called.DeclaringType.Name.StartsWith('<');

    private static string NameOf(Type type) => type.Assembly.GetName().Name!;
}
