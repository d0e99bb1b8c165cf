using Reproduce.Networks;

namespace Reproduce.Engine;

/// <summary>The convolutions of one of the slope paper's networks, with what passes between them; points lie innermost.</summary>
internal sealed unsafe class ConvolutionalLayers : IDisposable
{
    private readonly NativeFloats _memory = new();

    /// <param name="shape">The architecture.</param>
    /// <param name="points">At most; a multiple of <see cref="Product.ColumnStep"/>.</param>
    internal ConvolutionalLayers(ConvolutionalShape shape, int points)
    {
        var image = shape.Image;
        int[] channels = [image.Channels, .. Enumerable.Repeat(shape.Channels, shape.Convolutions)];
        All = [.. channels.SkipLast(1).Select(inputs => new Convolution(inputs, shape.Channels, ConvolutionalShape.Kernel, 1, image.Height, image.Width, points))];
        Features = shape.Channels * image.Height * image.Width;
        Images = new float*[channels.Length];
        for (var i = 0; i < Images.Length; i++)
        {
            Images[i] = _memory.Take((((nint)channels[i] * image.Height * image.Width) + (i < All.Length ? 0 : 1)) * points);
        }

        Deltas = [_memory.Take((nint)Features * points), _memory.Take((nint)Features * points)];
    }

    /// <summary>First to last.</summary>
    internal Convolution[] All { get; }

    /// <summary>How many the linear layer is given, without the 1 behind them.</summary>
    internal int Features { get; }

    /// <summary>What each convolution is given, and last the linear layer, [channels, H, W, points]; behind the last a row of ones.</summary>
    internal float*[] Images { get; }

    /// <summary>δ behind every other convolution, [c, H, W, points].</summary>
    internal float*[] Deltas { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(All, one => one.Dispose());
        _memory.Dispose();
    }

    /// <summary>With another number of points a pixel lies elsewhere.</summary>
    internal void LayOut(int points)
    {
        Array.ForEach(All, one => one.Points = points);
        new Span<float>(Images[^1] + ((nint)Features * points), points).Fill(1);
    }

    /// <summary>Fills the images behind the first.</summary>
    /// <param name="parameters">Where kernels and biases lie, one after the other.</param>
    internal void Forward(nint[] parameters)
    {
        for (var i = 0; i < All.Length; i++)
        {
            All[i].Forward((float*)parameters[2 * i], Images[i], Images[i + 1], new ShiftAndRectify((float*)parameters[(2 * i) + 1]));
        }
    }

    /// <summary>From δ behind a convolution to δ behind the one before it.</summary>
    /// <param name="layer">From 1.</param>
    /// <param name="kernels">Of the convolution.</param>
    internal void Back(int layer, float* kernels)
    {
        var next = Deltas[(layer - 1) % 2];
        All[layer].ImageGradient(kernels, Deltas[layer % 2], next, new KeepWhereActive((nint)(Images[layer] - next)));
    }
}
