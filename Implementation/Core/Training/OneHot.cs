using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Training;

/// <summary>One-hot encoding.</summary>
public static class OneHot
{
    /// <summary>The one-hot encoding of labels, [N, classes].</summary>
    /// <exception cref="ArgumentOutOfRangeException">A label is not below the number of classes.</exception>
    public static Tensor Of(ReadOnlySpan<byte> labels, int classes, ScalarType dtype, Device? device = null)
    {
        var rows = new double[labels.Length * classes];
        for (var i = 0; i < labels.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labels[i], classes, nameof(labels));
            rows[(i * classes) + labels[i]] = 1;
        }

        return tensor(rows, [labels.Length, classes], dtype, device);
    }
}
