namespace Reproduce.Report;

/// <summary>A link to a claim's section.</summary>
internal static class ClaimLink
{
    internal static Html To(string id) => Html.Of($"""<a href="#{id}"><code>{id}</code></a>""");
}
