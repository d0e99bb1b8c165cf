using System.Diagnostics;
using System.IO.Compression;
using System.IO.Pipes;
using System.Text;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;
using Reproduce.Fixtures.Networks;
using static Reproduce.Claims.Foundations.Files.StoredBytes;

namespace Reproduce.Claims.Foundations.Files;

/// <summary>
/// Every reader names a file of another kind as what it is, with the command that converts it; pipes and devices are refused without
/// waiting.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class FileKindTests
{
    public static TheoryData<string, byte[]> OtherKinds => new()
    {
        { "an empty file. Save it again", [] },
        { "a PyTorch file (torch.save). *torch.load(\"file\"", Zip("archive/data.pkl", "archive/version") },
        {
            "a PyTorch file of the old form (pickle). *torch.load(\"file\"",
            [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
        },
        { "a Python pickle", [0x80, 4, 0x95, 0, 0, 0, 0] },
        { "an HDF5 file. Convert it", [0x89, .. "HDF\r\n"u8, 0x1a, 0x0a, 0, 0] },
        { "a web page, not the file itself. *curl", Text("\n<!DOCTYPE html>\n<html lang=\"en\">") },
        {
            "a pointer of Git LFS, not the file itself. Fetch the file: git lfs pull --include file",
            Text("version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
        },
        { "an index of the files (shards)", Text("""{"metadata": {"total_size": 8}, "weight_map": {"w": "model-1-of-2.safetensors"}}""") },
        { "compressed with gzip. Decompress it: gzip -dc file", TinyDataSet.Gzip([1, 2, 3]) },
        { "a zip archive. Unpack it: unzip file", Zip("readme.txt") },
        { "a Keras file", Zip("metadata.json", "config.json", "model.weights.h5") },
        { "a TensorFlow SavedModel", [0x08, 1, 0x12, 0xb4, 0x10, 0x0a, 0x40, 0x12, 0] },
        { "a text file", Text("0.5,1.5\n2,3\n") },
    };

    [Theory]
    [MemberData(nameof(OtherKinds))]
    public void Open_AnotherKindOfFile_IsNamed(string kind, byte[] content)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(content, "file");
        ShouldRefuse(() => SafetensorsFile.Open(path).Dispose(), kind);
        ShouldRefuse(() => OnnxNetwork.Read(path, [1]).Network.Dispose(), kind);
        ShouldRefuse(() => NpyFile.Open(path).Dispose(), kind);
    }

    [Fact]
    public void Open_FileOfAnotherReader_IsNamed()
    {
        using var folder = new TemporaryFolder();
        var tensors = folder.Write(Network(("w", [1, 1], [1])), "tensors");
        var array = folder.Write(Array([1], 1), "array");
        var archive = folder.Write(Npz(CompressionLevel.Optimal, ("points.npy", Array([1], 1))), "archive");
        var model = folder.Write(OnnxBytes.Model([1], OnnxBytes.Constant("w", [1, 1], 1), OnnxBytes.Node("Gemm", "x w", "y")), "model");

        ShouldRefuse(() => SafetensorsFile.Open(model).Dispose(), "an ONNX model. Give it a name that ends in .onnx");
        ShouldRefuse(() => NpyFile.Open(model).Dispose(), "an ONNX model. Give points here");
        ShouldRefuse(() => OnnxNetwork.Read(tensors, [1]).Network.Dispose(), "a safetensors file. Give it a name that ends in");
        ShouldRefuse(() => NpyFile.Open(tensors).Dispose(), "a safetensors file. Give points here");
        ShouldRefuse(() => SafetensorsFile.Open(array).Dispose(), "an array of NumPy (npy). Give a network here");
        ShouldRefuse(() => OnnxNetwork.Read(archive, [1]).Network.Dispose(), "an archive of NumPy arrays (npz)");
    }

    [Fact]
    public void Open_FolderOfASavedModel_IsNamed()
    {
        using var folder = new TemporaryFolder();
        folder.Write([], "model", "saved_model.pb");
        ShouldRefuse(() => OnnxNetwork.Read(folder["model"], [1]).Network.Dispose(), "a TensorFlow SavedModel. *--saved-model");
        ShouldRefuse(() => SafetensorsFile.Open(folder.Path).Dispose(), "a folder, not a file");
    }

    /// <summary>The named pipe has no writer: whoever opened it to read would wait forever.</summary>
    [Theory]
    [InlineData("pipe")]
    [InlineData("link to a pipe")]
    [InlineData("/dev/zero")]
    public async Task Open_PipeOrDevice_IsRefusedAtOnce(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such files in a file system");
        using var folder = new TemporaryFolder();
        using (var mkfifo = Process.Start("mkfifo", folder["pipe"]))
        {
            mkfifo.WaitForExit();
        }

        File.CreateSymbolicLink(folder["link to a pipe"], "pipe");
        var full = Path.Combine(folder.Path, path);
        Action[] all =
        [
            () => SafetensorsFile.Open(full).Dispose(),
            () => NpyFile.Open(full).Dispose(),
            () => OnnxNetwork.Read(full, [1]).Network.Dispose(),
        ];
        foreach (var open in all)
        {
            var stop = TestContext.Current.CancellationToken;
            await Task.Run(() => ShouldRefuse(open, "a pipe or a device, not a file. Write it to a file first"), stop)
                .WaitAsync(TimeSpan.FromSeconds(30), stop);
        }
    }

    /// <summary>As /dev/stdin is where a program's input comes through a pipe; here the pipe's other end is in this process.</summary>
    [Fact]
    public void Open_DescriptorOfAPipe_IsRefusedAtOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems list descriptors elsewhere");
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        var path = $"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";
        ShouldRefuse(() => NpyFile.Open(path).Dispose(), "a pipe or a device, not a file");
    }

    [Fact]
    public void Open_LinkToAFile_IsRead()
    {
        using var folder = new TemporaryFolder();
        folder.Write(Array([1], 5), "points.npy");
        File.CreateSymbolicLink(folder["link"], "points.npy");
        using var file = NpyFile.Open(folder["link"]);
        file.Rows(0, 1).Should().Equal(5);
    }

    [Fact]
    public void Open_NothingThere_SaysSo() =>
        FluentActions.Invoking(() => NpyFile.Open("no such file")).Should().Throw<FileNotFoundException>();

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Zip(params string[] names) =>
        Npz(CompressionLevel.NoCompression, [.. names.Select(name => (name, new byte[] { 1, 2, 3 }))]);

    private static void ShouldRefuse(Action open, string kind) => open.Should().Throw<DataException>().WithMessage($"*: *{kind}*");
}
