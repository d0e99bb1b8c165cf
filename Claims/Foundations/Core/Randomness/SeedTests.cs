using System.Globalization;
using Reproduce.Randomness;

namespace Reproduce.Claims.Foundations.Core.Randomness;

/// <summary>A seed depends on its axes alone, on every machine and in every version: two are pinned.</summary>
[Trait("Category", "Foundation")]
public sealed class SeedTests
{
    private static readonly Seed One = Seed.Of(("claim", "slope.fig-1"), ("data", "mnist"), ("repetition", 2));

    [Fact]
    public void Value_OfTwoSeeds_IsTheFirstFourBytesOfTheHash()
    {
        One.Axes.Should().Be("claim=slope.fig-1, data=mnist, repetition=2");
        One.Value.Should().Be(331835497);
        Seed.Of(("a", 1)).Value.Should().Be(1575628738);
    }

    [Fact]
    public void Generator_OfAPinnedSeed_StartsWithThePinnedNumbers()
    {
        var generator = One.Generator();
        new[] { generator.NextDouble(), generator.NextDouble() }.Should().Equal(0.2665614133610984, 0.23027488520395178);
    }

    [Fact]
    public void Generator_Twice_StartsAnew()
    {
        One.Generator().NextDouble().Should().Be(One.Generator().NextDouble());
        One.Generator().Should().NotBeSameAs(One.Generator());
    }

    [Fact]
    public void Value_AxesInAnotherOrder_Differs() =>
        Seed.Of(("a", 1), ("b", 2)).Value.Should().NotBe(Seed.Of(("b", 2), ("a", 1)).Value);

    [Fact]
    public void Value_OfNeighbours_Differs()
    {
        var values = Enumerable.Range(0, 1000).Select(i => Seed.Of(("repetition", i)).Value).ToList();
        values.Should().OnlyContain(value => value >= 0);
        values.Should().OnlyHaveUniqueItems("among 2³¹ values 1000 collide with chance 1 in 4000, and the seeds are fixed");
    }

    [Fact]
    public void With_OneMoreAxis_IsTheSeedOfAllAxes()
    {
        Seed.Of(("a", 1)).With("b", 2).Should().Be(Seed.Of(("a", 1), ("b", 2)));
        Seed.Of(("a", 1)).With("b", 2).Should().NotBe(Seed.Of(("a", 1)));
    }

    [Fact]
    public void Axes_UnderAnotherCulture_AreTheSame()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ";", NegativeSign = "~" } };
            Seed.Of(("rate", -0.5)).Axes.Should().Be("rate=-0.5");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("a=b", "c")]
    [InlineData("a,b", "c")]
    [InlineData("a", "b=c")]
    [InlineData("a", "b, c")]
    public void Axis_WithASeparator_IsRefused(string name, string value)
    {
        FluentActions.Invoking(() => Seed.Of((name, value))).Should().Throw<ArgumentException>().WithMessage($"*{name}={value}*");
        FluentActions.Invoking(() => One.With(name, value)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void ToString_OfASeed_HoldsAxesAndValue() => One.ToString().Should().Be($"{One.Axes} ({One.Value})");
}
