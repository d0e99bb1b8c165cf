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
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    private readonly List<(ClaimView Claim, SizedRun? Run, Figure Figure)> _all;

    // Those of the largest run that has any.
    internal PageFigures(IReadOnlyList<ClaimView> claims) => _all =
    [
        .. from claim in claims
           let run = claim.Runs.FirstOrDefault(one => one.Evidence.Any(file => file.Figures.Count > 0))
           from file in run?.Evidence ?? claim.Status.Evidence
           from figure in file.Figures
           select (claim, run, figure),
    ];

    /// <summary>Data for a script of the page.</summary>
    internal static Html Json<T>(string id, T data) =>
        new($"<script type=\"application/json\" id=\"{id}\">{JsonSerializer.Serialize(data, Format)}</script>\n");

    internal Html Data => Json("figure-data", _all.Select(one => new
    {
        one.Figure.Place,
        one.Figure.Title,
        one.Figure.Description,
        one.Figure.X,
        one.Figure.Y,
        words = Typeset(one.Figure),
        mark = one.Figure.Mark.ToString(),
        isCapped = IsCapped(one.Claim, one.Figure),
        name = $"{one.Claim.Id}-{string.Concat(one.Figure.Place.Where(char.IsAsciiLetterOrDigit))}",
        curves = one.Figure.Curves.Select((curve, i) => new
        {
            curve.Name,
            curve.Group,
            curve.Panel,
            curve.StandsOut,
            curve.IsScattered,
            curve.IsPaper,
            // Not given where it is that of the curve before.
            x = i > 0 && curve.X.SequenceEqual(one.Figure.Curves[i - 1].X) ? null : curve.X.Select(Rounded),
            y = curve.Y.Select(Rounded),
            error = curve.Error?.Select(Rounded),
        }),
    }));

    // The words of a figure's labels that are mathematics, as HTML: a plot breaks its labels between words.
    private static Dictionary<string, string> Typeset(Figure figure)
    {
        var words = new Dictionary<string, string>();
        IEnumerable<string> labels =
        [
            figure.X.Label, figure.Y.Label, .. figure.X.Categories ?? [], .. figure.Y.Categories ?? [],
            .. figure.Curves.SelectMany(curve => new[] { curve.Group ?? curve.Name, curve.Panel }),
        ];
        foreach (var label in labels.Distinct())
        {
            var (plain, typeset) = (label.Split(' '), Mathematics.Typeset(label).Text.Split(' '));
            if (plain.Length != typeset.Length)
            {
                continue;
            }

            foreach (var (word, html) in plain.Zip(typeset).Where(pair => pair.Second != Html.Escape(pair.First)))
            {
                words[word] = html;
            }
        }

        return words;
    }

    // Intervals end where the range that is searched ends: the last place of such a density holds those that may be longer.
    private static bool IsCapped(ClaimView claim, Figure figure) =>
        claim.Claim.Paper == "intervals" && figure.Mark == FigureMark.Line && figure.Y.Label == "density";

    /// <summary>The frames of the figures of a claim at one size.</summary>
    internal Html Of(ClaimView claim, SizedRun run)
    {
        var toy = run.IsTooSmall ? "too small to decide: the form of the figure, not its numbers" : "";
        Html Frame(int index, Figure figure) => Html.Of(
            $"""
            <figure class="plot" id="figure-{index}" data-figure="{index}">
            <figcaption><b>{figure.Place}.</b> {Prose.Line(figure.Title)} {run.Badge}
            {Html.If(toy.Length > 0, $"""<span class="toy">{toy}</span>""")}</figcaption>
            <div class="wide canvas" role="img" aria-label="{Numbers.InText($"{figure.Title}. {figure.Description}")}"></div>
            <p class="seen">{Prose.Line(figure.Description)}
            {Html.If(IsCapped(claim, figure), $"The diamond is that last one, drawn apart from the density.")}</p>
            </figure>
            """);
        return Html.Join(
            _all.Index().Where(one => one.Item.Claim == claim && one.Item.Run == run).Select(one => Frame(one.Index, one.Item.Figure)));
    }

    /// <summary>Links to all figures, by paper.</summary>
    internal Html Index(IReadOnlyList<Paper> papers)
    {
        Html Link(int index, Figure figure) =>
            Html.Of($"""<li><a href="#figure-{index}">{figure.Place}</a> {Prose.Line(figure.Title)}</li>""");

        Html OfPaper(Paper paper)
        {
            var figures = _all.Index().Where(one => one.Item.Claim.Claim.Paper == paper.Id).ToList();
            return Html.If(
                figures.Count > 0,
                $"""
                <h4 class="figures-title">{paper.Title}</h4>
                <ul class="figures">{figures.Select(one => Link(one.Index, one.Item.Figure))}</ul>
                """);
        }

        return Html.If(
            _all.Count > 0,
            $"""
            <h3 class="figures-title">The papers' figures, drawn from our measurements</h3>
            {papers.Select(OfPaper)}
            """);
    }

    private static double? Rounded(double value) => double.IsFinite(value)
        ? double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
        : null;
}
