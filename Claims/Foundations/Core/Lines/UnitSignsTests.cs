using Reproduce.Lines;

namespace Reproduce.Claims.Foundations.Core.Lines;

/// <summary>
/// The loops over units, a few at a time, against one unit at a time: for every width around those of a vector and of a word, over numbers
/// of both signs with zeros, equal magnitudes and bounds that are just met.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class UnitSignsTests
{
    private static readonly double[] Few = [-2, -1, -0.5, -0.0, 0, 0.5, 1, 2];

    public static TheoryData<int> Widths => [.. Enumerable.Range(1, 9), 63, 64, 65, 67, 68, 100, 128, 131];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(64, 1)]
    [InlineData(65, 2)]
    [InlineData(128, 2)]
    public void Words_AreOfSixtyFourUnits(int units, int expected) => UnitSigns.Words(units).Should().Be(expected);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Bits_AreThoseOfEachUnit(int width)
    {
        foreach (var (one, other) in Pairs(width))
        {
            Agree(bits => UnitSigns.PositiveHalfway(one, other, bits), i => one[i] + other[i] > 0);
            Agree(bits => UnitSigns.Opposite(one, other, bits), i => one[i] * other[i] < 0);
            double[] bounds = [.. other.Select(Math.Abs)];
            Agree(bits => UnitSigns.AtMost(one, bounds, bits), i => one[i] != 0 && Math.Abs(one[i]) <= bounds[i]);
        }

        void Agree(Action<ulong[]> fill, Func<int, bool> expected)
        {
            // What was there before is lost.
            ulong[] bits = [.. Enumerable.Repeat(ulong.MaxValue, UnitSigns.Words(width))];
            fill(bits);
            int[] units = [.. Enumerable.Range(0, width).Where(expected)];
            var places = new List<int>();
            foreach (var place in UnitSigns.PlacesOf(bits))
            {
                places.Add(place);
            }

            places.Should().Equal(units);
            var numbers = new double[width];
            UnitSigns.Expand(bits, numbers);
            numbers.Should().Equal(Enumerable.Range(0, width).Select(i => expected(i) ? 1.0 : 0));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Numbers_AreThoseOfEachUnit(int width)
    {
        foreach (var (one, other) in Pairs(width))
        {
            double[] constants = [.. other.Select(number => Math.Abs(number) / 2)];
            double[] slopes = [.. other.Reverse().Select(number => Math.Abs(number) / 4)];
            Agree(values => UnitSigns.ClearBelow(values, 2, slopes, constants), i => Cleared(i));
            Agree(values => UnitSigns.RaiseToMagnitudes(values, other), i => Math.Max(one[i], Math.Abs(other[i])));
            Agree(values => UnitSigns.Advance(values, other, 0.75), i => one[i] + (0.75 * other[i]));
            Agree(values => UnitSigns.Difference(one, other, values), i => one[i] - other[i]);
            Agree(values => UnitSigns.Relu(one, values), i => Math.Max(one[i], 0));

            double Cleared(int i) => Math.Abs(one[i]) > (2 * slopes[i]) + constants[i] ? one[i] : 0;

            void Agree(Action<double[]> change, Func<int, double> expected)
            {
                double[] values = [.. one];
                change(values);
                values.Should().Equal(Enumerable.Range(0, width).Select(expected));
            }
        }
    }

    [Fact]
    public void Set_ChangesOneBit()
    {
        ulong[] bits = [0b0101, ulong.MaxValue];
        UnitSigns.Set(bits, 1, true);
        UnitSigns.Set(bits, 2, false);
        UnitSigns.Set(bits, 65, false);
        UnitSigns.Set(bits, 66, true);
        bits.Should().Equal(0b0011, ulong.MaxValue - 2);
    }

    // Rows in which, over all of them, each unit meets each two of the few numbers.
    private static IEnumerable<(double[] One, double[] Other)> Pairs(int width) =>
        from shift in Enumerable.Range(0, Few.Length)
        from other in Enumerable.Range(0, Few.Length)
        select (Row(width, shift, 1), Row(width, other, 3));

    private static double[] Row(int width, int shift, int step) =>
        [.. Enumerable.Range(0, width).Select(i => Few[(shift + (i * step)) % Few.Length])];
}
