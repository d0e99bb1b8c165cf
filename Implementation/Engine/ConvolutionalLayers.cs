using Reproduce.Networks;

namespace Reproduce.Engine;

/// <summary>The convolutions of one of the slope paper's networks with their activations and errors; points lie innermost.</summary>
internal sealed unsafe class ConvolutionalLayers : IHiddenLayers
{
    private readonly NativeFloats _memory = new();

    /// <param name="shape">The architecture.</param>
    /// <param name="points">At most; a multiple of <see cref="Gemm.ColumnStep"/>.</param>
    internal ConvolutionalLayers(ConvolutionalShape shape, int points)
    {
        var image = shape.Image;
        int[] channels = [image.Channels, .. Enumerable.Repeat(shape.Channels, shape.Convolutions)];
        var area = image.Height * image.Width;
        Convolutions =
        [
            .. channels.SkipLast(1).Select(inputs =>
                new Convolution(inputs, shape.Channels, ConvolutionalShape.Kernel, 1, image.Height, image.Width, points)),
        ];
        Features = shape.Channels * area;
        Images = new float*[channels.Length];
        for (var i = 0; i < Images.Length; i++)
        {
            var ones = i < Convolutions.Length ? 0 : 1;
            Images[i] = _memory.Allocate((((nint)channels[i] * area) + ones) * points);
        }

        Deltas = [_memory.Allocate((nint)Features * points), _memory.Allocate((nint)Features * points)];
    }

    /// <summary>First to last.</summary>
    internal Convolution[] Convolutions { get; }

    /// <inheritdoc/>
    public float* Inputs => Images[0];

    /// <summary>The number of the linear layer's inputs, without the 1 for its biases.</summary>
    public int Features { get; }

    /// <summary>The inputs of each convolution and of the linear layer, [channels, H, W, points]; a row of ones ends the latter.</summary>
    internal float*[] Images { get; }

    /// <summary>δ at the outputs of the convolutions, which alternate between two buffers, [c, H, W, points].</summary>
    internal float*[] Deltas { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(Convolutions, one => one.Dispose());
        _memory.Dispose();
    }

    /// <summary>Sets the number of points, on which the layout depends.</summary>
    internal void SetPoints(int points)
    {
        Array.ForEach(Convolutions, one => one.Points = points);
        new Span<float>(Images[^1] + ((nint)Features * points), points).Fill(1);
    }

    /// <summary>Computes all images from the first; returns the last.</summary>
    /// <param name="parameters">The addresses of kernels and biases in turn.</param>
    public float* Forward(nint[] parameters)
    {
        for (var i = 0; i < Convolutions.Length; i++)
        {
            var biases = (float*)parameters[(2 * i) + 1];
            Convolutions[i].Forward((float*)parameters[2 * i], Images[i], Images[i + 1], new BiasRelu(biases));
        }

        return Images[^1];
    }

    /// <summary>Propagates δ from the outputs of a convolution to those of the convolution before it.</summary>
    /// <param name="layer">From 1.</param>
    /// <param name="kernels">Of the convolution.</param>
    internal void Backward(int layer, float* kernels)
    {
        var next = Deltas[(layer - 1) % 2];
        Convolutions[layer].ImageGradient(kernels, Deltas[layer % 2], next, new ReluBackward((nint)(Images[layer] - next)));
    }
}
