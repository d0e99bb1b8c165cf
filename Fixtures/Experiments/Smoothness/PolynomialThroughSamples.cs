namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>The polynomial through samples of a function.</summary>
/// <param name="Function">The function's number.</param>
/// <param name="Samples">How many.</param>
/// <param name="Values">The measures; WP counts the first slope, as the author's program does.</param>
/// <param name="Variation">WP by equation 3.18, the variation of the derivative alone.</param>
public sealed record PolynomialThroughSamples(int Function, int Samples, FourMeasures Values, double Variation);
