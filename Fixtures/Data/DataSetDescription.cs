namespace Reproduce.Fixtures.Data;

/// <summary>What an image data set is, independent of where its files lie on this machine.</summary>
public sealed record DataSetDescription : DataSetFiles
{
    /// <summary>Rows of an image, in pixels.</summary>
    public required int Rows { get; init; }

    /// <summary>Columns of an image, in pixels.</summary>
    public required int Columns { get; init; }

    /// <summary>The number of classes; labels are 0 … Classes − 1.</summary>
    public required int Classes { get; init; }

    /// <summary>For each channel, the mean subtracted in normalisation, for pixels scaled to [0, 1].</summary>
    public required IReadOnlyList<float> Means { get; init; }

    /// <summary>For each channel, the standard deviation divided by in normalisation, for pixels scaled to [0, 1].</summary>
    public required IReadOnlyList<float> StandardDeviations { get; init; }

    /// <summary>1 for grey images, 3 for red, green and blue.</summary>
    public int Channels => Means.Count;

    /// <summary>Numbers of an image: Channels × Rows × Columns.</summary>
    public int Pixels => Channels * Rows * Columns;
}
