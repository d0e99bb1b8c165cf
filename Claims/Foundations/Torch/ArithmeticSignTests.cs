using TorchSharp;
using static Reproduce.Claims.Foundations.Torch.Worked;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Torch;

/// <summary>
/// C#'s signs + − * / between a tensor t and a number of every type, or another tensor, on t = (7, −3, 0): sums, differences and
/// halves of small integers are exact. A tensor of integers keeps its type beside an integer, and becomes float32 (libtorch's
/// default) beside a real number or under a division.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class ArithmeticSignTests
{
    private static readonly double[] Values = [7, -3, 0];

    private static readonly Dictionary<string, (Func<Tensor, Tensor> Of, Func<double, double> Expected, bool KeepsIntegers)> Table = new()
    {
        ["t + (Scalar)2"] = (t => t + (Scalar)2, x => x + 2, true),
        ["t + 2"] = (t => t + 2, x => x + 2, true),
        ["t + 2L"] = (t => t + 2L, x => x + 2, true),
        ["t + 2f"] = (t => t + 2f, x => x + 2, false),
        ["t + 2.0"] = (t => t + 2.0, x => x + 2, false),
        ["(Scalar)2 + t"] = (t => (Scalar)2 + t, x => 2 + x, true),
        ["2 + t"] = (t => 2 + t, x => 2 + x, true),
        ["2L + t"] = (t => 2L + t, x => 2 + x, true),
        ["2f + t"] = (t => 2f + t, x => 2 + x, false),
        ["2.0 + t"] = (t => 2.0 + t, x => 2 + x, false),
        ["t - (Scalar)5"] = (t => t - (Scalar)5, x => x - 5, true),
        ["t - 5"] = (t => t - 5, x => x - 5, true),
        ["t - 5L"] = (t => t - 5L, x => x - 5, true),
        ["t - 5f"] = (t => t - 5f, x => x - 5, false),
        ["t - 5.0"] = (t => t - 5.0, x => x - 5, false),
        ["(Scalar)5 - t"] = (t => (Scalar)5 - t, x => 5 - x, true),
        ["5 - t"] = (t => 5 - t, x => 5 - x, true),
        ["5L - t"] = (t => 5L - t, x => 5 - x, true),
        ["5f - t"] = (t => 5f - t, x => 5 - x, false),
        ["5.0 - t"] = (t => 5.0 - t, x => 5 - x, false),
        ["t * (Scalar)3"] = (t => t * (Scalar)3, x => x * 3, true),
        ["t * 3"] = (t => t * 3, x => x * 3, true),
        ["t * 3L"] = (t => t * 3L, x => x * 3, true),
        ["t * 0.5f"] = (t => t * 0.5f, x => x * 0.5, false),
        ["t * 0.5"] = (t => t * 0.5, x => x * 0.5, false),
        ["(Scalar)3 * t"] = (t => (Scalar)3 * t, x => 3 * x, true),
        ["3 * t"] = (t => 3 * t, x => 3 * x, true),
        ["3L * t"] = (t => 3L * t, x => 3 * x, true),
        ["0.5f * t"] = (t => 0.5f * t, x => 0.5 * x, false),
        ["0.5 * t"] = (t => 0.5 * t, x => 0.5 * x, false),
        ["t / (Scalar)2"] = (t => t / (Scalar)2, x => x / 2, false),
        ["t / 2"] = (t => t / 2, x => x / 2, false),
        ["t / 2L"] = (t => t / 2L, x => x / 2, false),
        ["t / 0.5f"] = (t => t / 0.5f, x => x / 0.5, false),
        ["t / 0.5"] = (t => t / 0.5, x => x / 0.5, false),
        ["-t"] = (t => -t, x => -x, true),
        ["t + t * t"] = (t => t + (t * t), x => x + (x * x), true),
        ["t - t * t"] = (t => t - (t * t), x => x - (x * x), true),
        ["t / (t + 1)"] = (t => t / (t + 1), x => x / (x + 1), false),
    };

    public static TheoryData<string> Expressions => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Sign_OnReals_KeepsTheTypeAndGivesTheExactValue(string expression)
    {
        using var scope = NewDisposeScope();
        foreach (var of in new[] { new Worked(float32), new Worked(float64) })
        {
            of.Is(Table[expression].Of(of.Vector(Values)), [.. Values.Select(Table[expression].Expected)]);
        }
    }

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Sign_OnIntegers_StaysIntegerOnlyBesideIntegers(string expression)
    {
        using var scope = NewDisposeScope();
        var (of, expected, keepsIntegers) = Table[expression];
        var result = of(tensor([7L, -3L, 0L]));
        if (keepsIntegers)
        {
            Integers(result, [.. Values.Select(value => (long)expected(value))]);
        }
        else
        {
            new Worked(float32).Is(result, [.. Values.Select(expected)]);
        }
    }

    /// <summary>2⁵³ + 1 is not a double: an integer operand must not pass through one.</summary>
    [Fact]
    public void Sign_OnLargeIntegers_IsExact()
    {
        using var scope = NewDisposeScope();
        const long large = (1L << 53) + 1;
        Integers(tensor([large]) + 2, [large + 2]);
        Integers(tensor([0L]) + large, [large]);
        Integers(large - tensor([0L]), [large]);
        Integers(tensor([1L]) * large, [large]);
        Integers(full([1], large), [large]);
    }

    /// <summary>A float operand is widened, not rounded anew: 0.1f in float64 is 0.1f's own value.</summary>
    [Fact]
    public void Sign_FloatOnFloat64_AddsTheFloatsOwnValue()
    {
        using var scope = NewDisposeScope();
        new Worked(float64).Is(tensor([0.0]) + 0.1f, [(double)0.1f]);
        new Worked(float64).Is(tensor([0.0]) + 0.1, [0.1]);
        new Worked(float32).Is(tensor([0f]) + 0.1, [(double)0.1f]);
    }
}
