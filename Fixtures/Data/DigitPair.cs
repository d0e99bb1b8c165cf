namespace Reproduce.Fixtures.Data;

/// <summary>
/// One of the 45 MNIST-binary data sets of the smoothness thesis (section 4.3.2), as the author's program makes them: pixels/255, label +1
/// for the smaller digit and −1 for the larger, the first training images of the pair in the order of the file, and all its test images.
/// The thesis does not say which digit has which label, and mentions a truncation to 10 000 images of each digit, more than MNIST has.
/// </summary>
/// <param name="Smaller">The digit with label +1.</param>
/// <param name="Larger">The digit with label −1.</param>
/// <param name="TrainPoints">(points × pixels) row-major, 0 … 1.</param>
/// <param name="TrainTargets">(points), ±1.</param>
/// <param name="TestPoints">(points × pixels) row-major, 0 … 1.</param>
/// <param name="TestTargets">(points), ±1.</param>
public sealed record DigitPair(int Smaller, int Larger, float[] TrainPoints, float[] TrainTargets, float[] TestPoints, float[] TestTargets)
{
    /// <summary>The pairs of digits, smaller first: (0, 1), (0, 2), …, (8, 9).</summary>
    public static IReadOnlyList<(int Smaller, int Larger)> All { get; } =
        [.. from smaller in Enumerable.Range(0, 10) from larger in Enumerable.Range(smaller + 1, 9 - smaller) select (smaller, larger)];

    /// <summary>The data set of one pair.</summary>
    /// <param name="data">MNIST, or another set of greyscale images.</param>
    /// <param name="smaller">The digit with label +1.</param>
    /// <param name="larger">The digit with label −1, greater than the other.</param>
    /// <param name="size">The number of training images.</param>
    /// <exception cref="ArgumentException">The digits are not in order, or the pair has fewer training images.</exception>
    public static DigitPair Of(ImageDataSet data, int smaller, int larger, int size)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (smaller < 0 || smaller >= larger || larger >= data.Description.Classes)
        {
            throw new ArgumentException($"{smaller} and {larger} are not two classes of {data.Description.Id}, smaller first");
        }

        var train = Positions(data.TrainLabels, smaller, larger);
        if (size < 1 || train.Count < size)
        {
            throw new ArgumentException($"digits {smaller} and {larger} have {train.Count} training images, not {size}");
        }

        train = train[..size];
        var test = Positions(data.TestLabels, smaller, larger);
        return new DigitPair(
            smaller,
            larger,
            data.Scaled(data.TrainImages, train),
            Targets(data.TrainLabels, train, smaller),
            data.Scaled(data.TestImages, test),
            Targets(data.TestLabels, test, smaller));
    }

    private static List<int> Positions(byte[] labels, int smaller, int larger) =>
        [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == smaller || labels[i] == larger)];

    private static float[] Targets(byte[] labels, IEnumerable<int> positions, int smaller) =>
        [.. positions.Select(position => labels[position] == smaller ? 1f : -1f)];
}
