namespace Reproduce.Networks;

/// <summary>The shortcut over a block of a residual fully connected network.</summary>
public enum Shortcut
{
    /// <summary>No shortcut.</summary>
    None,

    /// <summary>The identity.</summary>
    Identity,

    /// <summary>ν times the identity: the block is a generalization layer GL.</summary>
    Weighted,
}

/// <summary>
/// The residual fully connected networks of the design paper (Figs. 2, 4 and 7): a layer from the inputs to w units, blocks of w × w
/// layers, and a layer to the outputs. All layers but the last end in a ReLU; a block's shortcut is added before the block's last ReLU.
/// </summary>
/// <param name="Inputs">n_0.</param>
/// <param name="Width">w.</param>
/// <param name="Outputs">n_c.</param>
/// <param name="Blocks">Hidden layers and shortcut of each block, first to last.</param>
public sealed record ResidualShape(int Inputs, int Width, int Outputs, IReadOnlyList<(int Layers, Shortcut Shortcut)> Blocks)
{
    /// <summary>Fig. 2's residual network: 119 hidden layers of 17 units, a shortcut over every two; 36 160 parameters.</summary>
    public static ResidualShape Figure2 { get; } = new(1, 17, 1, [.. Enumerable.Repeat((2, Shortcut.Identity), 59)]);

    /// <summary>
    /// Fig. 4's residual network: 119 = 17 · 7 hidden layers of 17 units, a shortcut over every seven. The first seven have none, since
    /// there is 1 input and not 17; the paper does not say what it does there.
    /// </summary>
    public static ResidualShape Figure4 { get; } = new(1, 17, 1, [(6, Shortcut.None), .. Enumerable.Repeat((7, Shortcut.Identity), 16)]);

    /// <summary>
    /// Fig. 7's residual network: 90 layers of 17 × 17 in 45 blocks, three of them generalization layers. The paper does not say which;
    /// here they are the last blocks of the three thirds.
    /// </summary>
    public static ResidualShape Figure7 { get; } =
        new(1, 17, 1, [.. Enumerable.Range(1, 45).Select(block => (2, block % 15 == 0 ? Shortcut.Weighted : Shortcut.Identity))]);

    /// <summary>The number of hidden layers: the layer from the inputs and those of the blocks.</summary>
    public int HiddenLayers => 1 + Blocks.Sum(block => block.Layers);

    /// <summary>The shapes of all parameters in PyTorch's order: W_1, b_1, W_2, b_2, …</summary>
    public IEnumerable<long[]> ParameterShapes()
    {
        for (var i = 0; i <= HiddenLayers; i++)
        {
            var outputs = i == HiddenLayers ? Outputs : Width;
            yield return [outputs, i == 0 ? Inputs : Width];
            yield return [outputs];
        }
    }
}
