using System.Runtime.CompilerServices;

namespace Reproduce.Engine;

/// <summary>The left factor of a product: rows by terms.</summary>
/// <param name="first">Its first entry.</param>
/// <param name="row">From one row to the next.</param>
/// <param name="term">From one term to the next: 1, or the length of a row where it lies transposed.</param>
internal readonly unsafe struct LeftFactor(float* first, nint row, nint term = 1)
{
    internal float* First { get; } = first;

    internal nint Row { get; } = row;

    internal nint Term { get; } = term;
}

/// <summary>Where the rows of a right factor lie, one a term.</summary>
internal unsafe interface ITerms
{
    /// <summary>How many terms are summed.</summary>
    int Count { get; }

    /// <summary>The row of a term.</summary>
    /// <param name="right">Where the factor begins.</param>
    /// <param name="term">From 0.</param>
    float* At(float* right, int term);
}

/// <summary>Rows one after another.</summary>
/// <param name="count">How many.</param>
/// <param name="step">From one to the next.</param>
internal readonly unsafe struct EvenTerms(int count, nint step) : ITerms
{
    public int Count => count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* At(float* right, int term) => right + (term * step);
}

/// <summary>Rows at listed places: the taps of a convolution.</summary>
/// <param name="count">How many.</param>
/// <param name="places">Of each row, from where the factor begins.</param>
internal readonly unsafe struct ListedTerms(int count, nint* places) : ITerms
{
    public int Count => count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* At(float* right, int term) => right + places[term];
}
