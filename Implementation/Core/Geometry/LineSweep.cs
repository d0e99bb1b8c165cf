using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>
/// Follows one line x + td from its first position to its last. A unit that switches changes how fast the next layer's pre-activations grow, where
/// it reaches them, and so on to the outputs; all others go on as before. So every unit has its value, its rate and the t of both, and is
/// looked at only when something reaches it: between two looks it is affine, and has crossed zero once or not at all.
/// </summary>
/// <remarks>Short windows of t pass through all layers, one layer after the other, so that only the changes of a window are held.</remarks>
internal sealed class LineSweep
{
    private const int ChangesOfAWindow = 256;

    private readonly LayeredNetwork _network;
    private readonly long _line;
    private readonly double[] _positions;
    private readonly double[] _sizes;
    private readonly IReadOnlyList<(double[] Weights, double[] Biases)> _roundings;
    private readonly double _resolution;
    private readonly SweptLayer[] _layers;
    private readonly bool[][] _onAtStart;
    private readonly double[] _outputs;
    private readonly double[] _rates;
    private readonly ImageShape _given;
    private readonly List<double> _rowPositions = [];
    private readonly List<double> _rowOutputs = [];
    private readonly List<Crossing> _crossings = [];
    private double _now;
    private double _last;

    /// <param name="network">Its layers may be of any kind.</param>
    /// <param name="roundings">Rounding of what each layer gives: a share of the largest activation before it, and a constant, channels first.</param>
    /// <param name="line">The number of the line.</param>
    /// <param name="start">x, [1, n_0].</param>
    /// <param name="direction">d, [1, n_0].</param>
    /// <param name="positions">Ascending.</param>
    /// <param name="resolution">Cuts that are closer than that, to the cut before or to a position, are one node.</param>
    internal LineSweep(LayeredNetwork network, IReadOnlyList<(double[] Weights, double[] Biases)> roundings, long line, Tensor start, Tensor direction, double[] positions, double resolution)
    {
        using var unrecorded = no_grad();
        (_network, _line, _positions, _resolution) = (network, line, positions, resolution);
        (_now, _last, _given) = (positions[0], double.NegativeInfinity, network.Layers[^1].Given);
        (_sizes, _roundings) = (Sizes(network, start, direction, positions), roundings);
        _layers = new SweptLayer[network.Layers.Count - 1];
        var (values, rates) = (start + (positions[0] * direction), direction);
        for (var i = 0; i < network.Layers.Count; i++)
        {
            var rateSize = rates.abs().max().item<double>();
            (values, rates) = (network.Layers[i].Apply(values), network.Layers[i].Multiply(rates));
            if (i < _layers.Length)
            {
                _layers[i] = new SweptLayer(network.Layers[i].Given, Numbers(values), Numbers(rates), positions[0], _sizes[i], rateSize, roundings[i], _resolution);
                var on = _layers[i].OnChannelsFirst();
                var mask = tensor([.. on.Select(one => one ? 1.0 : 0)], [1, on.Length], device: values.device);
                (values, rates) = (values.relu() * mask, rates * mask);
            }
        }

        (_outputs, _rates) = (ChannelsLast(Numbers(values)), ChannelsLast(Numbers(rates)));
        _onAtStart = [.. _layers.Select(layer => layer.On())];
    }

    /// <summary>Cuts the line.</summary>
    internal SweptLine Run()
    {
        BeginRow(_now);
        var step = (_positions[^1] - _positions[0]) / 64;
        for (var next = 1; next < _positions.Length;)
        {
            var end = _positions[next];
            var until = _now + step < end ? _now + step : end;
            var changes = Window(until);
            step *= Math.Clamp((double)ChangesOfAWindow / Math.Max(1, changes), 0.25, 2);
            if (until == end)
            {
                // A cut that close to the position is at it.
                if (end - _last <= _resolution)
                {
                    _rowPositions.RemoveAt(_rowPositions.Count - 1);
                    _rowOutputs.RemoveRange(_rowOutputs.Count - _outputs.Length, _outputs.Length);
                }

                BeginRow(end);
                next++;
            }
        }

        // What switches at the ends of the line has no piece on one side.
        var inside = _crossings.Where(one => one.Row > 0 && one.Row < _rowPositions.Count - 1).ToList();
        foreach (var early in _crossings.Where(one => one.Row == 0))
        {
            _onAtStart[early.Layer][early.Place] ^= true;
        }

        var (weights, biases) = _roundings[^1];
        var rounding = weights.Max() * Math.Max(_sizes[^1], _layers.Length > 0 ? _layers[^1].Largest : 0);
        return new SweptLine(_network, _line, [.. _rowPositions], [.. _rowOutputs], rounding + biases.Max(), _onAtStart, inside);
    }

    private int Window(double until)
    {
        var changes = new List<Change>();
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            // What reaches a layer does not depend on its state: the products run side by side.
            var arriving = new Patch[changes.Count];
            if (layer > 0)
            {
                var (from, map) = (changes, _network.Layers[layer]);
                Parallel.For(0, arriving.Length, i => arriving[i] = map.Push(from[i].Reach));
            }

            changes = _layers[layer].Advance(layer, changes, arriving, until);
            if (layer + 1 < _layers.Length)
            {
                _layers[layer + 1].Expect(_layers[layer].Largest, _layers[layer].LargestRate);
            }
        }

        var reached = new Patch[changes.Count];
        Parallel.For(0, reached.Length, i => reached[i] = _network.Layers[^1].Push(changes[i].Reach));
        for (var i = 0; i < reached.Length; i++)
        {
            var crossing = changes[i].Origin;
            MoveTo(crossing.Position);
            if (crossing.Position - _last > _resolution && crossing.Position - _rowPositions[^1] > _resolution)
            {
                BeginRow(crossing.Position);
            }

            _last = crossing.Position;
            crossing.Row = _rowPositions.Count - 1;
            crossing.Above = new double[_outputs.Length];
            for (var row = 0; row < reached[i].Height; row++)
            {
                reached[i].Values.AsSpan(row * reached[i].RowLength, reached[i].RowLength).CopyTo(crossing.Above.AsSpan(reached[i].PlaceOfRow(row)));
            }

            for (var k = 0; k < _rates.Length; k++)
            {
                _rates[k] += crossing.Rate * crossing.Above[k];
            }

            _crossings.Add(crossing);
        }

        MoveTo(until);
        return changes.Count;
    }

    private void MoveTo(double t)
    {
        for (var k = 0; k < _outputs.Length; k++)
        {
            _outputs[k] += (t - _now) * _rates[k];
        }

        _now = t;
    }

    private void BeginRow(double t)
    {
        _rowPositions.Add(t);
        for (var k = 0; k < _outputs.Length; k++)
        {
            _rowOutputs.Add(_outputs[ChannelsLastPlace(k)]);
        }
    }

    private int ChannelsLastPlace(int unit)
    {
        var (channel, pixel) = Math.DivRem(unit, _given.Height * _given.Width);
        return (pixel * _given.Channels) + channel;
    }

    private double[] ChannelsLast(double[] values) => [.. Enumerable.Range(0, values.Length).Select(place => values[_given.ChannelsFirst(place)])];

    // The largest activation before each layer at the given positions; what is met between them is added on the way.
    private static double[] Sizes(LayeredNetwork network, Tensor start, Tensor direction, double[] positions)
    {
        var activation = start + (tensor(positions, [positions.Length, 1], device: start.device) * direction);
        var sizes = new double[network.Layers.Count];
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = activation.abs().max().item<double>();
            activation = network.Layers[i].Apply(activation).relu();
        }

        return sizes;
    }

    private static double[] Numbers(Tensor tensor) => tensor.cpu().data<double>().ToArray();
}

/// <summary>A unit of a hidden layer that switches.</summary>
internal sealed class Crossing(int layer, int place, double position, double rate, bool on)
{
    /// <summary>The hidden layer, counted from 0.</summary>
    internal int Layer => layer;

    /// <summary>The unit's place in its layer, channels last.</summary>
    internal int Place => place;

    /// <summary>t.</summary>
    internal double Position => position;

    /// <summary>By how much its activation grows faster from then on.</summary>
    internal double Rate => rate;

    /// <summary>Whether it is on afterwards.</summary>
    internal bool IsOn => on;

    /// <summary>The row of the node.</summary>
    internal int Row { get; set; }

    /// <summary>∂f/∂h of its activation h, channels last, with what lies above as it is before units there switch at the same node.</summary>
    internal double[] Above { get; set; } = [];
}

/// <summary>How a layer's activations follow that of a unit that switches, through the units that are on.</summary>
internal readonly record struct Change(Crossing Origin, Patch Reach);

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
                Look(layer, place + (i * 4) + System.Numerics.BitOperations.TrailingZeroCount(bits), origin.Position, crossings);
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
