using Microsoft.Playwright;
using Reproduce.Claims.Foundations.Cli;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Foundations.Report;

/// <summary>A report that the program wrote from <see cref="SyntheticEvidence"/>, and a browser to look at it.</summary>
public sealed class BrowsedReport : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _missing;

    /// <summary>Quantities with mathematics, and the HTML they must become.</summary>
    internal static IReadOnlyList<(string Text, string Html)> Formulas { get; } =
    [
        ("W_1", "<i>W</i><sub>1</sub>"),
        ("‖W_iᵀ‖_p", "‖<i>W</i><sub><i>i</i></sub>ᵀ‖<sub><i>p</i></sub>"),
        ("x^(k−1) and x^{k+1}", "<i>x</i><sup><i>k</i>−1</sup> and <i>x</i><sup><i>k</i>+1</sup>"),
        ("Σ_i y_ij", "Σ<sub><i>i</i></sub> <i>y</i><sub><i>ij</i></sub>"),
        ("σ_max of 4^4.5", "<i>σ</i><sub>max</sub> of 4<sup>4.5</sup>"),
        ("Slope_(f·v)(x)", "Slope<sub><i>f</i>·<i>v</i></sub>(<i>x</i>)"),
        ("a 2-slope at a kink, 10⁻⁵", "a 2-slope at a kink, 10⁻⁵"),
        ("f(x + tv) = a + b", "<i>f</i>(<i>x</i> + <i>tv</i>) = <i>a</i> + <i>b</i>"),
        ("state_dict of slope.prop-6, e.g. this", "state_dict of slope.prop-6, e.g. this"),
        ("REPRODUCE_DATA: not set", "REPRODUCE_DATA: not set"),
        ("|a| < b & c", "|<i>a</i>| &lt; <i>b</i> &amp; <i>c</i>"),
    ];

    internal string Page => _folder["report", "index.html"];

    internal string Json => _folder["report", "report.json"];

    public async ValueTask InitializeAsync()
    {
        SyntheticEvidence.Write(_folder["evidence"], [.. Formulas.Select(formula => formula.Text)]);
        SyntheticEvidence.WriteResults(_folder["results"]);
        Write();
        _missing =
            Chromium is null ? "no chromium: install Debian's package of that name, or set CHROMIUM to the program"
            : Driver is null ? "Playwright's driver is not among NuGet's packages"
            : null;
        if (_missing is null)
        {
            Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", Driver);
            _playwright = await Playwright.CreateAsync();
            string[] options = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [];
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = options });
        }
    }

    /// <summary>Has the program write the report.</summary>
    internal void Write()
    {
        var (code, _, error) = ReproduceProgram.Run(
            ["report", "--output", _folder["report"]],
            ("REPRODUCE_EVIDENCE", _folder["evidence"]),
            ("REPRODUCE_RESULTS", _folder["results"]));
        code.Should().Be(0, error);
    }

    /// <summary>The page, opened anew in a window of this size. Errors that it logs and its requests to the network are kept.</summary>
    internal async Task<OpenedPage> Open(
        int width = 1200, int height = 900, string address = "", ColorScheme colours = ColorScheme.Light)
    {
        if (_missing is not null)
        {
            Assert.Skip(_missing);
        }

        var context = await _browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = colours,
            AcceptDownloads = true,
        });
        var opened = new OpenedPage(context, await context.NewPageAsync());
        await opened.Page.GotoAsync($"file://{Page}{address}");
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _folder.Dispose();
    }

    private static string? Chromium =>
        new[] { Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser" }
            .FirstOrDefault(File.Exists);

    private static string? Driver
    {
        get
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(home, ".nuget", "packages");
            var version = typeof(IPlaywright).Assembly.GetName().Version!.ToString(3);
            var folder = Path.Combine(packages, "microsoft.playwright", version);
            return Directory.Exists(Path.Combine(folder, ".playwright")) ? folder : null;
        }
    }
}

/// <summary>A page in a window of its own.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    internal OpenedPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Faults.Add($"{message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => Faults.Add(error);
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Scheme is not ("file" or "data" or "blob"))
            {
                Faults.Add($"asks for {request.Url}");
            }
        };
    }

    internal IPage Page { get; }

    /// <summary>Errors, warnings and requests to the network.</summary>
    internal List<string> Faults { get; } = [];

    public async ValueTask DisposeAsync() => await _context.CloseAsync();
}
