using System.Runtime.CompilerServices;

namespace Reproduce.Engine;

/// <summary>The left operand of a product: rows by terms.</summary>
/// <param name="first">Its first entry.</param>
/// <param name="rowStride">From one row to the next, in floats.</param>
/// <param name="termStride">From one term to the next: 1, or the length of a row where the operand is stored transposed.</param>
internal readonly unsafe struct LeftOperand(float* first, nint rowStride, nint termStride = 1)
{
    internal float* First { get; } = first;

    internal nint RowStride { get; } = rowStride;

    internal nint TermStride { get; } = termStride;
}

/// <summary>How the rows of a right operand, one for each term, are addressed.</summary>
internal unsafe interface IRightRows
{
    /// <summary>The number of terms of each sum.</summary>
    int Count { get; }

    /// <summary>The row of a term.</summary>
    /// <param name="right">The start of the operand.</param>
    /// <param name="term">From 0.</param>
    float* Row(float* right, int term);
}

/// <summary>Rows a fixed stride apart.</summary>
/// <param name="count">The number of rows.</param>
/// <param name="stride">From one row to the next, in floats.</param>
internal readonly unsafe struct StridedRows(int count, nint stride) : IRightRows
{
    public int Count => count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Row(float* right, int term) => right + (term * stride);
}

/// <summary>Rows at listed offsets: the taps of a convolution.</summary>
/// <param name="count">The number of rows.</param>
/// <param name="offsets">Of each row from the start of the operand, in floats.</param>
internal readonly unsafe struct IndirectRows(int count, nint* offsets) : IRightRows
{
    public int Count => count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Row(float* right, int term) => right + offsets[term];
}
