using MathNet.Numerics;
using Reproduce.Randomness;

namespace Reproduce.Fixtures.Data;

/// <summary>Covertype ("Forest Cover") in memory. The arrays are shared, not copied, and must not be modified.</summary>
public sealed class Covertype
{
    /// <summary>The number of features.</summary>
    public const int Features = CovertypeTable.Features;

    /// <summary>The number of numeric features, which come first; the others are one-hot encodings of four areas and forty soils.</summary>
    public const int NumericFeatures = CovertypeTable.NumericFeatures;

    /// <summary>The number of classes, the cover types.</summary>
    public const int Classes = CovertypeTable.Classes;

    private readonly Lazy<CovertypeTable> _table;

    /// <param name="table">Taken out of the file, which has been checked, when its rows are asked for.</param>
    /// <param name="provenance">Of the file.</param>
    internal Covertype(Func<CovertypeTable> table, Provenance provenance)
    {
        (_table, Provenance) = (new(table), provenance);
        Stamp = DataStamp.Of(DataSets.Covertype.Id, [provenance]);
    }

    /// <summary>The features as published, (rows × 54) row-major.</summary>
    public short[] Values => _table.Value.Values;

    /// <summary>The classes, (rows), 0 … 6: the published cover type minus one.</summary>
    public byte[] Labels => _table.Value.Labels;

    /// <summary>Where the file came from.</summary>
    public Provenance Provenance { get; }

    /// <summary>The stamp of these data in evidence.</summary>
    public DataStamp Stamp { get; }

    /// <summary>
    /// The slope paper's data (section 3.1): points drawn at random without replacement, 8000 for training and 2000 for validation. The
    /// authors' preprocessing is not published; here the ten numeric columns are standardised with the mean and the standard deviation of
    /// the training points, and the 44 binary columns are left unchanged.
    /// </summary>
    /// <param name="seed">The seed of the draw.</param>
    /// <param name="train">Training points: 8000 in the paper.</param>
    /// <param name="validation">Validation points: 2000 in the paper.</param>
    /// <exception cref="DataException">There are fewer rows.</exception>
    public CovertypeSplit Draw(Seed seed, int train = 8000, int validation = 2000)
    {
        ArgumentNullException.ThrowIfNull(seed);
        if (Labels.Length < train + validation)
        {
            string problem = $"{Labels.Length} rows, fewer than the {train + validation} to draw";
            throw new DataException(Provenance.Location, problem, "Use a copy with more rows.");
        }

        int[] drawn = Combinatorics.GenerateVariation(Labels.Length, train + validation, seed.Generator());
        var (points, labels) = (new float[drawn.Length * Features], new byte[drawn.Length]);
        for (int row = 0; row < drawn.Length; row++)
        {
            labels[row] = Labels[drawn[row]];
        }

        for (int column = 0; column < Features; column++)
        {
            var (mean, deviation) = column < NumericFeatures ? Statistics(drawn.AsSpan(0, train), column) : (0, 1);
            for (int row = 0; row < drawn.Length; row++)
            {
                points[(row * Features) + column] = (float)((Values[(drawn[row] * Features) + column] - mean) / deviation);
            }
        }

        return new CovertypeSplit(points[..(train * Features)], labels[..train], points[(train * Features)..], labels[train..]);
    }

    // A column that is constant on the training points is centred but not scaled.
    private (double Mean, double Deviation) Statistics(ReadOnlySpan<int> rows, int column)
    {
        double sum = 0;
        foreach (int row in rows)
        {
            sum += Values[(row * Features) + column];
        }

        double mean = sum / rows.Length;
        double squares = 0;
        foreach (int row in rows)
        {
            double difference = Values[(row * Features) + column] - mean;
            squares += difference * difference;
        }

        double deviation = Math.Sqrt(squares / rows.Length);
        return (mean, deviation > 0 ? deviation : 1);
    }
}

/// <summary>Training and validation points of Covertype.</summary>
/// <param name="TrainPoints">(points × 54) row-major, the numeric columns standardised.</param>
/// <param name="TrainLabels">(points), 0 … 6.</param>
/// <param name="ValidationPoints">(points × 54) row-major, standardised by the training points' statistics.</param>
/// <param name="ValidationLabels">(points), 0 … 6.</param>
public sealed record CovertypeSplit(float[] TrainPoints, byte[] TrainLabels, float[] ValidationPoints, byte[] ValidationLabels);
