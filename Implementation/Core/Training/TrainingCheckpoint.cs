using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>
/// A run as bytes: parameters, the optimiser's state, histories and best parameters of every replica, with a checksum at the end. The order
/// of the points needs no place: it follows from the number of the epoch. A run that is taken up goes on bit for bit on the CPU.
/// </summary>
public static class TrainingCheckpoint
{
    private const string Format = "reproduce training checkpoint 1";

    /// <summary>Writes a run that stands between two epochs.</summary>
    /// <param name="run">Not changed.</param>
    /// <param name="identity">What the run is: settings, seeds, data. Only a run with the same one takes the checkpoint up.</param>
    /// <param name="stream">Written from here on.</param>
    /// <exception cref="IOException">The disk is full, or the like.</exception>
    public static void Save(TrainingRun run, string identity, Stream stream)
    {
        using var scope = NewDisposeScope();
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory, Encoding.UTF8);
        writer.Write(Format);
        writer.Write(identity);
        writer.Write(run.Epochs);
        Write(writer, run.Active, number => writer.Write(number));
        for (var place = 0; place < run.Active.Count; place++)
        {
            Write(writer, [.. run.State(place)], tensor => Write(writer, tensor));
        }

        foreach (var record in run.Replicas)
        {
            writer.Write((int)record.Status);
            writer.Write(record.BestEpoch);
            Write(writer, record.TrainingLosses, writer.Write);
            Write(writer, record.Validations, one =>
            {
                writer.Write(one.Loss);
                writer.Write(one.Accuracy);
            });
            Write(writer, record.Measurements, one => Write(writer, one, writer.Write));
            Write(writer, record.BestParameters ?? [], tensor => Write(writer, tensor));
            Write(writer, record.FinalParameters ?? [], tensor => Write(writer, tensor));
        }

        writer.Flush();
        writer.Write(SHA256.HashData(memory.GetBuffer().AsSpan(0, (int)memory.Length)));
        writer.Flush();
        memory.WriteTo(stream);
    }

    /// <summary>Takes a run up where it was saved.</summary>
    /// <param name="run">Made as the saved one was made, with no epoch run.</param>
    /// <param name="identity">As it was saved with.</param>
    /// <param name="stream">From where <see cref="Save"/> began.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged, are no checkpoint, or are one of another run; the run is not changed.</exception>
    /// <exception cref="InvalidOperationException">The run has begun.</exception>
    public static void Load(TrainingRun run, string identity, Stream stream)
    {
        if (run.Epochs != 0)
        {
            throw new InvalidOperationException("a checkpoint is taken up by a run that has not begun");
        }

        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var content = memory.GetBuffer().AsSpan(0, (int)memory.Length);
        if (content.Length < SHA256.HashSizeInBytes || !SHA256.HashData(content[..^SHA256.HashSizeInBytes]).AsSpan().SequenceEqual(content[^SHA256.HashSizeInBytes..]))
        {
            throw new InvalidDataException("the checkpoint is damaged: its checksum is another one");
        }

        using var scope = NewDisposeScope();
        memory.Position = 0;
        using var reader = new BinaryReader(memory, Encoding.UTF8);
        if (reader.ReadString() is var format && format != Format)
        {
            throw new InvalidDataException($"a file of the format '{format}', not '{Format}'");
        }

        if (reader.ReadString() is var saved && saved != identity)
        {
            throw new InvalidDataException($"a checkpoint of another run: '{saved}', not '{identity}'");
        }

        var epochs = reader.ReadInt32();
        var active = Read(reader, reader.ReadInt32);
        var states = active.Select(_ => Read(reader, () => ReadTensor(reader))).ToArray();
        if (active.Where((number, i) => number >= run.Replicas.Count || !run.State(number).Select(Shape).SequenceEqual(states[i].Select(Shape))).Any())
        {
            throw new InvalidDataException("a checkpoint of other networks");
        }

        run.TakeUp(epochs, active);
        for (var place = 0; place < active.Length; place++)
        {
            foreach (var (mine, one) in run.State(place).Zip(states[place]))
            {
                mine.copy_(one);
            }
        }

        foreach (var record in run.Replicas)
        {
            record.Status = (ReplicaStatus)reader.ReadInt32();
            record.BestEpoch = reader.ReadInt32();
            record.Losses.AddRange(Read(reader, reader.ReadDouble));
            record.Validated.AddRange(Read(reader, () => new Validation(reader.ReadDouble(), reader.ReadDouble())));
            record.Measured.AddRange(Read(reader, () => Read(reader, reader.ReadDouble)));
            var best = Read(reader, () => ReadTensor(reader));
            var final = Read(reader, () => ReadTensor(reader));
            record.BestParameters = best.Length > 0 ? TrainingRun.Copies(best) : null;
            record.FinalParameters = final.Length > 0 ? TrainingRun.Copies(final) : null;
        }
    }

    private static string Shape(Tensor tensor) => $"{tensor.dtype} {string.Join(',', tensor.shape)}";

    private static void Write<T>(BinaryWriter writer, IReadOnlyCollection<T> items, Action<T> write)
    {
        writer.Write(items.Count);
        foreach (var item in items)
        {
            write(item);
        }
    }

    private static T[] Read<T>(BinaryReader reader, Func<T> read)
    {
        var items = new T[reader.ReadInt32()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = read();
        }

        return items;
    }

    private static void Write(BinaryWriter writer, Tensor tensor)
    {
        writer.Write((int)tensor.dtype);
        Write(writer, tensor.shape, writer.Write);
        writer.Write(tensor.cpu().contiguous().bytes);
    }

    private static Tensor ReadTensor(BinaryReader reader)
    {
        var dtype = (ScalarType)reader.ReadInt32();
        var tensor = zeros(Read(reader, reader.ReadInt64), dtype, CPU);
        reader.BaseStream.ReadExactly(tensor.bytes);
        return tensor;
    }
}
