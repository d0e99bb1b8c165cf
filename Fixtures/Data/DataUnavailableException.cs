namespace Reproduce.Fixtures.Data;

/// <summary>
/// No source has a file of the data set: nothing is broken, the data are just not available. The message lists every source that was tried
/// and why it failed. A test may skip on this exception, and on no other <see cref="DataException"/>.
/// </summary>
public sealed class DataUnavailableException : DataException
{
    internal DataUnavailableException(DataSetFiles description, DataFile file, IEnumerable<string> reasons)
        : base(
            description.Id,
            $"no source has {file.Name}",
            $"Put the files of the data set into <folder>/{description.Folder}/ and set REPRODUCE_DATA=<folder>, " +
            "or run again with network access. " +
            $"Tried:{string.Concat(reasons.Select(reason => $"{Environment.NewLine}  {reason}"))}")
    {
    }
}
