using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;
using Reproduce.Fixtures.Networks;
using TorchSharp;
using static Reproduce.Claims.Foundations.Files.StoredBytes;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Files;

/// <summary>
/// Whatever the bytes are, a reader reads the file or refuses it with a <see cref="DataException"/>, within a second; and what it reads is
/// what is in the file. Tried are random bytes, and valid files with one thing changed: in the file as it is, or in a part of it, with
/// lengths and checksums around it made right again. <see cref="DamagedTextsTests"/> does the same with text, <see cref="Fuzz"/> says how
/// many inputs are tried.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class DamagedFilesTests : IDisposable
{
    private const string Tensors =
        """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":"""
        + """{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]}}""";

    private static readonly Dictionary<string, Reader> All = new()
    {
        ["safetensors"] = new(
            [new([Text(Tensors), Numbers(12)], parts => Safetensors(Encoding.Latin1.GetString(parts[0]), parts[1]))],
            ReadSafetensors),
        ["npy"] = new(
            [
                new([Text("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n"), Numbers(24)], NpyOf),
                new([Text("{'descr': '>f8', 'fortran_order': True, 'shape': (2, 2), }\n"), Numbers(32)], NpyOf),
            ],
            ReadNpy),
        ["npz"] = new(
            [
                new([Array([2, 2], 1, 2, 3, 4)], parts => Npz(CompressionLevel.NoCompression, ("points.npy", parts[0]))),
                new(
                    [Array([2, 2], 1, 2, 3, 4), Array([1], 1)],
                    parts => Npz(CompressionLevel.Optimal, ("points.npy", parts[0]), ("other.npy", parts[1]))),
            ],
            ReadNpz),
        ["onnx"] = new([Onnx.Dense, Onnx.Convolutional], ReadOnnx),
        ["idx"] = new(PlainAndCompressed(TinyDataSet.Idx([3, 2, 2], Numbers(12))), ReadIdx),
        ["cifar"] = new(PlainAndCompressed(TinyRecords.Bytes["batch_1.bin"]), ReadCifar),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Readers => [.. All.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_AnyBytes_RefusesOrReads(string name)
    {
        var starts = All[name].Valid.Select(valid => valid.Bytes).ToArray();
        Try(name, Damage.Any(starts), null);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_ValidFileWithOneChange_RefusesOrReads(string name)
    {
        foreach (var valid in All[name].Valid)
        {
            var inFile = Damage.Changed(valid.Bytes);
            var inPart = from i in Gen.Choose(0, valid.Parts.Length - 1)
                         from part in Damage.Changed(valid.Parts[i])
                         select valid.Frame([.. valid.Parts[..i], part, .. valid.Parts[(i + 1)..]]);
            Try(name, inFile, valid.Bytes, 2 * All[name].Valid.Length);
            Try(name, inPart, null, 2 * All[name].Valid.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_ValidFile_IsRead(string name)
    {
        foreach (var valid in All[name].Valid)
        {
            All[name].Read(Write(valid.Bytes), valid.Bytes, valid.Bytes);
        }
    }

    /// <summary>The end of compressed data, their checksum and their length hold nothing of the file, but must be there.</summary>
    [Theory]
    [InlineData("idx")]
    [InlineData("cifar")]
    public void Read_CompressedFileCutAnywhere_IsRefused(string name)
    {
        var whole = All[name].Valid[1].Bytes;
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole[..length];
            FluentActions.Invoking(() => All[name].Read(Write(cut), cut, whole)).Should().Throw<DataException>($"{length} bytes are left");
        }
    }

    [Theory]
    [InlineData("MatMul", new long[] { 9 })]
    [InlineData("MatMul", new long[] { 1, 9, 1 })]
    [InlineData("MatMul", new long[] { 1, 1, 9, 1 })]
    [InlineData("Gemm", new long[] { 9 })]
    [InlineData("Gemm", new long[] { 3, 3, 1 })]
    [InlineData("Gemm", new long[] { 9 }, 1L)]
    public void Read_OnnxWeightsThatAreNoMatrix_AreRefused(string operation, long[] shape, params long[] transposed)
    {
        var content = OnnxBytes.Model(
            [9],
            OnnxBytes.Constant("w", shape, [.. Enumerable.Range(0, 9).Select(i => i - 4.0)]),
            OnnxBytes.Node(operation, "x w", "y", [.. transposed.Select(one => OnnxBytes.Attribute("transB", one))]));
        var found = $"weights of shape [{string.Join(", ", shape)}], which is no matrix. ";
        FluentActions.Invoking(() => OnnxNetwork.Read(Write(content), [9])).Should().Throw<DataException>()
            .Which.Message.Should().Contain($"node '{operation}-y' ({operation}) has {found}");
    }

    private void Try(string name, Gen<byte[]> inputs, byte[]? original, int share = 2)
    {
        Fuzz.Try(name, inputs, share, fault => fault is DataException, input => All[name].Read(Write(input), input, original));
    }

    private string Write(byte[] content)
    {
        var path = _folder["file"];
        File.WriteAllBytes(path, content);
        return path;
    }

    // Tensors lie one after the other up to the end of the file, and each has as many numbers as its shape says.
    private static void ReadSafetensors(string path, byte[] bytes, byte[]? original)
    {
        using var file = SafetensorsFile.Open(path);
        var place = 8 + BinaryPrimitives.ReadInt64LittleEndian(bytes);
        foreach (var tensor in file.Tensors)
        {
            Require(tensor.Begin == (tensor == file.Tensors[0] ? 0 : place), "no gaps");
            place = tensor.End;
            if (tensor.ElementType is "F64" or "F32" or "F16" or "BF16")
            {
                var count = tensor.Shape.Aggregate(1L, (product, size) => product * size);
                var numbers = file.Numbers(tensor);
                Require(numbers.LongLength == count, "as many numbers as the shape says");
                var stored = bytes.AsSpan((int)(8 + BinaryPrimitives.ReadInt64LittleEndian(bytes) + tensor.Begin)).ToArray();
                Require(
                    tensor.ElementType switch
                    {
                        "F64" => numbers.Index().All(one => one.Item.Equals(BitConverter.ToDouble(stored, 8 * one.Index))),
                        "F32" => numbers.Index().All(one => one.Item.Equals((double)BitConverter.ToSingle(stored, 4 * one.Index))),
                        _ => true,
                    },
                    "the numbers of the file");
            }
        }

        Require((file.Tensors.Count == 0 ? 0 : place) + 8 + BinaryPrimitives.ReadInt64LittleEndian(bytes) == bytes.Length, "no bytes left");
    }

    // The numbers are those at the end of the file, in one of the two orders of bytes.
    private static void ReadNpy(string path, byte[] bytes, byte[]? original)
    {
        double[] found = [.. Rows(path).Order()];
        Require(Is(4, false) || Is(4, true) || Is(8, false) || Is(8, true), "the numbers of the file");

        bool Is(int size, bool isBig) => size * found.Length <= bytes.Length && bytes[^(size * found.Length)..].Chunk(size)
            .Select(one => isBig ? [.. one.Reverse()] : one)
            .Select(one => size == 8 ? BitConverter.ToDouble(one) : BitConverter.ToSingle(one))
            .Order().SequenceEqual(found);
    }

    // Checksums are over all but the archive's own directory, which may be changed where nothing depends on it.
    private static void ReadNpz(string path, byte[] bytes, byte[]? original)
    {
        var found = Rows(path);
        double[] expected = found.Length == 1 ? [1] : [1, 2, 3, 4];
        Require(original is null || found.SequenceEqual(expected), "one of the arrays");
    }

    private static double[] Rows(string path)
    {
        using var file = NpyFile.Open(path);
        return file.Rows(0, file.Shape.Count == 0 ? 1 : file.Shape[0]);
    }

    private static void ReadOnnx(string path, byte[] bytes, byte[]? original)
    {
        using var scope = NewDisposeScope();
        using var network = OnnxNetwork.Read(path, [1, 3, 3]).Network;
        Require(network.Inputs == 9, "inputs of the shape asked for");
        using var outputs = network.Forward(ones([1, 9], float64));
        Require(outputs.numel() == network.Outputs, "outputs of the last layer");
    }

    // A plain file is read only if it has the header and the length; of a compressed one, everything is under the checksum.
    private static void ReadIdx(string path, byte[] bytes, byte[]? original)
    {
        using var stream = File.OpenRead(path);
        var found = TinyDataSet.Idx([3, 2, 2], IdxFile.Read(stream, "images", [3, 2, 2]).Elements);
        Require(found.SequenceEqual(Plain(bytes, original, found.Length)), "the bytes of the file");
    }

    private static void ReadCifar(string path, byte[] bytes, byte[]? original)
    {
        using var folder = new TemporaryFolder();
        var isGzip = bytes is [0x1f, 0x8b, ..];
        foreach (var (name, content) in TinyRecords.Bytes)
        {
            folder.Write(content, "tiny", name);
        }

        File.Delete(folder["tiny", "batch_1.bin"]);
        folder.Write(bytes, "tiny", isGzip ? "batch_1.bin.gz" : "batch_1.bin");
        var data = new DataStore(TinyDataSet.Machine(folder) with { DataFolders = [folder.Path] }).Load(TinyRecords.Description);
        byte[] found = [data.TrainLabels[0], .. data.TrainImages[..3], data.TrainLabels[1], .. data.TrainImages[3..6]];
        Require(found.SequenceEqual(Plain(bytes, original, found.Length)), "the bytes of the file");
    }

    // What is compressed; where the compressed file was changed, what it was before.
    private static byte[] Plain(byte[] bytes, byte[]? original, int length)
    {
        if (bytes is not [0x1f, 0x8b, ..])
        {
            return bytes;
        }

        var plain = new byte[length];
        using var stream = new GZipStream(new MemoryStream(original ?? bytes), CompressionMode.Decompress);
        stream.ReadExactly(plain);
        return plain;
    }

    private static byte[] NpyOf(byte[][] parts) => Npy(Encoding.Latin1.GetString(parts[0]), parts[1]);

    private static Valid[] PlainAndCompressed(byte[] content) =>
        [new([content], parts => parts[0]), new([content], parts => TinyDataSet.Gzip(parts[0]))];

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"not {what}");
        }
    }

    private static byte[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(1 + (37 * i % 100)))];

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);

    /// <param name="Parts">What the file is made of.</param>
    /// <param name="Frame">Makes a file of parts.</param>
    private sealed record Valid(byte[][] Parts, Func<byte[][], byte[]> Frame)
    {
        internal byte[] Bytes { get; } = Frame(Parts);
    }

    /// <param name="Valid">Files that it reads.</param>
    /// <param name="Read">Reads and checks a file: its path, its bytes, and those of the valid file that was changed as a whole.</param>
    private sealed record Reader(Valid[] Valid, Action<string, byte[], byte[]?> Read);

    private static class Onnx
    {
        internal static Valid Dense { get; } = new(
            [
                OnnxBytes.Constant("w", [9, 2], [.. Enumerable.Range(0, 18).Select(i => i - 8.0)]),
                OnnxBytes.Constant("v", [2, 2], 1, 2, 3, 4),
                OnnxBytes.Constant("b", [2], 1, 2),
                OnnxBytes.Integers("s", 0, -1),
                OnnxBytes.Node("Reshape", "x s", "c"),
                OnnxBytes.Node("MatMul", "c w", "d"),
                OnnxBytes.Node("Add", "d b", "e"),
                OnnxBytes.Node("BatchNormalization", "e b b b b", "f", OnnxBytes.Attribute("epsilon", 0.5f)),
                OnnxBytes.Node("Relu", "f", "g"),
                OnnxBytes.Node("Gemm", "g v b", "h", OnnxBytes.Attribute("alpha", 0.5f), OnnxBytes.Attribute("transB", 1L)),
                OnnxBytes.Node("Gemm", "h v", "y"),
            ],
            parts => OnnxBytes.Model([1, 3, 3], parts));

        internal static Valid Convolutional { get; } = new(
            [
                OnnxBytes.Constant("k", [2, 1, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8),
                OnnxBytes.Constant("w", [8, 1], 1, 2, 3, 4, 5, 6, 7, 8),
                OnnxBytes.Node("Conv", "x k", "a", OnnxBytes.Attribute("strides", 2, 2), OnnxBytes.Attribute("pads", 1, 1, 1, 1)),
                OnnxBytes.Node("Dropout", "a", "b"),
                OnnxBytes.Node("Relu", "b", "c"),
                OnnxBytes.Node("Flatten", "c", "d", OnnxBytes.Attribute("axis", 1L)),
                OnnxBytes.Node("Identity", "d", "e"),
                OnnxBytes.Node("Gemm", "e w", "y"),
            ],
            parts => OnnxBytes.Model([1, 3, 3], parts));
    }
}
