using System.Globalization;
using System.Numerics;
using System.Text;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Fixtures.Networks;

/// <summary>
/// A fully connected ReLU network as plain arrays, small enough to print and to solve on paper. It evaluates itself in scalar
/// C#, without the library under test, so it also serves as the independent reference; over <see cref="Rational"/> it is exact.
/// </summary>
/// <param name="Weights">W_1, …, W_n as [n_i, n_(i−1)].</param>
/// <param name="Biases">b_1, …, b_n.</param>
public record ReluNetwork<T>(IReadOnlyList<T[,]> Weights, IReadOnlyList<T[]> Biases)
    where T : struct, IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>, IComparisonOperators<T, T, bool>
{
    private static readonly T Zero = T.AdditiveIdentity;

    /// <summary>n.</summary>
    public int Layers => Weights.Count;

    /// <summary>n_0.</summary>
    public int Inputs => Weights[0].GetLength(1);

    /// <summary>n_c.</summary>
    public int Outputs => Biases[^1].Length;

    /// <summary>f(x), and the pre-activations of every layer, the outputs last.</summary>
    public (T[] Output, T[][] Preactivations) Evaluate(T[] point)
    {
        var preactivations = new T[Layers][];
        var activation = point;
        for (var i = 0; i < Layers; i++)
        {
            preactivations[i] = Arrays.Add(Arrays.Multiply(Weights[i], activation), Biases[i]);
            activation = [.. preactivations[i].Select(Relu)];
        }

        return (preactivations[^1], preactivations);
    }

    /// <summary>
    /// lim t↓0 (f(x + tv) − f(x))/t, exactly and everywhere: on a kink ReLU moves with max(0, ·) of what comes in.
    /// </summary>
    public T[] DirectionalDerivative(T[] point, T[] direction)
    {
        var preactivations = Evaluate(point).Preactivations;
        var derivative = direction;
        for (var i = 0; i < Layers; i++)
        {
            derivative = Arrays.Multiply(Weights[i], derivative);
            if (i < Layers - 1)
            {
                derivative = [.. derivative.Zip(preactivations[i], (change, value) => value > Zero ? change : value < Zero ? Zero : Relu(change))];
            }
        }

        return derivative;
    }

    /// <summary>The derivatives along e_1, …, e_(n_0) as columns, [n_c, n_0]: the Jacobian wherever f is differentiable.</summary>
    public T[,] DerivativesAlongAxes(T[] point)
    {
        var columns = Enumerable.Range(0, Inputs).Select(axis => DirectionalDerivative(point, [.. Enumerable.Range(0, Inputs).Select(index => index == axis ? T.MultiplicativeIdentity : Zero)])).ToArray();
        return Arrays.Build(Outputs, Inputs, (row, column) => columns[column][row]);
    }

    /// <summary>The numbers, for messages.</summary>
    public sealed override string ToString()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Layers; i++)
        {
            var rows = Enumerable.Range(0, Biases[i].Length).Select(row => string.Join(' ', Arrays.Row(Weights[i], row).Select(Number)));
            text.Append(CultureInfo.InvariantCulture, $"W{i + 1} = [{string.Join("; ", rows)}], b{i + 1} = [{string.Join(' ', Biases[i].Select(Number))}]{(i + 1 < Layers ? ", " : "")}");
        }

        return text.ToString();
    }

    private static T Relu(T value) => value > Zero ? value : Zero;

    private static string Number(T value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
