using System.Reflection;
using Reproduce.Claims.Foundations.Experiments;
using Reproduce.Fixtures.Experiments;
using Reproduce.Fixtures.Experiments.Intervals;

namespace Reproduce.Claims.Harness;

/// <summary>Experiments, their sizes and the claims that they serve belong together; a cell's version follows what it is computed with.</summary>
[Trait("Category", "Harness")]
public sealed class ExperimentPlansTests
{
    [Fact]
    public void Names_OfPlansAndSizes_AreTheSame() =>
        ExperimentPlans.All.Select(plan => plan.Name).Should().OnlyHaveUniqueItems().And.BeEquivalentTo(Sizes.Experiments);

    /// <summary>Tests name their experiment by a trait, and each has a file of accepted numbers.</summary>
    [Fact]
    public void EveryPlan_HasGoldenNumbers()
    {
        var tests = (from type in typeof(ExperimentGoldens).Assembly.GetTypes()
                     from method in type.GetMethods()
                     from trait in method.GetCustomAttributes<TraitAttribute>()
                     where trait.Name == ExperimentGoldens.Experiment
                     select (Experiment: trait.Value, File: $"{type.Name}.{method.Name}.verified.json")).ToList();
        tests.Select(test => test.Experiment).Distinct().Should().BeEquivalentTo(ExperimentPlans.All.Select(plan => plan.Name));
        tests.Where(test => !File.Exists(Path.Combine(Golden.Folder, test.File))).Should().BeEmpty();
    }

    [Fact]
    public void Claims_OfPlans_AreExperimentsOfTheRegistry()
    {
        var experiments = ClaimRegistry.Load().Where(entry => entry.Kind == ClaimKind.Experiment).Select(entry => entry.Id).ToHashSet();
        ExperimentPlans.All.SelectMany(plan => plan.Claims).Where(claim => !experiments.Contains(claim)).Should().BeEmpty();
    }

    [Fact]
    public void Sizes_ThatAreNotThere_AreNamed()
    {
        FluentActions.Invoking(() => Sizes.Of<object>("no.such-experiment", Profile.Quick)).Should().Throw<FormatException>().WithMessage("*no.such-experiment*quick*");
        FluentActions.Invoking(() => Sizes.Of<Other>("intervals.norm-assumption", Profile.Quick)).Should().Throw<FormatException>().WithMessage("*intervals.norm-assumption*");
    }

    /// <summary>Through a lambda, a generic class and a static one; what no code of the cell touches is left out, and so is the list of plans, which grows.</summary>
    [Fact]
    public void Folders_OfAnExperiment_AreThoseThatItsCodeReaches()
    {
        var folders = SourceVersion.Folders(typeof(NormDistribution));
        folders.Should().Contain(["Fixtures/Experiments/Intervals", "Fixtures/Data", "Implementation/Core/Training", "Implementation/Core/Networks", "Implementation/Core/Randomness"]);
        folders.Should().NotContain(["Fixtures/Experiments", "Fixtures/Experiments/Beyond", "Fixtures/Numbers", "Fixtures/Networks"]);
        SourceVersion.Of(typeof(NormDistribution)).Should().MatchRegex("^[0-9a-f]{16}$").And.NotBe(SourceVersion.Of(typeof(Fixtures.Experiments.Beyond.SampledOnTrained)));
    }

    private sealed record Other(int Something);
}
