using Reproduce.Geometry;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Lines;

/// <summary>
/// One line of any network. Where a unit switches, the Jacobian changes by the outer product of ∂f/∂h of its activation, known from the
/// sweep, and ∂z/∂x of its pre-activation, which is followed back through the units that are on.
/// </summary>
internal sealed class SweptLine : LinePieces
{
    private readonly LayeredNetwork _network;
    private readonly bool[][] _onAtStart;
    private readonly IReadOnlyList<(int Row, bool IsAlone, Crossing[] Crossings)> _nodes;

    // onAtStart: the units of each hidden layer on the first piece, channels last; crossings: in order of rows.
    internal SweptLine(
        LayeredNetwork network,
        long line,
        double[] positions,
        double[] products,
        double[] roundings,
        bool[][] onAtStart,
        IReadOnlyList<Crossing> crossings)
        : base(
            network,
            [.. Enumerable.Repeat(line, positions.Length)],
            positions,
            products,
            [.. Enumerable.Repeat(roundings, positions.Length).SelectMany(all => all)])
    {
        (_network, _onAtStart) = (network, onAtStart);
        _nodes = [.. crossings.GroupBy(one => one.Row).Select(node => (node.Key, node.Count() == 1, Switched(node)))];
        Switches =
        [
            .. _nodes.SelectMany(node => node.Crossings
                .Select(one => new Switch(node.Row, one.Layer, network.Layers[one.Layer].OutputShape.ChannelsFirst(one.Place)))
                .OrderBy(one => (one.Layer, one.Unit))),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Switch> Switches { get; }

    /// <inheritdoc/>
    public override double[] Jumps()
    {
        var jumps = new double[Rows];
        foreach (var (row, changes) in JacobianChanges())
        {
            // ‖Σ ± b aᵀ‖² = Σ Σ ± ⟨b, b'⟩⟨a, a'⟩, relative to the largest entries of b and of a.
            var (above, below) = (Scale(changes.Select(one => one.Above)), Scale(changes.Select(one => one.Below)));
            var square = 0.0;
            foreach (var one in changes)
            {
                foreach (var other in changes)
                {
                    square += one.Sign * other.Sign * Dot(one.Above, other.Above, above) * Dot(one.Below, other.Below, below);
                }
            }

            jumps[row] = Math.Sqrt(Math.Max(0, square)) * above * below;
        }

        return jumps;
    }

    /// <inheritdoc/>
    public override double[] Slopes(double p)
    {
        var slopes = new double[Rows];
        Along((row, jacobian) => slopes[row] = MatrixNorm.Of(jacobian, p).item<double>());
        return slopes;
    }

    private protected override Tensor JacobiansFrom(int[] rows)
    {
        using var scope = NewDisposeScope();
        var (asked, wanted) = (rows.ToHashSet(), new Dictionary<int, Tensor>());
        Along((row, jacobian) =>
        {
            if (asked.Contains(row))
            {
                wanted[row] = jacobian.clone().MoveToOuterDisposeScope();
            }
        });
        return stack(rows.Select(row => wanted[row])).MoveToOuterDisposeScope();
    }

    // A unit that switches and switches back at one node has not switched.
    private static Crossing[] Switched(IEnumerable<Crossing> node) =>
        [.. node.GroupBy(one => (one.Layer, one.Place)).Where(unit => unit.Count() % 2 == 1).Select(unit => unit.Last())];

    // The Jacobian of every piece in turn: that of the first, and what each switch adds.
    private void Along(Action<int, Tensor> look)
    {
        var (outputs, inputs) = (OutputCount, _network.Inputs);
        var jacobian = new double[outputs * inputs];
        var image = Image(_network.Layers.Count);
        for (var output = 0; output < outputs; output++)
        {
            var unit = Enumerable.Range(0, outputs).First(place => image.ChannelsFirst(place) == output);
            Below(_network.Layers.Count - 1, Patch.OfUnit(image, unit, 1), _onAtStart).CopyTo(jacobian.AsSpan(output * inputs));
        }

        var next = JacobianChanges().GetEnumerator();
        var more = next.MoveNext();
        for (var row = 0; row < Rows - 1; row++)
        {
            using var scope = NewDisposeScope();
            if (more && next.Current.Row == row)
            {
                foreach (var (sign, above, below) in next.Current.Changes)
                {
                    for (var i = 0; i < outputs; i++)
                    {
                        for (var k = 0; k < inputs; k++)
                        {
                            jacobian[(i * inputs) + k] += sign * above[i] * below[k];
                        }
                    }
                }

                more = next.MoveNext();
            }

            look(row, tensor(jacobian, [outputs, inputs], device: CPU));
        }
    }

    // What the units that switch at each row add to the Jacobian, rows ascending: lower layers have switched already, higher ones not yet.
    private IEnumerable<(int Row, IReadOnlyList<JacobianChange> Changes)> JacobianChanges()
    {
        var on = _onAtStart.Select(layer => (bool[])layer.Clone()).ToArray();
        foreach (var (row, isAlone, crossings) in _nodes)
        {
            // A unit that switches alone met the layers above as the sweep had them.
            var above = Array.ConvertAll(crossings, one => isAlone ? one.Above : Above(one, on));
            foreach (var one in crossings)
            {
                on[one.Layer][one.Place] = one.IsOn;
            }

            var changes = new JacobianChange[crossings.Length];
            Parallel.For(0, crossings.Length, i =>
            {
                var one = crossings[i];
                var below = Below(one.Layer, Patch.OfUnit(Image(one.Layer + 1), one.Place, 1), on);
                changes[i] = new JacobianChange(one.IsOn ? 1 : -1, ChannelsFirst(above[i]), below);
            });
            yield return (row, changes);
        }
    }

    // ∂f/∂h of a unit's activation, channels last.
    private double[] Above(Crossing crossing, bool[][] on)
    {
        var reach = Patch.OfUnit(Image(crossing.Layer + 1), crossing.Place, 1);
        for (var i = crossing.Layer + 1; i < _network.Layers.Count; i++)
        {
            reach = _network.Layers[i].Push(reach);
            if (i < on.Length)
            {
                Mask(reach, on[i]);
            }
        }

        var all = new double[OutputCount];
        for (var row = 0; row < reach.Height; row++)
        {
            reach.Values.AsSpan(row * reach.RowLength, reach.RowLength).CopyTo(all.AsSpan(reach.PlaceOfRow(row)));
        }

        return all;
    }

    private static void Mask(Patch patch, bool[] on)
    {
        for (var row = 0; row < patch.Height; row++)
        {
            var values = patch.Values.AsSpan(row * patch.RowLength, patch.RowLength);
            var mask = on.AsSpan(patch.PlaceOfRow(row), values.Length);
            for (var k = 0; k < values.Length; k++)
            {
                values[k] = mask[k] ? values[k] : 0;
            }
        }
    }

    private double[] ChannelsFirst(double[] above)
    {
        var (image, result) = (Image(_network.Layers.Count), new double[above.Length]);
        for (var place = 0; place < above.Length; place++)
        {
            result[image.ChannelsFirst(place)] = above[place];
        }

        return result;
    }

    // A gradient with respect to a layer's outputs, followed back to the inputs, [n_0], channels first.
    private double[] Below(int layer, Patch gradient, bool[][] on)
    {
        for (var i = layer; i > 0; i--)
        {
            gradient = _network.Layers[i].Pull(gradient, Image(i));
            Mask(gradient, on[i - 1]);
        }

        gradient = _network.Layers[0].Pull(gradient, Image(0));
        var inputs = new double[_network.Inputs];
        for (var row = 0; row < gradient.Height; row++)
        {
            for (var k = 0; k < gradient.RowLength; k++)
            {
                inputs[gradient.Image.ChannelsFirst(gradient.PlaceOfRow(row) + k)] = gradient.Values[(row * gradient.RowLength) + k];
            }
        }

        return inputs;
    }

    // The input of a layer, counted from 0; beyond the last layer, the outputs.
    private ImageShape Image(int layer) => layer > 0 ? _network.Layers[layer - 1].OutputShape : _network.Layers[0].InputShape;

    private static double Scale(IEnumerable<double[]> vectors) => ScaledNorm.Scale(vectors.Max(one => one.Max(Math.Abs)));

    private static double Dot(double[] one, double[] other, double scale)
    {
        var sum = 0.0;
        for (var i = 0; i < one.Length; i++)
        {
            sum += one[i] / scale * (other[i] / scale);
        }

        return sum;
    }

    private readonly record struct JacobianChange(int Sign, double[] Above, double[] Below);
}
