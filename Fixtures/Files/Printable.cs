namespace Reproduce.Fixtures.Files;

/// <summary>Text from a file as a message may show it.</summary>
internal static class Printable
{
    private const int LongestText = 200;

    /// <summary>The text without control characters, and not endless.</summary>
    internal static string Of(string text)
    {
        static char Shown(char one) => char.IsControl(one) || char.IsSurrogate(one) ? '?' : one;
        var shown = new string([.. text.Take(LongestText).Select(Shown)]);
        return text.Length > LongestText ? $"{shown}…" : shown;
    }
}
