namespace Reproduce.Claims.Harness;

/// <summary>Where golden numbers were computed.</summary>
/// <param name="Device">cpu, or cuda:N.</param>
/// <param name="Provider">The source of the tensors and the version of libtorch.</param>
public sealed record GoldenRun(string Device, string Provider)
{
    /// <summary>This process, on the CPU.</summary>
    public static GoldenRun Here => new(Stamp.Here.Device, Stamp.Here.Provider);
}
