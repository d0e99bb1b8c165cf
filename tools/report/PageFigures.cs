using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>The figures of all claims: frames that plots.js draws into when they come into view, and their data.</summary>
internal sealed class PageFigures
{
    // Escapes what could end a script, and leaves letters as they are.
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private readonly List<(ClaimStatus Claim, EvidenceFile File, Figure Figure)> _all;

    internal PageFigures(IReadOnlyList<ClaimStatus> claims) =>
        _all = [.. from claim in claims from file in claim.Evidence from figure in file.Figures select (claim, file, figure)];

    /// <summary>Data for a script of the page.</summary>
    internal static Html Json<T>(string id, T data) => new($"<script type=\"application/json\" id=\"{id}\">{JsonSerializer.Serialize(data, Format)}</script>\n");

    internal Html Data => Json("figure-data", _all.Select(one => new
    {
        one.Figure.Place,
        one.Figure.Title,
        one.Figure.Description,
        one.Figure.X,
        one.Figure.Y,
        words = Typeset(one.Figure),
        mark = one.Figure.Mark.ToString(),
        name = $"{one.Claim.Claim.Id}-{string.Concat(one.Figure.Place.Where(char.IsAsciiLetterOrDigit))}",
        curves = one.Figure.Curves.Select(curve => new { curve.Name, curve.Group, curve.Panel, curve.StandsOut, curve.IsScattered, curve.IsPaper, x = curve.X.Select(Rounded), y = curve.Y.Select(Rounded), error = curve.Error?.Select(Rounded) }),
    }));

    // The words of a figure's labels that are mathematics, as HTML: a plot breaks its labels between words.
    private static Dictionary<string, string> Typeset(Figure figure)
    {
        var words = new Dictionary<string, string>();
        IEnumerable<string> labels = [figure.X.Label, figure.Y.Label, .. figure.X.Categories ?? [], .. figure.Y.Categories ?? [], .. figure.Curves.SelectMany(curve => new[] { curve.Group ?? curve.Name, curve.Panel })];
        foreach (var label in labels.Distinct())
        {
            var (plain, typeset) = (label.Split(' '), Mathematics.Typeset(label).Text.Split(' '));
            foreach (var (word, html) in plain.Length == typeset.Length ? plain.Zip(typeset).Where(pair => pair.Second != Html.Escape(pair.First)) : [])
            {
                words[word] = html;
            }
        }

        return words;
    }

    /// <summary>The frames of a claim's figures.</summary>
    internal Html Of(ClaimStatus claim) => Html.Join(_all.Index().Where(pair => pair.Item.Claim == claim).Select(pair => Html.Of(
        $"""
        <figure class="plot" id="figure-{pair.Index}" data-figure="{pair.Index}">
        <figcaption><b>{pair.Item.Figure.Place}.</b> {Prose.Line(pair.Item.Figure.Title)}</figcaption>
        <div class="wide canvas" role="img" aria-label="{Numbers.InText($"{pair.Item.Figure.Title}. {pair.Item.Figure.Description}")}"></div>
        <p class="seen">{Prose.Line(pair.Item.Figure.Description)}</p>
        </figure>
        """)));

    /// <summary>Links to all figures, by paper.</summary>
    internal Html Index(IReadOnlyList<Paper> papers) => _all.Count == 0 ? Html.None : Html.Of(
        $"""
        <h3>The papers' figures, drawn from our measurements</h3>
        {papers.Select(paper => (paper, mine: _all.Index().Where(pair => pair.Item.Claim.Claim.Paper == paper.Id).ToList())).Where(pair => pair.mine.Count > 0).Select(pair => Html.Of(
            $"""
            <h4>{pair.paper.Title}</h4>
            <ul class="figures">{pair.mine.Select(one => Html.Of($"""<li><a href="#figure-{one.Index}">{one.Item.Figure.Place}</a> {Prose.Line(one.Item.Figure.Title)}</li>"""))}</ul>
            """))}
        """);

    private static double? Rounded(double value) => double.IsFinite(value) ? double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;
}
