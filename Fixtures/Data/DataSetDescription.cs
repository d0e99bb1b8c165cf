namespace Reproduce.Fixtures.Data;

/// <summary>An image data set, independent of where its files lie on this machine.</summary>
public sealed record DataSetDescription : DataSetFiles
{
    /// <summary>Rows of an image, in pixels.</summary>
    public required int Rows { get; init; }

    /// <summary>Columns of an image, in pixels.</summary>
    public required int Columns { get; init; }

    /// <summary>The number of classes; labels are 0 … Classes − 1.</summary>
    public required int Classes { get; init; }

    /// <summary>The mean of each channel that normalisation subtracts, for pixels scaled to [0, 1].</summary>
    public required IReadOnlyList<float> Means { get; init; }

    /// <summary>The standard deviation of each channel that normalisation divides by, for pixels scaled to [0, 1].</summary>
    public required IReadOnlyList<float> StandardDeviations { get; init; }

    /// <summary>1 for greyscale images, 3 for red, green and blue.</summary>
    public int Channels => Means.Count;

    /// <summary>The numbers of an image: Channels × Rows × Columns.</summary>
    public int Pixels => Channels * Rows * Columns;
}
