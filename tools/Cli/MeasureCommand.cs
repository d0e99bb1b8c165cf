using System.Globalization;
using System.Text;
using Reproduce.Fixtures;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Files;
using Reproduce.Fixtures.Networks;
using Reproduce.Libtorch;

namespace Reproduce.Cli;

/// <summary>What the user asked <c>reproduce measure</c> for.</summary>
internal sealed record MeasureOptions(
    string Network,
    string? Points,
    string? Pairs,
    string P,
    string? Layers,
    string? Activation,
    string? Layout,
    string? Stride,
    string? Padding,
    bool Json,
    string? Output);

/// <summary><c>reproduce measure</c>: a network that was not trained here.</summary>
internal static class MeasureCommand
{
    private const int BytesAtOnce = 1 << 20;

    internal static int Run(MeasureOptions options, CancellationToken cancellation)
    {
        var isWritten = false;
        try
        {
            return Measure(options, cancellation, ref isWritten);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"reproduce: stopped. {(isWritten ? $"{options.Output} is whole" : "Nothing was written")}.");
            return ExitCode.Stopped;
        }
    }

    private static int Measure(MeasureOptions options, CancellationToken cancellation, ref bool isWritten)
    {
        var p = Norm(options.P);
        var said = new StateDictOptions
        {
            Layers = options.Layers?.Split(','),
            HasRelu = options.Activation is { } activations ? Words("--activation", activations, "none", "relu") : null,
            IsInOut = options.Layout is { } layout ? Words("--layout", layout, "out-in", "in-out")[0] : null,
            Strides = options.Stride is { } strides ? Counts("--stride", strides, 1) : null,
            Paddings = options.Padding is { } paddings ? Counts("--padding", paddings, 0) : null,
        };
        if (options.Points is null && options.Pairs is null)
        {
            throw new UsageException("nothing to measure at: give --points POINTS.npy, --pairs PAIRS.npy or both");
        }

        var output = Output(options);

        // The process ends after this: what a step that was cancelled still uses is not disposed.
        var points = options.Points is { } first ? Read(first, () => Inputs.Open(first, arePairs: false)) : null;
        var pairs = options.Pairs is { } second ? Read(second, () => Inputs.Open(second, arePairs: true)) : null;
        var network = Read(options.Network, () => Network(options, Sample(points, pairs), said));
        Describe(network);
        var measured = Screen.WithProgress("measuring", update => MeasureStep.Run(
            options.Network,
            $"measuring a network of {network.Network.Inputs} inputs, {network.Network.Outputs} outputs and up to "
                + $"{network.Network.Widest} units a layer",
            () => Measures(options.Network, network, p, points, pairs, update, cancellation),
            cancellation));
        if (output is not null)
        {
            var rows = Written(() => Encoding.UTF8.GetBytes(MeasuresText.Csv(measured)));
            AtomicFile.Write(output, stream =>
            {
                foreach (var part in rows.Chunk(BytesAtOnce))
                {
                    cancellation.ThrowIfCancellationRequested();
                    stream.Write(part);
                }
            });
            isWritten = true;
            Screen.Remark($"Written: {options.Output}");
        }

        return Written(() => Print(measured, options.Json));

        T Read<T>(string file, Func<T> read) => MeasureStep.Run(file, $"reading its {Size(file)}", read, cancellation);

        T Written<T>(Func<T> write) => MeasureStep.Run(options.Network, "writing its results", write, cancellation);
    }

    private static string Size(string file) => File.Exists(file) ? $"{new FileInfo(file).Length / 1e6:F1} MB" : "content";

    private static UserNetwork Network(MeasureOptions options, IReadOnlyList<long> sample, StateDictOptions said)
    {
        TorchLibrary.Load();
        return options.Network.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)
            ? Onnx(options, sample)
            : Understood(options.Network, sample, said);
    }

    private static NetworkMeasures Measures(
        string file,
        UserNetwork network,
        double p,
        Inputs? points,
        Inputs? pairs,
        Action<double, string> update,
        CancellationToken cancellation)
    {
        using var computation = new MeasureComputation(network.Network, p, cancellation);
        return new NetworkMeasures(
            file,
            network,
            p,
            computation.WeightsProduct(file),
            points is null
                ? null
                : new(points.Path, computation.Points(points, done => update(Share(done, true), $"{points.Count} points"))),
            pairs is null
                ? null
                : new(pairs.Path, computation.Pairs(pairs, done => update(Share(done, false), $"{pairs.Count} pairs"))));

        // A pair takes many times what a point takes.
        double Share(double done, bool arePoints)
        {
            var ofPoints = points is null ? 0 : pairs is null ? 1 : 1.0 / (1 + (50.0 * pairs.Count / points.Count));
            return arePoints ? done * ofPoints : ofPoints + (done * (1 - ofPoints));
        }
    }

    private static int Print(NetworkMeasures measured, bool json)
    {
        if (json)
        {
            using var standardOutput = Console.OpenStandardOutput();
            MeasuresText.WriteJson(measured, standardOutput);
            standardOutput.Write("\n"u8);
        }
        else
        {
            MeasuresText.Write(measured);
        }

        return ExitCode.Fine;
    }

    private static IReadOnlyList<long> Sample(Inputs? points, Inputs? pairs)
    {
        if (points is null || pairs is null)
        {
            return (points ?? pairs!).Sample;
        }

        var (first, second) = (points.Sample, pairs.Sample);
        if (points.Size != pairs.Size || (first.Count == 3 && second.Count == 3 && !first.SequenceEqual(second)))
        {
            throw new DataException(
                pairs.Path,
                $"its points are of shape [{string.Join(", ", second)}], and those of {points.Path} of [{string.Join(", ", first)}]",
                "Give points and pairs for the same network.");
        }

        return first.Count == 3 ? first : second;
    }

    private static double Norm(string text)
    {
        if (text.ToLowerInvariant() is "inf" or "infinity" or "∞")
        {
            return double.PositiveInfinity;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var p) && p >= 1 && double.IsFinite(p)
            ? p
            : throw new UsageException($"--p '{text}': a p-norm needs a number p ≥ 1, or inf");
    }

    private static int[] Counts(string option, string text, int least) =>
        [.. text.Split(',').Select(one =>
            int.TryParse(one, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count >= least && count <= StateDict.LargestStep
                ? count
                : throw new UsageException(
                    $"{option} '{text}': a whole number from {least} to {StateDict.LargestStep}, "
                        + "or several with commas between, one a convolution"))];

    // Whether each of the words, with commas between, is the second of two.
    private static bool[] Words(string option, string text, string first, string second) =>
        [.. text.Split(',').Select(word => word == second ? true
            : word == first ? false
            : throw new UsageException($"{option} '{text}': choose from {first} and {second}"))];

    // It says the order of layers, activations, strides and paddings: nothing is assumed, and nothing can be said otherwise.
    private static UserNetwork Onnx(MeasureOptions options, IReadOnlyList<long> sample)
    {
        string?[] said = [options.Layers, options.Activation, options.Layout, options.Stride, options.Padding];
        if (said.Any(one => one is not null))
        {
            throw new UsageException("--layers, --activation, --layout, --stride and --padding are for safetensors: ONNX says all that");
        }

        var (network, names) = OnnxNetwork.Read(options.Network, sample);
        return new UserNetwork(network, names, []);
    }

    private static UserNetwork Understood(string path, IReadOnlyList<long> sample, StateDictOptions said)
    {
        try
        {
            using var files = WeightFiles.Open(path);
            return StateDict.Read(files, sample, said);
        }
        catch (Exception fault) when (fault is AmbiguousNetworkException or ArgumentException)
        {
            throw new UsageException(fault.Message);
        }
    }

    private static void Describe(UserNetwork network)
    {
        Screen.Remark("The network as it was understood; if it is another one, these numbers are not its numbers:");
        foreach (var (index, layer) in network.Network.Layers.Index())
        {
            var name = network.Names[index].Length == 0 ? "" : $"{network.Names[index]}: ";
            Screen.Remark($"  {name}{layer.Description}{(index + 1 < network.Network.Layers.Count ? ", ReLU" : "")}");
        }

        foreach (var one in network.Assumptions)
        {
            Screen.Remark($"  {(one.IsAssumed ? "assumed: " : "")}{one.What} {one.Value} ({one.Basis})");
        }
    }

    // Before the work, not after it.
    private static string? Output(MeasureOptions options)
    {
        if (options.Output is not { } path)
        {
            return null;
        }

        var full = path.Length == 0 ? throw new UsageException("--output names no file") : AtomicFile.Target(Path.GetFullPath(path));
        if (Directory.Exists(full) || full.StartsWith("/dev/", StringComparison.Ordinal) || IsPipe(full))
        {
            throw new UsageException($"--output {path}: a folder, a pipe or a device, not a file");
        }

        foreach (var read in new[] { options.Network, options.Points, options.Pairs })
        {
            if (read is { Length: > 0 } && AtomicFile.Target(Path.GetFullPath(read)) == full)
            {
                throw new UsageException($"--output {path}: the file is read, and would be lost");
            }
        }

        var folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder))
        {
            throw new DataException(path, "its folder does not exist", "Make the folder first.");
        }

        OutputFolder.RequireWritable($"--output {path}", folder);
        return full;
    }

    // Open to read and to write, no end of a pipe waits for the other.
    private static bool IsPipe(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return !stream.CanSeek;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
