using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit.v3;

namespace Reproduce.Claims.Harness;

/// <summary>
/// A test of a claim. It gives the test its traits (Category, Paper, Claim) and writes its evidence when it ends.
/// </summary>
/// <param name="id">The claim's id.</param>
/// <param name="role">What the test shows about the claim.</param>
/// <param name="sourceFilePath">Filled in by the compiler.</param>
/// <param name="sourceLineNumber">Filled in by the compiler.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClaimAttribute(
    string id, Role role = Role.Check, [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber), IClaimTest, ITraitAttribute, IBeforeAfterTestAttribute
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
    public void After(MethodInfo methodUnderTest, IXunitTest test) => Evidence.End(this, EvidenceFile.NameOf(methodUnderTest, []));
}
