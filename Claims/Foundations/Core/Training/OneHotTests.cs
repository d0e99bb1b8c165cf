using Reproduce.Training;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>One-hot labels.</summary>
[Trait("Category", "Foundation")]
public sealed class OneHotTests
{
    [Fact]
    public void Of_Labels_HasAOneAtEachLabel()
    {
        using var oneHot = OneHot.Of([2, 0], 3, float32);
        oneHot.shape.Should().Equal(2, 3);
        oneHot.cpu().data<float>().ToArray().Should().Equal(0, 0, 1, 1, 0, 0);
    }

    /// <summary>Unchecked, label 3 of the first point would become label 0 of the second.</summary>
    [Fact]
    public void Of_LabelBeyondTheClasses_IsRefused() =>
        FluentActions.Invoking(() => OneHot.Of([3, 0], 3, float32)).Should().Throw<ArgumentException>();
}
