using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Shared;

/// <summary>Exact vectors and matrices: what claims about norms, spectra and traces are decided with.</summary>
internal static class Fractions
{
    /// <summary>What exact checks allow.</summary>
    internal const string Exactly = "none: exact";

    /// <summary>The arithmetic of exact checks.</summary>
    internal const string Arithmetic = "exact (rationals)";

    /// <summary>A matrix of integers as fractions.</summary>
    internal static Rational[,] Of(int[,] matrix) => Arrays.Map(matrix, value => (Rational)(long)value);

    /// <summary>A vector of integers as fractions.</summary>
    internal static Rational[] Of(params int[] vector) => [.. vector.Select(value => (Rational)(long)value)];

    /// <summary>I.</summary>
    internal static Rational[,] Identity(int size) => Diagonal(Enumerable.Repeat((Rational)1, size).ToArray());

    /// <summary>diag(v).</summary>
    internal static Rational[,] Diagonal(Rational[] entries) =>
        Arrays.Build(entries.Length, entries.Length, (row, column) => row == column ? entries[row] : 0);

    /// <summary>AB⋯, from the left.</summary>
    internal static Rational[,] Product(params IEnumerable<Rational[,]> factors) => factors.Aggregate(Arrays.Multiply);

    /// <summary>AᵀHA, the quadratic form H pulled back along A.</summary>
    internal static Rational[,] PullBack(Rational[,] map, Rational[,] metric) => Product(Arrays.Transpose(map), metric, map);

    /// <summary>tI − A.</summary>
    internal static Rational[,] Below(Rational bound, Rational[,] matrix) =>
        Arrays.Build(matrix.GetLength(0), matrix.GetLength(1), (row, column) => (row == column ? bound : 0) - matrix[row, column]);

    /// <summary>Σ a_ii.</summary>
    internal static Rational Trace(Rational[,] matrix) =>
        Rational.Sum(Enumerable.Range(0, matrix.GetLength(0)).Select(index => matrix[index, index]));

    /// <summary>The product of numbers; 1 of none.</summary>
    internal static Rational Product(IEnumerable<Rational> factors) =>
        factors.Aggregate((Rational)1, (product, factor) => product * factor);

    /// <summary>A = Aᵀ.</summary>
    internal static bool IsSymmetric(Rational[,] matrix) => AreEqual(matrix, Arrays.Transpose(matrix));

    /// <summary>Entry by entry, with equal shapes.</summary>
    internal static bool AreEqual(Rational[,] left, Rational[,] right) =>
        left.GetLength(0) == right.GetLength(0) && left.GetLength(1) == right.GetLength(1)
        && left.Cast<Rational>().SequenceEqual(right.Cast<Rational>());

    /// <summary>
    /// Whether a symmetric matrix is positive semidefinite, or with <paramref name="strictly"/> positive definite: symmetric elimination
    /// meets no negative pivot, and the part that is left without a pivot is zero (with <paramref name="strictly"/>, empty).
    /// </summary>
    internal static bool IsPositive(Rational[,] matrix, bool strictly = false)
    {
        var size = matrix.GetLength(0);
        if (size == 0)
        {
            return true;
        }

        var pivot = Enumerable.Range(0, size).FirstOrDefault(index => matrix[index, index] != 0, -1);
        if (pivot < 0)
        {
            return !strictly && matrix.Cast<Rational>().All(entry => entry == 0);
        }

        if (matrix[pivot, pivot] < 0)
        {
            return false;
        }

        int[] rest = [.. Enumerable.Range(0, size).Where(index => index != pivot)];
        return IsPositive(Arrays.Build(rest.Length, rest.Length, (row, column) =>
            matrix[rest[row], rest[column]] - (matrix[rest[row], pivot] * matrix[pivot, rest[column]] / matrix[pivot, pivot])), strictly);
    }

    /// <summary>Whether the largest eigenvalue of a symmetric matrix is at most a bound.</summary>
    internal static bool LargestEigenvalueIsAtMost(Rational[,] matrix, Rational bound) => IsPositive(Below(bound, matrix));

    /// <summary>Whether the largest eigenvalue of a symmetric matrix is at least a bound: tI − A is not positive definite.</summary>
    internal static bool LargestEigenvalueIsAtLeast(Rational[,] matrix, Rational bound) =>
        !IsPositive(Below(bound, matrix), strictly: true);

    /// <summary>Whether ‖A‖₂² is at most a bound: bound·I − AᵀA is positive semidefinite.</summary>
    internal static bool SquaredNormIsAtMost(Rational bound, Rational[,] matrix) =>
        LargestEigenvalueIsAtMost(PullBack(matrix, Identity(matrix.GetLength(0))), bound);

    /// <summary>‖v‖_p for p = 1 or ∞.</summary>
    internal static Rational Norm(Rational[] vector, double p = double.PositiveInfinity) =>
        p == 1 ? Rational.Sum(vector.Select(Rational.Abs)) : vector.Max(Rational.Abs);

    /// <summary>The operator norm for p = 1 or ∞: the largest column or row sum of magnitudes.</summary>
    internal static Rational Norm(Rational[,] matrix, double p) => RowNorm(p == 1 ? Arrays.Transpose(matrix) : matrix);

    /// <summary>‖A‖_∞, the largest row sum of magnitudes.</summary>
    internal static Rational RowNorm(Rational[,] matrix) =>
        Enumerable.Range(0, matrix.GetLength(0)).Max(row => Norm(Arrays.Row(matrix, row), 1));

    /// <summary>x + td.</summary>
    internal static Rational[] Along(Rational[] point, Rational[] direction, Rational t) =>
        Arrays.Pair(point, direction, (x, d) => x + (t * d));

    /// <summary>cA.</summary>
    internal static Rational[,] Times(Rational[,] matrix, Rational factor) => Arrays.Map(matrix, entry => entry * factor);

    /// <summary>A + B.</summary>
    internal static Rational[,] Plus(Rational[,] left, Rational[,] right) =>
        Arrays.Build(left.GetLength(0), left.GetLength(1), (row, column) => left[row, column] + right[row, column]);

    /// <summary>A − B.</summary>
    internal static Rational[,] Minus(Rational[,] left, Rational[,] right) => Plus(left, Times(right, -1));

    /// <summary>A matrix for messages.</summary>
    internal static string Show(Rational[,] matrix) =>
        $"[{string.Join("; ", Enumerable.Range(0, matrix.GetLength(0)).Select(row => string.Join(' ', Arrays.Row(matrix, row))))}]";
}
