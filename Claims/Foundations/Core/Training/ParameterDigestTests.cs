using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Reproduce.Training;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>The digest is that of the bytes, so that it tells parameters apart to the last bit.</summary>
[Trait("Category", "Foundation")]
public sealed class ParameterDigestTests
{
    private static readonly double[] First = [1, -2, 0.5];

    private static readonly double[] Second = [3, 4];

    [Fact]
    public void Of_SeveralTensors_IsThatOfTheirBytesInTurn()
    {
        using var scope = NewDisposeScope();
        var bytes = MemoryMarshal.AsBytes<double>([.. First, .. Second]);
        ParameterDigest.Of([tensor(First), tensor(Second)]).Should().Be(Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
    }

    [Fact]
    public void Of_OtherValuesOrAnotherOrder_IsAnother()
    {
        using var scope = NewDisposeScope();
        double[] next = [Math.BitIncrement(First[0]), .. First.Skip(1)];
        string[] digests =
        [
            ParameterDigest.Of([tensor(First), tensor(Second)]),
            ParameterDigest.Of([tensor(Second), tensor(First)]),
            ParameterDigest.Of([tensor(next), tensor(Second)]),
            ParameterDigest.Of([tensor(First)]),
        ];
        digests.Should().OnlyHaveUniqueItems();
    }

    /// <summary>A transpose is read in its own order, not in that of the memory behind it.</summary>
    [Fact]
    public void Of_ATranspose_IsThatOfItsCopy()
    {
        using var scope = NewDisposeScope();
        var transpose = tensor(new double[,] { { 1, 2 }, { 3, 4 } }).mT;
        ParameterDigest.Of([transpose]).Should().Be(ParameterDigest.Of([tensor(new double[,] { { 1, 3 }, { 2, 4 } })]));
    }
}
