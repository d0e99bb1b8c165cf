namespace Reproduce.Claims.Harness;

/// <summary>Where golden numbers were computed.</summary>
/// <param name="Device">cpu, or cuda:N.</param>
/// <param name="Library">TorchSharp's version and that of libtorch, or of PyTorch.</param>
public sealed record GoldenRun(string Device, string Library)
{
    /// <summary>This process.</summary>
    public static GoldenRun Here => new(Stamp.Here.Device, Stamp.Here.Library);
}
