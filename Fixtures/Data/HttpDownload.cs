namespace Reproduce.Fixtures.Data;

/// <summary>Downloads a file over HTTP with bounds on its length and on the time it takes.</summary>
internal static class HttpDownload
{
    private static readonly HttpClient Client = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Downloads the gzip form of a data file into the cache.</summary>
    /// <exception cref="CacheUnusableException">The cache cannot be written.</exception>
    /// <exception cref="DataException">The address cannot be reached, is too slow, or offers something else.</exception>
    public static async Task<VerifiedFile> ToCacheAsync(
        Uri address, string name, DataFile file, int classes, CacheFolder cache, DataStoreOptions options)
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

            return await cache
                .StoreAsync(name, file.LongestForm, Read, path => VerifiedFile.Read(path, $"{address}", SourceKind.Official, file, classes))
                .ConfigureAwait(false);
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
