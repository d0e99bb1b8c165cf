namespace Reproduce.Fixtures.Functions;

/// <summary>
/// The polynomial of degree k − 1 through k points in Newton's form (smoothness thesis, section 4.3.1 and Table 4.1, which compares it with
/// networks). With as many coefficients as points it is also the least-squares fit.
/// </summary>
public sealed class InterpolationPolynomial
{
    private readonly double[] nodes;
    private readonly double[] coefficients;

    /// <summary>The polynomial through points.</summary>
    /// <exception cref="ArgumentException">There is no point, or two points have the same x.</exception>
    public InterpolationPolynomial(Sample points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.X.Length == 0 || points.X.Distinct().Count() < points.X.Length)
        {
            throw new ArgumentException("interpolation needs at least one point, and no two points with the same x", nameof(points));
        }

        nodes = [.. points.X];
        coefficients = [.. points.Y];
        for (int order = 1; order < nodes.Length; order++)
        {
            for (int i = nodes.Length - 1; i >= order; i--)
            {
                coefficients[i] = (coefficients[i] - coefficients[i - 1]) / (nodes[i] - nodes[i - order]);
            }
        }
    }

    /// <summary>k − 1.</summary>
    public int Degree => nodes.Length - 1;

    /// <summary>The value at x.</summary>
    public double At(double x) => Evaluate(x).Value;

    /// <summary>The derivative at x.</summary>
    public double DerivativeAt(double x) => Evaluate(x).Derivative;

    private (double Value, double Derivative) Evaluate(double x)
    {
        var (value, derivative) = (0.0, 0.0);
        for (int i = nodes.Length - 1; i >= 0; i--)
        {
            derivative = value + (derivative * (x - nodes[i]));
            value = coefficients[i] + (value * (x - nodes[i]));
        }

        return (value, derivative);
    }
}
