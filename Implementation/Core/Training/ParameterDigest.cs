using System.Security.Cryptography;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>A digest that tells networks apart to the last bit.</summary>
public static class ParameterDigest
{
    /// <summary>The first 16 hexadecimal digits of the SHA-256 of all bytes, tensor after tensor.</summary>
    /// <param name="parameters">On any device.</param>
    public static string Of(IEnumerable<Tensor> parameters)
    {
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in parameters)
        {
            hash.AppendData(parameter.detach().cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
