using System.Security.Cryptography;
using System.Text;

namespace Reproduce.Fixtures.Data;

/// <summary>Checksums as lower-case hexadecimal text.</summary>
internal static class Checksums
{
    /// <summary>
    /// The MD5, which publishers state, and the SHA-256 of several pieces in sequence. Pieces with the known SHA-256 have the known MD5, so
    /// that a large intact file is read through once instead of twice.
    /// </summary>
    public static (string Md5, string Sha256) Both((string? Sha256, string? Md5) known, params ReadOnlySpan<byte[]> pieces)
    {
        var sha256 = Of(HashAlgorithmName.SHA256, pieces);
        return (sha256 == known.Sha256 ? known.Md5! : Of(HashAlgorithmName.MD5, pieces), sha256);
    }

    /// <summary>The checksum of several pieces in sequence.</summary>
    public static string Of(HashAlgorithmName algorithm, params ReadOnlySpan<byte[]> pieces)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(algorithm);
        foreach (byte[] piece in pieces)
        {
            hash.AppendData(piece);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// 16 hexadecimal digits that identify the data in evidence: the start of the SHA-256 of the files' SHA-256 (hexadecimal, in the order
    /// of their roles). They depend on the content alone, not on the source.
    /// </summary>
    public static string Of(IEnumerable<Provenance> provenance)
    {
        string hashes = string.Concat(provenance.OrderBy(file => file.Role).Select(file => file.Sha256));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(hashes)))[..16];
    }
}
