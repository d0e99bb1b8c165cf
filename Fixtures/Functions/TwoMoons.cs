using MathNet.Numerics;
using Reproduce.Randomness;

namespace Reproduce.Fixtures.Functions;

/// <summary>
/// Two half circles that reach into each other (intervals paper, section 4.1 and Figure 8): class 0 lies on the upper half of the unit
/// circle around (0, 0), class 1 on the lower half of the unit circle around (1, ½), both in equal steps of the angle. The paper has 400
/// points, equally many of each class, 300 for training and 100 for validation; it says neither how the split is drawn nor how large the
/// noise is.
/// </summary>
/// <param name="TrainPoints">(points × 2) row-major.</param>
/// <param name="TrainLabels">(points), 0 or 1.</param>
/// <param name="ValidationPoints">(points × 2) row-major.</param>
/// <param name="ValidationLabels">(points), 0 or 1.</param>
public sealed record TwoMoons(float[] TrainPoints, byte[] TrainLabels, float[] ValidationPoints, byte[] ValidationLabels)
{
    /// <summary>Points and a split at random.</summary>
    /// <param name="seed">Of the noise and of the split.</param>
    /// <param name="noise">Standard deviation of the normal noise on both coordinates, independent.</param>
    /// <param name="perClass">Points of each class, at least 2: 200 in the paper.</param>
    /// <param name="train">Training points: 300 in the paper.</param>
    public static TwoMoons Draw(Seed seed, double noise, int perClass = 200, int train = 300)
    {
        ArgumentNullException.ThrowIfNull(seed);
        ArgumentOutOfRangeException.ThrowIfLessThan(perClass, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(noise);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(train, 2 * perClass);
        var generator = seed.With("choice", "noise").Generator();
        int[] order = Combinatorics.GeneratePermutation(2 * perClass, seed.With("choice", "split").Generator());
        var (points, labels) = (new float[4 * perClass], new byte[2 * perClass]);
        for (int i = 0; i < 2 * perClass; i++)
        {
            double angle = Math.PI * (i % perClass) / (perClass - 1);
            bool upper = i < perClass;
            double x = upper ? Math.Cos(angle) : 1 - Math.Cos(angle);
            double y = upper ? Math.Sin(angle) : 0.5 - Math.Sin(angle);
            int at = order[i];
            points[2 * at] = (float)(x + (noise * StandardNormal.Next(generator)));
            points[(2 * at) + 1] = (float)(y + (noise * StandardNormal.Next(generator)));
            labels[at] = (byte)(upper ? 0 : 1);
        }

        return new TwoMoons(points[..(2 * train)], labels[..train], points[(2 * train)..], labels[train..]);
    }
}
