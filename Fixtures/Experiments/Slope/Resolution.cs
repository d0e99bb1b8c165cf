namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>
/// Figure 5: one architecture on images that are enlarged by bilinear interpolation. A cell is one data set, side and seed.
/// </summary>
public static class Resolution
{
    private const string Name = "slope.fig-5";

    /// <summary>Every data set, side and seed; data sets that are not available are left out.</summary>
    public static ExperimentPlan Plan { get; } = new(Name, [Name], (profile, store, device) =>
    {
        var size = Sizes.Of<Size>(Name, profile);
        var data = PaperData.LoadWhatIsThere(store, size.Training.Data);
        return [.. from side in size.Sides.OrderDescending()
                   from name in size.Training.Data
                   where data.ContainsKey(name)
                   from repetition in Enumerable.Range(1, size.Training.Seeds)
                   from architecture in size.Training.FullyConnected
                   let one = Architecture.Parse(architecture, false)
                   select TrainedNetworks.CellOf(data[name], [one], size.Training, repetition, side, Name, device)];
    });

    private sealed record Size(IReadOnlyList<int> Sides, TrainingGroup Training);
}
