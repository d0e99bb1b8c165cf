namespace Reproduce.Randomness;

/// <summary>
/// Normal random numbers with the same bits on every machine, by Marsaglia's polar method and <see cref="Logarithm"/>.
/// </summary>
public static class StandardNormal
{
    /// <summary>A number with mean 0 and standard deviation 1.</summary>
    /// <param name="generator">The source of two uniform numbers, and two more as long as they lie outside the unit circle.</param>
    public static double Next(Random generator)
    {
        while (true)
        {
            var (x, y) = ((2 * generator.NextDouble()) - 1, (2 * generator.NextDouble()) - 1);
            var square = (x * x) + (y * y);
            if (square is > 0 and < 1)
            {
                return x * Math.Sqrt(-2 * Logarithm.Of(square) / square);
            }
        }
    }
}
