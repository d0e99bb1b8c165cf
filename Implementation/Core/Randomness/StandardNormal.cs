namespace Reproduce.Randomness;

/// <summary>Normal numbers whose bits follow from the generator's alone, on every machine: Marsaglia's polar method over <see cref="Logarithm"/>.</summary>
public static class StandardNormal
{
    /// <summary>A number with mean 0 and deviation 1.</summary>
    /// <param name="generator">Gives two uniform numbers, and two more while they lie outside the circle.</param>
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
