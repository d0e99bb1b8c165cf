namespace Reproduce.Networks;

/// <summary>The shape of an activation that is an image. Flattened, channels come first, as in PyTorch; patches have them last.</summary>
public sealed record ImageShape(int Channels, int Height, int Width)
{
    /// <summary>The number of entries.</summary>
    public int Size => Channels * Height * Width;

    /// <summary>The place of an entry where channels come first, from its place where they come last.</summary>
    public int ChannelsFirst(int place) => (place % Channels * Height * Width) + (place / Channels);

    /// <inheritdoc/>
    public override string ToString() => $"{Channels}×{Height}×{Width}";
}
