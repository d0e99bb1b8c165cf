using System.Text.RegularExpressions;
using Reproduce.Claims.Harness;

namespace Reproduce.Cli;

/// <summary>Claims by what a user calls them.</summary>
internal static class ClaimSearch
{
    // As places spell them.
    private static readonly (string Short, string Long)[] Abbreviations =
    [
        ("Prop.", "Proposition"), ("Fig.", "Figure"), ("Eq.", "Equation"), ("Def.", "Definition"), ("Tab.", "Table"),
        ("Sec.", "Section"), ("Cor.", "Corollary"), ("Thm.", "Theorem"),
    ];

    /// <summary>The claims of a verdict that have one of the names: an id, a paper, or words of the title or the place.</summary>
    /// <param name="all">All claims.</param>
    /// <param name="named">The names; none: all claims.</param>
    /// <param name="verdict">The words of a verdict; null: any.</param>
    /// <exception cref="UsageException">A name fits no claim, or there is no such verdict.</exception>
    internal static IReadOnlyList<ClaimStatus> Choose(IReadOnlyList<ClaimStatus> all, IReadOnlyList<string> named, string? verdict)
    {
        if (verdict is not null && Verdicts.Parse(verdict) is null)
        {
            throw new UsageException($"--verdict {verdict}: choose from {Verdicts.All}");
        }

        foreach (var name in named.Where(name => !all.Any(status => Fits(status.Claim, name))))
        {
            if (name.Contains(' '))
            {
                throw new UsageException($"no claim has '{name}' in its title or place. All: ./reproduce claims");
            }

            ClaimTable.Require([name], all.Select(status => status.Claim));
        }

        return
        [
            .. from status in all
               where named.Count == 0 || named.Any(name => Fits(status.Claim, name))
               where verdict is null || status.Words == verdict
               select status,
        ];
    }

    private static bool Fits(ClaimEntry claim, string name)
    {
        if (claim.Id == name || claim.Paper == name)
        {
            return true;
        }

        var words = Abbreviations.Aggregate(name, (text, one) => text.Replace(one.Short, one.Long, StringComparison.OrdinalIgnoreCase));
        var whole = $@"(?<!\w){Regex.Escape(words).Replace(@"\ ", @"\s+")}(?!\w|\.\d)";
        return Regex.IsMatch($"{claim.Title}\n{claim.Place}", whole, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }
}
