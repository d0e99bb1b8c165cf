namespace TorchSharp;

public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    META = 14,
}

public static partial class torch
{
    /// <summary>Where a tensor lives.</summary>
    public class Device
    {
        public DeviceType type { get; }

        /// <summary>-1: the current device of the type.</summary>
        public int index { get; }

        /// <exception cref="ArgumentException">The description is not <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</exception>
        public Device(string description)
        {
            var parts = description.Split(':');
            type = parts[0] switch
            {
                "cpu" => DeviceType.CPU,
                "cuda" => DeviceType.CUDA,
                _ => throw new ArgumentException($"'{description}' is not a device: write cpu, cuda or cuda:N", nameof(description)),
            };
            index = -1;
            if (parts.Length > 1)
            {
                index = parts.Length == 2 && int.TryParse(parts[1], out var number) && number >= 0
                    ? number
                    : throw new ArgumentException($"'{description}' is not a device: write cpu, cuda or cuda:N", nameof(description));
            }
        }

        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        public override string ToString()
        {
            var name = type.ToString().ToLowerInvariant();
            return index < 0 ? name : $"{name}:{index}";
        }

        public static implicit operator Device(string description) => new(description);
    }

    public static readonly Device CPU = new(DeviceType.CPU, -1);

    public static Device CUDA => new(DeviceType.CUDA, -1);

    public static Device device(string description) => new(description);
}
