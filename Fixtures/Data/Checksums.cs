using System.Security.Cryptography;
using System.Text;

namespace Reproduce.Fixtures.Data;

/// <summary>Checksums as lower-case hexadecimal text.</summary>
internal static class Checksums
{
    // By the SHA-256 of the largest files, so that an intact one is read through once instead of twice.
    private static readonly Dictionary<string, string> KnownMd5 = new()
    {
        ["ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"] = "6bbc9ace898e44ae57da46a324031adb",
        ["0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"] = "2646ac647ad5339dbf082846283269ea",
        ["c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"] = "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        ["5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"] = "8181f5470baa50b63fa0f6fddb340f0a",
        ["7112ba9ec422d98de4885262d4a4dff14cc4fefb81c11ace8bf563a8255df5c3"] = "92be26ec9822e900ac425d0a0aa84ced",
        ["76fbd229ce87db80dd281af5e6670de4ad0e42fb30a7bd643972994c47c1f42e"] = "bf305b8cd328700fbc17f5acbc2856d2",
        ["4744fac107bc3b4fd95ba7aaafe3830d9e49aa513f4c7f6fbb7766f7ec871323"] = "897e02394d2572f903da3f36ad144361",
        ["4d0a9f6a8434c9b3b3de28d817dc3d360a3f82d86a14f3c7bf6d2d8fc64188e2"] = "7d723ade99f73b811cfabf20cb43fa92",
        ["1a4d0920ea06101641902b09fdac800cad7b5105963deee31ddff8e83fbabe6c"] = "d89dc53bd17e60b84343cd94e9eafc38",
        ["20de2186179cc65bcf69a83ca83e90a40786cf2384963ee3419764ef9d41b7ff"] = "5099218b3dec0d98fa89086d0d317020",
        ["ce4b8267c2f77f8915b4299443568f52defe265996f0a8b7966b63b7adf6d4d2"] = "1c39cedb4666850d181538cfcd1008d1",
        ["123ca0dad8f960344d9149742165d4215093c84c8c4bdc5922af93b614bdb501"] = "4fd89b928a74095080b56355876466c0",
    };

    /// <summary>The MD5, which publishers state, and the SHA-256 of several pieces in sequence.</summary>
    public static (string Md5, string Sha256) Both(params ReadOnlySpan<byte[]> pieces)
    {
        var sha256 = Of(HashAlgorithmName.SHA256, pieces);
        return (KnownMd5.TryGetValue(sha256, out var md5) ? md5 : Of(HashAlgorithmName.MD5, pieces), sha256);
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
