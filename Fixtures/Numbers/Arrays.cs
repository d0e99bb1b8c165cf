using System.Globalization;
using System.Numerics;

namespace Reproduce.Fixtures.Numbers;

/// <summary>Linear algebra on plain arrays, for double and for <see cref="Rational"/>.</summary>
public static class Arrays
{
    /// <summary>Ax: [m, n] and [n] to [m].</summary>
    /// <exception cref="ArgumentException">The matrix has another number of columns than the vector has entries.</exception>
    public static T[] Multiply<T>(T[,] matrix, T[] vector)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        if (matrix.GetLength(1) != vector.Length)
        {
            throw new ArgumentException($"a matrix with {matrix.GetLength(1)} columns cannot multiply {vector.Length} entries");
        }

        var result = new T[matrix.GetLength(0)];
        for (var row = 0; row < result.Length; row++)
        {
            result[row] = T.AdditiveIdentity;
            for (var column = 0; column < vector.Length; column++)
            {
                result[row] += matrix[row, column] * vector[column];
            }
        }

        return result;
    }

    /// <summary>AB: [m, k] and [k, n] to [m, n].</summary>
    /// <exception cref="ArgumentException">The left matrix has another number of columns than the right one has rows.</exception>
    public static T[,] Multiply<T>(T[,] left, T[,] right)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var columns = Enumerable.Range(0, right.GetLength(1)).Select(column => Multiply(left, Column(right, column))).ToArray();
        return Build(left.GetLength(0), columns.Length, (row, column) => columns[column][row]);
    }

    /// <summary>a + b.</summary>
    /// <exception cref="ArgumentException">The vectors differ in length.</exception>
    public static T[] Add<T>(T[] left, T[] right)
        where T : IAdditionOperators<T, T, T> => Pair(left, right, (a, b) => a + b);

    /// <summary>a − b.</summary>
    /// <exception cref="ArgumentException">The vectors differ in length.</exception>
    public static T[] Minus<T>(T[] left, T[] right)
        where T : ISubtractionOperators<T, T, T> => Pair(left, right, (a, b) => a - b);

    /// <summary>c·a.</summary>
    public static T[] Times<T>(T factor, T[] vector)
        where T : IMultiplyOperators<T, T, T> => [.. vector.Select(entry => factor * entry)];

    /// <summary>⟨a, b⟩.</summary>
    /// <exception cref="ArgumentException">The vectors differ in length.</exception>
    public static T Dot<T>(T[] left, T[] right)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        RequireAlike(left, right);
        var sum = T.AdditiveIdentity;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    /// <summary>Combines two vectors entry by entry.</summary>
    /// <exception cref="ArgumentException">The vectors differ in length.</exception>
    public static TResult[] Pair<T, TResult>(T[] left, T[] right, Func<T, T, TResult> combine)
    {
        RequireAlike(left, right);
        var result = new TResult[left.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = combine(left[i], right[i]);
        }

        return result;
    }

    /// <summary>The exact values of doubles.</summary>
    public static Rational[] Exact(double[] values) => [.. values.Select(Rational.Of)];

    /// <summary>Doubles to 17 digits, from which they can be recovered, separated by spaces.</summary>
    public static string Text(double[] values) =>
        string.Join(' ', values.Select(value => value.ToString("G17", CultureInfo.InvariantCulture)));

    /// <summary>Aᵀ.</summary>
    public static T[,] Transpose<T>(T[,] matrix) =>
        Build(matrix.GetLength(1), matrix.GetLength(0), (row, column) => matrix[column, row]);

    /// <summary>A column.</summary>
    public static T[] Column<T>(T[,] matrix, int column) =>
        [.. Enumerable.Range(0, matrix.GetLength(0)).Select(row => matrix[row, column])];

    /// <summary>A row.</summary>
    public static T[] Row<T>(T[,] matrix, int row) =>
        [.. Enumerable.Range(0, matrix.GetLength(1)).Select(column => matrix[row, column])];

    /// <summary>A matrix with a function applied to every entry.</summary>
    public static TResult[,] Map<T, TResult>(T[,] matrix, Func<T, TResult> change) =>
        Build(matrix.GetLength(0), matrix.GetLength(1), (row, column) => change(matrix[row, column]));

    /// <summary>A matrix from a rule for its entries.</summary>
    public static T[,] Build<T>(int rows, int columns, Func<int, int, T> entry)
    {
        var result = new T[rows, columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                result[row, column] = entry(row, column);
            }
        }

        return result;
    }

    private static void RequireAlike<T>(T[] left, T[] right)
    {
        if (left.Length != right.Length)
        {
            throw new ArgumentException($"vectors with {left.Length} and {right.Length} entries");
        }
    }
}
