using System.Text.RegularExpressions;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Harness;

/// <summary>
/// Holds the claims and the tests together, by reflection over this assembly: every claim has tests, every test has a claim, and
/// what is declared is what the tests, if they pass, show. All offenders are listed at once.
/// </summary>
[Trait("Category", "Harness")]
public sealed partial class RegistryTests
{
    private static readonly string[] NeededOfAmended = ["As printed", "Counterexample", "Repaired"];

    private static readonly IReadOnlyList<ClaimEntry> Entries = ClaimRegistry.Load();

    [Fact]
    public void EveryClaim_HasATest_OrSaysWhatIsMissing() =>
        Offenders(from entry in Entries
                  where ClaimTests.All.All(test => test.Claim.Id != entry.Id)
                  where entry.Declared != Verdict.Pending || !entry.Sections.ContainsKey("Missing")
                  select $"{entry.Id} ({entry.Where}) has no test, and is not pending with a paragraph **Missing.**");

    [Fact]
    public void EveryTest_NamesAClaim() =>
        Offenders(from test in ClaimTests.All
                  where Entries.All(entry => entry.Id != test.Claim.Id)
                  select $"{test.Name} names {test.Claim.Id}, which is no claim");

    [Fact]
    public void EveryTestWithRows_HasRows() =>
        Offenders(from type in typeof(ClaimTests).Assembly.GetTypes()
                  from method in type.GetMethods()
                  where Attribute.IsDefined(method, typeof(ClaimRowsAttribute)) && ClaimTests.All.All(test => test.Method != method)
                  select $"{type.Name}.{method.Name} has no rows");

    [Fact]
    public void EveryTheoremsDeclaredVerdict_IsWhatItsTestsShow() =>
        Offenders(from entry in Entries
                  where entry.Kind == ClaimKind.Theorem
                  let shown = Verdicts.OfTheorem(RolesOf(entry), entry.Kills)
                  where shown != entry.Declared
                  select $"{entry.Id} declares '{entry.Declared.Words()}', its tests show '{shown?.Words() ?? "nothing"}'");

    [Fact]
    public void EveryClaimWithTests_HasAControl() =>
        Offenders(from entry in Entries
                  let roles = RolesOf(entry).ToList()
                  where roles.Count > 0 && !roles.Contains(Role.Control)
                  select $"{entry.Id} has no control: a check that cannot fail proves nothing");

    [Fact]
    public void EveryAmendedOrRefutedClaim_StatesTheCounterexampleAndTheRepair() =>
        Offenders(from entry in Entries
                  where entry.Declared is Verdict.HoldsAmended or Verdict.Refuted
                  from needed in NeededOfAmended
                  where !entry.Sections.ContainsKey(needed)
                  select $"{entry.Id} is {entry.Declared.Words()} and has no paragraph **{needed}.**");

    /// <summary>What is printed, and the text that corrects a slip, is quoted, not described.</summary>
    [Theory]
    [InlineData("As printed")]
    [InlineData("Slip")]
    public void WhatIsPrinted_StandsInQuotationMarks(string label) =>
        Offenders(from entry in Entries
                  where entry.Sections.TryGetValue(label, out var printed) && !Quotation().IsMatch(printed)
                  select $"{entry.Id} ({entry.Where}) has no quotation, “…”, under **{label}.**");

    [Fact]
    public void EveryTestsCategory_FitsItsClaimsKind() =>
        Offenders(from test in ClaimTests.All
                  join entry in Entries on test.Claim.Id equals entry.Id
                  where entry.Kind == ClaimKind.Theorem && test.Claim.Category != Category.Theorem
                  select $"{test.Name} is {test.Claim.Category}, but {entry.Id} is a theorem");

    [Fact]
    public void EveryExperimentWithAVerdict_HasATestThatDecidesIt() =>
        Offenders(from entry in Entries
                  where entry.Kind == ClaimKind.Experiment && entry.Declared != Verdict.Pending
                  where !ClaimTests.All.Any(test => test.Claim.Id == entry.Id && Decides(test))
                  select $"{entry.Id} declares '{entry.Declared.Words()}' without a test that measures it");

    /// <summary>
    /// What is declared at the standard size is what the results of that size say, no more and no less: a claim's own file where there is
    /// one, otherwise the newest document.
    /// </summary>
    [Fact]
    public void VerdictsAtTheStandardSize_AreThoseOfTheResults()
    {
        var results = Path.Combine(Repository.Root, "docs", "results");
        var newest = Directory.GetFiles(results, "*-standard.md").Order(StringComparer.Ordinal).Last();
        var committed = CommittedResults.Load();
        var files =
            from entry in Entries
            let verdict = committed.Of(entry.Id, Profile.Standard)?.Verdict
            where verdict is not null
            select $"{entry.Id}: {verdict.Value.Words()}";
        var said = CommittedResults.Verdicts(File.ReadLines(newest))
            .Where(row => committed.Of(row.Claim, Profile.Standard) is null)
            .Select(row => $"{row.Claim}: {row.Words}")
            .Concat(files);
        var declared =
            from entry in Entries
            let verdict = entry.DeclaredAt(Profile.Standard)
            where verdict is not null
            select $"{entry.Id}: {verdict.Value.Words()}";
        declared.Should().NotBeEmpty().And.BeEquivalentTo(said, $"{Path.GetFileName(newest)} and the files beside it say so");
    }

    [GeneratedRegex("“[^“”]+”")]
    private static partial Regex Quotation();

    private static bool Decides(ClaimTest test) => test.Claim.Category != Category.Theorem && test.Claim.Role == Role.Check;

    private static IEnumerable<Role> RolesOf(ClaimEntry entry) =>
        ClaimTests.All.Where(test => test.Claim.Id == entry.Id).Select(test => test.Claim.Role);

    private static void Offenders(IEnumerable<string> offenders) =>
        string.Join(Environment.NewLine, offenders).Should().BeEmpty();
}
