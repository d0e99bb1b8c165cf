using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// Jacobians of the slope paper's convolutional networks in float32 on the CPU: each output is propagated back through the engine's
/// convolutions.
/// </summary>
public static unsafe class ConvolutionalJacobian
{
    // Points at once: enough to fill the vectors, few enough for the caches.
    private const int Block = 64;

    /// <summary>The Jacobian at every point; a unit whose pre-activation is 0 is off, autograd's convention.</summary>
    /// <param name="network">R replicas, float32, on the CPU.</param>
    /// <param name="points">[N, n_0], float32, on the CPU.</param>
    /// <returns>[R, N, n_c, n_0].</returns>
    /// <exception cref="ArgumentException">The points have another shape, or something is not float32 on the CPU.</exception>
    public static Tensor At(ConvolutionalNetwork network, Tensor points)
    {
        var shape = network.Shape;
        NativeFloats.Require(network.Parameters[0], points, shape.Image.Size);
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var (given, count) = (points.contiguous(), (int)points.size(0));
        var entries = (nint)shape.Outputs * shape.Image.Size;
        var jacobians = empty([network.Replicas, count, shape.Outputs, shape.Image.Size], float32, CPU);
        using var layers = new ConvolutionalLayers(shape, Block);
        using var memory = new NativeFloats();
        var gradient = memory.Allocate((nint)shape.Image.Size * Block);
        for (var replica = 0; replica < network.Replicas; replica++)
        {
            Tensor[] parameters = [.. network.Parameters.Select(one => one.select(0, replica).contiguous())];
            var to = NativeFloats.Of(jacobians) + (replica * count * entries);
            for (var start = 0; start < count; start += Block)
            {
                var from = NativeFloats.Of(given) + ((nint)start * shape.Image.Size);
                Fill(layers, parameters, from, Math.Min(Block, count - start), gradient, to + (start * entries));
            }
        }

        return jacobians.MoveToOuterDisposeScope();
    }

    private static void Fill(ConvolutionalLayers layers, Tensor[] parameters, float* points, int count, float* gradient, float* jacobians)
    {
        var addresses = Array.ConvertAll(parameters, one => (nint)NativeFloats.Of(one));
        var (first, last) = (layers.Convolutions[0], layers.Convolutions.Length - 1);
        var (inputs, outputs) = (first.Inputs * first.Height * first.Width, (int)parameters[^2].size(0));
        Transpose.Run(points, inputs, layers.Images[0], Block, count, inputs);
        layers.Forward(addresses);
        var ones = stackalloc float[Block];
        new Span<float>(ones, Block).Fill(1);
        for (var output = 0; output < outputs; output++)
        {
            // A row of the last weights, for every point at which the unit is active.
            var delta = layers.Deltas[last % 2];
            var row = new LeftOperand((float*)addresses[^2] + ((nint)output * layers.Features), 1);
            var epilogue = new ReluBackward((nint)(layers.Images[^1] - delta));
            Gemm.Run(row, ones, new StridedRows(1, Block), delta, Block, layers.Features, Block, epilogue);
            for (var layer = last; layer > 0; layer--)
            {
                layers.Backward(layer, (float*)addresses[2 * layer]);
            }

            first.ImageGradient((float*)addresses[0], layers.Deltas[0], gradient, default(Identity));
            Transpose.Run(gradient, Block, jacobians + ((nint)output * inputs), (nint)outputs * inputs, inputs, count);
        }
    }
}
