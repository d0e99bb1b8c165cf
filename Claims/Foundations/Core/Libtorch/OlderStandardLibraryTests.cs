using System.Security.Cryptography;
using System.Text;
using Reproduce.Libtorch;

namespace Reproduce.Claims.Foundations.Core.Libtorch;

/// <summary>The copy of TorchSharp's native library that an older libstdc++ can load, made from the genuine file.</summary>
[Trait("Category", "Foundation")]
public sealed class OlderStandardLibraryTests
{
    [Fact]
    public void Adapted_OfTheGenuineFile_ChangesThreePlacesAndAsksForTheOlderSymbol()
    {
        var genuine = Genuine();
        var adapted = OlderStandardLibrary.Adapted(genuine);
        adapted.Should().HaveSameCount(genuine);

        // The flag of the version, the number of the symbol's version, and the symbol's name.
        var changed = Enumerable.Range(0, genuine.Length).Where(i => adapted[i] != genuine[i]).ToList();
        changed.Count.Should().BeLessThanOrEqualTo(2 + 2 + "_ZSt21ios_base_library_initv".Length);
        Latin(genuine).Should().Contain("_ZSt21ios_base_library_initv\0").And.NotContain("_ZSt13get_terminatev\0");
        Latin(adapted).Should().Contain("_ZSt13get_terminatev\0").And.NotContain("_ZSt21ios_base_library_initv\0");
    }

    [Fact]
    public void KnownFile_IsThatOfThePackage() =>
        Convert.ToHexStringLower(SHA256.HashData(Genuine())).Should().Be(
            OlderStandardLibrary.KnownFile, "another TorchSharp must be tried on an older system first");

    [Fact]
    public void Adapted_Twice_IsRefused() =>
        FluentActions.Invoking(() => OlderStandardLibrary.Adapted(OlderStandardLibrary.Adapted(Genuine())))
            .Should().Throw<FormatException>().WithMessage("*ios_base_library_init*");

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(100_000)]
    public void Adapted_OfATruncatedFile_IsRefused(int length) =>
        FluentActions.Invoking(() => OlderStandardLibrary.Adapted(Genuine().AsSpan(0, length))).Should().Throw<FormatException>();

    private static byte[] Genuine()
    {
        var path = TorchLibrary.PathOf("libLibTorchSharp.so");
        Assert.SkipWhen(path is null, "no libLibTorchSharp.so: this is not Linux");
        return File.ReadAllBytes(path!);
    }

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
