using MathNet.Numerics;
using Reproduce.Randomness;

namespace Reproduce.Fixtures.Functions;

/// <summary>
/// Two interleaving half circles (intervals paper, section 4.1 and Figure 8): class 0 lies on the upper half of the unit circle around
/// (0, 0), class 1 on the lower half of the unit circle around (1, ½), both at equally spaced angles. The paper has 400 points, 200 of each
/// class, 300 for training and 100 for validation; it specifies neither the split nor the noise.
/// </summary>
/// <param name="TrainPoints">(points × 2) row-major.</param>
/// <param name="TrainLabels">(points), 0 or 1.</param>
/// <param name="ValidationPoints">(points × 2) row-major.</param>
/// <param name="ValidationLabels">(points), 0 or 1.</param>
public sealed record TwoMoons(float[] TrainPoints, byte[] TrainLabels, float[] ValidationPoints, byte[] ValidationLabels)
{
    /// <summary>Draws the noise and a random split.</summary>
    /// <param name="seed">The seed of both.</param>
    /// <param name="noise">The standard deviation of independent normal noise on both coordinates.</param>
    /// <param name="perClass">The number of points of each class, at least 2: 200 in the paper.</param>
    /// <param name="train">The number of training points: 300 in the paper.</param>
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
