using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Lines;

/// <summary>
/// Bounds on the rounding errors of a layer's pre-activations at the nodes of a <see cref="Refinement"/>:
/// <see cref="LinePrecision.Rounding"/> times the sum of the terms' magnitudes. At an old node that is |W|h + |b|. At a new one it is
/// at most the larger of the sums at the old nodes on either side, as h is convex between them, plus the columns that were taken from
/// the slope and put back at the cuts.
/// </summary>
internal sealed class RefinedRounding
{
    private readonly DenseLayer _layer;
    private readonly LineNodes _old;
    private readonly Refinement.Cut[][] _cuts;
    private readonly double[] _values;
    private readonly Refinement _refinement;
    private readonly double[] _biases;

    /// <param name="layer">|W| and |b|.</param>
    /// <param name="old">The nodes before.</param>
    /// <param name="cuts">What was cut.</param>
    /// <param name="values">Pre-activations of the layer before at the old nodes, [rows · in].</param>
    /// <param name="refinement">The nodes now.</param>
    internal RefinedRounding(DenseLayer layer, LineNodes old, Refinement.Cut[][] cuts, double[] values, Refinement refinement)
    {
        (_layer, _old, _cuts, _values, _refinement) = (layer, old, cuts, values, refinement);
        _biases = layer.Biases.cpu().data<double>().ToArray();
    }

    /// <summary>Sets pre-activations to 0 that are no larger than their rounding.</summary>
    /// <param name="refined">At the nodes now, [rows · out].</param>
    internal void Clear(double[] refined)
    {
        // A line's bound costs one product and finds what might be that small; the node's own sum decides.
        var (width, bounds) = (_layer.Outputs, OfLines());
        Parallel.For(0, _old.Lines, line =>
        {
            var bits = new ulong[UnitSigns.Words(width)];
            for (var row = _refinement.Nodes.Offsets[line]; row < _refinement.Nodes.Offsets[line + 1]; row++)
            {
                var values = refined.AsSpan(row * width, width);
                UnitSigns.AtMost(values, bounds.AsSpan(line * width, width), bits);
                foreach (var unit in UnitSigns.PlacesOf(bits))
                {
                    values[unit] = Math.Abs(values[unit]) > Of(line, row, unit, old => Summed(old, unit)) ? values[unit] : 0;
                }
            }
        });
    }

    /// <summary>Of every pre-activation, [rows · out].</summary>
    internal double[] All()
    {
        using var scope = NewDisposeScope();
        var (width, inputs) = (_layer.Outputs, _layer.Inputs);
        var activations = tensor(_values.AsSpan(0, _old.Rows * inputs).ToArray(), [_old.Rows, inputs], device: _layer.Biases.device).relu();
        var sums = _layer.Multiply(activations).cpu().data<double>().ToArray();
        var roundings = new double[_refinement.Nodes.Rows * width];
        Parallel.For(0, _old.Lines, line =>
        {
            for (var row = _refinement.Nodes.Offsets[line]; row < _refinement.Nodes.Offsets[line + 1]; row++)
            {
                for (var unit = 0; unit < width; unit++)
                {
                    roundings[(row * width) + unit] = Of(line, row, unit, old => sums[(old * width) + unit]);
                }
            }
        });
        return roundings;
    }

    private double Of(int line, int row, int unit, Func<int, double> summedAt)
    {
        var old = _refinement.Parents[row];
        var sum = summedAt(old);
        if (_refinement.Nodes.Positions[row] != _old.Positions[old])
        {
            sum = Math.Max(sum, summedAt(old + 1));
            foreach (var cut in Refinement.CutsAfter(_cuts[line], old))
            {
                sum += cut.Change * _layer.Weight(unit, cut.Unit);
            }
        }

        return LinePrecision.Rounding * (sum + _biases[unit]);
    }

    // (|W|h)_i at an old node.
    private double Summed(int row, int unit) => _layer.ProductOfPositive(unit, _values.AsSpan(row * _layer.Inputs, _layer.Inputs));

    // A bound on the sums of each line, [lines · out]: h and the change of a unit that switches are together at most three times the
    // largest pre-activation.
    private double[] OfLines()
    {
        using var scope = NewDisposeScope();
        var (lines, width) = (_old.Lines, _layer.Inputs);
        var largest = new double[lines * width];
        Parallel.For(0, lines, line =>
        {
            for (var row = _old.Offsets[line]; row < _old.Offsets[line + 1]; row++)
            {
                UnitSigns.RaiseToMagnitudes(largest.AsSpan(line * width, width), _values.AsSpan(row * width, width));
            }
        });
        var sums = _layer.Apply(tensor(largest, [lines, width], device: _layer.Biases.device) * 3.0);
        return (sums * LinePrecision.Rounding).cpu().data<double>().ToArray();
    }
}
