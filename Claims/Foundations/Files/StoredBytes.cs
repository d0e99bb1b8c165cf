using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Reproduce.Claims.Foundations.Files;

/// <summary>Small safetensors and npy files, byte by byte, so that they can be wrong in one way each.</summary>
internal static class StoredBytes
{
    /// <summary>A header as it is, with its true length before it.</summary>
    internal static byte[] Safetensors(string header, params byte[] data) =>
        Safetensors((ulong)Encoding.UTF8.GetByteCount(header), header, data);

    /// <summary>A header with the length that is said.</summary>
    internal static byte[] Safetensors(ulong length, string header, params byte[] data)
    {
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, length);
        return [.. prefix, .. Encoding.UTF8.GetBytes(header), .. data];
    }

    /// <summary>A well-formed file of float64 tensors.</summary>
    internal static byte[] Network(params (string Name, long[] Shape, double[] Numbers)[] tensors)
    {
        var (entries, data) = (new List<string>(), new List<byte>());
        foreach (var (name, shape, numbers) in tensors)
        {
            var (sizes, end) = (string.Join(",", shape), data.Count + (8 * numbers.Length));
            entries.Add($$"""  "{{name}}":{"dtype":"F64","shape":[{{sizes}}],"data_offsets":[{{data.Count}},{{end}}]}""");
            data.AddRange(numbers.SelectMany(BitConverter.GetBytes));
        }

        return Safetensors($"{{{string.Join(",", entries)}}}", [.. data]);
    }

    /// <summary>An npy file of version 1.0 with the header that is given.</summary>
    internal static byte[] Npy(string header, params byte[] data)
    {
        var length = (ushort)header.Length;
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)length, (byte)(length >> 8), .. Encoding.Latin1.GetBytes(header), .. data];
    }

    /// <summary>A well-formed file of float64 numbers.</summary>
    internal static byte[] Array(long[] shape, params double[] numbers) =>
        Npy(
            $"{{'descr': '<f8', 'fortran_order': False, 'shape': ({string.Concat(shape.Select(size => $"{size}, "))}), }}\n",
            [.. numbers.SelectMany(BitConverter.GetBytes)]);

    /// <summary>A zip archive.</summary>
    internal static byte[] Npz(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return zip.ToArray();
    }
}
