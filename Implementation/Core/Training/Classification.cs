using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>The performance of a classifier on labelled points.</summary>
/// <param name="IsRight">Whether the largest output is that of the label, [N].</param>
/// <param name="CrossEntropies">[N].</param>
public sealed record Classification(IReadOnlyList<bool> IsRight, IReadOnlyList<double> CrossEntropies)
{
    // Points at once, which bounds the memory of the activations.
    private const int Block = 1000;

    /// <summary>The number of misclassified points.</summary>
    public int Errors => IsRight.Count(right => !right);

    /// <summary>The fraction of correctly classified points.</summary>
    public double Accuracy => (IsRight.Count - Errors) / (double)IsRight.Count;

    /// <summary>Evaluates a network.</summary>
    /// <param name="network">One replica.</param>
    /// <param name="points">[N, n_0], of the network's element type, on its device.</param>
    /// <param name="labels">[N], below n_c.</param>
    /// <exception cref="ArgumentException">There are several replicas, or the numbers of points and labels differ.</exception>
    public static Classification Of(IEnsemble network, Tensor points, ReadOnlySpan<byte> labels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(network.Replicas, 1);
        return Of(network.Forward, points, labels);
    }

    /// <summary>Evaluates a classifier.</summary>
    /// <param name="outputs">From points to outputs, [1, N, n_c].</param>
    /// <param name="points">[N, n_0].</param>
    /// <param name="labels">[N], below n_c.</param>
    /// <exception cref="ArgumentException">The numbers of points and labels differ.</exception>
    public static Classification Of(Func<Tensor, Tensor> outputs, Tensor points, ReadOnlySpan<byte> labels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(points.size(0), labels.Length);
        using var unrecorded = no_grad();
        var (right, losses) = (new List<bool>(), new List<double>());
        for (var start = 0; start < labels.Length; start += Block)
        {
            using var scope = NewDisposeScope();
            var some = labels[start..Math.Min(start + Block, labels.Length)];
            var logits = outputs(points.narrow(0, start, some.Length));
            var targets = OneHot.Of(some, (int)logits.size(2), logits.dtype, logits.device).unsqueeze(0);
            right.AddRange(logits.argmax(-1).eq(targets.argmax(-1)).cpu().data<bool>());
            losses.AddRange(Loss.CrossEntropy.Of(logits, targets).to_type(float64).cpu().data<double>());
        }

        return new(right, losses);
    }
}
