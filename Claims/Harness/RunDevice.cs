using Reproduce.Libtorch;
using TorchSharp;
using static TorchSharp.torch;

[assembly: AssemblyFixture(typeof(Reproduce.Claims.Harness.RunDevice))]

namespace Reproduce.Claims.Harness;

/// <summary>
/// The device of a test run, which <c>REPRODUCE_DEVICE</c> names: tensors that tests make without naming a device lie there, and what Core
/// makes of them follows. Before the first test its arithmetic is checked.
/// </summary>
public sealed class RunDevice
{
    private static readonly Lazy<Device> Asked =
        new(() => Parse(Environment.GetEnvironmentVariable("REPRODUCE_DEVICE") is { Length: > 0 } named ? named : "cpu"));

    /// <summary>Prepares it for the tests of this assembly.</summary>
    /// <exception cref="TorchUnusableException">It is not there, or its arithmetic is wrong.</exception>
    public RunDevice()
    {
        ArithmeticCheck.Require(Named);
        set_default_device(Named);
    }

    /// <summary>cpu, or what <c>REPRODUCE_DEVICE</c> says: cuda or cuda:N.</summary>
    /// <exception cref="FormatException">It says something else.</exception>
    public static Device Named => Asked.Value;

    /// <summary>A device from its name. Nothing is loaded, and the device need not be there.</summary>
    /// <exception cref="FormatException">It names no device.</exception>
    public static Device Parse(string name) => name.Split(':') switch
    {
        ["cpu"] => new Device(DeviceType.CPU),
        ["cuda"] => new Device(DeviceType.CUDA),
        ["cuda", var index] when int.TryParse(index, out var number) && number >= 0 => new Device(DeviceType.CUDA, number),
        _ => throw new FormatException($"device '{name}': choose from cpu, cuda, cuda:N"),
    };
}
