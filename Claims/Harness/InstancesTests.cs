using FsCheck;
using FsCheck.Fluent;

namespace Reproduce.Claims.Harness;

/// <summary>
/// The harness must turn red when a claim is false, when a control passes, and when a check crashes. These tests carry no claim,
/// so the evidence that the calls record goes to a recording of their own.
/// </summary>
[Trait("Category", "Harness")]
public sealed class InstancesTests : IDisposable
{
    private static readonly Arbitrary<int> Numbers = Arb.From(Gen.Choose(0, 1000));

    public InstancesTests() => Evidence.Begin();

    public void Dispose() => Evidence.Discard();

    [Fact]
    public void Satisfy_FalseClaim_FailsWithACounterexampleASeedAndAReplayLine()
    {
        var claim = () => Instances.Satisfy("numbers stay below 500", Numbers, number => new Deviation(number, 499), "none");
        claim.Should().Throw<ClaimViolatedException>().WithMessage("*numbers stay below 500*seed test=*replay: REPRODUCE_SEED=*");
    }

    [Fact]
    public void Satisfy_NotANumber_Fails()
    {
        var claim = () => Instances.Satisfy("nonsense", Numbers, _ => new Deviation(double.NaN, 1), "none");
        claim.Should().Throw<ClaimViolatedException>();
    }

    [Fact]
    public void Worse_NotANumberOrAnErrorWhereNoneIsAllowed_IsNeverSwallowed()
    {
        var fine = new Deviation(0, 0);
        foreach (var bad in new[] { new Deviation(double.NaN, 1), new Deviation(5, 0) })
        {
            Deviation.Worse(Deviation.Worse(fine, bad), fine).Within.Should().BeFalse();
            Deviation.Worse(Deviation.Worse(bad, fine), new Deviation(1, 2)).Within.Should().BeFalse();
        }
    }

    [Fact]
    public void Satisfy_HypothesesThatAreHardlyEverMet_Fails()
    {
        var claim = () => Instances.Satisfy("rarely", Numbers, number => number < 100 ? new Deviation(0, 1) : null, "none");
        claim.Should().Throw<ClaimViolatedException>().WithMessage("*met the claim's hypotheses*");
    }

    [Fact]
    public void Violate_TrueClaim_Fails()
    {
        var control = () => Instances.Violate("always true", Numbers, _ => new Deviation(0, 1));
        control.Should().Throw<ClaimViolatedException>().WithMessage("*passed a check that must fail*");
    }

    [Fact]
    public void Violate_CheckThatCrashes_IsNotAControlThatFails()
    {
        var control = () => Instances.Violate<int>("crash", Numbers, _ => throw new ArithmeticException("boom"));
        control.Should().Throw<InvalidOperationException>().WithMessage("*the check itself failed*boom*");
    }

    [Fact]
    public void Satisfy_CounterexampleOfArrays_IsPrintedByItsEntries()
    {
        var pairs = Arb.From(Gen.Constant(1).Select(one => (new[] { one, 2 * one }, new[,] { { 0.5 * one, -one }, { 2, 3 } })));
        var claim = () => Instances.Satisfy("false", pairs, _ => Deviation.Exact(false), "none");
        claim.Should().Throw<ClaimViolatedException>().WithMessage("*on ([1 2], [0.5 -1; 2 3])*");
    }
}
