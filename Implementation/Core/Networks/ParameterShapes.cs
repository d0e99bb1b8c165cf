using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>Whether tensors are the parameters of an ensemble.</summary>
internal static class ParameterShapes
{
    /// <summary>R, the number of replicas.</summary>
    /// <param name="parameters">[R, …] each.</param>
    /// <param name="shapes">Of one replica.</param>
    /// <exception cref="ArgumentException">The shapes differ, or the numbers of replicas do.</exception>
    internal static int Check(IReadOnlyList<Tensor> parameters, IEnumerable<long[]> shapes)
    {
        var wanted = shapes.ToList();
        if (parameters.Count != wanted.Count)
        {
            throw new ArgumentException($"{parameters.Count} parameters for a network that has {wanted.Count}");
        }

        var replicas = parameters[0].size(0);
        for (var i = 0; i < wanted.Count; i++)
        {
            if (!parameters[i].shape.SequenceEqual([replicas, .. wanted[i]]))
            {
                throw new ArgumentException($"parameter {i} is [{string.Join(", ", parameters[i].shape)}], not [{replicas} replicas, {string.Join(", ", wanted[i])}]");
            }
        }

        return (int)replicas;
    }
}
