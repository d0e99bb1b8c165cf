using System.Reflection;
using Reproduce.Fixtures;
using Reproduce.Geometry;
using static TorchSharp.torch;

namespace Reproduce.Claims.Harness;

/// <summary>
/// The kill score. A claim's tests, controls excepted, must turn red for every mutant that the claim lists; every theorem lists at least
/// one, and every mutant is listed by some claim. In a category of their own too: <c>./reproduce</c> runs them with the claims' tests.
/// </summary>
[Trait("Category", "Harness")]
[Trait("Category", "Kills")]
public sealed class MutantsTests
{
    private static readonly IReadOnlyList<ClaimEntry> Entries = ClaimRegistry.Load();

    private static readonly UnderTest<Func<int, int>> Twice = new(
        number => 2 * number,
        ("twice-is-thrice", number => 3 * number),
        ("twice-crashes", _ => throw new ArithmeticException("boom")));

    /// <summary>One row a claim that lists mutants.</summary>
    public static TheoryData<string> Claims => [.. Entries.Where(entry => entry.Kills.Count > 0).Select(entry => entry.Id)];

    [Theory]
    [MemberData(nameof(Claims))]
    public void Claim_KillsItsMutants(string id)
    {
        var tests = ClaimTests.All.Where(test => test.Claim.Id == id && test.Claim.Role != Role.Control).ToList();
        var mutants = Entries.Single(entry => entry.Id == id).Kills;
        var tried = mutants.ToLookup(mutant => tests.Any(test => Mutants.Kills(test.Method, mutant, test.Row)));
        var survivors = tried[false].ToList();
        new KillScore(id, Stamp.ThisBuild, [.. tried[true]], survivors, [.. mutants.Where(Mutants.IsOfTheLibrary)]).Write();
        survivors.Should().BeEmpty($"every mutant that {id} lists must turn one of its tests red");
    }

    [Fact]
    public void EveryTheoremWithTests_ListsAMutant() =>
        Entries.Where(entry => entry.Kind == ClaimKind.Theorem && entry.Kills.Count == 0).Select(entry => entry.Id)
            .Should().BeEmpty("a claim that kills nothing may not read 'holds'");

    [Fact]
    public void EveryListedMutant_Exists_AndEveryMutantIsListedOnceInTheRegister()
    {
        var all = Mutants.All();
        all.Should().OnlyHaveUniqueItems();
        var own = Twice.Names.ToList();
        var listed = Entries.SelectMany(entry => entry.Kills).ToHashSet();
        listed.Except(all).Should().BeEmpty("entries list only mutants that exist");
        all.Except(listed).Except(own).Should().BeEmpty("a mutant that no claim lists tests nothing");
    }

    [Fact]
    public void Mutant_IsSwitchedOn_ForOneTestOnly()
    {
        Twice.Run(2).Should().Be(4);
        Mutants.Kills(Method(nameof(Judged.TwiceTwoIsFour)), "twice-is-thrice").Should().BeTrue();
        Mutants.Kills(Method(nameof(Judged.TwiceNothingIsNothing)), "twice-is-thrice").Should().BeFalse("0 does not tell them apart");
        Twice.Run(2).Should().Be(4);
    }

    [Fact]
    public void TestThatCrashes_KillsNothing()
    {
        var crash = () => Mutants.Kills(Method(nameof(Judged.TwiceTwoIsFour)), "twice-crashes");
        crash.Should().Throw<ArithmeticException>();
        ActiveMutant.Current.Should().BeNull();
    }

    /// <summary>
    /// The library's: its methods, and what calls Core or Engine; a call from a lambda counts, one from a helper of the tests does not.
    /// </summary>
    [Fact]
    public void IsOfTheLibrary_IsReadFromTheBody()
    {
        IsOfTheLibrary<Func<Tensor, double, Tensor>>(MatrixNorm.Of).Should().BeTrue();
        IsOfTheLibrary<Func<Tensor, Tensor>>(matrix => MatrixNorm.Of(matrix, 2)).Should().BeTrue();
        IsOfTheLibrary<Func<Tensor[], Tensor[]>>(matrices => [.. matrices.Select(matrix => MatrixNorm.Of(matrix, 2))]).Should().BeTrue();
        IsOfTheLibrary<Func<string, IEnumerable<string>, IEnumerable<string>>>(NearestNames.Of).Should().BeTrue("Fixtures has it");
        IsOfTheLibrary<Func<Tensor, Tensor>>(matrix => matrix.sum()).Should().BeFalse();
        IsOfTheLibrary<Func<Tensor, Tensor>>(matrix => Judged.Norm(matrix)).Should().BeFalse();

        static bool IsOfTheLibrary<T>(T function) where T : Delegate => new UnderTest<T>(function).IsOfTheLibrary;
    }

    [Fact]
    public void KillScore_CountsThoseOfTheLibraryAndOfTheStatementApart() =>
        KillScore.Counts(
            new KillScore("slope.one", "build", ["a", "b"], ["c"], ["b", "c"]),
            new KillScore("slope.two", "build", ["d"], [], ["d"])).Should().Be("2 of 3 of the library, 1 of 1 of the statement");

    private static MethodInfo Method(string name) => typeof(Judged).GetMethod(name)!;

    /// <summary>Tests to be judged, which the runner itself does not see.</summary>
    private static class Judged
    {
        public static void TwiceTwoIsFour() => Twice.Run(2).Should().Be(4);

        public static void TwiceNothingIsNothing() => Twice.Run(0).Should().Be(0);

        internal static Tensor Norm(Tensor matrix) => MatrixNorm.Of(matrix, 2);
    }
}
