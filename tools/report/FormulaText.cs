using System.Globalization;

namespace Reproduce.Report;

/// <summary>Words, numbers and signs in a line of text with formulas.</summary>
internal static class FormulaText
{
    internal static bool IsLetter(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter;

    /// <summary>The number of letters from a place on.</summary>
    internal static int WordAt(string text, int start)
    {
        var end = start;
        while (end < text.Length && IsLetter(text[end]))
        {
            end++;
        }

        return end - start;
    }

    /// <summary>The number of digits, with those after a point, from a place on.</summary>
    internal static int NumberAt(string text, int start)
    {
        var end = start;
        while (char.IsAsciiDigit(At(text, end)) || end > start && At(text, end) == '.' && char.IsAsciiDigit(At(text, end + 1)))
        {
            end++;
        }

        return end - start;
    }

    /// <summary>The sign at a place; a space outside the text.</summary>
    internal static char At(string text, int i) => i >= 0 && i < text.Length ? text[i] : ' ';
}
