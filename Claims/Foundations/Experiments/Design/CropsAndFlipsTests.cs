using Reproduce.Fixtures.Experiments.Design;
using Reproduce.Randomness;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Experiments.Design;

/// <summary>Crops and mirror images of a small three-channel image, against windows of the image in a black frame.</summary>
[Trait("Category", "Foundation")]
public sealed class CropsAndFlipsTests
{
    private const int Channels = 3;
    private const int Side = 4;
    private const int Border = 4;
    private const int Variants = 2 * ((2 * Border) + 1) * ((2 * Border) + 1);
    private static readonly float[] Black = [-1, -2, -3];

    [Fact]
    public void Crops_OfManyCopies_AreTheWindowsOfTheFramedImageAndItsMirrorImage()
    {
        // Windows that hold only black look alike, so there are fewer pictures than windows.
        const int Copies = 4000;
        using var scope = NewDisposeScope();
        float[] image = [.. Enumerable.Range(1, Channels * Side * Side).Select(pixel => (float)pixel)];
        var windows = Windows(image).Select(Text).ToHashSet();

        var copies = tensor(image, [1, image.Length]).expand(Copies, image.Length);
        var crops = CropsAndFlips.Of(copies, Side, Black, Seed.Of(("test", "crops and flips")).Generator());

        crops.shape.Should().Equal(Copies, image.Length);
        var pixels = crops.contiguous().cpu().data<float>().ToArray();
        var seen = Enumerable.Range(0, Copies).Select(copy => Text(pixels[(copy * image.Length)..((copy + 1) * image.Length)])).ToHashSet();

        // 4000 draws miss one of 162 windows with a chance of 162·(1 − 1/162)⁴⁰⁰⁰ = 3·10⁻⁹.
        seen.Should().BeEquivalentTo(windows);
    }

    private static IEnumerable<float[]> Windows(float[] image)
    {
        for (var variant = 0; variant < Variants; variant++)
        {
            var (isMirrored, top, left) = (variant % 2 == 1, variant / 2 / ((2 * Border) + 1), variant / 2 % ((2 * Border) + 1));
            var window = new List<float>();
            for (var channel = 0; channel < Channels; channel++)
            {
                var framed = new float[Side + (2 * Border), Side + (2 * Border)];
                for (var row = 0; row < framed.GetLength(0); row++)
                {
                    for (var column = 0; column < framed.GetLength(1); column++)
                    {
                        var (y, x) = (row - Border, column - Border);
                        var isInside = y is >= 0 and < Side && x is >= 0 and < Side;
                        framed[row, column] = isInside ? image[(channel * Side * Side) + (y * Side) + x] : Black[channel];
                    }
                }

                for (var row = 0; row < Side; row++)
                {
                    for (var column = 0; column < Side; column++)
                    {
                        window.Add(framed[top + row, left + (isMirrored ? Side - 1 - column : column)]);
                    }
                }
            }

            yield return [.. window];
        }
    }

    private static string Text(float[] pixels) => string.Join(' ', pixels);
}
