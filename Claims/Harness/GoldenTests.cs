namespace Reproduce.Claims.Harness;

/// <summary>The golden store, in a temporary folder, and the form of the repository's golden files.</summary>
[Trait("Category", "Harness")]
public sealed class GoldenTests : IDisposable
{
    private static readonly GoldenTolerance Anywhere = new("*", "float64", 1e-3, "an example");

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Verify_NothingAccepted_FailsAndLeavesTheReceivedFile()
    {
        var verify = () => Verify(1);
        verify.Should().Throw<ClaimViolatedException>().WithMessage("*was never accepted*golden accept Class.Method*");
        Golden.Waiting(folder).Should().Equal("Class.Method");
    }

    [Fact]
    public void Verify_AcceptedAndWithinTolerance_PassesAndClearsTheReceivedFile()
    {
        Accept(1);
        FluentActions.Invoking(() => Verify(2)).Should().Throw<ClaimViolatedException>();
        Verify(1.0009);
        Golden.Waiting(folder).Should().BeEmpty();
    }

    [Theory]
    [InlineData(1.002)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Verify_OutsideTolerance_FailsWithTheRelativeError(double value)
    {
        Accept(1);
        var verify = () => Verify(value);
        verify.Should().Throw<ClaimViolatedException>()
            .WithMessage("*slope: accepted 1, now*relative error*where 0.001 is allowed (an example)*");
    }

    [Fact]
    public void Verify_NumberGone_Fails()
    {
        Accept(1);
        var verify = () => Golden.Verify(new Dictionary<string, GoldenNumber>(), [Anywhere], Stem);
        verify.Should().Throw<ClaimViolatedException>().WithMessage("*now missing*");
    }

    [Fact]
    public void Verify_NotANumberAcceptedAsSuch_Passes()
    {
        Accept(double.NaN);
        Verify(double.NaN);
    }

    [Fact]
    public void Verify_OnADeviceWithoutATolerance_FailsAndNamesIt()
    {
        var onCpu = Anywhere with { Device = "cpu" };
        Accept(1, onCpu);
        FluentActions.Invoking(() => Verify(1, new GoldenRun("cuda:0", "libtorch 2.7"), onCpu))
            .Should().Throw<ClaimViolatedException>().WithMessage("*no tolerance is for cuda:0, float64:*");
    }

    [Fact]
    public void Verify_SeveralTolerancesFit_TheFirstCounts()
    {
        GoldenTolerance[] tolerances =
            [Anywhere with { Device = "cuda:*", Relative = 1e-6 }, Anywhere with { Values = "slo*", Relative = 0.5 }, Anywhere];
        Accept(1, tolerances);
        Verify(1.4, new GoldenRun("cpu", "libtorch 2.7"), tolerances);
        FluentActions.Invoking(() => Verify(1.4, new GoldenRun("cuda:0", "libtorch 2.7"), tolerances))
            .Should().Throw<ClaimViolatedException>().WithMessage("*1E-06 is allowed*");
    }

    [Fact]
    public void Verify_ToleranceLoosenedInTheTest_FailsThoughTheNumbersAgree()
    {
        Accept(1);
        FluentActions.Invoking(() => Verify(1, null, Anywhere with { Relative = 1 }))
            .Should().Throw<ClaimViolatedException>().WithMessage("*tolerances are not those that were accepted*");
    }

    [Fact]
    public void Accept_Again_KeepsTheHistoryAndAddsTheReason()
    {
        Accept(1);
        FluentActions.Invoking(() => Verify(2)).Should().Throw<ClaimViolatedException>();
        Golden.Accept(Stem, "another estimator", new DateOnly(2030, 1, 2));
        Golden.OfVerified(Stem)!.History.Should().Equal(
            new GoldenChange(new DateOnly(2030, 1, 1), "first"),
            new GoldenChange(new DateOnly(2030, 1, 2), "another estimator"));
        Golden.Waiting(folder).Should().BeEmpty();
        Verify(2);
    }

    [Fact]
    public void DamagedFile_IsNamed()
    {
        File.WriteAllText($"{Stem}.verified.json", """{ "values": 3 }""");
        FluentActions.Invoking(() => Verify(1))
            .Should().Throw<FormatException>().WithMessage("*Class.Method.verified.json is damaged*");
    }

    [Fact]
    public void GoldenFolder_EveryFile_BelongsToATest()
    {
        var tests =
            from type in typeof(GoldenTests).Assembly.GetTypes()
            from method in type.GetMethods()
            where method.IsDefined(typeof(FactAttribute), inherit: true)
            select $"{type.Name}.{method.Name}";
        Golden.Names(Golden.Folder).Except(tests).Should().BeEmpty("an orphan guards nothing");
    }

    [Fact]
    public void GoldenFolder_EveryAcceptedFile_SaysWhyAndIsInTheReadme()
    {
        var readme = File.ReadAllText(Path.Combine(Golden.Folder, "README.md"));
        var accepted = Golden.Names(Golden.Folder)
            .Where(name => Golden.OfVerified(Path.Combine(Golden.Folder, name)) is not null).ToList();
        accepted.Where(name => !readme.Contains($"`{name.Split('.')[0]}.", StringComparison.Ordinal))
            .Should().BeEmpty("golden/README.md says how each was made");
        foreach (var name in accepted)
        {
            var file = Golden.OfVerified(Path.Combine(Golden.Folder, name))!;
            file.History.Should().NotBeEmpty("{0} was accepted for a reason", name).And.OnlyContain(change => change.Reason.Length > 0);
            file.Tolerances.Should().OnlyContain(tolerance => tolerance.Reason.Length > 0, "{0}", name);
        }
    }

    private string Stem => Path.Combine(folder, "Class.Method");

    private void Verify(double value, GoldenRun? run = null, params GoldenTolerance[] tolerances)
    {
        var numbers = new Dictionary<string, GoldenNumber> { ["slope"] = new(value) };
        Golden.Verify(numbers, tolerances.Length == 0 ? [Anywhere] : tolerances, Stem, run);
    }

    private void Accept(double value, params GoldenTolerance[] tolerances)
    {
        FluentActions.Invoking(() => Verify(value, null, tolerances)).Should().Throw<ClaimViolatedException>();
        Golden.Accept(Stem, "first", new DateOnly(2030, 1, 1));
    }
}
