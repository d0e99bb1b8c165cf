using System.Reflection;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures;
using Xunit;

namespace Reproduce.Cli;

/// <summary>Which tests run.</summary>
internal static class TestFilter
{
    /// <summary>The arguments of the xunit runner for what a user named.</summary>
    /// <param name="named">
    /// Ids of claims, and traits as <c>dotnet test --filter</c> has them, such as Category=Theorem; none: all tests but the nightly ones.
    /// </param>
    /// <exception cref="UsageException">There is no such claim or trait.</exception>
    internal static string[] Of(string[] named)
    {
        if (named.Length == 0)
        {
            return ["-trait-", $"Category={Category.Nightly}"];
        }

        var claims = ClaimRegistry.Load();
        return [.. named.SelectMany(one => new[] { "-trait", Trait(one, claims) })];
    }

    private static string Trait(string named, IReadOnlyList<ClaimEntry> claims)
    {
        if (named.Split('=', 2) is not [var trait, var value])
        {
            ClaimTable.Require([named], claims);
            return $"Claim={named}";
        }

        var known = Values(trait, claims)
            ?? throw new UsageException($"unknown trait '{trait}': choose from Category, Paper, Claim, as in Category=Theorem");
        if (known.Contains(value))
        {
            return named;
        }

        var near = NearestNames.Of(value, known).Take(3).Select(one => $"{trait}={one}");
        throw new UsageException($"no test has {named}. Did you mean {string.Join(", ", near)}?");
    }

    /// <summary>Categories and papers, as a user names them.</summary>
    internal static IEnumerable<string> Traits()
    {
        var claims = ClaimRegistry.Load();
        return from trait in (string[])["Category", "Paper"] from value in Values(trait, claims)! select $"{trait}={value}";
    }

    private static IReadOnlyList<string>? Values(string trait, IReadOnlyList<ClaimEntry> claims) => trait switch
    {
        "Category" => [.. Enum.GetNames<Category>(), .. Categories()],
        "Paper" => [.. claims.Select(claim => claim.Paper).Distinct()],
        "Claim" => [.. claims.Select(claim => claim.Id)],
        _ => null,
    };

    // Those of tests that belong to no claim.
    private static IEnumerable<string> Categories() =>
        (from type in typeof(Category).Assembly.GetTypes()
         from trait in type.GetCustomAttributes<TraitAttribute>()
         where trait.Name == "Category"
         select trait.Value).Distinct();
}
