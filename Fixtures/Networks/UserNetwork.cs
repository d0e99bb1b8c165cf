using Reproduce.Networks;

namespace Reproduce.Fixtures.Networks;

/// <summary>What a file does not say of a network, or says in its own way.</summary>
/// <param name="What">Such as <c>activation</c>.</param>
/// <param name="Value">What was taken.</param>
/// <param name="Basis">Why.</param>
/// <param name="IsAssumed">Neither the file nor the user says so.</param>
public sealed record Assumption(string What, string Value, string Basis, bool IsAssumed);

/// <summary>A network that was not trained here, as it was understood.</summary>
/// <param name="Network">In float64; owned by this.</param>
/// <param name="Names">Of its layers, in order, as a message may show them.</param>
/// <param name="Assumptions">What was taken for granted.</param>
public sealed record UserNetwork(LayeredNetwork Network, IReadOnlyList<string> Names, IReadOnlyList<Assumption> Assumptions) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}

/// <summary>A file leaves open what network it holds, and only its owner can say.</summary>
/// <param name="path">The file.</param>
/// <param name="problem">What is open.</param>
/// <param name="remedy">The option that says it.</param>
public sealed class AmbiguousNetworkException(string path, string problem, string remedy) : Exception($"{path}: {problem}. {remedy}");
