using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Foundations.Core.Lines;

/// <summary>Compares what the library finds on a line with the walk, each number within what <see cref="WalkedLine"/> allows.</summary>
internal static class LineAgreement
{
    /// <summary>What is not as it should be, in words; empty where all is.</summary>
    /// <param name="walked">The reference.</param>
    /// <param name="found">The library's lines.</param>
    /// <param name="line">Which of them.</param>
    /// <param name="from">Where the sums begin.</param>
    /// <param name="to">Where they end.</param>
    internal static IEnumerable<string> Differences(WalkedLine walked, EngineLines found, int line, double from, double to)
    {
        var nodes = found.Lines[line];
        foreach (var position in walked.Given.Where(position => nodes.All(node => node.Position != position)))
        {
            yield return $"{position} is no node";
        }

        for (var i = 0; i < nodes.Count; i++)
        {
            if (i > 0 && nodes[i].Position <= nodes[i - 1].Position)
            {
                yield return $"node {i} at {nodes[i].Position} follows {nodes[i - 1].Position}";
                yield break;
            }

            var t = Rational.Of(nodes[i].Position);
            var outputs = walked.Pieces[walked.PieceAt(t)].Outputs(t);
            for (var output = 0; output < outputs.Length; output++)
            {
                if (Off(nodes[i].Outputs[output], outputs[output], walked.OutputRounding[output]) is { } off)
                {
                    yield return $"output {output} at t = {nodes[i].Position}: {off}";
                }
            }
        }

        // Each step is off by what its two ends are, and a kink that is off cuts its corner by no more.
        var largest = walked.OutputRounding.Max() * Math.Sqrt(walked.Network.Outputs);
        var (exactFrom, exactTo) = (Rational.Of(from), Rational.Of(to));
        var allowed = 4 * (nodes.Count + 1) * largest;
        if (Off(found.Totals.Function[line], walked.FunctionVariation(exactFrom, exactTo), allowed) is { } variation)
        {
            yield return $"variation of f: {variation}";
        }

        if (walked.IsClear)
        {
            foreach (var difference in Structure(walked, found, line, exactFrom, exactTo))
            {
                yield return difference;
            }
        }
    }

    private static IEnumerable<string> Structure(WalkedLine walked, EngineLines found, int line, Rational from, Rational to)
    {
        var nodes = found.Lines[line];
        int[] pieces =
        [
            .. nodes.Zip(nodes.Skip(1), (one, next) => walked.PieceAt((Rational.Of(one.Position) + Rational.Of(next.Position)) / 2)),
        ];
        for (var i = 0; i < walked.Pieces.Count; i++)
        {
            if (!pieces.Contains(i) && (walked.Pieces[i].End - walked.Pieces[i].Start).ToDouble() > walked.Resolution)
            {
                yield return $"the piece from {walked.Pieces[i].Start.ToDouble()} to {walked.Pieces[i].End.ToDouble()} is missed";
            }
        }

        var product = walked.MagnitudeProduct;
        for (var i = 0; i < pieces.Length; i++)
        {
            var jacobian = walked.Jacobians[pieces[i]].Cast<Rational>();
            foreach (var (entry, exact, size) in nodes[i].Jacobian!.Zip(jacobian, product.Cast<double>()))
            {
                if (Off(entry, exact, walked.JacobianRounding * size) is { } off)
                {
                    yield return $"Jacobian after t = {nodes[i].Position}: {off}";
                }
            }

            var left = i > 0 ? pieces[i - 1] : pieces[i];
            if (Off(nodes[i].Jump, walked.Jump(left, pieces[i]), walked.JumpRounding) is { } jump)
            {
                yield return $"jump at t = {nodes[i].Position}: {jump}";
            }

            var (before, after) = (walked.Pieces[left].On, walked.Pieces[pieces[i]].On);
            var switches = Enumerable.Range(0, after.Length).SelectMany(layer => Enumerable.Range(0, after[layer].Length)
                .Where(unit => before[layer][unit] != after[layer][unit])
                .Select(unit => (layer, unit)));
            if (!switches.SequenceEqual(nodes[i].Switches))
            {
                yield return $"at t = {nodes[i].Position} switch {string.Join(' ', nodes[i].Switches)} "
                    + $"and not {string.Join(' ', switches)}";
            }
        }

        if (nodes[^1].Jump != 0 || nodes[^1].Switches.Length > 0 || nodes[^1].Jacobian is not null)
        {
            yield return "something begins at the line's end";
        }

        if (walked.Merged > 0)
        {
            yield break;
        }

        var kinks = walked.Kinks.Count(kink => kink > from && kink < to);
        if (found.Totals.Kinks[line] != kinks)
        {
            yield return $"{found.Totals.Kinks[line]} kinks and not {kinks}";
        }

        if (Off(found.Totals.Gradient[line], walked.GradientVariation(from, to), (kinks + 1) * walked.JumpRounding) is { } gradient)
        {
            yield return $"variation of the gradient: {gradient}";
        }

        var inside = Enumerable.Range(0, walked.Pieces.Count)
            .Where(i => walked.Pieces[i].Start < to && walked.Pieces[i].End > from)
            .Select(i => walked.Jacobians[i])
            .ToList();
        if (Off(found.Totals.RowSlope[line], inside.Select(RowNorm).Max(), 2 * walked.JacobianRounding * RowNorm(product)) is { } rows)
        {
            yield return $"slope in ∞: {rows}";
        }

        var columnSlope = inside.Select(one => RowNorm(Arrays.Transpose(one))).Max();
        var columnRounding = 2 * walked.JacobianRounding * RowNorm(Arrays.Transpose(product));
        if (Off(found.Totals.ColumnSlope[line], columnSlope, columnRounding) is { } columns)
        {
            yield return $"slope in 1: {columns}";
        }

        // Squared, so that a slope of 0 needs no care: the Gram matrix is off by its rounding, and an eigenvalue by no more than the
        // Frobenius norm of that.
        if (walked.Network.Outputs <= 2)
        {
            var norms = walked.Network.Weights.Select(weights => Math.Sqrt(weights.Cast<double>().Sum(value => value * value)));
            var scale = Math.Pow(norms.Aggregate(1.0, (all, norm) => all * norm), 2);
            var slope = inside.Max(SquareOfSpectralNorm);
            var roundings = (8 * walked.JacobianRounding) + ((16 * walked.Network.Weights[0].Length + 64) * Math.ScaleB(1, -53));
            if (!(Math.Abs((found.Totals.EuclideanSlope[line] * found.Totals.EuclideanSlope[line]) - slope) <= roundings * scale))
            {
                yield return $"slope in 2: {found.Totals.EuclideanSlope[line]} and not {Math.Sqrt(slope)}";
            }
        }
    }

    private static string? Off(double found, Rational exact, double allowed) =>
        Off((Rational.Of(found) - exact).ToDouble(), found, exact.ToDouble(), allowed);

    private static string? Off(double found, double exact, double allowed) =>
        Off(found - exact, found, exact, allowed + (Math.ScaleB(1, -50) * Math.Abs(exact)));

    private static string? Off(double difference, double found, double exact, double allowed) =>
        Math.Abs(difference) <= allowed ? null : $"{found:G17} and not {exact:G17}, off by {difference:G3} where {allowed:G3} is allowed";

    private static Rational RowNorm(Rational[,] matrix) =>
        Enumerable.Range(0, matrix.GetLength(0)).Select(row => Rational.Sum(Arrays.Row(matrix, row).Select(Rational.Abs))).Max();

    private static double RowNorm(double[,] matrix) =>
        Enumerable.Range(0, matrix.GetLength(0)).Max(row => Arrays.Row(matrix, row).Sum(Math.Abs));

    // One or two rows: the larger root of the characteristic polynomial of their Gram matrix.
    private static double SquareOfSpectralNorm(Rational[,] jacobian)
    {
        var rows = Enumerable.Range(0, jacobian.GetLength(0)).Select(row => Arrays.Row(jacobian, row)).ToArray();
        var first = Arrays.Dot(rows[0], rows[0]);
        if (rows.Length == 1)
        {
            return first.ToDouble();
        }

        var (second, mixed) = (Arrays.Dot(rows[1], rows[1]), Arrays.Dot(rows[0], rows[1]));
        return ((first + second).ToDouble() + WalkedLine.Root(((first - second) * (first - second)) + (4 * mixed * mixed))) / 2;
    }
}
