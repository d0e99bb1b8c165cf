using System.Text.RegularExpressions;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>Where the paper says it, in brief.</summary>
internal static partial class Places
{
    private static readonly (string Word, string Short)[] Abbreviations =
    [
        ("Proposition", "Prop."), ("Propositions", "Props."), ("Definition", "Def."), ("Figure", "Fig."), ("Figures", "Figs."),
        ("Corollary", "Cor."), ("equation", "eq."), ("equations", "eqs."), ("section", "§"), ("sections", "§§"), ("appendix", "App."),
    ];

    internal static string Brief(ClaimEntry claim) => Abbreviations.Aggregate(
        Around().Replace(claim.Place, ""),
        (place, one) => place.Replace($"{one.Word} ", $"{one.Short} ", StringComparison.Ordinal));

    [GeneratedRegex(
        @"^[A-Z], |^beyond the papers; |; .*| \((section|appendix|proof).*|, proof (in|of) .*|,? (with|and) (the|footnote|sections?) .*")]
    private static partial Regex Around();
}
