using Reproduce.Geometry;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Geometry;

/// <summary>The Hessians of the losses in their outputs, against their formulas, entry by entry.</summary>
[Trait("Category", "Foundation")]
public sealed class OutputMetricTests
{
    private static readonly double[] Outputs = [0.5, -1, 2, 0, 0, 0, -3, 4, 1, 30, -30, 0, 1, 1, 1, 2, -2, 5];

    // Sums of four terms of magnitude at most 1.
    private const double Rounding = 1e-15;

    [Theory]
    [InlineData("square loss", new long[] { 6, 3 })]
    [InlineData("softmax", new long[] { 6, 3 })]
    [InlineData("logistic", new long[] { 6, 3 })]
    [InlineData("square loss", new long[] { 2, 3, 3 })]
    [InlineData("softmax", new long[] { 2, 3, 3 })]
    [InlineData("logistic", new long[] { 2, 3, 3 })]
    public void Metric_OfPoints_IsTheHessianOfItsLoss(string name, long[] shape)
    {
        using var scope = NewDisposeScope();
        var loss = new[] { OutputMetric.SquareLoss, OutputMetric.Softmax, OutputMetric.Logistic }.Single(one => one.Name == name);
        var outputs = tensor(Outputs, shape);
        var (metric, root) = (loss.At(outputs), loss.Root(outputs));
        metric.shape.Should().Equal([.. shape, 3]);
        root.shape.Should().Equal([.. shape, 3]);
        var (found, roots) = (metric.data<double>().ToArray(), root.data<double>().ToArray());
        for (var point = 0; point < Outputs.Length / 3; point++)
        {
            var at = Outputs.AsSpan(3 * point, 3).ToArray();
            for (var i = 0; i < 3; i++)
            {
                for (var k = 0; k < 3; k++)
                {
                    found[(9 * point) + (3 * i) + k].Should().BeApproximately(Hessian(name, at, i, k), Rounding);
                    Enumerable.Range(0, 3).Sum(j => roots[(9 * point) + (3 * j) + i] * roots[(9 * point) + (3 * j) + k])
                        .Should().BeApproximately(found[(9 * point) + (3 * i) + k], Rounding);
                }
            }
        }
    }

    private static double Hessian(string name, double[] outputs, int i, int k)
    {
        var same = i == k ? 1 : 0;
        double Softmax(int unit) => Math.Exp(outputs[unit]) / outputs.Sum(Math.Exp);
        double Logistic(int unit) => 1 / (1 + Math.Exp(-outputs[unit]));
        return name switch
        {
            "square loss" => same,
            "softmax" => Softmax(i) * (same - Softmax(k)),
            _ => same * Logistic(i) * (1 - Logistic(i)),
        };
    }
}
