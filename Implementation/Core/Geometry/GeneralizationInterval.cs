using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Geometry;

/// <summary>
/// The generalization interval (intervals paper, equation 6): how far one can go from a point along a line, both ways, before the
/// network's class changes. A point has the class of its largest output, and none where two outputs tie for the largest.
/// </summary>
/// <remarks>
/// Lengths are in units of the direction. The line is looked at on a grid and the first change is then bracketed by bisection, so a
/// change that is undone between two neighbouring points of the grid goes unseen: what is found is never shorter than the interval,
/// apart from rounding and the width of the bisection, range/steps/2^halvings.
/// </remarks>
public static class GeneralizationInterval
{
    /// <summary>The length of the interval around each point: both rays together.</summary>
    /// <param name="network">R replicas.</param>
    /// <param name="points">[N, n_0] or [R, N, n_0].</param>
    /// <param name="directions">Of the points' shape.</param>
    /// <param name="backward">How far to look against the direction: 1 in the paper.</param>
    /// <param name="forward">How far to look along the direction: 2 in the paper.</param>
    /// <param name="steps">Steps of the grid on each ray.</param>
    /// <param name="halvings">Steps of the bisection.</param>
    /// <returns>[R, N], from 0 (a tie at the point itself) to backward + forward (no change seen).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, a range is not positive and finite, or there is no step.</exception>
    public static Tensor Of(FullyConnected network, Tensor points, Tensor directions, double backward, double forward, int steps, int halvings = 20)
    {
        using var scope = NewDisposeScope();
        return (Ray(network, points, directions, forward, steps, halvings) + Ray(network, points, -directions, backward, steps, halvings)).MoveToOuterDisposeScope();
    }

    /// <summary>The length of the interval on one side: sup{ε ≤ range: x + td has the class of x for 0 ≤ t ≤ ε}.</summary>
    /// <param name="network">R replicas.</param>
    /// <param name="points">[N, n_0] or [R, N, n_0].</param>
    /// <param name="directions">Of the points' shape.</param>
    /// <param name="range">How far to look.</param>
    /// <param name="steps">Steps of the grid.</param>
    /// <param name="halvings">Steps of the bisection.</param>
    /// <returns>[R, N].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, the range is not positive and finite, or there is no step.</exception>
    public static Tensor Ray(FullyConnected network, Tensor points, Tensor directions, double range, int steps, int halvings = 20)
    {
        if (!(range > 0 && double.IsFinite(range)) || steps < 1 || halvings < 0)
        {
            throw new ArgumentException($"a range of {range} in {steps} steps and {halvings} halvings cannot be looked at");
        }

        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var (starts, along) = (network.Spread(points), network.Spread(directions));
        if (!starts.shape.SequenceEqual(along.shape))
        {
            throw new ArgumentException($"directions of shape [{string.Join(", ", directions.shape)}] for points of shape [{string.Join(", ", points.shape)}]");
        }

        var outputs = network.Forward(starts);
        var own = outputs.argmax(-1, keepdim: true).eq(arange(0, network.Shape.Outputs, 1, int64, outputs.device));

        // Where the class at x + td is that of x: its output exceeds all others.
        Tensor Stable(Tensor t)
        {
            var there = network.Forward(starts + (t.unsqueeze(-1) * along));
            var others = there.masked_fill(own, double.NegativeInfinity).amax(-1);
            return there.where(own, zeros_like(there)).sum(-1).gt(others);
        }

        // alive is 1 until the first change is met; low is the last point before it, high the first point after it.
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
