namespace Reproduce.Fixtures.Data;

/// <summary>
/// The cache of one data set. A file appears in it complete and verified or not at all: it is written under a temporary name in the same
/// folder, flushed to disk, verified, and renamed. Several processes may do so at once: the last rename wins, and all copies are equal.
/// </summary>
internal sealed class CacheFolder(string folder)
{
    /// <summary>Writes a file into the cache.</summary>
    /// <param name="name">Its name in the cache.</param>
    /// <param name="limit">The largest length in bytes.</param>
    /// <param name="read">Reads the next bytes of the source; 0 at the end.</param>
    /// <param name="verify">Reads the file at the given path, and throws a <see cref="DataException"/> if it is wrong.</param>
    /// <exception cref="CacheUnusableException">The folder cannot be written to.</exception>
    /// <exception cref="DataException">The source is longer than the limit, or its content is wrong.</exception>
    public async Task<T> StoreAsync<T>(
        string name, long limit, Func<Memory<byte>, ValueTask<int>> read, Func<string, T> verify)
    {
        // The process id tells whose file it is; the random part keeps threads, and containers with equal ids, apart.
        string partial = Path.Combine(folder, $"{name}.partial-{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            // Unbuffered, so that every failure to write occurs in Write and none in Dispose.
            FileStream Create() => new(partial, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            using (FileStream output = OnDisk(Create))
            {
                await CopyAsync(name, limit, read, output).ConfigureAwait(false);
                OnDisk(() => output.Flush(flushToDisk: true));
            }

            T verified = verify(partial);
            OnDisk(() => File.Move(partial, Path.Combine(folder, name), overwrite: true));
            return verified;
        }
        finally
        {
            TryDelete(partial);
        }
    }

    /// <summary>Creates the folder if necessary, and removes what interrupted downloads left behind.</summary>
    /// <exception cref="CacheUnusableException">The folder cannot be created.</exception>
    public void Prepare()
    {
        OnDisk(() => Directory.CreateDirectory(folder));
        DateTime yesterday = DateTime.UtcNow.AddDays(-1);
        foreach (string partial in OnDisk(() => Directory.GetFiles(folder, "*.partial-*")))
        {
            if (File.GetLastWriteTimeUtc(partial) < yesterday)
            {
                TryDelete(partial);
            }
        }
    }

    /// <summary>Renames a rejected file, so that it is neither used again nor lost.</summary>
    /// <returns>What was done, for messages.</returns>
    public static string SetAside(string path)
    {
        try
        {
            File.Move(path, $"{path}.refused", overwrite: true);
            return $"set aside as {path}.refused";
        }
        catch (Exception failure) when (IsDiskFailure(failure))
        {
            return $"skipped; it cannot be renamed ({failure.Message})";
        }
    }

    private async Task CopyAsync(string name, long limit, Func<Memory<byte>, ValueTask<int>> read, FileStream output)
    {
        byte[] buffer = new byte[1 << 16];
        long length = 0;
        while (await read(buffer).ConfigureAwait(false) is > 0 and int count)
        {
            length += count;
            if (length > limit)
            {
                throw new DataException(name, $"longer than the expected maximum of {limit} bytes", "Use another source.");
            }

            OnDisk(() => output.Write(buffer, 0, count));
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (IsDiskFailure(failure))
        {
            // Nothing depends on it, and the next download tries again.
        }
    }

    private void OnDisk(Action action) => OnDisk(() =>
    {
        action();
        return true;
    });

    private T OnDisk<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (IsDiskFailure(failure))
        {
            throw new CacheUnusableException(folder, failure);
        }
    }

    // A file larger than the system allows is reported as an argument out of range.
    private static bool IsDiskFailure(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;
}
