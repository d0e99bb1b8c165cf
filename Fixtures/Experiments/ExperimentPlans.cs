using Reproduce.Fixtures.Experiments.Beyond;
using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Fixtures.Experiments.Design.Zeta;
using Reproduce.Fixtures.Experiments.Intervals;
using Reproduce.Fixtures.Experiments.Slope;
using Reproduce.Fixtures.Experiments.Smoothness;

namespace Reproduce.Fixtures.Experiments;

/// <summary>All experiments, paper by paper.</summary>
public static class ExperimentPlans
{
    /// <summary>All experiments, in the order in which they are run.</summary>
    public static IReadOnlyList<ExperimentPlan> All { get; } =
    [
        // Slope
        TrainedNetworks.Plan,
        Resolution.Plan,
        AroundAPoint.Plan,

        // Smoothness
        SampledFunctions.Plan,
        IncreasingDigits.Plan,
        RegularisedDigits.Plan,

        // Intervals
        NormDistribution.Plan,
        IntervalClassifiers.Images,
        IntervalClassifiers.Colours,
        IntervalClassifiers.Moons,

        // Design
        WeightTails.Plan,
        FlatnessByLabels.Plan,
        ZetaByLayer.Plan,
        NoisyFits.PlainDescent,
        NoisyFits.LongSkips,
        NoisyFits.GeneralizationLayers,
        CifarResNets.Plan,

        // Beyond the papers
        SampledOnTrained.Plan,
    ];
}
