using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reproduce.Networks;

namespace Reproduce.Lines;

/// <summary>The units of one hidden layer on the way along a line, channels last.</summary>
internal sealed class SweptLayer
{
    private readonly ImageShape _image;
    private readonly (double[] Weights, double[] Biases) _share;
    private readonly double[] _values;
    private readonly double[] _rates;
    private readonly double[] _since;
    private readonly double[] _roundings;

    // 1 where a unit is on, 0 where it is off.
    private readonly double[] _on;
    private readonly double _resolution;
    private double _size;
    private double _rateSize;

    internal SweptLayer(ImageShape image, double[] values, double[] rates, double position, double size, double rateSize, (double[] Weights, double[] Biases) roundings, double resolution)
    {
        (_image, _share, _resolution) = (image, roundings, resolution);
        _values = new double[image.Size];
        _rates = new double[image.Size];
        _roundings = new double[image.Size];
        _on = new double[image.Size];
        _since = new double[image.Size];
        Array.Fill(_since, position);
        Expect(size, rateSize);
        for (var place = 0; place < image.Size; place++)
        {
            var unit = image.ChannelsFirst(place);
            _rates[place] = rates[unit];
            _values[place] = Math.Abs(values[unit]) > _roundings[place] ? values[unit] : 0;
            _on[place] = _values[place] > 0 || (_values[place] == 0 && Rises(place)) ? 1 : 0;
        }
    }

    /// <summary>The largest activation that was met.</summary>
    internal double Largest { get; private set; }

    /// <summary>The largest rate of a pre-activation that was met.</summary>
    internal double LargestRate { get; private set; }

    /// <summary>Rounding follows the largest activation of the layer before, and its rate.</summary>
    internal void Expect(double size, double rateSize)
    {
        _rateSize = Math.Max(_rateSize, rateSize);
        if (size < _size)
        {
            return;
        }

        _size = size;
        for (var place = 0; place < _roundings.Length; place++)
        {
            var unit = _image.ChannelsFirst(place);
            _roundings[place] = (_share.Weights[unit] * size) + _share.Biases[unit];
        }
    }

    internal bool[] On() => Array.ConvertAll(_on, one => one > 0);

    internal bool[] OnChannelsFirst()
    {
        var on = new bool[_image.Size];
        for (var place = 0; place < on.Length; place++)
        {
            on[_image.ChannelsFirst(place)] = _on[place] > 0;
        }

        return on;
    }

    /// <summary>Takes in what arrives from the layer before, and gives on what changes here, both in order of t.</summary>
    internal List<Change> Advance(int layer, List<Change> changes, Patch[] arriving, double until)
    {
        var crossings = new List<Crossing>();
        for (var i = 0; i < arriving.Length; i++)
        {
            var patch = arriving[i];
            for (var row = 0; row < patch.Height; row++)
            {
                Meet(layer, patch.PlaceOfRow(row), patch.Values.AsSpan(row * patch.RowLength, patch.RowLength), changes[i].Origin, crossings);
            }
        }

        var nothing = new double[_image.Size];
        Meet(layer, 0, nothing, new Crossing(layer, 0, until, 0, false), crossings);

        // At the same t, what comes from below is first: it met units that had not switched.
        var passed = arriving.Select((patch, i) => new Change(changes[i].Origin, patch));
        var own = crossings.Select(crossing => new Change(crossing, Patch.OfUnit(_image, crossing.Place, 1)));
        return [.. passed.Concat(own).OrderBy(change => change.Origin.Position)];
    }

    // Brings units up to the t of a switch, notes those that have crossed zero before, and adds to their rates what reaches them; in its place then
    // stands what reaches their activations.
    private void Meet(int layer, int place, Span<double> reach, Crossing origin, List<Crossing> crossings)
    {
        var reaching = MemoryMarshal.Cast<double, Vector256<double>>(reach);
        var values = MemoryMarshal.Cast<double, Vector256<double>>(_values.AsSpan(place, reach.Length));
        var rates = MemoryMarshal.Cast<double, Vector256<double>>(_rates.AsSpan(place, reach.Length));
        var since = MemoryMarshal.Cast<double, Vector256<double>>(_since.AsSpan(place, reach.Length));
        var on = MemoryMarshal.Cast<double, Vector256<double>>(_on.AsSpan(place, reach.Length));
        var roundings = MemoryMarshal.Cast<double, Vector256<double>>(_roundings.AsSpan(place, reach.Length));
        var (now, rate, resolution) = (Vector256.Create(origin.Position), Vector256.Create(origin.Rate), Vector256.Create(_resolution));
        var (largest, largestRate) = (Vector256<double>.Zero, Vector256<double>.Zero);
        for (var i = 0; i < reaching.Length; i++)
        {
            var value = values[i] + (rates[i] * (now - since[i]));
            var crossed = Vector256.GreaterThan(value * (Vector256<double>.One - on[i] - on[i]), roundings[i]);
            var atZero = Vector256.LessThanOrEqual(Vector256.Abs(values[i]), roundings[i]) & Vector256.GreaterThan(now - since[i], resolution);
            for (var bits = (crossed | atZero).ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
            {
                Look(layer, place + (i * 4) + BitOperations.TrailingZeroCount(bits), origin.Position, crossings);
            }

            values[i] = value;
            since[i] = now;
            rates[i] += rate * reaching[i];
            reaching[i] *= on[i];
            largest = Vector256.Max(largest, value);
            largestRate = Vector256.Max(largestRate, Vector256.Abs(rates[i]));
        }

        Largest = Math.Max(Largest, Most(largest));
        LargestRate = Math.Max(LargestRate, Most(largestRate));
        for (var i = reaching.Length * 4; i < reach.Length; i++)
        {
            var unit = place + i;
            Look(layer, unit, origin.Position, crossings);
            (_values[unit], _since[unit]) = (_values[unit] + (_rates[unit] * (origin.Position - _since[unit])), origin.Position);
            _rates[unit] += origin.Rate * reach[i];
            reach[i] *= _on[unit];
            Largest = Math.Max(Largest, _values[unit]);
            LargestRate = Math.Max(LargestRate, Math.Abs(_rates[unit]));
        }
    }

    // Whether a unit has switched since it was last met. Where it was at zero then, its rate says on which side it has been: on none, if it stayed. All that
    // reaches it at one node counts before that.
    private void Look(int layer, int unit, double t, List<Crossing> crossings)
    {
        if (Math.Abs(_values[unit]) <= _roundings[unit] && t - _since[unit] > _resolution && Rises(unit) != _on[unit] > 0)
        {
            Switch(layer, unit, _since[unit], crossings);
        }

        var value = _values[unit] + (_rates[unit] * (t - _since[unit]));
        if (value * (1 - (2 * _on[unit])) > _roundings[unit])
        {
            Switch(layer, unit, Math.Clamp(_since[unit] - (_values[unit] / _rates[unit]), _since[unit], t), crossings);
        }
    }

    private void Switch(int layer, int unit, double position, List<Crossing> crossings)
    {
        var before = _on[unit];
        _on[unit] = 1 - before;
        crossings.Add(new Crossing(layer, unit, position, (_on[unit] - before) * _rates[unit], _on[unit] > 0));
    }

    private bool Rises(int unit) => _rates[unit] > _share.Weights[_image.ChannelsFirst(unit)] * _rateSize;

    private static double Most(Vector256<double> numbers) => Math.Max(Math.Max(numbers[0], numbers[1]), Math.Max(numbers[2], numbers[3]));
}
