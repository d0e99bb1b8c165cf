using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Design;

/// <summary>
/// The data augmentation of the design paper's baselines: four black pixels at each border, a random crop of the old size, and a horizontal
/// flip with probability ½, drawn independently for each image.
/// </summary>
public static class CropsAndFlips
{
    private const int Border = 4;

    /// <summary>An augmented batch.</summary>
    /// <param name="images">[B, C·side²], normalised, channel after channel.</param>
    /// <param name="side">Pixels along a side.</param>
    /// <param name="black">The value of a black pixel in each channel.</param>
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
            int Shift() => generator.Next((2 * Border) + 1) - Border;
            var (down, right, mirrored) = (Shift(), Shift(), generator.Next(2) == 1);
            for (var place = 0; place < pixels; place++)
            {
                var (channel, row, column) = (place / plane, place % plane / side, place % side);
                row += down;
                column = (mirrored ? side - 1 - column : column) + right;
                var isInside = row >= 0 && row < side && column >= 0 && column < side;
                places[(image * pixels) + place] = isInside ? (channel * plane) + (row * side) + column : pixels + channel;
            }
        }

        var blacks = tensor(black, [1, black.Length], images.dtype, images.device).expand(count, black.Length);
        return cat([images, blacks], 1).gather(1, tensor(places, [count, pixels], device: images.device)).MoveToOuterDisposeScope();
    }
}
