using MathNet.Numerics.Distributions;

namespace Reproduce.Claims.Harness;

/// <summary>What Evidence.Draw accepts, and the parts of figures that all papers share.</summary>
[Trait("Category", "Harness")]
public sealed class FigureTests : IDisposable
{
    private static readonly double[] One = [1];
    private static readonly double[] Two = [1, 2];

    public FigureTests() => Evidence.Begin();

    public void Dispose() => Evidence.Discard();

    /// <summary>
    /// A figure without a curve, and figures with one that has no point, too few y or errors, or an x that is not finite.
    /// </summary>
    public static TheoryData<Curve[]> Impossible =>
    [
        new([]),
        new([new("empty", [], [])]),
        new([new("too few y", Two, One)]),
        new([new("too few errors", Two, Two) { Error = One }]),
        new([new("infinite x", [double.PositiveInfinity], One)]),
        new([new("good", One, One), new("no x", [double.NaN], One)]),
    ];

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void Draw_CurvesThatCannotBeDrawn_AreRefusedWithTheirPlace(Curve[] curves)
    {
        var draw = () => Evidence.Draw(Of(curves));
        draw.Should().Throw<ArgumentException>().WithMessage("S, Figure 0*");
        Evidence.Drawn.Should().BeEmpty();
    }

    [Fact]
    public void Draw_KeepsFiveDigitsAndWhatWasNotMeasured()
    {
        Evidence.Draw(Of(new Curve("curve", [1.234567, 1e-7], [double.NaN, 123456]) { Error = [0.1234567, 0], Group = "group" }));
        var curve = Evidence.Drawn.Single().Curves.Single();
        curve.X.Should().Equal(1.2346, 1e-7);
        curve.Y.Should().Equal(double.NaN, 123460);
        curve.Error.Should().Equal(0.12346, 0);
        curve.Group.Should().Be("group");
    }

    [Fact]
    public void InErrors_ByHand()
    {
        Measurement.InErrors(10, 3, 5, 4).Should().Be(1, "the root of 9 + 16 is 5");
        Measurement.InErrors(0, 0, 1, 0.5).Should().Be(-2);
        Measurement.InErrors(1, 0, 2, 0).Should().BeNull("no error is known");
        Measurement.InErrors(1, double.NaN, 2, 1).Should().BeNull();
    }

    /// <summary>The density of normal quantiles is the normal density, a little wider; its area is 1. Equal values have none.</summary>
    [Fact]
    public void DensityCurve_OfNormalQuantiles_IsNearTheNormalDensity()
    {
        double[] quantiles = [.. Enumerable.Range(0, 100).Select(i => Normal.InvCDF(5, 2, (i + 0.5) / 100))];
        var (x, y) = DensityCurve.Of(quantiles, 750)!.Value;
        (y.Sum() * (x[1] - x[0])).Should().BeApproximately(1, 0.01);
        x.Zip(y).Should().OnlyContain(at => Math.Abs(at.Second - Normal.PDF(5, 2, at.First)) < 0.02);
        DensityCurve.Of([3, 3, 3], 3).Should().BeNull();
    }

    [Fact]
    public void TableFigure_HasOursAndThePrintedNumbersInEachPanel()
    {
        TableFigure.Draw("S, Table 0", "title", "row", "value", "",
        [
            new("a", "first", 1, 0.3, 3, 0.4, -4),
            new("a", "second", 2, null, 2, 0.1, null),
            new("b", "second", 4, 0.1, 4, 0, 0),
        ]);
        var figure = Evidence.Drawn.Single();
        figure.X.Categories.Should().Equal("first", "second");
        figure.Description.Should().Contain("3 cells")
            .And.Contain("2 of them comparable, the largest difference is 4.0 combined standard errors");
        figure.Curves.Select(curve => (curve.Panel, curve.IsPaper)).Should().Equal(("a", false), ("a", true), ("b", false), ("b", true));
        figure.Curves[0].Error.Should().Equal(0.3, 0);
        figure.Curves[2].X.Should().Equal(1);
    }

    private static Figure Of(params Curve[] curves) =>
        new("S, Figure 0", "title", "description", new("x"), new("y"), FigureMark.Line, curves);
}
