using Reproduce.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Data;

/// <summary>
/// Changes the resolution of square images. Both methods are linear and separable: a matrix M (new × old) maps an image X to M·X·Mᵀ. The
/// rows of M sum to 1, so it makes no difference whether images are normalised before or after.
/// </summary>
public static class Resampling
{
    /// <summary>
    /// Bilinear interpolation (slope paper, Figure 5: from 28 up to 84), with the convention of PyTorch's
    /// <c>interpolate(mode="bilinear", align_corners=False)</c>: pixels are squares of equal size, the centre of an output pixel is
    /// interpolated between the centres of input pixels, and beyond the outermost centres the border is repeated.
    /// </summary>
    /// <param name="from">Pixels along a side.</param>
    /// <param name="to">Pixels along a side afterwards, at least 1.</param>
    /// <returns>(to × from) numbers.</returns>
    public static double[,] Bilinear(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, 1);
        var matrix = new double[to, from];
        for (int i = 0; i < to; i++)
        {
            double centre = Math.Max(0, ((i + 0.5) * from / to) - 0.5);
            int below = Math.Min((int)centre, from - 1);
            int above = Math.Min(below + 1, from - 1);
            matrix[i, below] += 1 - (centre - below);
            matrix[i, above] += centre - below;
        }

        return matrix;
    }

    /// <summary>
    /// Average pooling (intervals paper, Figures 4 and 5: from 28 down to 14 and 7). The paper says only that images are down-sampled;
    /// average pooling is an assumption.
    /// </summary>
    /// <param name="from">Pixels along a side.</param>
    /// <param name="to">Pixels along a side afterwards, a divisor of <paramref name="from"/>.</param>
    /// <returns>(to × from) numbers.</returns>
    /// <exception cref="ArgumentException">It is not a divisor.</exception>
    public static double[,] AveragePooling(int from, int to)
    {
        if (to < 1 || from < to || from % to != 0)
        {
            throw new ArgumentException($"{from} pixels are not {to} groups of equal size");
        }

        int size = from / to;
        var matrix = new double[to, from];
        for (int i = 0; i < from; i++)
        {
            matrix[i / size, i] = 1.0 / size;
        }

        return matrix;
    }

    /// <summary>M·X·Mᵀ for every image.</summary>
    /// <param name="images">(images × from²), float32 or float64, on any device.</param>
    /// <param name="matrix">(to × from).</param>
    /// <returns>(images × to²), of the images' element type, on their device.</returns>
    public static Tensor Apply(Tensor images, double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(matrix);
        var (to, from) = (matrix.GetLength(0), matrix.GetLength(1));
        if (images.dim() != 2 || images.shape[1] != from * from)
        {
            throw new ArgumentException(
                $"images of shape ({string.Join(" × ", images.shape)}) are not rows of {from}×{from} pixels", nameof(images));
        }

        using var scope = NewDisposeScope();
        var m = tensor(matrix.Cast<double>().ToArray(), [to, from], dtype: images.dtype, device: images.device);
        if (images.dtype == float32 && images.device_type == DeviceType.CPU)
        {
            // Training data have the same bits on every processor: (M·X)ᵀ, then M·(M·X)ᵀ = (M·X·Mᵀ)ᵀ.
            var half = MatrixProduct.Of(m, images.reshape(-1, from, from)).mT;
            return MatrixProduct.Of(m, half).mT.reshape(-1, to * to).MoveToOuterDisposeScope();
        }

        return m.matmul(images.reshape(-1, from, from)).matmul(m.t()).reshape(-1, to * to).MoveToOuterDisposeScope();
    }
}
