using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Design;

/// <summary>
/// What the design paper's baselines do to training images: four black pixels at each border, a random crop of the old size, and a mirror image
/// in half of the cases. Each image is drawn for itself.
/// </summary>
public static class CropsAndFlips
{
    private const int Border = 4;

    /// <summary>A batch, drawn anew.</summary>
    /// <param name="images">[B, C·side²], normalised, channel after channel.</param>
    /// <param name="side">Pixels along a side.</param>
    /// <param name="black">What a black pixel is in each channel.</param>
    /// <param name="generator">Three draws an image.</param>
    /// <returns>Of the same shape; it belongs to the open scope.</returns>
    public static Tensor Of(Tensor images, int side, float[] black, Random generator)
    {
        using var scope = NewDisposeScope();
        var (count, pixels, plane) = ((int)images.size(0), (int)images.size(1), side * side);

        // A black pixel of channel c is column pixels + c.
        var places = new long[count * pixels];
        for (var image = 0; image < count; image++)
        {
            var (down, right, mirrored) = (generator.Next((2 * Border) + 1) - Border, generator.Next((2 * Border) + 1) - Border, generator.Next(2) == 1);
            for (var place = 0; place < pixels; place++)
            {
                var (channel, row, column) = (place / plane, (place % plane / side) + down, (mirrored ? side - 1 - (place % side) : place % side) + right);
                places[(image * pixels) + place] = row >= 0 && row < side && column >= 0 && column < side ? (channel * plane) + (row * side) + column : pixels + channel;
            }
        }

        var withBlack = cat([images, tensor(black, [1, black.Length], images.dtype, images.device).expand(count, black.Length)], 1);
        return withBlack.gather(1, tensor(places, [count, pixels], device: images.device)).MoveToOuterDisposeScope();
    }
}
