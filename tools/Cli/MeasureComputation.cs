using Reproduce.Lines;
using Reproduce.Fixtures.Data;
using Reproduce.Geometry;
using Reproduce.Measures;
using Reproduce.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Cli;

/// <summary>
/// What <c>reproduce measure</c> says of a point. Between the slopes lies the p-slope; they are equal where p has a closed form.
/// </summary>
internal sealed record PointMeasures(double SlopeLower, double SlopeUpper, int? Class, double? Margin, double? GradientNorm);

/// <summary>What it says of a pair; the interval is null without classes.</summary>
internal sealed record PairMeasures(
    double FunctionVariation,
    double GradientVariation,
    long Pieces,
    double SlopeLower,
    double SlopeUpper,
    double Distance,
    Interval? Interval);

/// <summary>
/// How far from the first point along the pair's direction the class is kept, in units of the pair's distance; infinite where it is kept as
/// far as was looked.
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
/// <remarks>
/// What is measured is the network over a power of two (<see cref="LayeredNetwork.Normalised"/>), so that neither products of many small or
/// large weights nor squares leave float64 on the way; results are multiplied back, and refused where float64 cannot hold them.
/// </remarks>
internal sealed class MeasureComputation : IDisposable
{
    // Numbers in the Jacobians that are held at once.
    private const long PartSize = 1 << 21;
    private const int PairsAtOnce = 256;

    // Of a line that is swept every call for Jacobians walks all: few calls, with up to 1 GiB each.
    private const long JacobiansAtOnce = 512;
    private const long LargestPart = 1 << 27;

    private readonly LayeredNetwork _given;
    private readonly LayeredNetwork _network;
    private readonly int _exponent;
    private readonly MeasureChecks _checks;
    private readonly double _p;
    private readonly CancellationToken _cancellation;

    /// <param name="network">In float64; it must outlive this.</param>
    /// <param name="p">Of the slopes.</param>
    /// <param name="cancellation">Looked at between parts.</param>
    internal MeasureComputation(LayeredNetwork network, double p, CancellationToken cancellation)
    {
        (_given, _p, _cancellation) = (network, p, cancellation);
        (_network, _exponent) = network.Normalised();
        _checks = new MeasureChecks(_network);
    }

    private bool HasClasses => _network.Outputs > 1;

    public void Dispose()
    {
        _checks.Dispose();
        if (_network != _given)
        {
            _network.Dispose();
        }
    }

    internal List<PointMeasures> Points(Inputs points, Action<double> progress)
    {
        var all = new List<PointMeasures>();
        foreach (var (first, count) in points.Parts(PartSize, (long)_network.Outputs * Math.Max(_network.Inputs, _network.Widest)))
        {
            _cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var rows = points.Rows(first, count);
            var (outputs, jacobians) = (_network.Forward(rows), Jacobian.ByLayers(_network, rows));
            RequireFinite(points, first, outputs);
            RequireFinite(points, first, jacobians);
            var (lower, upper) = MatrixNorm.Enclose(jacobians, _p);
            var norms = HasClasses ? null : Numbers(ScaledNorm.OfRows(jacobians.flatten(-2, -1)));
            var (lowers, uppers, numbers) = (Numbers(lower), Numbers(upper), Numbers(outputs));
            for (var i = 0; i < count; i++)
            {
                var (leader, margin) = HasClasses ? Leader(numbers.AsSpan(i * _network.Outputs, _network.Outputs)) : (null, null);
                double Back(double number) => MultipliedBack(number, points, first + i);
                all.Add(new PointMeasures(
                    Back(lowers[i]),
                    Back(uppers[i]),
                    leader,
                    margin is { } lead ? Back(lead) : null,
                    norms is null ? null : Back(norms[i])));
            }

            progress((double)all.Count / points.Count);
        }

        return all;
    }

    internal List<PairMeasures> Pairs(Inputs pairs, Action<double> progress)
    {
        var all = new List<PairMeasures>();
        using var decomposition = new LineDecomposition(_network);
        foreach (var (first, count) in pairs.Parts(PartSize, Math.Max(PartSize / PairsAtOnce, 2L * _network.Inputs)))
        {
            using var scope = NewDisposeScope();
            var rows = pairs.Rows(first, count);
            var start = rows.select(1, 0);
            var direction = rows.select(1, 1) - start;
            RequireFinite(pairs, first, direction);
            RequireFinite(pairs, first, _network.Forward(start));
            var (function, gradient, kinks) = (new double[count], new double[count], new long[count]);
            var (lowers, uppers, rates) = (new double[count], new double[count], new double[count]);
            foreach (var pieces in Walked(0, 1))
            {
                AlongLines.AddFunctionVariation(pieces, direction, 0, 1, function);
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

                AlongLines.AddRates(pieces, rates);
                progress((first + pieces.Lines[^1]) / (double)pairs.Count);
            }

            // By itself, since slopes and jumps of the pieces beyond the segment, most of the work, are not asked for.
            var interval = HasClasses ? new ExactInterval(_network, start) : null;
            if (interval is not null)
            {
                foreach (var pieces in Walked(-Interval.BackwardRange, 0, 1, Interval.ForwardRange))
                {
                    interval.Add(pieces);
                }
            }

            IEnumerable<LinePieces> Walked(params double[] positions)
            {
                foreach (var pieces in decomposition.Of(start, direction, positions))
                {
                    _cancellation.ThrowIfCancellationRequested();
                    if (!pieces.Products.All(double.IsFinite))
                    {
                        throw TooLarge(pairs, first + pieces.Lines[0]);
                    }

                    _checks.RequireAgreement(pairs, first, start, direction, pieces, PartSize);
                    yield return pieces;
                }
            }

            var (backward, forward, distances) = (interval?.Backward, interval?.Forward, Numbers(ScaledNorm.OfRows(direction)));
            for (var i = 0; i < count; i++)
            {
                double Back(double number) => MultipliedBack(number, pairs, first + i);
                if (!double.IsFinite(distances[i]))
                {
                    throw TooLarge(pairs, first + i);
                }

                MeasureChecks.RequireLipschitz(pairs.Path, first + i, _p, function[i], uppers[i], distances[i]);
                MeasureChecks.RequirePrecise(pairs.Path, first + i, function[i], rates[i]);
                all.Add(new PairMeasures(
                    Back(function[i]),
                    Back(gradient[i]),
                    kinks[i] + 1,
                    Back(lowers[i]),
                    Back(uppers[i]),
                    distances[i],
                    interval is null ? null : new Interval(backward![i], forward![i])));
            }
        }

        progress(1);
        return all;
    }

    /// <summary>WP, which is defined for two fully connected layers and one output only.</summary>
    /// <exception cref="DataException">It does not fit float64.</exception>
    internal double? WeightsProduct(string file)
    {
        if (HasClasses || _network.Layers is not [DenseLayer first, DenseLayer second])
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var product = (second.Weights.flatten().abs() * ScaledNorm.OfRows(first.Weights)).sum().item<double>();
        return Representable(product)
            ?? throw new DataException(file, "its weights product does not fit float64", "Check the network's weights.");
    }

    private double MultipliedBack(double number, Inputs inputs, long row) => Representable(number) ?? throw TooLarge(inputs, row);

    // Null where the number times the network's power of two is no normal number.
    private double? Representable(double number)
    {
        var result = Math.ScaleB(number, _exponent);
        return number == 0 || double.IsNormal(result) ? result : null;
    }

    private void RaiseSlopes(LinePieces pieces, double[] lowers, double[] uppers)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_p is 1 or 2 or double.PositiveInfinity)
        {
            AlongLines.RaiseSlope(pieces, _p, 0, 1, lowers);
            lowers.CopyTo(uppers, 0);
            return;
        }

        var all = Enumerable.Range(0, pieces.Rows).Where(pieces.BeginsPiece);
        var perPiece = (long)_network.Outputs * Math.Max(_network.Inputs, _network.Widest);
        foreach (var rows in all.Chunk((int)Math.Max(1, Math.Clamp(JacobiansAtOnce, PartSize / perPiece, LargestPart / perPiece))))
        {
            _cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (lower, upper) = MatrixNorm.Enclose(pieces.Jacobians(rows), _p);
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

    private static DataException TooLarge(Inputs inputs, long row) =>
        new(
            inputs.Path,
            $"at {(inputs.ArePairs ? "pair" : "point")} {row} (counted from 0) the network's numbers do not fit float64",
            "Scale the points, or check the network's weights.");
}
