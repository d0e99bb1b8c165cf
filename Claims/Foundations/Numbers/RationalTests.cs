using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Foundations.Numbers;

/// <summary>Exact fractions, against hand cases, the laws of a field, and doubles.</summary>
[Trait("Category", "Foundation")]
public sealed class RationalTests
{
    private static readonly Rational Half = new(1, 2);
    private static readonly Rational Third = new(1, 3);

    [Fact]
    public void Arithmetic_ByHand()
    {
        (Half + Third).Should().Be(new Rational(5, 6));
        (Half - Third).Should().Be(new Rational(1, 6));
        (Half * Third).Should().Be(new Rational(1, 6));
        (Half / Third).Should().Be(new Rational(3, 2));
        (-Half).Should().Be(new Rational(-1, 2));
        Rational.Abs(-Half).Should().Be(Half);
        (Half > Third && Third < Half && Half >= new Rational(2, 4) && -Half < default(Rational)).Should().BeTrue();
    }

    [Fact]
    public void Fraction_IsKeptInLowestTermsWithAPositiveDenominator()
    {
        var fraction = new Rational(6, -4);
        (fraction.Numerator, fraction.Denominator).Should().Be((new BigInteger(-3), new BigInteger(2)));
        fraction.ToString().Should().Be("-3/2");
        new Rational(0, -7).Should().Be(default(Rational));
        default(Rational).ToString().Should().Be("0");
    }

    [Fact]
    public void ZeroDenominator_IsRefused()
    {
        var build = () => new Rational(1, 0);
        build.Should().Throw<DivideByZeroException>();
        var divide = () => Half / default(Rational);
        divide.Should().Throw<DivideByZeroException>();
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(0.75, "3/4")]
    [InlineData(-2.0, "-2")]
    [InlineData(0.1, "3602879701896397/36028797018963968")]
    public void Of_Double_IsItsExactValue(double value, string expected) => Rational.Of(value).ToString().Should().Be(expected);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Of_NotFinite_IsRefused(double value)
    {
        var build = () => Rational.Of(value);
        build.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    [InlineData(-1e-300)]
    [InlineData(1.0 / 3)]
    [InlineData(0.0)]
    public void ToDouble_OfADouble_GivesItBack(double value) => Rational.Of(value).ToDouble().Should().Be(value);

    [Fact]
    public void ToDouble_OfAThird_IsTheNearestDouble() => Third.ToDouble().Should().Be(1.0 / 3);

    [Fact]
    public void Laws_OfAField_HoldOnRandomFractions()
    {
        var fractions = Arb.From(Gen.Choose(-50, 50).Zip(Gen.Choose(1, 50)).Select(pair => new Rational(pair.Item1, pair.Item2)));
        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true), Prop.ForAll(fractions, fractions, fractions, (a, b, c) =>
            (a + b) + c == a + (b + c) && a * (b + c) == (a * b) + (a * c) && a - b == -(b - a)
            && (b == 0 || a / b * b == a) && (a < b) == (a.ToDouble() < b.ToDouble()) && (a != b || a.GetHashCode() == b.GetHashCode())));
    }

    /// <summary>W = (1/10, 1/5) at (3, −1) in doubles: 0.1 and 0.2 are not a tenth and a fifth, and the exact network shows it.</summary>
    [Fact]
    public void ExactNetwork_EvaluatesTheDoublesItWasMadeFrom()
    {
        var network = SmallNetwork.WithoutBiases(new[,] { { 0.1, 0.2 } });
        var output = network.Exact().Evaluate([3, -1]).Output.Single();
        output.Should().Be((Rational.Of(0.1) * 3) - Rational.Of(0.2));
        output.Should().NotBe(new Rational(1, 10));
        network.ToString().Should().Be(string.Create(CultureInfo.InvariantCulture, $"W1 = [0.1 0.2], b1 = [0]"));
    }

    [Fact]
    public void Arrays_OfSizesThatDoNotFit_AreRefused()
    {
        var matrix = new Rational[,] { { 1, 2 } };
        void Refused(Func<object> call) => call.Should().Throw<ArgumentException>();
        Refused(() => Arrays.Multiply(matrix, [Half]));
        Refused(() => Arrays.Multiply(matrix, matrix));
        Refused(() => Arrays.Add([Half], [Half, Third]));
    }
}
