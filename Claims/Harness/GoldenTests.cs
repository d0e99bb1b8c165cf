namespace Reproduce.Claims.Harness;

/// <summary>The golden store, in a temporary folder, and that no golden file has lost its test.</summary>
[Trait("Category", "Harness")]
public sealed class GoldenTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Verify_NothingAccepted_FailsAndLeavesTheReceivedFile()
    {
        var verify = () => Golden.Verify(Numbers(1), Stem);
        verify.Should().Throw<ClaimViolatedException>().WithMessage("*was never accepted*");
        File.Exists($"{Stem}.received.json").Should().BeTrue();
    }

    [Fact]
    public void Verify_AcceptedAndWithinTolerance_PassesAndClearsTheReceivedFile()
    {
        Accept(1);
        Golden.Verify(Numbers(1.0009), Stem);
        File.Exists($"{Stem}.received.json").Should().BeFalse();
    }

    [Theory]
    [InlineData(1.002)]
    [InlineData(-1)]
    public void Verify_OutsideTolerance_FailsWithTheRelativeDifference(double value)
    {
        Accept(1);
        var verify = () => Golden.Verify(Numbers(value), Stem);
        verify.Should().Throw<ClaimViolatedException>().WithMessage("*relative difference*where 0.001 is allowed (made up)*");
    }

    [Fact]
    public void Verify_NumberGone_Fails()
    {
        Accept(1);
        var verify = () => Golden.Verify(new Dictionary<string, GoldenNumber>(), Stem);
        verify.Should().Throw<ClaimViolatedException>().WithMessage("*now missing*");
    }

    [Fact]
    public void GoldenFolder_EveryFile_BelongsToATest()
    {
        var tests = typeof(GoldenTests).Assembly.GetTypes().SelectMany(type => type.GetMethods().Select(method => $"{type.Name}.{method.Name}")).ToHashSet();
        Directory.EnumerateFiles(Golden.Folder, "*.verified.json")
            .Select(path => Path.GetFileName(path).Replace(".verified.json", "", StringComparison.Ordinal))
            .Where(name => !tests.Contains(name))
            .Should().BeEmpty("an orphan guards nothing");
    }

    private string Stem => Path.Combine(folder, "Class.Method");

    private static Dictionary<string, GoldenNumber> Numbers(double value) => new() { ["slope"] = new GoldenNumber(value, 1e-3, "made up") };

    private void Accept(double value)
    {
        try
        {
            Golden.Verify(Numbers(value), Stem);
        }
        catch (ClaimViolatedException)
        {
            File.Move($"{Stem}.received.json", $"{Stem}.verified.json", overwrite: true);
        }
    }
}
