using Reproduce.Training;

namespace Reproduce.Fixtures.Experiments.Design.Zeta;

/// <summary>Two networks from one initialisation, trained on real and on random labels.</summary>
/// <param name="Network">Name of the <see cref="Inserted"/>.</param>
/// <param name="Repetition">From 1; those of one number share images, labels, their order and, where they fit, initial weights.</param>
/// <param name="Images">The size of the training set.</param>
/// <param name="Epochs">The length of the training.</param>
/// <param name="Real">Trained on the true labels.</param>
/// <param name="Random">Trained on random labels.</param>
public sealed record ZetaOfPair(
    string Network, int Repetition, int Images, int Epochs, ZetaInTraining Real, ZetaInTraining Random);

/// <summary>The pulled-back metric of a network in the course of its training.</summary>
/// <param name="Status">How the training ended (<see cref="ReplicaStatus"/>).</param>
/// <param name="Digest">Of the parameters.</param>
/// <param name="TestAccuracy">The share of the test images that is classified correctly at the end.</param>
/// <param name="Course">From before the training to its end.</param>
public sealed record ZetaInTraining(string Status, string? Digest, double TestAccuracy, IReadOnlyList<ZetaLook> Course);

/// <summary>The pulled-back metric of a network and its bounds after an epoch.</summary>
/// <param name="Epoch">0 before the training.</param>
/// <param name="TrainingErrors">Training images that are misclassified.</param>
/// <param name="SpectralProduct">∏σ_l² over all weight matrices, as printed.</param>
/// <param name="Bound">The same with a skip connection's strength added to the norm beside it, which bounds λ_max(ζ).</param>
/// <param name="Between">The factor in that bound of what lies between the first hidden layer and the last one.</param>
/// <param name="Training">λ_max(ζ) with the softmax's metric at training images.</param>
/// <param name="Test">The same at test images.</param>
/// <param name="SquaredSlope">‖J‖², which is λ_max(ζ) for the square loss, the mean over the training images.</param>
public sealed record ZetaLook(
    int Epoch,
    int TrainingErrors,
    double SpectralProduct,
    double Bound,
    double Between,
    Curvatures Training,
    Curvatures Test,
    double SquaredSlope);

/// <summary>λ_max(ζ) at many points.</summary>
/// <param name="Mean">Their mean.</param>
/// <param name="Median">Their median, the lower one of two.</param>
/// <param name="Largest">The largest.</param>
public sealed record Curvatures(double Mean, double Median, double Largest);
