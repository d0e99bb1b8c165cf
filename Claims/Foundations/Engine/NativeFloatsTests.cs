using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Engine;

/// <summary>Whether numbers are finite, as a training run asks after every epoch.</summary>
[Trait("Category", "Foundation")]
public sealed class NativeFloatsTests
{
    /// <summary>One number among 67, in a vector or after the last whole one.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(63)]
    [InlineData(66)]
    public void AreFinite_OneThatIsNot_IsFound(int place)
    {
        using var scope = NewDisposeScope();
        foreach (var wrong in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var numbers = ones(67);
            numbers[1] = tensor(float.MaxValue);
            NativeFloats.AreFinite(numbers).Should().BeTrue();
            numbers[place] = tensor(wrong);
            NativeFloats.AreFinite(numbers).Should().BeFalse();
            NativeFloats.AreFinite(numbers.to_type(float64)).Should().BeFalse();
        }
    }

    /// <summary>A replica is as finite as its parameters, whatever its velocities are.</summary>
    [Fact]
    public void IsFinite_InfiniteVelocities_AsksTheParameters()
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("test", "finite"));
        using var network = Initialisation.PyTorchDefault(new FullyConnectedShape(3, 4, 2), [seed], float32, CPU);
        using var ensemble = new DenseEnsemble(
            [network], ones(8, 3), ones(8, 2), new OptimiserSettings(0.1, 0.8, 8), Loss.MeanSquare, PointOrder.Seeded(8, seed));
        ensemble.OptimiserState(0)[0][0, 0] = tensor(float.PositiveInfinity);
        ensemble.IsFinite(0).Should().BeTrue();
        ensemble.Parameters(0)[0][0, 0] = tensor(float.NaN);
        ensemble.IsFinite(0).Should().BeFalse();
    }
}
