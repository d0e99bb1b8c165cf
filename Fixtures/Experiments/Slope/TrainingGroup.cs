namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>Networks that are trained alike.</summary>
/// <param name="Data">Data sets.</param>
/// <param name="FullyConnected">Names of architectures.</param>
/// <param name="Convolutional">Names of architectures.</param>
/// <param name="Seeds">How many seeds.</param>
/// <param name="Epochs">How many epochs.</param>
/// <param name="Points">How many training points; 0 for all.</param>
/// <param name="Validation">How many validation points; 0 for all.</param>
/// <param name="SlopePoints">At how many training points slopes are measured.</param>
/// <param name="SlopeEvery">After every how many epochs the mean slope is measured.</param>
internal sealed record TrainingGroup(
    IReadOnlyList<string> Data,
    IReadOnlyList<string> FullyConnected,
    IReadOnlyList<string> Convolutional,
    int Seeds,
    int Epochs,
    int Points,
    int Validation,
    int SlopePoints,
    int SlopeEvery)
{
    internal TrainingResult ResultOf(
        PaperData data, int repetition, int side, TrainingSet set, double meanDistance, IReadOnlyList<TrainedNetwork> networks) => new(
        data.Name,
        repetition,
        side,
        set.Labels.Length,
        set.ValidationLabels.Length,
        set.IsWhole,
        Epochs,
        SlopePoints,
        meanDistance,
        networks);
}
