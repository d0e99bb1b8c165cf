using Reproduce.Fixtures.Data;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments;

/// <summary>An experiment: the cells by which one or several claims are judged.</summary>
/// <param name="Name">As in <c>sizes.json</c>, such as <c>slope.training</c>.</param>
/// <param name="Claims">Ids of the claims that need the cells.</param>
/// <param name="CellsOn">
/// The cells of a profile on a device. Loads the data sets, whose checksums are part of the keys; throws
/// <see cref="DataUnavailableException"/> if one that the whole experiment needs is not available.
/// </param>
public sealed record ExperimentPlan(
    string Name, IReadOnlyList<string> Claims, Func<Profile, DataStore, Device, IReadOnlyList<Cell>> CellsOn)
{
    /// <summary>An experiment that always runs on the CPU.</summary>
    /// <param name="name">As in <c>sizes.json</c>.</param>
    /// <param name="claims">Ids of the claims that need the cells.</param>
    /// <param name="cells">The cells of a profile.</param>
    public ExperimentPlan(string name, IReadOnlyList<string> claims, Func<Profile, DataStore, IReadOnlyList<Cell>> cells)
        : this(name, claims, (profile, store, _) => cells(profile, store)) => IsForAnyDevice = false;

    /// <summary>Whether its cells can run on other devices than the CPU.</summary>
    public bool IsForAnyDevice { get; } = true;

    /// <summary>The cells of a profile on the CPU.</summary>
    /// <exception cref="DataUnavailableException">A data set that the whole experiment needs is not available.</exception>
    public IReadOnlyList<Cell> Cells(Profile profile, DataStore store) => CellsOn(profile, store, CPU);
}
