using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reproduce.Networks;

namespace Reproduce.Lines;

/// <summary>The units of one hidden layer on the way along a line, channels last.</summary>
internal sealed class SweptLayer
{
    private readonly ImageShape _image;
    private readonly double[] _values;
    private readonly double[] _rates;
    private readonly double[] _since;

    // Bounds on the rounding errors of a value and of a rate.
    private readonly double[] _roundings;
    private readonly double[] _rateRoundings;

    // Bounds on the activations, and on their rates, so far.
    private readonly double[] _peaks;
    private readonly double[] _ratePeaks;
    private readonly List<(int Place, double Value, double Rate)> _raised = [];

    // 1 where a unit is on, 0 where it is off.
    private readonly double[] _on;
    private readonly double _resolution;

    /// <param name="image">The layer's activation.</param>
    /// <param name="values">Pre-activations where the line begins, channels first.</param>
    /// <param name="rates">How fast they grow there.</param>
    /// <param name="roundings">Bounds on the rounding errors of the pre-activations, channels first.</param>
    /// <param name="rateRoundings">The same for the rates.</param>
    /// <param name="peaks">The largest activations at the requested positions, channels first.</param>
    /// <param name="position">Where the line begins.</param>
    /// <param name="resolution">The shortest piece.</param>
    internal SweptLayer(
        ImageShape image,
        double[] values,
        double[] rates,
        double[] roundings,
        double[] rateRoundings,
        double[] peaks,
        double position,
        double resolution)
    {
        (_image, _resolution) = (image, resolution);
        (_values, _rates) = (ChannelsLast(values), ChannelsLast(rates));
        (_roundings, _rateRoundings) = (ChannelsLast(roundings), ChannelsLast(rateRoundings));
        _peaks = ChannelsLast(peaks);
        _ratePeaks = new double[image.Size];
        _on = new double[image.Size];
        _since = new double[image.Size];
        Array.Fill(_since, position);
        for (var place = 0; place < image.Size; place++)
        {
            _values[place] = Math.Abs(_values[place]) > _roundings[place] ? _values[place] : 0;
            _on[place] = _values[place] > 0 || (_values[place] == 0 && Rises(place)) ? 1 : 0;
            _ratePeaks[place] = _on[place] * Math.Abs(_rates[place]);
        }
    }

    /// <summary>What was added to the largest activations, and to their rates, since the last call.</summary>
    internal IReadOnlyList<(int Place, double Value, double Rate)> TakeRaised()
    {
        var raised = _raised.ToArray();
        _raised.Clear();
        return raised;
    }

    /// <summary>Adds to the bounds on the rounding errors of the units of a patch.</summary>
    internal void Expect(Patch values, double share, bool areRates)
    {
        var roundings = areRates ? _rateRoundings : _roundings;
        for (var row = 0; row < values.Height; row++)
        {
            UnitSigns.Advance(
                roundings.AsSpan(values.PlaceOfRow(row), values.RowLength),
                values.Values.AsSpan(row * values.RowLength, values.RowLength),
                share);
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

    /// <summary>Applies the changes that arrive from the layer before and returns those of this layer, both in order of t.</summary>
    internal List<Change> Advance(int layer, List<Change> changes, Patch[] arriving, double until)
    {
        var crossings = new List<Crossing>();
        for (var i = 0; i < arriving.Length; i++)
        {
            var patch = arriving[i];
            for (var row = 0; row < patch.Height; row++)
            {
                var reach = patch.Values.AsSpan(row * patch.RowLength, patch.RowLength);
                Meet(layer, patch.PlaceOfRow(row), reach, changes[i].Origin, crossings);
            }
        }

        var nothing = new double[_image.Size];
        Meet(layer, 0, nothing, new Crossing(layer, 0, until, 0, false), crossings);

        // At the same t, changes from below come first: they met units that had not switched.
        var passed = arriving.Select((patch, i) => new Change(changes[i].Origin, patch));
        var own = crossings.Select(crossing => new Change(crossing, Patch.OfUnit(_image, crossing.Place, 1)));
        return [.. passed.Concat(own).OrderBy(change => change.Origin.Position)];
    }

    // Brings units up to the t of a switch, records those that crossed zero before it, and adds to their rates what reaches them; reach
    // then holds what reaches their activations.
    private void Meet(int layer, int place, Span<double> reach, Crossing origin, List<Crossing> crossings)
    {
        var reaching = MemoryMarshal.Cast<double, Vector256<double>>(reach);
        var values = MemoryMarshal.Cast<double, Vector256<double>>(_values.AsSpan(place, reach.Length));
        var rates = MemoryMarshal.Cast<double, Vector256<double>>(_rates.AsSpan(place, reach.Length));
        var since = MemoryMarshal.Cast<double, Vector256<double>>(_since.AsSpan(place, reach.Length));
        var on = MemoryMarshal.Cast<double, Vector256<double>>(_on.AsSpan(place, reach.Length));
        var roundings = MemoryMarshal.Cast<double, Vector256<double>>(_roundings.AsSpan(place, reach.Length));
        var (now, rate, resolution) = (Vector256.Create(origin.Position), Vector256.Create(origin.Rate), Vector256.Create(_resolution));
        var peaks = MemoryMarshal.Cast<double, Vector256<double>>(_peaks.AsSpan(place, reach.Length));
        var ratePeaks = MemoryMarshal.Cast<double, Vector256<double>>(_ratePeaks.AsSpan(place, reach.Length));
        for (var i = 0; i < reaching.Length; i++)
        {
            var value = values[i] + (rates[i] * (now - since[i]));
            var crossed = Vector256.GreaterThan(value * (Vector256<double>.One - on[i] - on[i]), roundings[i]);
            var atZero = Vector256.LessThanOrEqual(Vector256.Abs(values[i]), roundings[i])
                & Vector256.GreaterThan(now - since[i], resolution);
            for (var bits = (crossed | atZero).ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
            {
                Look(layer, place + (i * 4) + BitOperations.TrailingZeroCount(bits), origin.Position, crossings);
            }

            values[i] = value;
            since[i] = now;
            rates[i] += rate * reaching[i];
            reaching[i] *= on[i];
            var higher = Vector256.GreaterThan(value, peaks[i]) | Vector256.GreaterThan(Vector256.Abs(rates[i]) * on[i], ratePeaks[i]);
            for (var bits = higher.ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
            {
                Raise(place + (i * 4) + BitOperations.TrailingZeroCount(bits));
            }
        }

        for (var i = reaching.Length * 4; i < reach.Length; i++)
        {
            var unit = place + i;
            Look(layer, unit, origin.Position, crossings);
            (_values[unit], _since[unit]) = (_values[unit] + (_rates[unit] * (origin.Position - _since[unit])), origin.Position);
            _rates[unit] += origin.Rate * reach[i];
            reach[i] *= _on[unit];
            Raise(unit);
        }
    }

    // Whether a unit has switched since the last visit. If it was at zero then, its rate says which side it went to: neither, if it
    // stayed. Everything that reaches it at one node counts first.
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

    // A peak that is exceeded is set to twice the new value, so that it is seldom exceeded.
    private void Raise(int unit)
    {
        var (value, rate) = (Raised(_peaks, _values[unit]), Raised(_ratePeaks, Math.Abs(_rates[unit]) * _on[unit]));
        if (value > 0 || rate > 0)
        {
            _raised.Add((unit, value, rate));
        }

        double Raised(double[] peaks, double found)
        {
            if (!(found > peaks[unit]))
            {
                return 0;
            }

            var more = (2 * found) - peaks[unit];
            peaks[unit] = 2 * found;
            return more;
        }
    }

    private bool Rises(int unit) => _rates[unit] > _rateRoundings[unit];

    private double[] ChannelsLast(double[] numbers) =>
        [.. Enumerable.Range(0, numbers.Length).Select(place => numbers[_image.ChannelsFirst(place)])];
}
