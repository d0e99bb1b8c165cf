using Reproduce.Engine;
using Reproduce.Fixtures.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Experiments.Slope;

/// <summary>
/// The images of Figure 5: enlarged by bilinear interpolation, then normalised with the mean and the deviation that all training images
/// have at that side. Sides and numbers are those of the authors' program (<c>resizedDataloader.py</c>); the paper gives none.
/// </summary>
public static class EnlargedImages
{
    private static readonly Dictionary<(string Data, int Side), (double Mean, double Deviation)> Moments = new()
    {
        [("mnist", 42)] = (0.13080086766803076, 0.2882446837111215),
        [("mnist", 56)] = (0.13085866431411433, 0.2870681753743813),
        [("mnist", 70)] = (0.1307445361660289, 0.28888007898524243),
        [("mnist", 84)] = (0.1306604791135204, 0.2911716020074056),
        [("kmnist", 42)] = (0.19201724195646142, 0.32495374649111314),
        [("kmnist", 56)] = (0.19213380421748777, 0.32356474711688504),
        [("kmnist", 70)] = (0.19191531087903912, 0.32567760378002775),
        [("kmnist", 84)] = (0.1917621516521105, 0.3283886542120846),
        [("fashion-mnist", 42)] = (0.28641480256164964, 0.338113739280157),
        [("fashion-mnist", 56)] = (0.2865808423100686, 0.33723361091309967),
        [("fashion-mnist", 70)] = (0.28626510958758505, 0.33849135034057287),
        [("fashion-mnist", 84)] = (0.286040602966447, 0.3401812147772854),
    };

    /// <summary>The first images of a set, [count, side²], float32.</summary>
    /// <param name="data">The set.</param>
    /// <param name="images">Its training or test images.</param>
    /// <param name="count">How many of them.</param>
    /// <param name="side">Pixels along a side: 42, 56, 70 or 84.</param>
    public static Tensor Of(ImageDataSet data, byte[] images, int count, int side)
    {
        ArgumentNullException.ThrowIfNull(data);
        using var small = Normalised(data, images, count, side);
        return Resampling.Apply(small, Resampling.Bilinear(data.Description.Rows, side));
    }

    /// <summary>The space of all enlarged images.</summary>
    /// <param name="rows">Pixels along a side before.</param>
    /// <param name="side">Pixels along a side after.</param>
    public static InputSpan Span(int rows, int side) => InputSpan.OfImages(Resampling.Bilinear(rows, side));

    /// <summary>The coordinates of <see cref="Of"/> in their space, [count, rows²], float32.</summary>
    /// <param name="data">The set.</param>
    /// <param name="images">Its training or test images.</param>
    /// <param name="count">How many of them.</param>
    /// <param name="side">Pixels along a side: 42, 56, 70 or 84.</param>
    /// <param name="span">Of that side.</param>
    public static Tensor Coordinates(ImageDataSet data, byte[] images, int count, int side, InputSpan span)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(span);
        using var scope = NewDisposeScope();
        // An image is the sum of its pixels, each times the image in which that pixel alone is 1.
        var (rows, pixels) = (data.Description.Rows, data.Description.Pixels);
        var ofPixels = span.Coordinates(Resampling.Apply(eye(pixels, pixels, float32, CPU), Resampling.Bilinear(rows, side)));
        return MatrixProduct.Of(Normalised(data, images, count, side), ofPixels).MoveToOuterDisposeScope();
    }

    private static Tensor Normalised(ImageDataSet data, byte[] images, int count, int side)
    {
        var (mean, deviation) = Moments[(data.Description.Id, side)];
        var values = data.Scaled(images, [.. Enumerable.Range(0, count)]);
        for (var i = 0; i < values.Length; i++)
        {
            // Before the enlargement instead of after it: the weights of an interpolation sum to 1.
            values[i] = (values[i] - (float)mean) / (float)deviation;
        }

        return tensor(values, [count, data.Description.Pixels], device: CPU);
    }
}
