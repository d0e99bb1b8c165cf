using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Reproduce.Claims.Harness;

namespace Reproduce.Report;

/// <summary>
/// The tests behind the claims as JUnit XML, for CI systems: a suite a paper, a case a test. A test without evidence from the present build
/// is there as skipped.
/// </summary>
internal static class JunitFile
{
    internal static string Of(IReadOnlyList<ClaimStatus> claims)
    {
        var suites = claims.GroupBy(claim => claim.Claim.Paper).Select(paper => Suite(paper.Key, [.. paper])).ToList();
        var root = new XElement("testsuites", new XAttribute("name", "Reproduce"), Totals(suites), suites);
        return $"{new XDeclaration("1.0", "utf-8", null)}\n{root}\n";
    }

    private static XElement Suite(string paper, IReadOnlyList<ClaimStatus> claims)
    {
        XElement[] cases = [.. claims.SelectMany(Cases)];
        var seconds = claims.SelectMany(claim => claim.Evidence).Sum(file => file.Seconds);
        return new XElement(
            "testsuite",
            new XAttribute("name", paper),
            new XAttribute("tests", cases.Length),
            new XAttribute("failures", cases.Count(one => one.Element("failure") is not null)),
            new XAttribute("errors", 0),
            new XAttribute("skipped", cases.Count(one => one.Element("skipped") is not null)),
            new XAttribute("time", Seconds(seconds)),
            Properties([.. claims.GroupBy(claim => claim.Words).Select(one => ($"claims with the verdict {one.Key}", $"{one.Count()}"))]),
            cases);
    }

    private static IEnumerable<XElement> Cases(ClaimStatus claim)
    {
        var evidence = claim.Evidence.ToDictionary(file => file.Test);
        foreach (var test in ClaimTests.All.Where(test => test.Claim.Id == claim.Claim.Id && test.Claim.Category != Category.Nightly))
        {
            var file = evidence.GetValueOrDefault(test.Name);
            yield return new XElement(
                "testcase",
                new XAttribute("classname", claim.Claim.Id),
                new XAttribute("name", test.Name),
                new XAttribute("time", Seconds(file?.Seconds ?? 0)),
                Properties(
                    ("claim", claim.Claim.Id),
                    ("role", test.Claim.Role.ToString().ToLowerInvariant()),
                    ("verdict", claim.Caption),
                    ("declared", claim.Claim.Declared.Words())),
                file?.Outcome switch
                {
                    "passed" => null,
                    "failed" => new XElement("failure", new XAttribute("message", Clean(file.Message).Split('\n')[0]), Clean(file.Message)),
                    "skipped" => new XElement("skipped", new XAttribute("message", Clean(file.Message))),
                    _ => new XElement("skipped", new XAttribute("message", "no evidence from the present build")),
                });
        }
    }

    private static XAttribute[] Totals(IReadOnlyList<XElement> suites) =>
        [.. from name in (string[])["tests", "failures", "errors", "skipped"]
            select new XAttribute(name, suites.Sum(suite => (int)suite.Attribute(name)!))];

    private static XElement Properties(params (string Name, string Value)[] properties) =>
        new("properties", properties.Select(one =>
            new XElement("property", new XAttribute("name", one.Name), new XAttribute("value", one.Value))));

    // A message may hold what XML cannot, such as the control characters of a terminal.
    private static string Clean(string? text) => string.Concat((text ?? "").ReplaceLineEndings("\n").Where(XmlConvert.IsXmlChar));

    private static string Seconds(double seconds) => seconds.ToString("F3", CultureInfo.InvariantCulture);
}
