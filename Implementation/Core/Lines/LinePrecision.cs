namespace Reproduce.Lines;

/// <summary>What rounding can tell apart on a line; <see cref="LineDecomposition"/> says why.</summary>
internal static class LinePrecision
{
    /// <summary>What rounding may have left of a sum, as a share of the sum of its terms' magnitudes: 16 units.</summary>
    internal const double Rounding = 1.0 / (1L << 49);
}
