using System.Text;

namespace Reproduce.Report;

/// <summary>
/// What raised and lowered letters cannot show, as MathML: operators with limits below and above them, roots, fractions, a script above
/// another. It stands in the line like a letter, so that lines break around it.
/// </summary>
internal static class MathMarkup
{
    private const string LargeOperators = "ΣΠ∑∏∫⋂⋃";
    private static readonly HashSet<string> WordOperators = ["max", "min", "sup", "inf", "lim"];

    /// <summary>The construct that begins at a place and where it ends; null where none begins.</summary>
    internal static (string Html, int End)? At(string text, int start)
    {
        var found = Operator(text, start) ?? Root(text, start) ?? Fraction(text, start) ?? Scripts(text, start);
        return found is var (markup, end) ? ($"<math>{markup}</math>", end) : null;
    }

    // Σ_(i=1)^n, max_(v∈B): the limits below and above.
    private static (string Markup, int End)? Operator(string text, int start)
    {
        var word = FormulaText.WordAt(text, start);
        var isLarge = word <= 1 && LargeOperators.Contains(FormulaText.At(text, start), StringComparison.Ordinal);
        if (!isLarge && !(word > 1 && WordOperators.Contains(text.Substring(start, word)) && !char.IsLetter(Before(text, start))))
        {
            return null;
        }

        var name = isLarge ? text[start].ToString() : text.Substring(start, word);
        var (below, above, end) = BothScripts(text, start + name.Length);
        if (below is null && above is null || isLarge && below?.Length == 1 && above is null)
        {
            return null;
        }

        var sign = $"""<mo movablelimits="false" {(isLarge ? "largeop=\"true\"" : "lspace=\"0\"")}>{name}</mo>""";
        return (below, above) switch
        {
            (not null, not null) => ($"<munderover>{sign}{Row(below)}{Row(above)}</munderover>", end),
            (not null, _) => ($"<munder>{sign}{Row(below)}</munder>", end),
            _ => ($"<mover>{sign}{Row(above!)}</mover>", end),
        };
    }

    // √(2n), √2.
    private static (string Markup, int End)? Root(string text, int start)
    {
        if (FormulaText.At(text, start) != '√')
        {
            return null;
        }

        if (Group(text, start + 1) is { } end)
        {
            return ($"<msqrt>{Row(text[(start + 2)..(end - 1)])}</msqrt>", end);
        }

        var after = AfterDigits(text, start + 1);
        after += after == start + 1 && FormulaText.WordAt(text, after) == 1 ? 1 : 0;
        return after == start + 1 ? null : ($"<msqrt>{Row(text[(start + 1)..after])}</msqrt>", after);
    }

    // (a + b)/(c + d), 3/(16n), ∂f/∂x; a fraction of two numbers stays on its line, and so does what is multiplied or applied.
    private static (string Markup, int End)? Fraction(string text, int start)
    {
        if (char.IsLetterOrDigit(Before(text, start)) || Before(text, start) is ')' or ']' or '}' or '.' or '_' or '^' or '/' or '′' or '⁾'
            || Part(text, start) is not { } bar || FormulaText.At(text, bar) != '/' || Part(text, bar + 1) is not { } end
            || char.IsLetterOrDigit(FormulaText.At(text, end)) || FormulaText.At(text, end) is '(' or '_' or '^' or '/' or '′' or '⁽')
        {
            return null;
        }

        var (above, below) = (text[start..bar], text[(bar + 1)..end]);
        var isNumeric = above.All(char.IsAsciiDigit) && below.All(char.IsAsciiDigit);
        return isNumeric ? null : ($"<mfrac>{Row(Bare(above))}{Row(Bare(below))}</mfrac>", end);
    }

    // W_l^k: one above the other.
    private static (string Markup, int End)? Scripts(string text, int start)
    {
        if (FormulaText.WordAt(text, start) != 1 || char.IsLetter(Before(text, start)) || Before(text, start) is '_' or '^')
        {
            return null;
        }

        var (below, above, end) = BothScripts(text, start + 1);
        return below is null || above is null ? null : ($"<msubsup><mi>{text[start]}</mi>{Row(below)}{Row(above)}</msubsup>", end);
    }

    // A text without spaces around as one row of MathML.
    private static string Row(string text)
    {
        var row = new StringBuilder("<mrow>");
        for (var i = 0; i < text.Length;)
        {
            if ((Operator(text, i) ?? Root(text, i) ?? Fraction(text, i)) is var (markup, after))
            {
                row.Append(markup);
                i = after;
                continue;
            }

            var (end, tag) = (i + 1, "mo");
            if (FormulaText.WordAt(text, i) is > 0 and var word)
            {
                // Several letters are a product, unless they are a name.
                (end, tag) = (i + (word > 2 ? word : 1), "mi");
            }
            else if (FormulaText.NumberAt(text, i) is > 0 and var digits)
            {
                (end, tag) = (i + digits, "mn");
            }

            var (below, above, scripted) = BothScripts(text, end);
            var atom = char.IsWhiteSpace(text[i]) ? "" : $"<{tag}>{Html.Escape(text[i..end])}</{tag}>";
            row.Append((below, above) switch
            {
                (not null, not null) => $"<msubsup>{atom}{Row(below)}{Row(above)}</msubsup>",
                (not null, _) => $"<msub>{atom}{Row(below)}</msub>",
                (_, not null) => $"<msup>{atom}{Row(above)}</msup>",
                _ => atom,
            });
            i = scripted;
        }

        return row.Append("</mrow>").ToString();
    }

    private static (string? Below, string? Above, int End) BothScripts(string text, int start)
    {
        string? below = null, above = null;
        var end = start;
        while (FormulaText.At(text, end) is '_' or '^' && end > 0 && !char.IsWhiteSpace(text[end - 1]))
        {
            var isBelow = text[end] == '_';
            if ((isBelow ? below : above) is not null || Script(text, end + 1) is not { } after)
            {
                break;
            }

            var content = Bare(text[(end + 1)..after]);
            (below, above, end) = isBelow ? (content, above, after) : (below, content, after);
        }

        return (below, above, end);
    }

    // The end of a script's content: a group, a number, a name, or a sign.
    private static int? Script(string text, int start)
    {
        if (Group(text, start) is { } end)
        {
            return end;
        }

        end = AfterDigits(text, start + FormulaText.WordAt(text, start));
        return end > start ? end : FormulaText.At(text, start) is '∞' or '∂' or '*' or '∗' or '+' ? start + 1 : null;
    }

    // The end of what can stand above or below the bar: a group, a number, a letter with its scripts and ∂ before it.
    private static int? Part(string text, int start)
    {
        if (Group(text, start) is { } end)
        {
            return end;
        }

        end = AfterDigits(text, start);
        if (end > start && !char.IsLetter(FormulaText.At(text, end)))
        {
            return end;
        }

        end += FormulaText.At(text, end) == '∂' ? 1 : 0;
        return FormulaText.WordAt(text, end) == 1 ? BothScripts(text, end + 1).End : null;
    }

    // The end of what a bracket at a place encloses.
    private static int? Group(string text, int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length && i < open + 80 && (i > open || text[i] == '('); i++)
        {
            depth += text[i] is '(' or '{' or '[' ? 1 : text[i] is ')' or '}' or ']' ? -1 : 0;
            if (depth == 0)
            {
                return i + 1;
            }
        }

        return null;
    }

    private static string Bare(string text) => text is ['(', .. var inner, ')'] && Group(text, 0) == text.Length ? inner : text;

    private static int AfterDigits(string text, int start)
    {
        while (char.IsAsciiDigit(FormulaText.At(text, start)))
        {
            start++;
        }

        return start;
    }

    private static char Before(string text, int i) => FormulaText.At(text, i - 1);
}
