using Reproduce.Fixtures.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Data;

/// <summary>
/// Changes of resolution against numbers that PyTorch 1.13 made with <c>interpolate(mode="bilinear", align_corners=False)</c> in float64,
/// and against averages worked out by hand.
/// </summary>
[Trait("Category", "Foundation")]
public class ResamplingTests
{
    // Weights in float64 differ by a few units in the last place; pixels are below 300.
    private const double Tolerance = 1e-11;

    private static readonly double[] ThreeToSeven =
    [
        1, 8.0 / 7, 11.0 / 7, 2, 20.0 / 7, 26.0 / 7, 4,
        2, 16.0 / 7, 22.0 / 7, 4, 40.0 / 7, 52.0 / 7, 8,
        5, 40.0 / 7, 55.0 / 7, 10, 100.0 / 7, 130.0 / 7, 20,
        8, 64.0 / 7, 88.0 / 7, 16, 160.0 / 7, 208.0 / 7, 32,
        32, 256.0 / 7, 352.0 / 7, 64, 640.0 / 7, 832.0 / 7, 128,
        56, 64, 88, 112, 160, 208, 224,
        64, 512.0 / 7, 704.0 / 7, 128, 1280.0 / 7, 1664.0 / 7, 256,
    ];

    [Fact]
    public void Bilinear_ThreeToSeven_IsPyTorchs()
    {
        double[] image = [1, 2, 4, 8, 16, 32, 64, 128, 256];
        Applied(image, Resampling.Bilinear(3, 7)).Should().Equal(ThreeToSeven, Near);
    }

    /// <summary>
    /// The image has pixel i² mod 97 at position i. Given are PyTorch's sum, sum of squares, and the pixels at (1, 2), (k/2, k/3), (k −
    /// 3, 5), (17, k − 2).
    /// </summary>
    [Theory]
    [InlineData(42, 84123.0, 4796501.462962964, 30.083333333333332, 54.63888888888889, 85.77777777777777, 52.66666666666666)]
    [InlineData(56, 149552.0, 8444719.171875, 13.25, 59.0, 72.5, 46.3125)]
    [InlineData(84, 336492.0, 19628914.02469136, 0.33333333333333326, 58.33333333333331, 63.888888888888935, 33.666666666666686)]
    public void Bilinear_TwentyEightUp_IsPyTorchs(int to, double sum, double squares, params double[] pixels)
    {
        double[] image = Applied(Image(), Resampling.Bilinear(28, to));

        image.Sum().Should().BeApproximately(sum, to * to * Tolerance);
        image.Sum(value => value * value).Should().BeApproximately(squares, to * to * 200 * Tolerance);
        int[] positions = [to + 2, (to / 2 * to) + (to / 3), ((to - 3) * to) + 5, (17 * to) + to - 2];
        positions.Select(position => image[position]).Should().Equal(pixels, Near);
    }

    /// <summary>align_corners=True, or rounding a centre to the nearest pixel, gives other numbers.</summary>
    [Fact]
    public void Bilinear_OtherConventions_WouldBeNoticed()
    {
        var aligned = new double[7, 3];
        var nearest = new double[7, 3];
        for (int i = 0; i < 7; i++)
        {
            double centre = i * 2 / 6.0;
            aligned[i, (int)centre] += 1 - (centre % 1);
            aligned[i, Math.Min((int)centre + 1, 2)] += centre % 1;
            nearest[i, i * 3 / 7] = 1;
        }

        double[] image = [1, 2, 4, 8, 16, 32, 64, 128, 256];
        Applied(image, aligned).Zip(ThreeToSeven, Near).Should().Contain(false);
        Applied(image, nearest).Zip(ThreeToSeven, Near).Should().Contain(false);
    }

    [Fact]
    public void Bilinear_SameSize_ChangesNothing() => Applied(Image(), Resampling.Bilinear(28, 28)).Should().Equal(Image());

    [Theory]
    [InlineData(14)]
    [InlineData(7)]
    public void AveragePooling_TwentyEightDown_IsTheMeanOfEachSquare(int to)
    {
        double[] image = Image();
        int size = 28 / to;
        double[] pooled = Applied(image, Resampling.AveragePooling(28, to));
        double Pixel(int i, int j) => image[(((i / to * size) + (j / size)) * 28) + (i % to * size) + (j % size)];
        pooled.Should().Equal(
            Enumerable.Range(0, to * to).Select(i => Enumerable.Range(0, size * size).Average(j => Pixel(i, j))), Near);
    }

    /// <summary>In this convention bilinear interpolation by one half averages four pixels.</summary>
    [Fact]
    public void AveragePooling_ByTwo_IsBilinear() =>
        Resampling.AveragePooling(28, 14).Cast<double>().Should().Equal(Resampling.Bilinear(28, 14).Cast<double>(), Near);

    [Fact]
    public void AveragePooling_SizeThatDoesNotDivide_IsRefused() =>
        FluentActions.Invoking(() => Resampling.AveragePooling(28, 9))
            .Should().Throw<ArgumentException>().WithMessage("28 pixels are not 9 groups*");

    [Fact]
    public void Apply_SeveralFloat32Images_GivesEachItsOwn()
    {
        using var scope = NewDisposeScope();
        double[] first = Image();
        double[] second = [.. first.Reverse()];
        var images = tensor(first.Concat(second).Select(value => (float)value).ToArray(), [2, 784]);

        var large = Resampling.Apply(images, Resampling.Bilinear(28, 84));

        large.dtype.Should().Be(float32);
        large.shape.Should().Equal(2, 84 * 84);

        // Two sums of two products of numbers below 97: at most four roundings of 2⁻²⁴ relative, and two more in the weights of each.
        large.cpu().data<float>().ToArray().Select(value => (double)value).Should().Equal(
            Applied(first, Resampling.Bilinear(28, 84)).Concat(Applied(second, Resampling.Bilinear(28, 84))),
            (actual, expected) => Math.Abs(actual - expected) <= 97 * 8 * Math.Pow(2, -24));
    }

    [Fact]
    public void Apply_WrongShape_IsRefused()
    {
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => Resampling.Apply(zeros(2, 783), Resampling.Bilinear(28, 56)))
            .Should().Throw<ArgumentException>().WithMessage("*(2 × 783)*28×28*");
    }

    private static double[] Image() => [.. Enumerable.Range(0, 784).Select(i => (double)(i * i % 97))];

    private static double[] Applied(double[] image, double[,] matrix)
    {
        using var scope = NewDisposeScope();
        return Resampling.Apply(tensor(image, [1, image.Length]), matrix).cpu().data<double>().ToArray();
    }

    private static bool Near(double actual, double expected) => Math.Abs(actual - expected) <= Tolerance;
}
