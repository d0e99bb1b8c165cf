namespace Reproduce.Fixtures.Data;

/// <summary>Where a file came from, and its checksums.</summary>
/// <param name="Role">What the file holds.</param>
/// <param name="Location">The full path, the address, or the package or archive and the entry in it.</param>
/// <param name="Source">The kind of source.</param>
/// <param name="Md5">MD5 of the decompressed bytes, lower-case hexadecimal.</param>
/// <param name="Sha256">SHA-256 of the decompressed bytes, lower-case hexadecimal.</param>
/// <param name="Remark">The remark that evidence must carry, such as that the copy is a sample; null if it is the published file.</param>
/// <param name="IsVerified">Whether the file, or the archive that it is from, has a known checksum.</param>
public sealed record Provenance(
    DataRole Role, string Location, SourceKind Source, string Md5, string Sha256, string? Remark = null, bool IsVerified = true)
{
    private const string Unverified = "unverified, form right";

    /// <summary>What evidence says of the file; null if it is verified to be the published one.</summary>
    public string? Note => IsVerified ? Remark : Remark is null ? Unverified : $"{Remark}, {Unverified}";
}
