using Reproduce.Fixtures.Data;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments;

/// <summary>An experiment: what is to be computed so that claims can be judged. Several claims may be judged by one experiment.</summary>
/// <param name="Name">As in <c>sizes.json</c>, such as <c>slope.training</c>.</param>
/// <param name="Claims">Ids of the claims that need the cells.</param>
/// <param name="CellsOn">
/// The cells of a profile on a device. Loads the data sets, whose checksums are part of the keys; throws <see cref="DataUnavailableException"/> where one that
/// the whole experiment needs cannot be had.
/// </param>
public sealed record ExperimentPlan(string Name, IReadOnlyList<string> Claims, Func<Profile, DataStore, Device, IReadOnlyList<Cell>> CellsOn)
{
    /// <summary>An experiment that runs on the CPU whatever device is asked for.</summary>
    /// <param name="name">As in <c>sizes.json</c>.</param>
    /// <param name="claims">Ids of the claims that need the cells.</param>
    /// <param name="cells">The cells of a profile.</param>
    public ExperimentPlan(string name, IReadOnlyList<string> claims, Func<Profile, DataStore, IReadOnlyList<Cell>> cells)
        : this(name, claims, (profile, store, _) => cells(profile, store)) => IsForAnyDevice = false;

    /// <summary>Its cells can run elsewhere than on the CPU.</summary>
    public bool IsForAnyDevice { get; } = true;

    /// <summary>The cells of a profile on the CPU.</summary>
    /// <exception cref="DataUnavailableException">A data set that the whole experiment needs cannot be had.</exception>
    public IReadOnlyList<Cell> Cells(Profile profile, DataStore store) => CellsOn(profile, store, CPU);
}
