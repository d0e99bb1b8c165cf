using Reproduce.Fixtures.Data;
using Reproduce.Randomness;

namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>A data set of the slope paper, loaded.</summary>
/// <param name="Name">Its id.</param>
/// <param name="Stamp">Its checksum.</param>
/// <param name="Rows">Pixels along a side; 0 where it has no images.</param>
/// <param name="Points">The points for a seed: how many to train and validate on (0 for all), and pixels along a side.</param>
internal sealed record PaperData(string Name, DataStamp Stamp, int Rows, Func<Seed, int, int, int, TrainingSet> Points)
{
    /// <summary>Name and checksum for a cell's key.</summary>
    internal (string Name, string Checksum) Key => (Stamp.Remark is null ? Name : $"{Name} ({Stamp.Remark})", Stamp.Checksum);

    /// <summary>Those that are available.</summary>
    /// <param name="store">Where they come from.</param>
    /// <param name="names">Ids.</param>
    /// <exception cref="DataUnavailableException">None of them is available; the message is that of the first.</exception>
    internal static IReadOnlyDictionary<string, PaperData> LoadWhatIsThere(DataStore store, IEnumerable<string> names)
    {
        var found = new Dictionary<string, PaperData>();
        DataUnavailableException? first = null;
        foreach (var name in names.Distinct())
        {
            try
            {
                found[name] = Load(store, name);
            }
            catch (DataUnavailableException missing)
            {
                first ??= missing;
            }
        }

        return found.Count > 0 ? found : throw first!;
    }

    private static PaperData Load(DataStore store, string name)
    {
        if (name == DataSets.Covertype.Id)
        {
            var table = store.LoadCovertype();
            return new(name, table.Stamp, 0, (seed, _, _, _) => TrainingSet.Of(table, seed));
        }

        var images = store.Load((DataSetDescription)DataSets.ById(name));
        return new(
            name, images.Stamp, images.Description.Rows, (_, points, validation, side) => TrainingSet.Of(images, points, validation, side));
    }
}
