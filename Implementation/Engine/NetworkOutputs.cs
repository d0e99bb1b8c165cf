using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>Outputs of networks in float32 on the CPU, by the engine's products: the same bits on every processor.</summary>
public static unsafe class NetworkOutputs
{
    // Points at once: enough to fill the vectors, few enough for the caches.
    private const int Block = 64;

    /// <summary>The outputs at every point; of other networks, element types and devices those that libtorch computes.</summary>
    /// <param name="network">R replicas.</param>
    /// <param name="points">[N, n_0], of the network's element type, on its device.</param>
    /// <returns>[R, N, n_c].</returns>
    /// <exception cref="ArgumentException">The points do not fit.</exception>
    public static Tensor Of(IEnsemble network, Tensor points)
    {
        var isOurs = network.Parameters[0].device_type == DeviceType.CPU && network.Parameters[0].dtype == float32;
        switch (network)
        {
            case FullyConnected { Shape: var shape } when isOurs:
                using (var hidden = new DenseLayers(shape.Widths, Block))
                {
                    return Of(network, shape.Inputs, shape.Outputs, hidden, points);
                }

            case ConvolutionalNetwork { Shape: var shape } when isOurs:
                using (var hidden = new ConvolutionalLayers(shape, Block))
                {
                    return Of(network, shape.Image.Size, shape.Outputs, hidden, points);
                }

            default:
                return network.Forward(points);
        }
    }

    /// <summary>How a network classifies labelled points, by <see cref="Of(IEnsemble, Tensor)"/>.</summary>
    /// <param name="network">One replica.</param>
    /// <param name="points">[N, n_0].</param>
    /// <param name="labels">[N], below n_c.</param>
    /// <exception cref="ArgumentException">There are several replicas, or points and labels do not fit.</exception>
    public static Classification Classify(IEnsemble network, Tensor points, ReadOnlySpan<byte> labels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(network.Replicas, 1);
        return Classification.Of(some => Of(network, some), points, labels);
    }

    private static Tensor Of(IEnsemble network, int inputs, int outputs, IHiddenLayers hidden, Tensor points)
    {
        NativeFloats.Require(network.Parameters[0], points, inputs);
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var (given, count) = (points.contiguous(), (int)points.size(0));
        var result = empty([network.Replicas, count, outputs], float32, CPU);
        using var memory = new NativeFloats();
        var sums = memory.Allocate((nint)outputs * Block);
        var to = NativeFloats.Of(result);
        for (var replica = 0; replica < network.Replicas; replica++)
        {
            Tensor[] parameters = [.. network.Parameters.Select(one => one.select(0, replica).contiguous())];
            var addresses = Array.ConvertAll(parameters, one => (nint)NativeFloats.Of(one));
            var weights = new LeftOperand((float*)addresses[^2], hidden.Features);
            var biases = (float*)addresses[^1];
            for (var start = 0; start < count; start += Block)
            {
                var here = Math.Min(Block, count - start);
                Transpose.Run(NativeFloats.Of(given) + ((nint)start * inputs), inputs, hidden.Inputs, Block, here, inputs);
                var features = hidden.Forward(addresses);
                Gemm.Run(weights, features, new StridedRows(hidden.Features, Block), sums, Block, outputs, Block, default(Identity));
                for (var point = 0; point < here; point++)
                {
                    for (var output = 0; output < outputs; output++)
                    {
                        *to++ = sums[(output * Block) + point] + biases[output];
                    }
                }
            }
        }

        return result.MoveToOuterDisposeScope();
    }
}
