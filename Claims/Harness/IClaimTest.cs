namespace Reproduce.Claims.Harness;

/// <summary>What <see cref="ClaimAttribute"/> and <see cref="ClaimRowsAttribute"/> say of a test.</summary>
public interface IClaimTest
{
    /// <summary>The claim's id.</summary>
    string Id { get; }

    /// <summary>What the test shows about the claim.</summary>
    Role Role { get; }

    /// <summary>The tier.</summary>
    Category Category { get; }

    /// <summary>The traits by which tests are filtered: Category, Paper, Claim.</summary>
    internal IReadOnlyCollection<KeyValuePair<string, string>> Traits =>
        [new("Category", Category.ToString()), new("Paper", Id.Split('.')[0]), new("Claim", Id)];
}
