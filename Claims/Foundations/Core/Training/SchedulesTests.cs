using Reproduce.Training;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>The design paper's schedules over the epochs.</summary>
[Trait("Category", "Foundation")]
public sealed class SchedulesTests
{
    /// <summary>η = 0.1 up to epoch 99, 0.01 up to 149, then 0.001.</summary>
    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(99, 0.1)]
    [InlineData(100, 0.01)]
    [InlineData(149, 0.01)]
    [InlineData(150, 0.001)]
    [InlineData(199, 0.001)]
    public void Steps_OfTheDesignPaper_FallAt100And150(int epoch, double rate)
    {
        int[] epochs = [100, 150];
        Schedules.Steps(0.1, 0.1, epochs, epoch).Should().BeApproximately(rate, 1e-17);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(250, 0.55)]
    [InlineData(500, 0.1)]
    [InlineData(900, 0.1)]
    public void ShortcutWeight_OfFigure7_FallsToOneTenthAt500(int epoch, double weight) =>
        Schedules.ShortcutWeight(500, epoch).Should().BeApproximately(weight, epoch >= 500 ? 0 : 1e-15);
}
