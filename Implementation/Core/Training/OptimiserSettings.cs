namespace Reproduce.Training;

/// <summary>Settings of stochastic gradient descent.</summary>
/// <param name="LearningRate">η.</param>
/// <param name="Momentum">μ.</param>
/// <param name="BatchSize">Points a step; the last batch of an epoch may be smaller and is used.</param>
public sealed record OptimiserSettings(double LearningRate, double Momentum, int BatchSize)
{
    /// <summary>The slope paper's settings (section 3.1 and appendix A.2).</summary>
    public static OptimiserSettings SlopePaper { get; } = new(0.001, 0.8, 64);
}
