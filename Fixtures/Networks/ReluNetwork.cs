using System.Globalization;
using System.Numerics;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Fixtures.Networks;

/// <summary>
/// A fully connected ReLU network as plain arrays, small enough to print and to solve on paper. It is evaluated in scalar C#, without the
/// library under test, so it serves as an independent reference; over <see cref="Rational"/> it is exact.
/// </summary>
/// <param name="Weights">W_1, …, W_n as [n_i, n_(i−1)].</param>
/// <param name="Biases">b_1, …, b_n.</param>
public record ReluNetwork<T>(IReadOnlyList<T[,]> Weights, IReadOnlyList<T[]> Biases)
    where T : struct,
        IAdditionOperators<T, T, T>,
        IMultiplyOperators<T, T, T>,
        IAdditiveIdentity<T, T>,
        IMultiplicativeIdentity<T, T>,
        IComparisonOperators<T, T, bool>
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
    /// lim t↓0 (f(x + tv) − f(x))/t, everywhere: the directional derivative of ReLU at 0 is max(0, ·).
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
                derivative = [.. derivative.Zip(preactivations[i], ReluDerivative)];
            }
        }

        return derivative;

        static T ReluDerivative(T change, T value) => value > Zero ? change : value < Zero ? Zero : Relu(change);
    }

    /// <summary>The derivatives along e_1, …, e_(n_0) as columns, [n_c, n_0]: the Jacobian wherever f is differentiable.</summary>
    public T[,] DerivativesAlongAxes(T[] point)
    {
        T[] Axis(int axis) => [.. Enumerable.Range(0, Inputs).Select(i => i == axis ? T.MultiplicativeIdentity : Zero)];
        var columns = Enumerable.Range(0, Inputs).Select(axis => DirectionalDerivative(point, Axis(axis))).ToArray();
        return Arrays.Build(Outputs, Inputs, (row, column) => columns[column][row]);
    }

    /// <summary>The numbers, for messages.</summary>
    public sealed override string ToString()
    {
        return string.Join(", ", Enumerable.Range(0, Layers).Select(Layer));

        string Layer(int i)
        {
            var rows = Enumerable.Range(0, Biases[i].Length).Select(row => Text(Arrays.Row(Weights[i], row)));
            return $"W{i + 1} = [{string.Join("; ", rows)}], b{i + 1} = [{Text(Biases[i])}]";
        }

        static string Text(T[] values) =>
            string.Join(' ', values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value}")));
    }

    private static T Relu(T value) => value > Zero ? value : Zero;
}
