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

/// <summary>The polynomial through samples of a function.</summary>
/// <param name="Function">The function's number.</param>
/// <param name="Samples">How many.</param>
/// <param name="Values">The measures; WP counts the first slope, as the author's program does.</param>
/// <param name="Variation">WP by equation 3.18, the variation of the derivative alone.</param>
public sealed record PolynomialThroughSamples(int Function, int Samples, FourMeasures Values, double Variation);

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
public sealed record DigitNetwork(bool Converged, bool Diverged, int Epochs, double LastLoss, FourMeasures Test, FourMeasures Training, double TestLoss, double TestError, double TrainingLoss, double TrainingError)
{
    /// <summary>Of the weights that descent ended in, before they are put back from the span of the points (<see cref="Training.ReplicaRecord.Digest"/>).</summary>
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

/// <summary>How a network was regularised.</summary>
/// <param name="Measure">GN, PL0, PL1, WP or none.</param>
/// <param name="Coefficient">λ.</param>
/// <param name="LearningRate">η.</param>
/// <param name="MostEpochs">Training ends here in any case.</param>
public sealed record RegularisedBy(string Measure, double Coefficient, double LearningRate, int MostEpochs);

/// <summary>A network on two digits, trained with a regulariser or without.</summary>
/// <param name="Pair">The digits, such as 0-1.</param>
/// <param name="Points">The size of the training set.</param>
/// <param name="Kind">Measure, λ and learning rate.</param>
/// <param name="Result">What is kept of it.</param>
public sealed record RegularisedNetwork(string Pair, int Points, RegularisedBy Kind, DigitNetwork Result);
