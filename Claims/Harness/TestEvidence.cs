namespace Reproduce.Claims.Harness;

/// <summary>A test of a claim and what its rows have left; a test without data has one row.</summary>
/// <param name="Name">Class and method.</param>
/// <param name="Role">What it shows about the claim.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Files">The evidence of those that have run, in the order of evidence.</param>
public sealed record TestEvidence(string Name, Role Role, int Rows, IReadOnlyList<EvidenceFile> Files)
{
    /// <summary>passed, where all rows have; failed, skipped or not run, where one has or has not.</summary>
    public string Outcome =>
        Files.Any(file => file.Outcome == "failed") ? "failed"
        : Files.Any(file => file.Outcome == "skipped") ? "skipped"
        : Files.Count < Rows ? "not run"
        : "passed";

    /// <summary>The name, and the number of rows where the test has data.</summary>
    public string Caption => Rows == 1 ? Name : $"{Name}, {Rows} rows";

    /// <summary>What rows say that failed or were skipped, each with its data in front.</summary>
    public IEnumerable<string> Messages =>
        from file in Files where file.Message is not null select Rows == 1 ? file.Message : $"{file.Test[Name.Length..]}: {file.Message}";

    /// <summary>How long it took.</summary>
    public double Seconds => Files.Sum(file => file.Seconds);

    /// <summary>The tests of a claim, the nightly ones aside.</summary>
    public static IReadOnlyList<TestEvidence> Of(ClaimStatus status)
    {
        var evidence = status.Evidence.ToLookup(file => file.Test);
        return [.. from test in ClaimTests.All
                   where test.Claim.Id == status.Claim.Id && test.Claim.Category != Category.Nightly
                   group test by test.Method into rows
                   let files = rows.SelectMany(row => evidence[row.Name]).ToList()
                   select new TestEvidence(EvidenceFile.NameOf(rows.Key, []), rows.First().Claim.Role, rows.Count(), files)];
    }
}
