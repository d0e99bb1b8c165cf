namespace Reproduce.Fixtures.Data;

/// <summary>Downloads a file over HTTP within limits of length and time.</summary>
internal static class HttpDownload
{
    private static readonly HttpClient Client = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Downloads a file into the cache.</summary>
    /// <param name="address">The address of the file.</param>
    /// <param name="name">Its name in the cache.</param>
    /// <param name="limit">The largest length in bytes.</param>
    /// <param name="verify">Reads the file at the given path, and throws a <see cref="DataException"/> if it is wrong.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="options">The time limits.</param>
    /// <exception cref="CacheUnusableException">The cache cannot be written to.</exception>
    /// <exception cref="DataException">The address cannot be reached, is too slow, or offers another file.</exception>
    public static async Task<T> ToCacheAsync<T>(
        Uri address, string name, long limit, Func<string, T> verify, CacheFolder cache, DataStoreOptions options)
    {
        using var deadline = new CancellationTokenSource(options.DownloadTimeout);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
        try
        {
            patience.CancelAfter(options.StallTimeout);
            using HttpResponseMessage response = await Client
                .GetAsync(address, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                string answer = $"{(int)response.StatusCode} {response.ReasonPhrase}";
                throw new DataException($"{address}", $"the server answers {answer}", "Use another source.");
            }

            using Stream body = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            async ValueTask<int> Read(Memory<byte> buffer)
            {
                patience.CancelAfter(options.StallTimeout);
                return await body.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
            }

            return await cache.StoreAsync(name, limit, Read, verify).ConfigureAwait(false);
        }
        catch (OperationCanceledException late)
        {
            string problem = deadline.IsCancellationRequested
                ? $"the download did not finish within {options.DownloadTimeout}"
                : $"the server sent nothing for {options.StallTimeout}";
            throw new DataException($"{address}", problem, "Try again later.", late);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new DataException($"{address}", failure.GetBaseException().Message, "Check the network connection.", failure);
        }
    }
}
