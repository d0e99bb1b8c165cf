using System.Reflection;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>Every experiment has golden numbers.</summary>
[Trait("Category", "Foundation")]
public sealed class ExperimentGoldensTests
{
    /// <summary>A test names its experiment by a trait and has a file of accepted numbers.</summary>
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
}
