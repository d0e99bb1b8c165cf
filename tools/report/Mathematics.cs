using System.Text;
using static Reproduce.Report.FormulaText;

namespace Reproduce.Report;

/// <summary>
/// Typesets mathematics that is written as Unicode text: <c>W_1</c>, <c>‖J‖_p</c>, <c>x^(k−1)</c> get lowered and raised scripts, letters
/// that stand for something get italics, numbers the report's notation. Other words, ids such as <c>slope.prop-6</c> and names such as
/// <c>state_dict</c> and <c>REPRODUCE_DATA</c> stay as they are.
/// </summary>
internal static class Mathematics
{
    // Words of one letter, and the letters by which the papers go.
    private const string NoVariables = "aAISBD";

    // Words of two letters; other pairs, such as tv and dx, are products.
    private static readonly HashSet<string> ShortWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "am", "an", "as", "at", "be", "by", "do", "go", "he", "if", "in", "is", "it", "me", "my", "no", "of", "on", "or", "so", "to", "up",
        "us", "we", "al", "cf", "eq", "et", "id", "ln", "th", "tr", "vs", "px",
    };

    /// <param name="text">Words and formulas.</param>
    /// <param name="withMarkup">Limits, roots and fractions become MathML; labels of plots can have none.</param>
    internal static Html Typeset(string text, bool withMarkup = false)
    {
        text = Numbers.InText(text);
        var html = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            var word = WordAt(text, i);
            if (withMarkup && MathMarkup.At(text, i) is var (markup, end))
            {
                html.Append(markup);
                i = end;
                word = 0;
            }
            else if (word > 0)
            {
                var letters = text.Substring(i, word);
                html.Append(word == 1 && IsVariable(text, i) || word == 2 && IsProduct(text, i) ? $"<i>{letters}</i>" : letters);
                i += word;
            }
            else
            {
                html.Append(Html.Escape(text[i].ToString()));
                i++;
            }

            while (Script(text, i, word) is { } script)
            {
                var tag = text[i] == '_' ? "sub" : "sup";
                html.Append($"<{tag}>{(script.IsName ? script.Content : Script(script.Content, script.Content.Length <= 2))}</{tag}>");
                i = script.End;
                word = 0;
            }
        }

        return new Html(html.ToString());
    }

    // Indices such as ij are two letters that both stand for something.
    private static string Script(string script, bool isIndex) =>
        isIndex && WordAt(script, 0) == script.Length ? $"<i>{script}</i>" : Typeset(script).Text;

    private static bool IsVariable(string text, int i)
    {
        var (before, after) = (At(text, i - 1), At(text, i + 1));
        if (text[i] is 'Σ' or 'Π' || before is '\'' or '’' or '.' || after is '.' && IsLetter(At(text, i + 2)) || char.IsAsciiDigit(after)
            || before == '(' && after == ')' && text[i] is >= 'a' and <= 'e' && At(text, i - 2) == ' ' // (a), (b): parts of a figure
            || text[i] is ('s' or 'h') && before == ' ' && char.IsAsciiDigit(At(text, i - 2)) // seconds, hours
            || before is '-' && IsLetter(At(text, i - 2)))
        {
            return false;
        }

        // An article or a paper's letter stands for something only where a formula goes on.
        return !NoVariables.Contains(text[i], StringComparison.Ordinal)
            || after is '_' or '^' or '(' or '′' or 'ᵀ' or '⁻' or '²' or '|' or '‖'
            || after == ' ' && At(text, i + 2) is '=' or '≤' or '≥' or '<' or '>' or '+' or '−' or '·';
    }

    private static bool IsProduct(string text, int i) =>
        !ShortWords.Contains(text.Substring(i, 2)) && !(char.IsUpper(text[i]) && char.IsUpper(text[i + 1]))
        && At(text, i - 1) is not ('\'' or '’' or '.' or '-' or '/') && !char.IsAsciiDigit(At(text, i - 1))
        && !char.IsAsciiDigit(At(text, i + 2)) && At(text, i + 2) is not ('-' or '.');

    // What follows _ or ^ at i, where that begins a script; word is the length of the word before it.
    private static (string Content, bool IsName, int End)? Script(string text, int i, int word)
    {
        if (i == 0 || At(text, i) is not ('_' or '^') || char.IsWhiteSpace(text[i - 1]))
        {
            return null;
        }

        var start = i + 1;
        if (At(text, start) is '(' or '{' or '[')
        {
            var inside = text[start] == '[' ? 0 : 1;
            return Closing(text, start) is { } close ? (text[(start + inside)..(close + 1 - inside)], false, close + 1) : null;
        }

        var end = start;
        if (NumberAt(text, start) is var digits and > 0)
        {
            end += digits;
        }
        else if (WordAt(text, start) is var letters and > 0)
        {
            // A name of a program, such as state_dict or REPRODUCE_DATA.
            var isLower = char.IsLower(text[i - 1]) && char.IsLower(text[i - word]);
            var isUpper = word > 3 && char.IsUpper(text[i - 1]) && char.IsUpper(text[start]);
            if (word > 1 && letters > 1 && (isLower || isUpper))
            {
                return null;
            }

            end += letters;
        }
        else if (At(text, start) is '∞' or '∂' or '*' or '+' or '∗')
        {
            end++;
        }
        else
        {
            return null;
        }

        while (At(text, end) == '′')
        {
            end++;
        }

        var content = text[start..end];
        return (content, content is "in" or "max" or "min" or "out" || WordAt(content, 0) > 2, end);
    }

    private static int? Closing(string text, int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length && i < open + 60; i++)
        {
            depth += text[i] is '(' or '{' or '[' ? 1 : text[i] is ')' or '}' or ']' ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return null;
    }
}
