using System.Globalization;
using System.Text;
using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Fixtures.Networks;

/// <summary>
/// A fully connected ReLU network as plain arrays, small enough to print and to solve on paper. It evaluates itself in scalar
/// C#, without the library under test, so it also serves as the independent reference.
/// </summary>
/// <param name="Weights">W_1, …, W_n as [n_i, n_(i−1)].</param>
/// <param name="Biases">b_1, …, b_n.</param>
public sealed record SmallNetwork(IReadOnlyList<double[,]> Weights, IReadOnlyList<double[]> Biases)
{
    /// <summary>n.</summary>
    public int Layers => Weights.Count;

    /// <summary>n_0.</summary>
    public int Inputs => Weights[0].GetLength(1);

    /// <summary>n_c.</summary>
    public int Outputs => Biases[^1].Length;

    /// <summary>A network without biases.</summary>
    public static SmallNetwork WithoutBiases(params double[][,] weights) => new(weights, [.. weights.Select(one => new double[one.GetLength(0)])]);

    /// <summary>f(x), and the pre-activations of every layer, the outputs last.</summary>
    public (double[] Output, double[][] Preactivations) Evaluate(double[] point)
    {
        var preactivations = new double[Layers][];
        var activation = point;
        for (var i = 0; i < Layers; i++)
        {
            preactivations[i] = Add(Multiply(Weights[i], activation), Biases[i]);
            activation = [.. preactivations[i].Select(value => Math.Max(0, value))];
        }

        return (preactivations[^1], preactivations);
    }

    /// <summary>
    /// lim t↓0 (f(x + tv) − f(x))/t, exactly and everywhere: on a kink ReLU moves with max(0, ·) of what comes in.
    /// </summary>
    public double[] DirectionalDerivative(double[] point, double[] direction)
    {
        var preactivations = Evaluate(point).Preactivations;
        var derivative = direction;
        for (var i = 0; i < Layers; i++)
        {
            derivative = Multiply(Weights[i], derivative);
            if (i < Layers - 1)
            {
                derivative = [.. derivative.Select((change, unit) => preactivations[i][unit] switch
                {
                    > 0 => change,
                    < 0 => 0,
                    _ => Math.Max(0, change),
                })];
            }
        }

        return derivative;
    }

    /// <summary>
    /// The smallest hidden pre-activation in magnitude, over what it would be if no terms cancelled, here or in the layers before.
    /// Rounding moves that share by no more than a few units in the last place an operation; 0 is on a kink.
    /// </summary>
    public double KinkMargin(double[] point)
    {
        var sizes = OfMagnitudes().Evaluate([.. point.Select(Math.Abs)]).Preactivations;
        return Evaluate(point).Preactivations.SkipLast(1)
            .SelectMany((layer, i) => layer.Zip(sizes[i], (value, size) => size == 0 ? 0 : Math.Abs(value) / size))
            .DefaultIfEmpty(double.PositiveInfinity)
            .Min();
    }

    /// <summary>
    /// The network with all numbers replaced by their magnitudes: at a point of magnitudes its values are what this network's
    /// would be if no terms cancelled, which is the scale of its rounding errors.
    /// </summary>
    public SmallNetwork OfMagnitudes() => new([.. Weights.Select(weight => Map(weight, Math.Abs))], [.. Biases.Select(bias => bias.Select(Math.Abs).ToArray())]);

    /// <summary>A matrix with every entry changed.</summary>
    internal static double[,] Map(double[,] matrix, Func<double, double> change)
    {
        var result = (double[,])matrix.Clone();
        for (var row = 0; row < result.GetLength(0); row++)
        {
            for (var column = 0; column < result.GetLength(1); column++)
            {
                result[row, column] = change(result[row, column]);
            }
        }

        return result;
    }

    /// <summary>The same network in float64, as an ensemble of one.</summary>
    public FullyConnected ToEnsemble() => new(
        [.. Weights.Select(one => tensor(one).unsqueeze(0))],
        [.. Biases.Select(one => tensor(one).unsqueeze(0))]);

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Layers; i++)
        {
            var rows = Enumerable.Range(0, Biases[i].Length)
                .Select(row => string.Join(' ', Enumerable.Range(0, Weights[i].GetLength(1)).Select(column => Number(Weights[i][row, column]))));
            text.Append(CultureInfo.InvariantCulture, $"W{i + 1} = [{string.Join("; ", rows)}], b{i + 1} = [{string.Join(' ', Biases[i].Select(Number))}]{(i + 1 < Layers ? ", " : "")}");
        }

        return text.ToString();
    }

    private static string Number(double value) => value.ToString("G17", CultureInfo.InvariantCulture);

    private static double[] Multiply(double[,] matrix, double[] vector)
    {
        var result = new double[matrix.GetLength(0)];
        for (var row = 0; row < result.Length; row++)
        {
            for (var column = 0; column < vector.Length; column++)
            {
                result[row] += matrix[row, column] * vector[column];
            }
        }

        return result;
    }

    private static double[] Add(double[] left, double[] right) => [.. left.Zip(right, (a, b) => a + b)];
}
