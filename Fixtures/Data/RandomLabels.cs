using MathNet.Numerics;
using Reproduce.Randomness;

namespace Reproduce.Fixtures.Data;

/// <summary>
/// Labels independent of the images (intervals paper, section 4.1). The paper says that the class labels are randomized, not how; here they
/// are permuted, so that every class keeps its size.
/// </summary>
public static class RandomLabels
{
    /// <summary>A random permutation of the labels.</summary>
    public static byte[] Of(IReadOnlyList<byte> labels, Seed seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(seed);
        return [.. Combinatorics.GeneratePermutation(labels.Count, seed.Generator()).Select(i => labels[i])];
    }
}
