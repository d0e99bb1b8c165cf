using MathNet.Numerics;
using Reproduce.Randomness;

namespace Reproduce.Training;

/// <summary>The order of the points in an epoch.</summary>
public static class PointOrder
{
    /// <summary>An independent permutation for every epoch, so that no state of a generator has to be kept.</summary>
    /// <param name="count">The number of points.</param>
    /// <param name="seed">The seed of all permutations.</param>
    /// <returns>From the number of an epoch, counted from 1, to a permutation of the points.</returns>
    public static Func<int, int[]> Seeded(int count, Seed seed) =>
        epoch => Combinatorics.GeneratePermutation(count, seed.With("epoch", epoch).Generator());
}
