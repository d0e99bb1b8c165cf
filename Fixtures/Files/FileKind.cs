using System.Buffers.Binary;
using System.Text;
using Reproduce.Fixtures.Data;

namespace Reproduce.Fixtures.Files;

/// <summary>The kind of file that a reader reads.</summary>
internal enum FileWanted
{
    /// <summary>A network's tensors.</summary>
    Safetensors,

    /// <summary>A network.</summary>
    Onnx,

    /// <summary>Points or pairs.</summary>
    Npy,
}

/// <summary>What a file turns out to be that is not what a reader reads, told by its first bytes, and what makes it readable.</summary>
/// <param name="What">Such as "an HDF5 file".</param>
/// <param name="ForNetwork">What to do where a network was wanted.</param>
/// <param name="ForPoints">What to do where points or pairs were wanted.</param>
/// <param name="Itself">The reader that reads it, if there is one.</param>
internal sealed record FileKind(string What, string ForNetwork, string ForPoints, FileWanted? Itself = null)
{
    private const int Looked = 4096;
    private const long LongestHeader = 100_000_000;
    private const string SaveTensors =
        "Save the network's tensors: safetensors.torch.save_file(model.state_dict(), \"network.safetensors\").";

    private const string SaveArray = "Save the points: numpy.save(\"points.npy\", array.astype(\"float32\")).";
    private const string PointsGoElsewhere = "Give points here; the network stands before --points.";

    /// <summary>The refusal of a file that is of another kind than wanted, or null where none is recognised.</summary>
    /// <param name="path">For the message.</param>
    /// <param name="stream">Its content; read from the start.</param>
    /// <param name="wanted">What it should have been.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static DataException? Refusal(string path, Stream stream, FileWanted wanted)
    {
        var bytes = new byte[Looked];
        stream.Position = 0;
        var start = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        var kind = Of(Printable.Of(Path.GetFileName(path)), start);
        return kind?.Itself == wanted ? null : kind?.Refusal(path, wanted);
    }

    /// <summary>The refusal of a folder that is of a known kind, or null.</summary>
    internal static DataException? RefusalOfFolder(string path) =>
        File.Exists(Path.Combine(path, "saved_model.pb")) ? SavedModel(Printable.Of(path)).Refusal(path, FileWanted.Onnx) : null;

    private DataException Refusal(string path, FileWanted wanted) => new(path, What, wanted == FileWanted.Npy ? ForPoints : ForNetwork);

    private static FileKind? Of(string name, ReadOnlySpan<byte> start) => start switch
    {
        [] => Same("an empty file", "Save it again; perhaps a download or an export was interrupted."),
        [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] => OfZip(name, start),
        [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, ..] =>
            PyTorch("a PyTorch file of the old form (pickle)", name),
        [0x80, >= 2 and <= 5, ..] => new("a Python pickle", SaveTensors, SaveArray),
        [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => new(
            "an HDF5 file",
            $"Convert it, if Keras wrote it: python -m tf2onnx.convert --keras {name} --output network.onnx",
            $"Convert it: python -c 'import h5py, numpy; numpy.save(\"points.npy\", h5py.File(\"{name}\")[\"NAME\"][:])'"),
        [0x1f, 0x8b, ..] => Same("compressed with gzip", $"Decompress it: gzip -dc {name} > FILE"),
        [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] =>
            new("an array of NumPy (npy)", "Give a network here; points stand behind --points.", SaveArray, FileWanted.Npy),
        [0x08, 0x01, 0x12, ..] when BeginsGraphs(start[3..]) => SavedModel("FOLDER"),
        [0x08, >= 1 and < 32, 0x12 or 0x1a or 0x22 or 0x28 or 0x32 or 0x3a or 0x42, ..] =>
            new("an ONNX model", "Give it a name that ends in .onnx.", PointsGoElsewhere, FileWanted.Onnx),
        _ => OfSafetensors(start) ?? OfText(name, start),
    };

    private static FileKind? OfSafetensors(ReadOnlySpan<byte> start) =>
        start.Length > 8 && BinaryPrimitives.ReadUInt64LittleEndian(start) is > 1 and <= LongestHeader && start[8] == '{'
            ? new("a safetensors file", "Give it a name that ends in .safetensors.", PointsGoElsewhere, FileWanted.Safetensors)
            : null;

    private static FileKind OfZip(string name, ReadOnlySpan<byte> start) =>
        start.IndexOf("/data.pkl"u8) >= 0 ? PyTorch("a PyTorch file (torch.save)", name)
        : start.IndexOf(".npy"u8) >= 0 ? new("an archive of NumPy arrays (npz)", SaveTensors, SaveArray)
        : start.IndexOf("metadata.json"u8) >= 0 && start.IndexOf("config.json"u8) >= 0 ? new(
            "a Keras file",
            $"Convert it: python -c 'import keras; keras.models.load_model(\"{name}\").export(\"network.onnx\", format=\"onnx\")'",
            SaveArray)
        : Same("a zip archive", $"Unpack it: unzip {name}");

    private static FileKind? OfText(string name, ReadOnlySpan<byte> start)
    {
        var text = Encoding.Latin1.GetString(start).TrimStart('\u00ef', '\u00bb', '\u00bf', ' ', '\t', '\r', '\n');
        bool Begins(string with) => text.StartsWith(with, StringComparison.OrdinalIgnoreCase);
        if (Begins("version https://git-lfs"))
        {
            return Same("a pointer of Git LFS, not the file itself", $"Fetch the file: git lfs pull --include {name}");
        }

        if (Begins("<!doctype") || Begins("<html") || Begins("<?xml"))
        {
            return Same("a web page, not the file itself", "Download the file and not the page about it: curl -L --fail -o FILE ADDRESS");
        }

        if (Begins("{") && text.Contains("\"weight_map\"", StringComparison.Ordinal))
        {
            return new(
                "an index of the files (shards) that hold the tensors",
                "Give it a name that ends in .index.json; the shards must be beside it.",
                SaveArray);
        }

        return text.Length > 0 && text.All(one => one is (>= ' ' and <= '~') or '\r' or '\n' or '\t')
            ? new(
                "a text file",
                SaveTensors,
                $"Convert it: python -c 'import numpy; numpy.save(\"points.npy\", numpy.loadtxt(\"{name}\", delimiter=\",\"))'")
            : null;
    }

    private static FileKind PyTorch(string what, string name)
    {
        var load = $"torch.load(\"{name}\", map_location=\"cpu\")";
        return new(
            what,
            $"Convert it: python -c 'import torch, safetensors.torch as s; s.save_file({load}, \"network.safetensors\")'. "
                + "Where it holds a whole model and not its state_dict(), export that: torch.onnx.export(model, sample, \"network.onnx\").",
            $"Convert it: python -c 'import torch, numpy; numpy.save(\"points.npy\", {load}.numpy())'");
    }

    private static FileKind SavedModel(string folder) =>
        new("a TensorFlow SavedModel", $"Convert it: python -m tf2onnx.convert --saved-model {folder} --output network.onnx", SaveArray);

    private static FileKind Same(string what, string remedy) => new(what, remedy, remedy);

    // A SavedModel has graphs here, which begin with a description; an ONNX model of the same version would have its producer's name.
    private static bool BeginsGraphs(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOfAnyInRange((byte)0, (byte)127);
        return end is >= 0 and < 9 && field.Length > end + 1 && field[end + 1] == 0x0a;
    }
}
