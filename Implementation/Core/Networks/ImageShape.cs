namespace Reproduce.Networks;

/// <summary>The shape of an image. Flattened images have channels first, as in PyTorch; patches have them last.</summary>
public sealed record ImageShape(int Channels, int Height, int Width)
{
    /// <summary>The number of entries.</summary>
    public int Size => Channels * Height * Width;

    /// <summary>The index of an entry with channels first, from its index with channels last.</summary>
    public int ChannelsFirst(int place) => (place % Channels * Height * Width) + (place / Channels);

    /// <inheritdoc/>
    public override string ToString() => $"{Channels}×{Height}×{Width}";
}
