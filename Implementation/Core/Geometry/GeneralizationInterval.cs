using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>
/// The generalization interval (intervals paper, equation 6): how far one can go from a point along a line, in both directions, before the
/// class that the network predicts changes. The class of a point is that of its largest output; where two outputs tie it has none.
/// </summary>
/// <remarks>
/// Lengths are in units of the direction. The line is sampled on a grid and the first change is then bracketed by bisection. A change that
/// is undone between two neighbouring grid points is missed, so the result is never shorter than the interval, apart from rounding and the
/// width of the last bracket, range/steps/2^halvings.
/// </remarks>
public static class GeneralizationInterval
{
    /// <summary>The length of the interval around each point, the sum over both rays.</summary>
    /// <param name="network">R replicas.</param>
    /// <param name="points">[N, n_0] or [R, N, n_0].</param>
    /// <param name="directions">Of the points' shape.</param>
    /// <param name="backward">The range against the direction: 1 in the paper.</param>
    /// <param name="forward">The range along the direction: 2 in the paper.</param>
    /// <param name="steps">Steps of the grid on each ray.</param>
    /// <param name="halvings">Steps of the bisection.</param>
    /// <returns>[R, N], from 0 (a tie at the point itself) to backward + forward (no change found).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, a range is not positive and finite, or there is no step.</exception>
    public static Tensor Of(
        FullyConnected network, Tensor points, Tensor directions, double backward, double forward, int steps, int halvings = 20)
    {
        using var scope = NewDisposeScope();
        var ahead = Ray(network, points, directions, forward, steps, halvings);
        var behind = Ray(network, points, -directions, backward, steps, halvings);
        return (ahead + behind).MoveToOuterDisposeScope();
    }

    /// <summary>The length of the interval on one side: sup{ε ≤ range: x + td has the class of x for 0 ≤ t ≤ ε}.</summary>
    /// <param name="network">R replicas.</param>
    /// <param name="points">[N, n_0] or [R, N, n_0].</param>
    /// <param name="directions">Of the points' shape.</param>
    /// <param name="range">The largest ε.</param>
    /// <param name="steps">Steps of the grid.</param>
    /// <param name="halvings">Steps of the bisection.</param>
    /// <returns>[R, N].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, the range is not positive and finite, or there is no step.</exception>
    public static Tensor Ray(FullyConnected network, Tensor points, Tensor directions, double range, int steps, int halvings = 20)
    {
        if (!(range > 0 && double.IsFinite(range)) || steps < 1 || halvings < 0)
        {
            throw new ArgumentException(
                $"the range must be positive and finite, with at least 1 step and 0 halvings, not {range}, {steps} and {halvings}");
        }

        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var (starts, along) = (network.Spread(points), network.Spread(directions));
        if (!starts.shape.SequenceEqual(along.shape))
        {
            throw new ArgumentException(
                $"directions [{string.Join(", ", directions.shape)}] must have the shape of points [{string.Join(", ", points.shape)}]");
        }

        var outputs = network.Forward(starts);
        var own = outputs.argmax(-1, keepdim: true).eq(arange(0, network.Shape.Outputs, 1, int64, outputs.device));

        // Whether x + td has the class of x: its output exceeds all others.
        Tensor Stable(Tensor t)
        {
            var there = network.Forward(starts + (t.unsqueeze(-1) * along));
            var others = there.masked_fill(own, double.NegativeInfinity).amax(-1);
            return there.where(own, zeros_like(there)).sum(-1).gt(others);
        }

        // alive is 1 up to the first change; low is the last grid point before it, high the first after it.
        var low = zeros_like(outputs.select(-1, 0));
        var alive = Stable(low).to_type(low.dtype);
        var high = low;
        for (var k = 1; k <= steps; k++)
        {
            using var step = NewDisposeScope();
            var t = full(low.shape, range * k / steps, low.dtype, low.device);
            high = t.where(alive.gt(0.0), high).MoveToOuterDisposeScope();
            alive = (alive * Stable(t).to_type(low.dtype)).MoveToOuterDisposeScope();
            low = t.where(alive.gt(0.0), low).MoveToOuterDisposeScope();
        }

        for (var i = 0; i < halvings; i++)
        {
            using var step = NewDisposeScope();
            var middle = (low + high) / 2.0;
            var stable = Stable(middle);
            (low, high) = (middle.where(stable, low).MoveToOuterDisposeScope(), high.where(stable, middle).MoveToOuterDisposeScope());
        }

        return low.MoveToOuterDisposeScope();
    }
}
