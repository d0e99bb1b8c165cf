using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Harness;

/// <summary>Experiments, their sizes and their claims belong together; a cell's version follows from the code that computes it.</summary>
[Trait("Category", "Harness")]
public sealed class ExperimentPlansTests
{
    [Fact]
    public void Names_OfPlansAndSizes_AreTheSame() =>
        ExperimentPlans.All.Select(plan => plan.Name).Should().OnlyHaveUniqueItems().And.BeEquivalentTo(Sizes.Experiments);

    [Fact]
    public void Claims_OfPlans_AreExperimentsOfTheRegistry()
    {
        var experiments = ClaimRegistry.Load().Where(entry => entry.Kind == ClaimKind.Experiment).Select(entry => entry.Id).ToHashSet();
        ExperimentPlans.All.SelectMany(plan => plan.Claims).Where(claim => !experiments.Contains(claim)).Should().BeEmpty();
    }

    [Fact]
    public void Sizes_ThatAreNotThere_AreNamed()
    {
        var unknown = () => Sizes.Of<object>("no.such-experiment", Profile.Quick);
        unknown.Should().Throw<FormatException>().WithMessage("*no.such-experiment*quick*");
        var misread = () => Sizes.Of<Other>("intervals.norm-assumption", Profile.Quick);
        misread.Should().Throw<FormatException>().WithMessage("*intervals.norm-assumption*");
    }

    /// <summary>
    /// Through a lambda, a generic class and a static one; what no code of the cell touches is left out, and so is the list of plans, which
    /// grows.
    /// </summary>
    [Fact]
    public void Folders_OfAnExperiment_AreThoseThatItsCodeReaches()
    {
        var folders = SourceVersion.Folders(typeof(NormDistribution));
        folders.Should().Contain(
        [
            "Fixtures/Experiments/Intervals", "Fixtures/Data",
            "Implementation/Core/Training", "Implementation/Core/Networks", "Implementation/Core/Randomness",
        ]);
        folders.Should().NotContain(["Fixtures/Experiments", "Fixtures/Experiments/Beyond", "Fixtures/Numbers", "Fixtures/Networks"]);
        SourceVersion.Of(typeof(NormDistribution)).Should().MatchRegex("^[0-9a-f]{16}$")
            .And.NotBe(SourceVersion.Of(typeof(Fixtures.Experiments.Beyond.SampledOnTrained)));
    }

    private sealed record Other(int Something);
}
