using System.Runtime.CompilerServices;

namespace Reproduce.Engine;

/// <summary>
/// The images that a shortcut leads past a block, as the block's end sees them: as they are, or, where planes halve and channels are added (option A), every second pixel,
/// and zeros in as many channels before as after.
/// </summary>
internal sealed unsafe class ShortcutChannels
{
    private readonly PointsInnermost _source;
    private readonly PointsInnermost _end;
    private readonly int _before;
    private readonly float* _halved;

    /// <param name="source">Where the shortcut begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="memory">Of a halved channel.</param>
    internal ShortcutChannels(PointsInnermost source, PointsInnermost end, NativeFloats memory)
    {
        (_source, _end, _before) = (source, end, (end.Channels - source.Channels) / 2);
        _halved = source.Height == end.Height ? null : memory.Take(end.Channel);
    }

    /// <summary>A channel at the end; null where it is zero.</summary>
    internal float* Read(int channel)
    {
        var place = Place(channel);
        if (_halved is not null && place is not null)
        {
            Move(channel, isRead: true);
        }

        return place;
    }

    /// <summary>Where a channel's gradient is put before <see cref="Write"/>; null where it reaches nothing.</summary>
    internal float* Place(int channel) => channel < _before || channel >= _before + _source.Channels ? null : _halved is null ? Source(channel) : _halved;

    /// <summary>Hands on what was put there.</summary>
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
