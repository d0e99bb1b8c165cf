using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Lines;

/// <summary>
/// Follows one line x + td from its first position to its last. A unit that switches changes the rates of the next layer's
/// pre-activations that it reaches, and so on to the outputs; all others go on as before. So every unit has its value, its rate and the
/// t of both, and is visited only when something reaches it: between two visits it is affine, and crosses zero at most once.
/// </summary>
/// <remarks>Short windows of t pass through all layers, one layer after the other, so that only the changes of a window are held.</remarks>
internal sealed class LineSweep
{
    private const int ChangesOfAWindow = 256;

    private readonly LayeredNetwork _network;
    private readonly long _line;
    private readonly double[] _positions;
    private readonly IReadOnlyList<AffineLayer> _magnitudes;
    private readonly double[] _outputRoundings;
    private readonly double _resolution;
    private readonly SweptLayer[] _layers;
    private readonly bool[][] _onAtStart;
    private readonly double[] _outputs;
    private readonly double[] _rates;
    private readonly ImageShape _outputShape;
    private readonly List<double> _rowPositions = [];
    private readonly List<double> _rowOutputs = [];
    private readonly List<Crossing> _crossings = [];
    private double _now;
    private double _last;

    /// <param name="network">Its layers may be of any kind.</param>
    /// <param name="magnitudes">Its layers with the magnitudes of their weights and biases.</param>
    /// <param name="line">The number of the line.</param>
    /// <param name="start">x, [1, n_0].</param>
    /// <param name="direction">d, [1, n_0].</param>
    /// <param name="positions">Ascending.</param>
    /// <param name="resolution">A cut this close to the cut before it or to a position shares its node.</param>
    internal LineSweep(
        LayeredNetwork network,
        IReadOnlyList<AffineLayer> magnitudes,
        long line,
        Tensor start,
        Tensor direction,
        double[] positions,
        double resolution)
    {
        using var unrecorded = no_grad();
        (_network, _magnitudes, _line, _positions, _resolution) = (network, magnitudes, line, positions, resolution);
        (_now, _last, _outputShape) = (positions[0], double.NegativeInfinity, network.Layers[^1].OutputShape);
        _layers = new SweptLayer[network.Layers.Count - 1];
        var (values, rates) = (start + (positions[0] * direction), direction);
        var given = start + (tensor(positions, [positions.Length, 1], device: start.device) * direction);
        var peaks = given.abs().amax([0], keepdim: true);
        for (var i = 0; i < network.Layers.Count; i++)
        {
            var roundings = magnitudes[i].Apply(peaks) * LinePrecision.Rounding;
            var rateRoundings = magnitudes[i].Multiply(rates.abs()) * LinePrecision.Rounding;
            values = i < _layers.Length ? network.Layers[i].Apply(values) : network.Layers[i].Multiply(values);
            rates = network.Layers[i].Multiply(rates);
            if (i == _layers.Length)
            {
                _outputRoundings = ChannelsLast(Numbers(roundings));
                continue;
            }

            given = network.Layers[i].Apply(given).relu();
            peaks = given.amax([0], keepdim: true);
            _layers[i] = new SweptLayer(
                network.Layers[i].OutputShape,
                Numbers(values),
                Numbers(rates),
                Numbers(roundings),
                Numbers(rateRoundings),
                Numbers(peaks),
                positions[0],
                _resolution);
            var on = _layers[i].OnChannelsFirst();
            var mask = tensor([.. on.Select(one => one ? 1.0 : 0)], [1, on.Length], device: values.device);
            (values, rates) = (values.relu() * mask, rates * mask);
        }

        (_outputs, _rates) = (ChannelsLast(Numbers(values)), ChannelsLast(Numbers(rates)));
        _outputRoundings ??= [];
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
                // A cut this close to the position counts as being at it.
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

        double[] roundings = [.. Enumerable.Range(0, _outputs.Length).Select(unit => _outputRoundings[ChannelsLastPlace(unit)])];
        return new SweptLine(_network, _line, [.. _rowPositions], [.. _rowOutputs], roundings, _onAtStart, inside);
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
            Expect(layer);
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
                var values = reached[i].Values.AsSpan(row * reached[i].RowLength, reached[i].RowLength);
                values.CopyTo(crossing.Above.AsSpan(reached[i].PlaceOfRow(row)));
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

    // What has grown in a layer adds to the sums of magnitudes of the next.
    private void Expect(int layer)
    {
        var image = _network.Layers[layer].OutputShape;
        foreach (var (place, value, rate) in _layers[layer].TakeRaised())
        {
            foreach (var (more, areRates) in new[] { (value, false), (rate, true) })
            {
                if (more == 0)
                {
                    continue;
                }

                var reached = _magnitudes[layer + 1].Push(Patch.OfUnit(image, place, more));
                if (layer + 1 < _layers.Length)
                {
                    _layers[layer + 1].Expect(reached, LinePrecision.Rounding, areRates);
                }
                else if (!areRates)
                {
                    for (var row = 0; row < reached.Height; row++)
                    {
                        UnitSigns.Advance(
                            _outputRoundings.AsSpan(reached.PlaceOfRow(row), reached.RowLength),
                            reached.Values.AsSpan(row * reached.RowLength, reached.RowLength),
                            LinePrecision.Rounding);
                    }
                }
            }
        }
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
        var (channel, pixel) = Math.DivRem(unit, _outputShape.Height * _outputShape.Width);
        return (pixel * _outputShape.Channels) + channel;
    }

    private double[] ChannelsLast(double[] values) =>
        [.. Enumerable.Range(0, values.Length).Select(place => values[_outputShape.ChannelsFirst(place)])];

    private static double[] Numbers(Tensor tensor) => tensor.cpu().data<double>().ToArray();
}
