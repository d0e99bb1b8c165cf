namespace Reproduce.Claims.Intervals.Support;

/// <summary>One network as the rules of Figs. 4 to 8 see it.</summary>
/// <param name="Side">Pixels along a side.</param>
/// <param name="Layers">Hidden layers.</param>
/// <param name="IsRandom">Trained on random labels.</param>
/// <param name="IsTrained">Fits its training points.</param>
/// <param name="Intervals">On its lines.</param>
internal sealed record IntervalRun(int Side, int Layers, bool IsRandom, bool IsTrained, double[] Intervals)
{
    /// <summary>Real and random labels.</summary>
    internal static readonly bool[] Kinds = [false, true];

    /// <summary>Networks, each with those of its intervals that are asked for.</summary>
    internal static List<IntervalRun> Of(IEnumerable<ClassifierResult> networks, Func<ClassifierResult, double[]> intervals) =>
        [.. networks.Select(one => new IntervalRun(one.Side, one.Layers, one.IsRandom, one.IsTrained, intervals(one)))];

    /// <summary>Whether there are as many networks of each kind as a rule needs.</summary>
    internal static bool AreEnough(IReadOnlyList<IntervalRun> runs) =>
        runs.GroupBy(run => (run.Side, run.Layers, run.IsRandom)).All(group => group.Count() >= ClassifierResult.Needed);
}
