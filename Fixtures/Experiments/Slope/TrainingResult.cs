namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>What a cell of trained networks computed.</summary>
/// <param name="Data">The data set's id.</param>
/// <param name="Repetition">Which seed, from 1.</param>
/// <param name="Side">Pixels along a side; 0 where there are no images.</param>
/// <param name="Points">Training points.</param>
/// <param name="ValidationPoints">Validation points.</param>
/// <param name="IsWhole">These are all the points that the paper uses.</param>
/// <param name="Epochs">How long was trained.</param>
/// <param name="SlopePoints">At how many training points slopes are measured.</param>
/// <param name="MeanDistance">Of two different training points, from 1000 pairs.</param>
/// <param name="Networks">One an architecture.</param>
public sealed record TrainingResult(
    string Data,
    int Repetition,
    int Side,
    int Points,
    int ValidationPoints,
    bool IsWhole,
    int Epochs,
    int SlopePoints,
    double MeanDistance,
    IReadOnlyList<TrainedNetwork> Networks);
