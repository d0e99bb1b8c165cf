using System.Diagnostics;
using System.Net;
using Reproduce.Fixtures.Data;
using static Reproduce.Claims.Foundations.Data.TinyDataSet;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>The official addresses, replaced by a local server that behaves well or badly.</summary>
[Trait("Category", "Foundation")]
public sealed class DataStoreDownloadTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<string> reported = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_GoodServer_FillsTheCacheWithWhatItSent()
    {
        using var server = new LoopbackServer(SendAsync);

        ImageDataSet first = Load([server.Address]);
        ImageDataSet second = Load([]);

        first.Provenance.Should().OnlyContain(file => file.Source == SourceKind.Official && file.Location.StartsWith($"{server.Address}"));
        second.Provenance.Should().OnlyContain(file => file.Source == SourceKind.Cache);
        second.Checksum.Should().Be(first.Checksum);
        CachedNames().Should().BeEquivalentTo(Description.Files.Select(file => $"{file.Name}.gz"));
        reported.Should().Contain($"tiny: downloading train-images-idx3-ubyte.gz from {server.Address}…");
    }

    [Fact]
    public void Load_FirstAddressFails_AsksTheSecond()
    {
        using var bad = new LoopbackServer(NotFoundAsync);
        using var good = new LoopbackServer(SendAsync);

        Load([bad.Address, good.Address]).Provenance.Should().OnlyContain(file => file.Location.StartsWith($"{good.Address}"));
    }

    [Fact]
    public void Load_NotFound_IsReportedAndTheSearchEndsAtTheFirstFile()
    {
        using var server = new LoopbackServer(NotFoundAsync);
        ShouldNotServe(server.Address, "the server answers 404");
        server.Requests.Should().Be(1);
    }

    [Fact]
    public void Load_BodyShorterThanAnnounced_IsReported()
    {
        using var server = new LoopbackServer(async context =>
        {
            context.Response.ContentLength64 = 1000;
            await context.Response.OutputStream.WriteAsync(Gzip(Bytes[DataRole.TrainImages]).AsMemory(0, 20));
            await context.Response.OutputStream.FlushAsync();
            context.Response.Abort();
        });
        ShouldNotServe(server.Address, $"{server.Address}train-images-idx3-ubyte.gz");
    }

    [Fact]
    public void Load_TruncatedBody_IsReported()
    {
        using var server = new LoopbackServer(context => WriteAsync(context, Gzip(Bytes[DataRole.TrainImages])[..20]));
        ShouldNotServe(server.Address, $"{server.Address}train-images-idx3-ubyte.gz");
    }

    [Fact]
    public void Load_NotAnIdxFile_IsReported()
    {
        using var server = new LoopbackServer(context => WriteAsync(context, "<html>Please log in</html>"u8.ToArray()));
        ShouldNotServe(server.Address, "not an IDX file");
    }

    [Fact]
    public void Load_DifferentData_IsReported()
    {
        using var server = new LoopbackServer(context => WriteAsync(context, Gzip(Corrupt(Bytes[DataRole.TrainImages]))));
        ShouldNotServe(server.Address, "the MD5 of the decompressed bytes");
    }

    [Fact]
    public void Load_EndlessBody_IsCutOff()
    {
        using var server = new LoopbackServer(async context =>
        {
            context.Response.SendChunked = true;
            while (true)
            {
                await context.Response.OutputStream.WriteAsync(new byte[1 << 14]);
            }
        });
        ShouldNotServe(server.Address, "longer than the");
    }

    [Fact]
    public void Load_SilentServer_TimesOut()
    {
        using var server = new LoopbackServer(async context =>
        {
            context.Response.SendChunked = true;
            await context.Response.OutputStream.WriteAsync(new byte[10]);
            await context.Response.OutputStream.FlushAsync();
            await Task.Delay(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        });
        ShouldNotServe(server.Address, "the server sent nothing", stall: TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public void Load_TricklingServer_TimesOut()
    {
        using var server = new LoopbackServer(async context =>
        {
            context.Response.SendChunked = true;
            while (true)
            {
                await context.Response.OutputStream.WriteAsync(new byte[1]);
                await context.Response.OutputStream.FlushAsync();
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        });
        ShouldNotServe(server.Address, "the download did not finish", deadline: TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void Load_RefusedConnection_IsReported() => ShouldNotServe(new Uri("http://127.0.0.1:1/"), "refused");

    [Fact]
    public void Load_UnknownHost_IsReported() =>
        ShouldNotServe(new Uri("http://no-such-host.invalid/"), "no-such-host.invalid/train-images-idx3-ubyte.gz: ");

    private static Task SendAsync(HttpListenerContext context)
    {
        DataFile file = Description.Files.Single(file => context.Request.Url!.AbsolutePath == $"/{file.Name}.gz");
        return WriteAsync(context, Gzip(Bytes[file.Role]));
    }

    private static Task NotFoundAsync(HttpListenerContext context)
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    private static async Task WriteAsync(HttpListenerContext context, byte[] body)
    {
        context.Response.ContentLength64 = body.Length;
        await context.Response.OutputStream.WriteAsync(body);
    }

    private ImageDataSet Load(IReadOnlyList<Uri> addresses, TimeSpan? stall = null, TimeSpan? deadline = null)
    {
        DataStoreOptions machine = Machine(folder) with
        {
            StallTimeout = stall ?? TimeSpan.FromSeconds(20),
            DownloadTimeout = deadline ?? TimeSpan.FromSeconds(20),
        };
        return new DataStore(machine, reported.Add).Load(Description with { NpmPackage = null, OfficialAddresses = addresses });
    }

    private void ShouldNotServe(Uri address, string reason, TimeSpan? stall = null, TimeSpan? deadline = null)
    {
        long start = Stopwatch.GetTimestamp();
        FluentActions.Invoking(() => Load([address], stall, deadline))
            .Should().Throw<DataUnavailableException>().WithMessage($"*{reason}*");
        Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(15));
        CachedNames().Should().BeEmpty("nothing half-written stays behind");
    }

    private IEnumerable<string?> CachedNames() => Directory.GetFiles(folder["cache", "tiny"]).Select(Path.GetFileName);
}
