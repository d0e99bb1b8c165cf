namespace Reproduce.Engine;

/// <summary>Images of one size with a border of two zeros, pixels by points.</summary>
/// <param name="height">Without the border.</param>
/// <param name="width">Without the border.</param>
/// <param name="points">Of a pixel, a whole number of vectors.</param>
internal readonly struct Plane(int height, int width, int points)
{
    /// <summary>Of zeros at each side.</summary>
    internal const int Border = 2;

    /// <summary>Without the border.</summary>
    internal int Height { get; } = height;

    /// <summary>Without the border.</summary>
    internal int Width { get; } = width;

    /// <summary>Of a pixel.</summary>
    internal int Points { get; } = points;

    /// <summary>From one row of pixels to the next.</summary>
    internal nint Row => (nint)(Width + (2 * Border)) * Points;

    /// <summary>From one channel to the next.</summary>
    internal nint Channel => (Height + (2 * Border)) * Row;

    /// <summary>Where a pixel lies inside the border.</summary>
    internal nint At(int y, int x) => ((y + Border) * Row) + ((x + Border) * (nint)Points);
}
