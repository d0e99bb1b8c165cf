using Reproduce.Networks;

namespace Reproduce.Claims.Foundations.Core.Networks;

/// <summary>The valid depths; design.param-counts checks the counts of parameters.</summary>
[Trait("Category", "Foundation")]
public sealed class CifarResNetShapeTests
{
    [Fact]
    public void SmallestDepth_IsEight() => new CifarResNetShape(8).Layers.Should().Be(8);

    [Theory]
    [InlineData(2, 0)]
    [InlineData(21, 0)]
    [InlineData(-4, 0)]
    [InlineData(20, -1)]
    public void OtherDepths_AreRefused(int depth, int extraConvolutions) =>
        FluentActions.Invoking(() => new CifarResNetShape(depth, extraConvolutions)).Should().Throw<ArgumentException>();
}
