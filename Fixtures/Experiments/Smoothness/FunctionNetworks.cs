namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>A network with one input, trained on samples of a function.</summary>
/// <param name="Samples">How many.</param>
/// <param name="Network">Its number.</param>
/// <param name="Epochs">When its training ended.</param>
/// <param name="Loss">Of the last epoch; infinite where it diverged.</param>
/// <param name="Converged">It reached the loss that ends the training.</param>
/// <param name="Values">Its measures; null where it diverged.</param>
public sealed record NetworkOnSamples(int Samples, int Network, int Epochs, double Loss, bool Converged, FourMeasures? Values);

/// <summary>All networks on one function.</summary>
/// <param name="Function">Its number.</param>
/// <param name="Networks">Of all numbers of samples.</param>
public sealed record FunctionNetworks(int Function, IReadOnlyList<NetworkOnSamples> Networks);
