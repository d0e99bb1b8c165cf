using MathNet.Numerics.Distributions;
using Reproduce.Claims.Harness;
using Reproduce.Networks;
using Reproduce.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Slope.Support;

/// <summary>Networks of one shape with PyTorch's initialisation, at one normal point each.</summary>
internal static class NetworksAtInitialisation
{
    private const int Count = 4000;
    private const int Inputs = 3;

    /// <summary>
    /// Of 4000 networks so many have a property as a probability says: the number lies between the 10⁻⁴ tails of the binomial.
    /// </summary>
    /// <param name="seed">Of parameters and points.</param>
    /// <param name="hidden">Hidden widths.</param>
    /// <param name="outputs">Outputs.</param>
    /// <param name="chance">The probability.</param>
    /// <param name="count">How many of them have the property, from the networks and their points, [R, 1, 3].</param>
    /// <param name="what">The share of what, for the evidence.</param>
    /// <param name="reason">Where the probability comes from.</param>
    internal static void HaveAtTheRate(
        Seed seed, int[] hidden, int outputs, double chance, Func<FullyConnected, Tensor, int> count, string what, string reason)
    {
        using var scope = NewDisposeScope();
        var generator = seed.Generator();
        List<Seed> seeds = [.. Enumerable.Range(0, Count).Select(replica => seed.With("replica", replica))];
        var networks = Initialisation.PyTorchDefault(new FullyConnectedShape([Inputs, .. hidden, outputs]), seeds, float64);
        var points = tensor([.. Enumerable.Range(0, Count * Inputs).Select(_ => Normal.Sample(generator, 0, 1))], [Count, 1, Inputs]);
        var found = count(networks, points);
        Binomial law = new(chance, Count);
        Evidence.Record(new Measurement(what, (double)found / Count, $"{chance:G4}, {reason}; neither tail of the binomial below 1e-4")
        {
            Samples = Count,
            Seed = seed.ToString(),
            Dtype = "float64",
        });
        Math.Min(law.CumulativeDistribution(found), 1 - law.CumulativeDistribution(found - 1)).Should().BeGreaterThan(1e-4);
    }
}
