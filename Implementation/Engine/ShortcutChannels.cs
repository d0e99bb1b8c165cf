using System.Runtime.CompilerServices;

namespace Reproduce.Engine;

/// <summary>
/// The images that a shortcut carries past a block, as they arrive at its end: unchanged or, where the block halves the image and adds
/// channels (option A), every second pixel in both directions, with equally many channels of zeros before and after.
/// </summary>
internal sealed unsafe class ShortcutChannels
{
    private readonly ChwnImages _source;
    private readonly ChwnImages _end;
    private readonly int _before;
    private readonly float* _halved;

    /// <param name="source">The images at the start of the shortcut.</param>
    /// <param name="end">The images at its end.</param>
    /// <param name="memory">Where a halved channel is allocated.</param>
    internal ShortcutChannels(ChwnImages source, ChwnImages end, NativeFloats memory)
    {
        (_source, _end, _before) = (source, end, (end.Channels - source.Channels) / 2);
        _halved = source.Height == end.Height ? null : memory.Allocate(end.Channel);
    }

    /// <summary>A channel at the end; null where it is all zeros.</summary>
    internal float* Read(int channel)
    {
        var place = Place(channel);
        if (_halved is not null && place is not null)
        {
            Move(channel, isRead: true);
        }

        return place;
    }

    /// <summary>Where the gradient of a channel is stored before <see cref="Write"/>; null for a channel of zeros.</summary>
    internal float* Place(int channel)
    {
        var isZero = channel < _before || channel >= _before + _source.Channels;
        return isZero ? null : _halved is null ? Source(channel) : _halved;
    }

    /// <summary>Passes the stored gradient on to the start.</summary>
    internal void Write(int channel)
    {
        if (_halved is not null && Place(channel) is not null)
        {
            new Span<float>(Source(channel), checked((int)_source.Channel)).Clear();
            Move(channel, isRead: false);
        }
    }

    private float* Source(int channel) => (float*)_source.First + ((channel - _before) * _source.Channel);

    private void Move(int channel, bool isRead)
    {
        var (points, bytes) = ((nint)_end.Points, (uint)_end.Points * sizeof(float));
        for (var y = 0; y < _end.Height; y++)
        {
            for (var x = 0; x < _end.Width; x++)
            {
                var here = _halved + (((y * _end.Width) + x) * points);
                var there = Source(channel) + (((2 * y * _source.Width) + (2 * x)) * points);
                Unsafe.CopyBlock(isRead ? here : there, isRead ? there : here, bytes);
            }
        }
    }
}
