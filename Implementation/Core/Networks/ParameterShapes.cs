using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>Checks the parameters of an ensemble.</summary>
internal static class ParameterShapes
{
    /// <summary>The number of replicas, R.</summary>
    /// <param name="parameters">[R, …] each.</param>
    /// <param name="shapes">The shapes of one replica's parameters.</param>
    /// <exception cref="ArgumentException">The parameters have other shapes, or different numbers of replicas.</exception>
    internal static int Check(IReadOnlyList<Tensor> parameters, IEnumerable<long[]> shapes)
    {
        var expected = shapes.ToList();
        if (parameters.Count != expected.Count)
        {
            throw new ArgumentException($"{parameters.Count} parameters for a network with {expected.Count}");
        }

        var replicas = parameters[0].size(0);
        for (var i = 0; i < expected.Count; i++)
        {
            if (!parameters[i].shape.SequenceEqual([replicas, .. expected[i]]))
            {
                var (found, shape) = (string.Join(", ", parameters[i].shape), string.Join(", ", expected[i]));
                throw new ArgumentException($"parameter {i} is [{found}], not [{replicas} replicas, {shape}]");
            }
        }

        return (int)replicas;
    }
}
