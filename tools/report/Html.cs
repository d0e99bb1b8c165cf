using System.Runtime.CompilerServices;
using System.Text;

namespace Reproduce.Report;

/// <summary>Text that is HTML already. What fills the holes of a template is escaped, unless it is HTML itself.</summary>
internal readonly record struct Html(string Text)
{
    internal static Html None { get; } = new("");

    internal static Html Of(HtmlTemplate template) => new(template.Text);

    /// <summary>Nothing, and no hole is looked at, where the condition does not hold.</summary>
    internal static Html If(bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] HtmlTemplate template) =>
        condition ? new(template.Text) : None;

    internal static Html Escaped(string text) => new(Escape(text));

    internal static Html Join(IEnumerable<Html> parts, string between = "") => new(string.Join(between, parts.Select(part => part.Text)));

    internal static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal);

    public override string ToString() => Text;
}

/// <summary>What the compiler makes of <c>Html.Of($"…")</c>: its text is kept, its holes are escaped.</summary>
[InterpolatedStringHandler]
internal ref struct HtmlTemplate(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength + 16 * formattedCount);

    public HtmlTemplate(int literalLength, int formattedCount, bool condition, out bool isNeeded)
        : this(literalLength, formattedCount) => isNeeded = condition;

    internal readonly string Text => _text.ToString();

    public readonly void AppendLiteral(string literal) => _text.Append(literal);

    public readonly void AppendFormatted(Html html) => _text.Append(html.Text);

    public readonly void AppendFormatted(IEnumerable<Html> parts)
    {
        foreach (var part in parts)
        {
            _text.Append(part.Text);
        }
    }

    public readonly void AppendFormatted(string text) => _text.Append(Html.Escape(text));

    public readonly void AppendFormatted(int number) => _text.Append(number);
}
