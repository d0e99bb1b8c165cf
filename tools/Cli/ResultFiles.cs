using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Cli;

/// <summary>
/// The verdicts of a profile as files for <c>docs/results</c>, one for each claim: the evidence of its test, with six digits of what is
/// drawn and of what lies behind a figure.
/// </summary>
internal static class ResultFiles
{
    /// <summary>Writes the file of every claim that was judged, over what was there.</summary>
    /// <param name="folder">Created if it is missing.</param>
    /// <param name="evidence">Of the nightly tests.</param>
    /// <returns>The claims.</returns>
    internal static IReadOnlyList<string> Write(string folder, IEnumerable<EvidenceFile> evidence)
    {
        var judged = evidence.Where(file => file.Verdict is not null).ToList();
        foreach (var file in judged)
        {
            Rounded(file).WriteAs(Path.Combine(folder, $"{file.Claim}.json"));
        }

        return [.. judged.Select(file => file.Claim)];
    }

    private static EvidenceFile Rounded(EvidenceFile file) => file with
    {
        Measurements = [.. file.Measurements.Select(one => one with { Series = Rounded(one.Series) })],
        Figures =
        [
            .. file.Figures.Select(figure => figure with
            {
                Curves =
                [
                    .. figure.Curves.Select(curve => curve with
                    {
                        X = Rounded(curve.X)!, Y = Rounded(curve.Y)!, Error = Rounded(curve.Error),
                    }),
                ],
            }),
        ],
    };

    private static IReadOnlyList<double>? Rounded(IReadOnlyList<double>? numbers) =>
        numbers is null ? null : [.. numbers.Select(SignificantDigits.Six)];
}
