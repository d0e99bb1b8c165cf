using System.Reflection;

namespace Reproduce.Claims.Harness;

/// <summary>The tests that carry <see cref="ClaimAttribute"/>, found by reflection.</summary>
public static class ClaimTests
{
    /// <summary>Every such test of this assembly, with its name as evidence files have it.</summary>
    public static IReadOnlyList<(ClaimAttribute Claim, string Name, MethodInfo Method)> All { get; } =
        [.. from type in typeof(ClaimTests).Assembly.GetTypes()
            from method in type.GetMethods()
            let claim = method.GetCustomAttribute<ClaimAttribute>()
            where claim is not null
            select (claim, EvidenceFile.NameOf(method), method)];
}
