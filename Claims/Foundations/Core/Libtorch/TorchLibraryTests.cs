using Reproduce.Libtorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Libtorch;

/// <summary>The libraries that are loaded, and the check of float32 before it is trusted.</summary>
[Trait("Category", "Foundation")]
public sealed class TorchLibraryTests
{
    [Fact]
    public void MadeFor_IsWhatTorchSharpSays() => torch.__version__.Should().StartWith($"{TorchLibrary.MadeFor}.");

    [Fact]
    public void Version_NamesBothLibraries() =>
        TorchLibrary.Version.Should().MatchRegex(@"^TorchSharp \d+\.\d+\.\d+, libtorch \d+\.\d+\.\d+$");

    [Fact]
    public void ArithmeticCheck_Here_Passes() => ArithmeticCheck.Require(CPU)
        .Should().MatchRegex(@"^\d+ float32 operators agree with float64 to \S+ of the largest value$");

    /// <summary>
    /// Faults seen with oneDNN: a gradient that is wrong in float32 alone; products of 11 bits, as TensorFloat-32's; and no number at all.
    /// </summary>
    [Theory]
    [InlineData("a gradient off by a half")]
    [InlineData("operands of 11 bits")]
    [InlineData("not a number")]
    public void LargestError_OfAWrongOperator_ExceedsWhatIsAllowed(string fault)
    {
        using var scope = NewDisposeScope();
        Func<Tensor, Tensor> wrong = fault switch
        {
            "a gradient off by a half" => one => one + ((one.detach() - one) / 2),
            "operands of 11 bits" => one => ((one * 4096) + (one * 4096).detach().round() - (one * 4096).detach()) / 4096,
            _ => one => one * double.NaN,
        };
        var (a, b) = (rand(20, 30), rand(30, 10));
        double Error(Func<Tensor, Tensor> of) =>
            ArithmeticCheck.LargestError(t => (t[0].dtype == float32 ? of(t[0]) : t[0]).matmul(t[1]), a, b);
        Error(one => one).Should().BeLessThanOrEqualTo(ArithmeticCheck.Allowed);
        Error(wrong).Should().BeGreaterThan(ArithmeticCheck.Allowed);
    }
}
