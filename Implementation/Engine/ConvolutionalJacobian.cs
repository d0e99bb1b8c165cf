using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>Jacobians of the slope paper's convolutional networks in float32 on the CPU: back-propagation of each output through the engine's convolutions.</summary>
public static unsafe class ConvolutionalJacobian
{
    // Points at once: a vector's width for each product, and small enough for the caches.
    private const int Block = 64;

    /// <summary>The Jacobian at every point; a unit whose pre-activation is 0 is off, autograd's convention.</summary>
    /// <param name="network">R replicas, float32, on the CPU.</param>
    /// <param name="points">[N, n_0], float32, on the CPU.</param>
    /// <returns>[R, N, n_c, n_0].</returns>
    /// <exception cref="ArgumentException">The points have another shape, or something is not float32 on the CPU.</exception>
    public static Tensor At(ConvolutionalNetwork network, Tensor points)
    {
        var shape = network.Shape;
        NativeFloats.Require(network.Parameters[0], points);
        if (points.ndim != 2 || points.size(1) != shape.Image.Size)
        {
            throw new ArgumentException($"points {points} for {shape}");
        }

        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var (given, count) = (points.contiguous(), (int)points.size(0));
        var jacobians = empty([network.Replicas, count, shape.Outputs, shape.Image.Size], float32, CPU);
        using var layers = new ConvolutionalLayers(shape, Block);
        using var memory = new NativeFloats();
        var gradient = memory.Take((nint)shape.Image.Size * Block);
        for (var replica = 0; replica < network.Replicas; replica++)
        {
            Tensor[] parameters = [.. network.Parameters.Select(one => one.select(0, replica).contiguous())];
            var to = NativeFloats.Of(jacobians) + ((nint)replica * count * shape.Outputs * shape.Image.Size);
            for (var start = 0; start < count; start += Block)
            {
                var from = NativeFloats.Of(given) + ((nint)start * shape.Image.Size);
                Fill(layers, parameters, from, Math.Min(Block, count - start), gradient, to + ((nint)start * shape.Outputs * shape.Image.Size));
            }
        }

        return jacobians.MoveToOuterDisposeScope();
    }

    private static void Fill(ConvolutionalLayers layers, Tensor[] parameters, float* points, int count, float* gradient, float* jacobians)
    {
        var places = Array.ConvertAll(parameters, one => (nint)NativeFloats.Of(one));
        var (last, inputs, outputs) = (layers.All.Length - 1, layers.All[0].Inputs * layers.All[0].Height * layers.All[0].Width, (int)parameters[^2].size(0));
        Turned.Copy(points, inputs, layers.Images[0], Block, count, inputs);
        layers.Forward(places);
        var one = stackalloc float[Block];
        new Span<float>(one, Block).Fill(1);
        for (var output = 0; output < outputs; output++)
        {
            // A row of the last weights, the same for all points where a unit is active.
            var delta = layers.Deltas[last % 2];
            Product.Run(
                new LeftFactor((float*)places[^2] + ((nint)output * layers.Features), 1), one, new EvenTerms(1, Block), delta, Block, layers.Features, Block,
                new KeepWhereActive((nint)(layers.Images[^1] - delta)));
            for (var layer = last; layer > 0; layer--)
            {
                layers.Back(layer, (float*)places[2 * layer]);
            }

            layers.All[0].ImageGradient((float*)places[0], layers.Deltas[0], gradient, default(Keep));
            Turned.Copy(gradient, Block, jacobians + ((nint)output * inputs), (nint)outputs * inputs, inputs, count);
        }
    }
}
