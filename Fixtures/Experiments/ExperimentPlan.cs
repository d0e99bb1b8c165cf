using Reproduce.Fixtures.Data;

namespace Reproduce.Fixtures.Experiments;

/// <summary>An experiment: what is to be computed so that claims can be judged. Several claims may be judged by one experiment.</summary>
/// <param name="Name">As in <c>sizes.json</c>, such as <c>slope.training</c>.</param>
/// <param name="Claims">Ids of the claims that need the cells.</param>
/// <param name="Cells">
/// The cells of a profile. Loads the data sets, whose checksums are part of the keys; throws <see cref="DataUnavailableException"/> where one that
/// the whole experiment needs cannot be had.
/// </param>
public sealed record ExperimentPlan(string Name, IReadOnlyList<string> Claims, Func<Profile, DataStore, IReadOnlyList<Cell>> Cells);
