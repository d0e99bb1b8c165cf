using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Reproduce.Claims.Harness;

/// <summary>A test of a claim, or one row of it.</summary>
/// <param name="Claim">What its attribute says.</param>
/// <param name="Method">The method.</param>
/// <param name="Row">Its arguments; none where the test has no rows.</param>
public sealed record ClaimTest(IClaimTest Claim, MethodInfo Method, object?[] Row)
{
    /// <summary>As evidence files have it.</summary>
    public string Name { get; } = EvidenceFile.NameOf(Method, Row);
}

/// <summary>The tests that carry <see cref="ClaimAttribute"/> or <see cref="ClaimRowsAttribute"/>, found by reflection.</summary>
public static class ClaimTests
{
    /// <summary>Every such test of this assembly, a test with rows once for each.</summary>
    public static IReadOnlyList<ClaimTest> All { get; } =
        [.. from type in typeof(ClaimTests).Assembly.GetTypes()
            from method in type.GetMethods()
            from claim in method.GetCustomAttributes().OfType<IClaimTest>()
            from row in claim is ClaimRowsAttribute ? Rows(method) : [[]]
            select new ClaimTest(claim, method, row)];

    private static IEnumerable<object?[]> Rows(MethodInfo method)
    {
        foreach (var data in method.GetCustomAttributes().OfType<IDataAttribute>())
        {
            foreach (var row in data.GetData(method, new DisposalTracker()).AsTask().GetAwaiter().GetResult())
            {
                yield return row.GetData();
            }
        }
    }
}
