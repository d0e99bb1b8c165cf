namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>What is kept of a network on two digits.</summary>
/// <param name="Converged">It reached the training loss that ends the training.</param>
/// <param name="Diverged">Its loss or a parameter became infinite; all else is of its last finite epoch.</param>
/// <param name="Epochs">When its training ended.</param>
/// <param name="LastLoss">The mean over the last epoch's batches; infinite where there is none.</param>
/// <param name="Test">Measures on test points.</param>
/// <param name="Training">Measures on training points.</param>
/// <param name="TestLoss">The mean square on all test points.</param>
/// <param name="TestError">The share of them with the wrong sign.</param>
/// <param name="TrainingLoss">The mean square on all training points.</param>
/// <param name="TrainingError">The share of them with the wrong sign.</param>
public sealed record DigitNetwork(
    bool Converged,
    bool Diverged,
    int Epochs,
    double LastLoss,
    FourMeasures Test,
    FourMeasures Training,
    double TestLoss,
    double TestError,
    double TrainingLoss,
    double TrainingError)
{
    /// <summary>
    /// Digest of the final weights, before they leave the span of the points (<see cref="Training.ReplicaRecord.Digest"/>).
    /// </summary>
    public string? Digest { get; init; }
}

/// <summary>A network of a given initialisation.</summary>
/// <param name="Scale">α.</param>
/// <param name="Network">Its number.</param>
/// <param name="Result">What is kept of it.</param>
public sealed record ScaledNetwork(double Scale, int Network, DigitNetwork Result);

/// <summary>All networks on one training set of two digits.</summary>
/// <param name="Pair">The digits, such as 0-1.</param>
/// <param name="Points">The size of the training set.</param>
/// <param name="Networks">Of all scales.</param>
public sealed record DigitNetworks(string Pair, int Points, IReadOnlyList<ScaledNetwork> Networks);
