namespace Reproduce.Fixtures.Experiments.Smoothness;

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
