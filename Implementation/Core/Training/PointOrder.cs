using MathNet.Numerics;
using Reproduce.Randomness;

namespace Reproduce.Training;

/// <summary>In which order an epoch sees the points.</summary>
public static class PointOrder
{
    /// <summary>An independent permutation for every epoch, so that no generator's state has to be kept.</summary>
    /// <param name="count">The number of points.</param>
    /// <param name="seed">Of this choice.</param>
    /// <returns>From the number of an epoch, from 1, to the numbers of all points.</returns>
    public static Func<int, int[]> Seeded(int count, Seed seed) =>
        epoch => Combinatorics.GeneratePermutation(count, seed.With("epoch", epoch).Generator());
}
