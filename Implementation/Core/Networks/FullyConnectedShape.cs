namespace Reproduce.Networks;

/// <summary>The widths of a fully connected network: inputs, hidden layers, outputs.</summary>
public sealed record FullyConnectedShape
{
    /// <param name="widths">n_0, …, n_n: inputs first, outputs last.</param>
    /// <exception cref="ArgumentException">Fewer than two widths, or one below 1.</exception>
    public FullyConnectedShape(params IReadOnlyList<int> widths)
    {
        if (widths.Count < 2 || widths.Any(width => width < 1))
        {
            throw new ArgumentException(
                $"a network needs at least two widths, all at least 1, not [{string.Join(", ", widths)}]", nameof(widths));
        }

        Widths = widths;
    }

    /// <summary>The paper's (L, w): L hidden layers of w units each.</summary>
    public static FullyConnectedShape Uniform(int inputs, int hiddenLayers, int width, int outputs) =>
        new([inputs, .. Enumerable.Repeat(width, hiddenLayers), outputs]);

    /// <summary>n_0, …, n_n.</summary>
    public IReadOnlyList<int> Widths { get; }

    /// <summary>The number of weight matrices, n.</summary>
    public int Layers => Widths.Count - 1;

    /// <summary>n_0.</summary>
    public int Inputs => Widths[0];

    /// <summary>n_n = n_c.</summary>
    public int Outputs => Widths[^1];

    /// <summary>The shapes of all parameters in PyTorch's order: W_1, b_1, W_2, b_2, …</summary>
    public IEnumerable<long[]> ParameterShapes()
    {
        for (var i = 1; i < Widths.Count; i++)
        {
            yield return [Widths[i], Widths[i - 1]];
            yield return [Widths[i]];
        }
    }

    /// <inheritdoc/>
    public bool Equals(FullyConnectedShape? other) => other is not null && Widths.SequenceEqual(other.Widths);

    /// <inheritdoc/>
    public override int GetHashCode() => Widths.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join('-', Widths);
}
