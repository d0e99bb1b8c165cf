using System.Reflection;
using System.Runtime.ExceptionServices;
using FluentAssertions.Execution;
using Xunit.Sdk;

namespace Reproduce.Claims.Harness;

/// <summary>
/// The register of deliberately wrong implementations. A claim lists under Kills the ones that its tests must tell from the right
/// one; each is switched on for one test at a time, in the flow of execution that runs it and nowhere else.
/// </summary>
public static class Mutants
{
    private const BindingFlags Anything = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Lazy<HashSet<string>> OfLibrary =
        new(() => [.. Functions().Where(one => one.IsOfTheLibrary).SelectMany(one => one.Names)]);

    /// <summary>The names of all mutants of this assembly, found by reflection; a repeated name is listed twice.</summary>
    public static IReadOnlyList<string> All() => [.. Functions().SelectMany(one => one.Names)];

    /// <summary>Whether a mutant replaces a function of the library, and not one that is written out for the statement.</summary>
    /// <param name="mutant">One of <see cref="All"/>.</param>
    public static bool IsOfTheLibrary(string mutant) => OfLibrary.Value.Contains(mutant);

    /// <summary>Whether a test fails, as a test does, with a mutant switched on. A crash is no kill, and is thrown on.</summary>
    /// <param name="test">The method of a test.</param>
    /// <param name="mutant">One of <see cref="All"/>.</param>
    /// <param name="row">The test's arguments.</param>
    public static bool Kills(MethodInfo test, string mutant, params object?[] row)
    {
        ActiveMutant.Current = (mutant, $"{test.DeclaringType!.FullName}.{test.Name}");
        Evidence.Begin();
        try
        {
            test.Invoke(test.IsStatic ? null : Activator.CreateInstance(test.DeclaringType), row);
            return false;
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } failure)
        {
            if (failure is not (ClaimViolatedException or IAssertionException or AssertionFailedException))
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            return true;
        }
        finally
        {
            Evidence.Discard();
            ActiveMutant.Current = null;
        }
    }

    private static IEnumerable<IUnderTest> Functions() =>
        from type in typeof(Mutants).Assembly.GetTypes()
        where !type.ContainsGenericParameters
        from field in type.GetFields(Anything)
        where typeof(IUnderTest).IsAssignableFrom(field.FieldType)
        select (IUnderTest)field.GetValue(null)!;
}
