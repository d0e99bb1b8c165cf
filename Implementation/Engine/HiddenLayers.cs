namespace Reproduce.Engine;

/// <summary>The layers of a network before its last, for a block of points, which lie innermost.</summary>
internal unsafe interface IHiddenLayers : IDisposable
{
    /// <summary>The inputs, [n_0, block], to be filled.</summary>
    float* Inputs { get; }

    /// <summary>The number of the last layer's inputs.</summary>
    int Features { get; }

    /// <summary>Computes the last layer's inputs, [features, block].</summary>
    /// <param name="parameters">The addresses of weights and biases in turn.</param>
    float* Forward(nint[] parameters);
}

/// <summary>Fully connected hidden layers.</summary>
internal sealed unsafe class DenseLayers : IHiddenLayers
{
    private readonly NativeFloats _memory = new();
    private readonly IReadOnlyList<int> _widths;
    private readonly int _block;

    /// <param name="widths">n_0, …, n_c.</param>
    /// <param name="block">The number of points, a multiple of <see cref="Gemm.ColumnStep"/>.</param>
    internal DenseLayers(IReadOnlyList<int> widths, int block)
    {
        (_widths, _block) = (widths, block);
        Activations = new float*[widths.Count - 1];
        for (var i = 0; i < Activations.Length; i++)
        {
            Activations[i] = _memory.Allocate((nint)widths[i] * block);
        }
    }

    /// <summary>The inputs and the activations of each hidden layer, [units, block].</summary>
    internal float*[] Activations { get; }

    /// <inheritdoc/>
    public float* Inputs => Activations[0];

    /// <inheritdoc/>
    public int Features => _widths[^2];

    /// <inheritdoc/>
    public float* Forward(nint[] parameters)
    {
        for (var i = 0; i < Activations.Length - 1; i++)
        {
            var weights = new LeftOperand((float*)parameters[2 * i], _widths[i]);
            var (rows, epilogue) = (new StridedRows(_widths[i], _block), new BiasRelu((float*)parameters[(2 * i) + 1]));
            Gemm.Run(weights, Activations[i], rows, Activations[i + 1], _block, _widths[i + 1], _block, epilogue);
        }

        return Activations[^1];
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
