using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit.v3;

namespace Reproduce.Claims.Harness;

/// <summary>
/// A test of a claim with a row of data a case, from <c>[InlineData]</c> or <c>[MemberData]</c>; otherwise like
/// <see cref="ClaimAttribute"/>. Every row leaves evidence of its own; a mutant is caught if any row turns red.
/// </summary>
/// <inheritdoc cref="ClaimAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClaimRowsAttribute(
    string id, Role role = Role.Check, [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : TheoryAttribute(sourceFilePath, sourceLineNumber), IClaimTest, ITraitAttribute, IBeforeAfterTestAttribute
{
    /// <inheritdoc/>
    public string Id => id;

    /// <inheritdoc/>
    public Role Role => role;

    /// <inheritdoc/>
    public Category Category { get; init; } = Category.Theorem;

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => ((IClaimTest)this).Traits;

    /// <inheritdoc/>
    public void Before(MethodInfo methodUnderTest, IXunitTest test) => Evidence.Begin();

    /// <inheritdoc/>
    public void After(MethodInfo methodUnderTest, IXunitTest test) =>
        Evidence.End(this, EvidenceFile.NameOf(methodUnderTest, test.TestMethodArguments));
}
