namespace Reproduce.Networks;

/// <summary>
/// Numbers on a rectangle of an activation that is an image, zero outside: how one unit's change spreads through convolutions. A fully
/// connected layer's activation is an image of one pixel.
/// </summary>
/// <param name="Image">The whole activation.</param>
/// <param name="Top">The first row.</param>
/// <param name="Left">The first column.</param>
/// <param name="Height">Rows; 0 where nothing is left.</param>
/// <param name="Width">Columns.</param>
/// <param name="Values">[Height, Width, channels], row-major: the channels of a pixel side by side.</param>
public readonly record struct Patch(ImageShape Image, int Top, int Left, int Height, int Width, double[] Values)
{
    /// <summary>Zeros on a rectangle; nothing where a side is not positive.</summary>
    public static Patch Zeros(ImageShape image, int top, int left, int height, int width) =>
        height > 0 && width > 0
            ? new(image, top, left, height, width, new double[height * width * image.Channels])
            : new(image, 0, 0, 0, 0, []);

    /// <summary>One unit, and 0 elsewhere at its pixel.</summary>
    /// <param name="image">The activation.</param>
    /// <param name="unit">The unit's place in <see cref="Image"/>'s own order, channels last.</param>
    /// <param name="value">Its number.</param>
    public static Patch OfUnit(ImageShape image, int unit, double value)
    {
        var (pixel, channel) = Math.DivRem(unit, image.Channels);
        var patch = Zeros(image, pixel / image.Width, pixel % image.Width, 1, 1);
        patch.Values[channel] = value;
        return patch;
    }

    /// <summary>Where the first channel of a pixel of the rectangle lies in the whole activation, channels last.</summary>
    public int PlaceOfRow(int row) => (((Top + row) * Image.Width) + Left) * Image.Channels;

    /// <summary>The number of entries of a row of the rectangle.</summary>
    public int RowLength => Width * Image.Channels;
}
