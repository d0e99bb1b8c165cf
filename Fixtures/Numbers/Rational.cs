using System.Globalization;
using System.Numerics;

namespace Reproduce.Fixtures.Numbers;

/// <summary>
/// An exact fraction. The outputs, derivatives and path sums of a ReLU network are polynomials in its parameters, and every double is a
/// fraction, so claims about them need no tolerance. It implements .NET's operator interfaces, so that one algorithm serves it and double.
/// </summary>
public readonly struct Rational :
    IEquatable<Rational>,
    IComparable<Rational>,
    IAdditionOperators<Rational, Rational, Rational>,
    ISubtractionOperators<Rational, Rational, Rational>,
    IMultiplyOperators<Rational, Rational, Rational>,
    IDivisionOperators<Rational, Rational, Rational>,
    IUnaryNegationOperators<Rational, Rational>,
    IComparisonOperators<Rational, Rational, bool>,
    IAdditiveIdentity<Rational, Rational>,
    IMultiplicativeIdentity<Rational, Rational>
{
    private readonly BigInteger _numerator;
    private readonly BigInteger _denominator;

    /// <summary>numerator / denominator, in lowest terms.</summary>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
        {
            throw new DivideByZeroException($"{numerator}/0 is not a number");
        }

        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        (_numerator, _denominator) = (numerator / divisor, denominator / divisor);
    }

    /// <summary>The numerator, which carries the sign.</summary>
    public BigInteger Numerator => _numerator;

    /// <summary>The denominator, at least 1, also for the default value of the struct.</summary>
    public BigInteger Denominator => _denominator.IsZero ? BigInteger.One : _denominator;

    /// <summary>0.</summary>
    public static Rational AdditiveIdentity => default;

    /// <summary>1.</summary>
    public static Rational MultiplicativeIdentity => 1;

    /// <summary>The exact value of a double, whose denominator is a power of two.</summary>
    /// <exception cref="ArgumentOutOfRangeException">NaN or infinite.</exception>
    public static Rational Of(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "the number must be finite");
        }

        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52 & 0x7FF);
        var fraction = bits & 0xFFFFFFFFFFFFFL;
        BigInteger mantissa = (exponent == 0 ? fraction : fraction | 1L << 52) * Math.Sign(value);
        var shift = Math.Max(exponent, 1) - 1075;
        return shift >= 0 ? mantissa << shift : new Rational(mantissa, BigInteger.One << -shift);
    }

    /// <summary>The nearest double, up to one unit in the last place.</summary>
    public double ToDouble()
    {
        // 64 bits of quotient are more than a double keeps.
        var shift = 64 + (int)(Denominator.GetBitLength() - _numerator.GetBitLength());
        var quotient = shift >= 0 ? (_numerator << shift) / Denominator : _numerator / (Denominator << -shift);
        return Math.ScaleB((double)quotient, -shift);
    }

    /// <summary>|value|.</summary>
    public static Rational Abs(Rational value) => value._numerator.Sign < 0 ? -value : value;

    /// <summary>The larger of two fractions.</summary>
    public static Rational Max(Rational left, Rational right) => left > right ? left : right;

    /// <summary>Σ values, 0 where there are none.</summary>
    public static Rational Sum(IEnumerable<Rational> values) => values.Aggregate(AdditiveIdentity, (sum, value) => sum + value);

    /// <summary>An integer is a fraction.</summary>
    public static implicit operator Rational(long value) => new(value, 1);

    /// <inheritdoc cref="op_Implicit(long)"/>
    public static implicit operator Rational(BigInteger value) => new(value, 1);

    /// <inheritdoc/>
    public static Rational operator +(Rational left, Rational right) =>
        new((left._numerator * right.Denominator) + (right._numerator * left.Denominator), left.Denominator * right.Denominator);

    /// <inheritdoc/>
    public static Rational operator -(Rational left, Rational right) => left + -right;

    /// <inheritdoc/>
    public static Rational operator -(Rational value) => new(-value._numerator, value.Denominator);

    /// <inheritdoc/>
    public static Rational operator *(Rational left, Rational right) =>
        new(left._numerator * right._numerator, left.Denominator * right.Denominator);

    /// <inheritdoc/>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static Rational operator /(Rational left, Rational right) =>
        new(left._numerator * right.Denominator, left.Denominator * right._numerator);

    /// <inheritdoc/>
    public static bool operator ==(Rational left, Rational right) => left.Equals(right);

    /// <inheritdoc/>
    public static bool operator !=(Rational left, Rational right) => !left.Equals(right);

    /// <inheritdoc/>
    public static bool operator <(Rational left, Rational right) => left.CompareTo(right) < 0;

    /// <inheritdoc/>
    public static bool operator >(Rational left, Rational right) => left.CompareTo(right) > 0;

    /// <inheritdoc/>
    public static bool operator <=(Rational left, Rational right) => left.CompareTo(right) <= 0;

    /// <inheritdoc/>
    public static bool operator >=(Rational left, Rational right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Rational other) => (_numerator * other.Denominator).CompareTo(other._numerator * Denominator);

    /// <inheritdoc/>
    public bool Equals(Rational other) => _numerator == other._numerator && Denominator == other.Denominator;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Rational other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_numerator, Denominator);

    /// <inheritdoc/>
    public override string ToString() => Denominator.IsOne
        ? _numerator.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{_numerator}/{Denominator}");
}
