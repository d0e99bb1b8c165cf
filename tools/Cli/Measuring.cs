using Reproduce.Lines;
using Reproduce.Fixtures.Data;
using Reproduce.Geometry;
using Reproduce.Measures;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Cli;

/// <summary>What <c>reproduce measure</c> says of a point. Between the slopes lies the p-slope; they are equal where p has a closed form.</summary>
internal sealed record PointMeasures(double SlopeLower, double SlopeUpper, int? Class, double? Margin, double? GradientNorm);

/// <summary>What it says of a pair; the interval is null without classes.</summary>
internal sealed record PairMeasures(double FunctionVariation, double GradientVariation, long Pieces, double SlopeLower, double SlopeUpper, double Distance, Interval? Interval);

/// <summary>
/// How far from the first point along the pair's direction the class is kept, in units of the pair's distance; infinite where it is kept as far as was looked.
/// </summary>
internal sealed record Interval(double Backward, double Forward)
{
    /// <summary>How far is looked against the direction, as in the intervals paper.</summary>
    internal const double BackwardRange = 1;

    /// <summary>And along it.</summary>
    internal const double ForwardRange = 2;

    internal bool BackwardIsCapped => Backward > BackwardRange;

    internal bool ForwardIsCapped => Forward > ForwardRange;

    internal double CappedBackward => Math.Min(Backward, BackwardRange);

    internal double CappedForward => Math.Min(Forward, ForwardRange);

    internal double Total => CappedBackward + CappedForward;
}

/// <summary>Measures points and pairs part by part, so that memory stays bounded whatever their number.</summary>
internal sealed class Measuring(LayeredNetwork network, double p, CancellationToken cancellation)
{
    // Numbers in the Jacobians that are held at once.
    private const long PartSize = 1 << 21;
    private const int PairsAtOnce = 256;

    // Of a line that is swept every call for Jacobians walks all: few calls, with up to 1 GiB each.
    private const long JacobiansAtOnce = 512;
    private const long LargestPart = 1 << 27;

    private bool HasClasses => network.Outputs > 1;

    internal List<PointMeasures> Points(Inputs points, Action<double> progress)
    {
        var all = new List<PointMeasures>();
        foreach (var (first, count) in points.Parts(PartSize, (long)network.Outputs * Math.Max(network.Inputs, network.Widest)))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var rows = points.Rows(first, count);
            var (outputs, jacobians) = (network.Forward(rows), Jacobian.ByLayers(network, rows));
            RequireFinite(points, first, outputs);
            RequireFinite(points, first, jacobians);
            var (lower, upper) = MatrixNorm.Enclose(jacobians, p);
            var norms = HasClasses ? null : Numbers(Norms(jacobians.flatten(-2, -1)));
            var (lowers, uppers, numbers) = (Numbers(lower), Numbers(upper), Numbers(outputs));
            for (var i = 0; i < count; i++)
            {
                var (leader, margin) = HasClasses ? Leader(numbers.AsSpan(i * network.Outputs, network.Outputs)) : (null, null);
                RequireFinite(points, first + i, lowers[i], uppers[i], margin ?? 0, norms?[i] ?? 0);
                all.Add(new PointMeasures(lowers[i], uppers[i], leader, margin, norms?[i]));
            }

            progress((double)all.Count / points.Count);
        }

        return all;
    }

    internal List<PairMeasures> Pairs(Inputs pairs, Action<double> progress)
    {
        var all = new List<PairMeasures>();
        using var decomposition = new LineDecomposition(network);
        double[] positions = HasClasses ? [-Interval.BackwardRange, 0, 1, Interval.ForwardRange] : [0, 1];
        foreach (var (first, count) in pairs.Parts(PartSize, Math.Max(PartSize / PairsAtOnce, 2L * network.Inputs)))
        {
            using var scope = NewDisposeScope();
            var rows = pairs.Rows(first, count);
            var start = rows.select(1, 0);
            var direction = rows.select(1, 1) - start;
            RequireFinite(pairs, first, direction);
            RequireFinite(pairs, first, network.Forward(start));
            var stretch = HasClasses ? new ExactInterval(network, start) : null;
            var (function, gradient, kinks) = (new double[count], new double[count], new long[count]);
            var (lowers, uppers) = (new double[count], new double[count]);
            foreach (var pieces in decomposition.Of(start, direction, positions))
            {
                cancellation.ThrowIfCancellationRequested();
                if (!pieces.Outputs.All(double.IsFinite))
                {
                    throw TooLarge(pairs, first + pieces.Lines[0]);
                }

                AlongLines.AddFunctionVariation(pieces, 0, 1, function);
                AlongLines.AddGradientVariation(pieces, 0, 1, gradient);
                AlongLines.AddKinks(pieces, 0, 1, kinks);
                try
                {
                    RaiseSlopes(pieces, lowers, uppers);
                }
                catch (ArgumentException)
                {
                    // Outputs may be finite where a Jacobian is not; no norm is defined then.
                    throw TooLarge(pairs, first + FirstNotFinite(pieces));
                }

                stretch?.Add(pieces);
                progress((first + pieces.Lines[^1]) / (double)pairs.Count);
            }

            var (backward, forward, distances) = (stretch?.Backward, stretch?.Forward, Numbers(Norms(direction)));
            for (var i = 0; i < count; i++)
            {
                RequireFinite(pairs, first + i, function[i], gradient[i], lowers[i], uppers[i], distances[i]);
                all.Add(new PairMeasures(function[i], gradient[i], kinks[i] + 1, lowers[i], uppers[i], distances[i], stretch is null ? null : new Interval(backward![i], forward![i])));
            }
        }

        progress(1);
        return all;
    }

    /// <summary>WP, which is defined for two fully connected layers and one output only.</summary>
    internal double? WeightsProduct()
    {
        if (HasClasses || network.Layers is not [DenseLayer first, DenseLayer second])
        {
            return null;
        }

        using var scope = NewDisposeScope();
        using var replica = new FullyConnected([first.Weights.unsqueeze(0), second.Weights.unsqueeze(0)], [zeros([1, first.Outputs], float64), zeros([1, 1], float64)]);
        return Reproduce.Measures.WeightsProduct.Of(replica).item<double>();
    }

    // Only pieces of the segment itself: the ones beyond are there for the interval.
    private void RaiseSlopes(LinePieces pieces, double[] lowers, double[] uppers)
    {
        cancellation.ThrowIfCancellationRequested();
        if (p is 1 or 2 or double.PositiveInfinity)
        {
            AlongLines.RaiseSlope(pieces, p, 0, 1, lowers);
            lowers.CopyTo(uppers, 0);
            return;
        }

        int[] inside = [.. Enumerable.Range(0, pieces.Rows).Where(row => pieces.BeginsPiece(row) && pieces.Positions[row] >= 0 && pieces.Positions[row + 1] <= 1)];
        var perPiece = (long)network.Outputs * Math.Max(network.Inputs, network.Widest);
        foreach (var rows in inside.Chunk((int)Math.Max(1, Math.Clamp(JacobiansAtOnce, PartSize / perPiece, LargestPart / perPiece))))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (lower, upper) = MatrixNorm.Enclose(pieces.Jacobians(rows), p);
            foreach (var (row, low, high) in rows.Zip(Numbers(lower), Numbers(upper)))
            {
                var line = pieces.Lines[row];
                (lowers[line], uppers[line]) = (Math.Max(lowers[line], low), Math.Max(uppers[line], high));
            }
        }
    }

    // The line with the first Jacobian that is not finite; a block of several lines is small.
    private static long FirstNotFinite(LinePieces pieces)
    {
        foreach (var line in Enumerable.Range(0, pieces.Rows).Where(pieces.BeginsPiece).GroupBy(row => pieces.Lines[row]))
        {
            using var scope = NewDisposeScope();
            if (line.Key == pieces.Lines[^1] || !pieces.Jacobians([.. line]).isfinite().all().item<bool>())
            {
                return line.Key;
            }
        }

        return pieces.Lines[^1];
    }

    // The Euclidean norms of rows, of which the squares may exceed float64 or vanish.
    private static Tensor Norms(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var largest = rows.abs().amax(-1).unsqueeze(-1);
        var scale = largest.where(largest.gt(0.0), ones_like(largest));
        return ((rows / scale).square().sum(-1).sqrt() * scale.squeeze(-1)).MoveToOuterDisposeScope();
    }

    // The class is the largest output, and none where two tie for the largest; the margin is to the second largest.
    private static (int? Class, double? Margin) Leader(ReadOnlySpan<double> outputs)
    {
        var (best, second) = (0, double.NegativeInfinity);
        for (var i = 1; i < outputs.Length; i++)
        {
            (best, second) = outputs[i] > outputs[best] ? (i, outputs[best]) : (best, Math.Max(second, outputs[i]));
        }

        var margin = outputs[best] - second;
        return (margin > 0 ? best : null, margin);
    }

    private static double[] Numbers(Tensor tensor) => tensor.cpu().data<double>().ToArray();

    private static void RequireFinite(Inputs inputs, long first, Tensor rows)
    {
        if (Array.FindIndex(Numbers(rows), number => !double.IsFinite(number)) is >= 0 and var wrong)
        {
            throw TooLarge(inputs, first + (wrong / (rows.numel() / rows.size(0))));
        }
    }

    private static void RequireFinite(Inputs inputs, long row, params ReadOnlySpan<double> numbers)
    {
        foreach (var number in numbers)
        {
            if (!double.IsFinite(number))
            {
                throw TooLarge(inputs, row);
            }
        }
    }

    private static DataException TooLarge(Inputs inputs, long row) =>
        new(inputs.Path, $"at {(inputs.ArePairs ? "pair" : "point")} {row} (counted from 0) the network's numbers exceed float64", "Scale the points, or check the network's weights.");
}
