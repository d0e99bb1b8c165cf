using System.Text.RegularExpressions;
using Markdig;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Reproduce.Report;

/// <summary>Markdown as HTML, with its mathematics typeset.</summary>
internal static partial class Prose
{
    private static readonly MarkdownPipeline Mathematical = Formulas();

    /// <summary>A section of a claim. In it [a, b](f), _ and a line that begins with &gt; are mathematics, not Markdown.</summary>
    internal static Html Section(string markdown) => Render(Markdown.Parse(markdown, Mathematical));

    /// <summary>A line of text without Markdown, except words in *italics*.</summary>
    internal static Html Line(string text) => new(Italics().Replace(Mathematics.Typeset(text.ReplaceLineEndings(" ")).Text, "<i>$1</i>"));

    /// <summary>The first sentence of a section, on one line; where it is short, the next as well.</summary>
    internal static Html Beginning(string markdown)
    {
        const int Short = 90;
        var line = WhiteSpace().Replace(markdown.Split("\n\n")[0], " ").Trim();
        var end = SentenceEnd().Matches(line).FirstOrDefault(match => match.Index >= Short)?.Index + 1 ?? line.Length;
        var html = Section(line[..end]);
        return html.Text.Trim() is ['<', 'p', '>', .. var inner, '<', '/', 'p', '>'] ? new Html(inner) : html;
    }

    private static Html Render(MarkdownDocument document)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Mathematical.Setup(renderer);
        renderer.ObjectRenderers.Replace<LiteralInlineRenderer>(new TypesetLiteral());
        renderer.Render(document);
        return new Html(writer.ToString());
    }

    private static MarkdownPipeline Formulas()
    {
        var builder = new MarkdownPipelineBuilder().DisableHtml();
        builder.InlineParsers.TryRemove<LinkInlineParser>();
        builder.InlineParsers.TryRemove<AutolinkInlineParser>();
        builder.InlineParsers.Find<EmphasisInlineParser>()!.EmphasisDescriptors.RemoveAll(descriptor => descriptor.Character == '_');
        builder.BlockParsers.TryRemove<QuoteBlockParser>();
        return builder.Build();
    }

    // Words only, so that no product is taken for one.
    [GeneratedRegex(@"\*([a-z]{3}[a-z ]*)\*")]
    private static partial Regex Italics();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    // A full stop after a word or a closing bracket, before a capital; not that of "e.g." or "Fig.".
    [GeneratedRegex(@"(?<![.\s]\w|Fig|eq|Eq|Def|Prop|Sec|App)\.(?= [A-Z(])")]
    private static partial Regex SentenceEnd();

    private sealed class TypesetLiteral : HtmlObjectRenderer<LiteralInline>
    {
        protected override void Write(HtmlRenderer renderer, LiteralInline literal) =>
            renderer.Write(Mathematics.Typeset(literal.Content.ToString(), withMarkup: true).Text);
    }
}
