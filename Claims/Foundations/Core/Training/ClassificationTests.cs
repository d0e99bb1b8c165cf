using Reproduce.Networks;
using Reproduce.Training;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>The network f(x) = (x, 0), which gives the first class where x &gt; 0, on 2003 points: more than two blocks.</summary>
[Trait("Category", "Foundation")]
public sealed class ClassificationTests
{
    /// <summary>x = ln 3 and x = −ln 3 in turn, all labelled as the first class: right at a loss of log 4/3, wrong at log 4.</summary>
    [Fact]
    public void Of_MorePointsThanABlock_KeepsTheirOrder()
    {
        using var scope = NewDisposeScope();
        using var network = Network(1);
        var points = tensor([.. Enumerable.Range(0, 2003).Select(i => i % 2 == 0 ? Math.Log(3) : -Math.Log(3))], [2003, 1]);
        var found = Classification.Of(network, points, new byte[2003]);
        found.IsRight.Should().Equal(Enumerable.Range(0, 2003).Select(i => i % 2 == 0));
        (found.Errors, found.Accuracy).Should().Be((1001, 1002 / 2003.0));
        found.CrossEntropies.Should().HaveCount(2003);
        found.CrossEntropies[2000].Should().BeApproximately(Math.Log(4.0 / 3), 1e-15);
        found.CrossEntropies[2001].Should().BeApproximately(Math.Log(4), 1e-15);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0, 2, 0 })]
    public void Of_OtherLabels_IsRefused(byte[] labels)
    {
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => Classification.Of(Network(1), zeros([3, 1], float64), labels))
            .Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Of_SeveralReplicas_IsRefusedForThat()
    {
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => Classification.Of(Network(2), zeros([3, 1], float64), [0, 0, 0]))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*Replicas*");
    }

    private static FullyConnected Network(int replicas) =>
        new([tensor([1.0, 0], [1, 2, 1]).expand(replicas, 2, 1)], [zeros([replicas, 2], float64)]);
}
