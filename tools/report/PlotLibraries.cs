using System.Reflection;
using System.Text.RegularExpressions;

namespace Reproduce.Report;

/// <summary>Vega and Vega-Lite, as far as they were there at build time, and the page's own style sheet and scripts.</summary>
public static partial class PlotLibraries
{
    private static readonly string[] Names = ["vega", "vega-lite"];

    /// <summary>What to say where the libraries are missing; null where they are not.</summary>
    public static string? Missing => Names.All(name => Exists($"{name}.min.js")) ? null
        : "plots are shown as tables: Vega-Lite is missing. Install npm, delete artifacts/setup.stamp and run ./setup";

    /// <summary>The libraries as scripts, or nothing.</summary>
    internal static Html Scripts => Missing is null ? Html.Join(Names.Select(Library)) : Html.None;

    /// <summary>An asset as a script of the page.</summary>
    internal static Html Script(string name) => new($"<script>{EndTag().Replace(Read(name), @"<\/script")}</script>\n");

    /// <summary>The text of an asset.</summary>
    internal static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static Html Library(string name) => new($"<!-- {name}\n{Read($"{name}.licence")}-->\n{Script($"{name}.min.js")}");

    private static bool Exists(string name) => Assembly.GetExecutingAssembly().GetManifestResourceInfo(name) is not null;

    // Inside a script only this text could end it.
    [GeneratedRegex("</script", RegexOptions.IgnoreCase)]
    private static partial Regex EndTag();
}
