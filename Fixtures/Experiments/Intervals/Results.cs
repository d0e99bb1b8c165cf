namespace Reproduce.Fixtures.Experiments.Intervals;

/// <summary>What a cell of classifiers computed.</summary>
/// <param name="Networks">One for each list of hidden widths, in their order.</param>
/// <param name="ClosePaths">
/// The share of pairs of segments, between two training points of one label and two of another one, that come closer to each other than
/// half the median distance of two training points.
/// </param>
public sealed record ClassifierNetworks(IReadOnlyList<ClassifierNetwork> Networks, double ClosePaths);

/// <summary>A classifier at the end of its training, and what was measured on it.</summary>
/// <param name="Side">Pixels along a side; 0 for points that are no images.</param>
/// <param name="PerClass">Training points of each class.</param>
/// <param name="Layers">Hidden layers.</param>
/// <param name="Width">Of the first hidden layer.</param>
/// <param name="RandomLabels">Whether the training labels were put in random order.</param>
/// <param name="Status">How its training ended.</param>
/// <param name="Epochs">After how many.</param>
/// <param name="Digest">Of its parameters.</param>
/// <param name="TrainingLoss">The mean over the last epoch; −1 where there was none.</param>
/// <param name="TrainingErrors">Training points that are misclassified.</param>
/// <param name="TrainingPoints">Out of how many.</param>
/// <param name="ValidationAccuracy">With the true labels.</param>
/// <param name="Pairs">Intervals between training points of one label.</param>
/// <param name="MidLines">Intervals along mid-lines of triangles of such points.</param>
/// <param name="Segments">Outputs between training points; null where they were not asked for.</param>
/// <param name="Components">Outputs along principal components; null where they were not asked for.</param>
/// <param name="During">Intervals and accuracies during training; null where they were not asked for.</param>
public sealed record ClassifierNetwork(
    int Side,
    int PerClass,
    int Layers,
    int Width,
    bool RandomLabels,
    string Status,
    int Epochs,
    string? Digest,
    double TrainingLoss,
    int TrainingErrors,
    int TrainingPoints,
    double ValidationAccuracy,
    PairIntervals Pairs,
    MidLineIntervals MidLines,
    ClassSegments? Segments,
    ClassComponents? Components,
    IntervalsDuringTraining? During)
{
    /// <summary>Intervals in several directions; null where they were not asked for.</summary>
    public DirectionIntervals? Directions { get; init; }
}

/// <summary>Generalization intervals from points towards others of their label, t from −1 to 2.</summary>
/// <param name="Intervals">From all kinks, one a line.</param>
/// <param name="OnGrid">The mean on a grid, over the first lines.</param>
/// <param name="ExactOnSame">The exact mean on the same lines.</param>
public sealed record PairIntervals(double[] Intervals, double OnGrid, double ExactOnSame);

/// <summary>Generalization intervals between midpoints of two sides of a triangle of points with one label, t from −2 to 3.</summary>
/// <param name="Intervals">From all kinks, one a line.</param>
/// <param name="MiddlesWithTheLabel">The share of lines that begin at a point of that class.</param>
public sealed record MidLineIntervals(double[] Intervals, double MiddlesWithTheLabel)
{
    /// <summary>Intervals from the same points in random directions of the same lengths.</summary>
    public double[] InRandomDirections { get; init; } = [];
}

/// <summary>What lines of one kind do to the output of their label.</summary>
/// <param name="Kept">The share of lines whose every point has the label as its class.</param>
/// <param name="Range">The largest less the smallest value of that output, the mean over the lines.</param>
/// <param name="Outputs">All outputs along the first line of each label that is drawn, a row for each class.</param>
public sealed record LinesOfLabels(double Kept, double Range, IReadOnlyDictionary<int, double[][]> Outputs);

/// <summary>Segments from training points, by where they lead.</summary>
/// <param name="Inside">To another point of the label.</param>
/// <param name="Across">To a point of another label.</param>
/// <param name="Anywhere">In a random direction, as far as to the other point of the label.</param>
public sealed record ClassSegments(LinesOfLabels Inside, LinesOfLabels Across, LinesOfLabels Anywhere);

/// <summary>Lines through the means of the labels.</summary>
/// <param name="Principal">Along the first principal component.</param>
/// <param name="Perpendicular">Towards another label's mean, perpendicular to that component.</param>
/// <param name="Minor">Along a component of small variance.</param>
public sealed record ClassComponents(LinesOfLabels Principal, LinesOfLabels Perpendicular, LinesOfLabels Minor);

/// <summary>Means over training points x₁ of all labels, t from −1 to 2, each with another point x₂ of its label.</summary>
/// <param name="ToOwn">The generalization interval along x₂ − x₁.</param>
/// <param name="ToOther">The interval towards a point of another label.</param>
/// <param name="AlongSum">The interval along x₁ + x₂, scaled to the length of x₂ − x₁.</param>
/// <param name="RangeToOwn">The range of the label's output along x₂ − x₁, t from 0 to 1.</param>
/// <param name="RangeAlongSum">That along x₁ + x₂, scaled.</param>
public sealed record DirectionIntervals(double ToOwn, double ToOther, double AlongSum, double RangeToOwn, double RangeAlongSum);

/// <summary>What was measured after some epochs, an entry an epoch.</summary>
/// <param name="Epochs">Which.</param>
/// <param name="Interval">The mean generalization interval.</param>
/// <param name="IntervalOfRight">The same with 0 where the first point is misclassified.</param>
/// <param name="TrainingAccuracy">With the training labels.</param>
/// <param name="ValidationAccuracy">With the true labels.</param>
public sealed record IntervalsDuringTraining(
    double[] Epochs, double[] Interval, double[] IntervalOfRight, double[] TrainingAccuracy, double[] ValidationAccuracy);
