using System.Globalization;
using Reproduce.Claims.Harness;
using Reproduce.Networks;

namespace Reproduce.Claims.Design;

/// <summary>
/// The parameter counts that the paper prints, computed from the shapes of the layers. Table 1 is right to the printed digits if the
/// shortcuts have no parameters and its generalization layer is two 3 × 3 convolutions of 64 channels. On the fully connected networks of
/// Figure 2 the caption and section 4.1 contradict each other; either can be right, since the widths are not stated.
/// </summary>
public sealed class Table1_ParameterCounts
{
    private static readonly UnderTest<Func<CifarResNetShape, long>> Residual = new(
        ParameterCount.Of,
        ("resnet-count-with-projection-shortcuts", shape => ParameterCount.Of(shape) + (16 * 32) + (2 * 32) + (32 * 64) + (2 * 64)),
        ("resnet-count-without-batch-norm", shape => ParameterCount.Of(shape.ParameterShapes().Where(one => one.Length > 1))),
        ("resnet-count-of-one-block-less", shape => ParameterCount.Of(new CifarResNetShape(shape.Depth - 6, shape.ExtraConvolutions))));

    private static readonly UnderTest<Func<FullyConnectedShape, long>> FullyConnected = new(
        ParameterCount.Of,
        ("dense-count-without-biases", shape => Enumerable.Range(0, shape.Layers).Sum(i => (long)shape.Widths[i] * shape.Widths[i + 1])),
        ("dense-count-without-the-output-layer", shape => ParameterCount.Of(new FullyConnectedShape([.. shape.Widths.SkipLast(1)]))));

    [ClaimRows("design.param-counts")]
    [InlineData(20, 0, 20, 269_722, "0.27")]
    [InlineData(32, 0, 32, 464_154, "0.46")]
    [InlineData(20, 2, 22, 343_706, "0.3")]
    [InlineData(44, 0, 44, 658_586, "0.66")]
    [InlineData(56, 0, 56, 853_018, "0.85")]
    [InlineData(110, 0, 110, 1_727_962, "1.7")]
    [InlineData(1202, 0, 1202, 19_421_274, "19.4")]
    [InlineData(56, 2, 58, 927_002, "0.93")]
    public void Table1_EveryRow_IsTheCountRoundedToThePrintedDigits(int depth, int extra, int layers, long parameters, string millions)
    {
        var shape = new CifarResNetShape(depth, extra);
        shape.Layers.Should().Be(layers);
        Residual.Run(shape).Should().Be(parameters);
        Rounded(parameters, millions).Should().Be(millions);
        Evidence.Record(new Measurement(
            $"parameters of ResNet{depth} with {extra} convolutions added", parameters, "rounds to the printed number of millions")
        {
            Paper = $"{millions}M",
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// n = 3: 3·16·9 + 2·16 = 464 for the first convolution; 6 (16·16·9 + 32) = 14 016; 16·32·9 + 5·32·32·9 + 6·64 = 51 072;
    /// 32·64·9 + 5·64·64·9 + 6·128 = 203 520; the classifier 650. Together 269 722. Two more convolutions of 64 channels:
    /// 2 (64·64·9 + 128) = 73 984.
    /// </summary>
    [Claim("design.param-counts")]
    public void ResNet20_ByHand_Has269722Parameters()
    {
        Residual.Run(new CifarResNetShape(20)).Should().Be(464 + 14_016 + 51_072 + 203_520 + 650).And.Be(269_722);
        (Residual.Run(new CifarResNetShape(20, 2)) - Residual.Run(new CifarResNetShape(20))).Should().Be(73_984);
    }

    /// <summary>
    /// The shape lists 19 convolutions with their batch norms and the classifier: 3 · 19 + 2 tensors; only depths 6n + 2 exist.
    /// </summary>
    [Claim("design.param-counts")]
    public void ResNet20_Shapes_AreThoseOfNineteenConvolutions()
    {
        var shapes = new CifarResNetShape(20).ParameterShapes().ToList();
        shapes.Should().HaveCount((3 * 19) + 2);
        shapes.Count(shape => shape.Length == 4).Should().Be(19);
        var wrong = () => new CifarResNetShape(21);
        wrong.Should().Throw<ArgumentException>();
    }

    /// <summary>
    /// With projection shortcuts (option B) ResNet56 has 855 770 parameters, which rounds to 0.86: the table means option A.
    /// </summary>
    [Claim("design.param-counts", Role.Control)]
    public void ProjectionShortcuts_WouldPrint086() =>
        Rounded(ParameterCount.Of(new CifarResNetShape(56)) + (16 * 32) + (2 * 32) + (32 * 64) + (2 * 64), "0.85").Should().Be("0.86");

    /// <summary>
    /// One convolution of 64 channels in place of two gives 0.89 M, two dense layers of 64 units 0.86 M: the printed 0.93 M needs between
    /// 71 982 and 81 981 parameters more than ResNet56, the printed 0.3 M at most 80 277 more than ResNet20.
    /// </summary>
    [Claim("design.param-counts", Role.Control)]
    public void OtherGeneralizationLayers_WouldPrintOtherCounts()
    {
        Rounded(ParameterCount.Of(new CifarResNetShape(56, 1)), "0.93").Should().Be("0.89");
        Rounded(ParameterCount.Of(new CifarResNetShape(56)) + (2 * ((64 * 64) + 64)), "0.93").Should().Be("0.86");
        Rounded(ParameterCount.Of(new CifarResNetShape(56, 3)), "0.93").Should().Be("0.96");
    }

    /// <summary>
    /// One hidden layer of w units has 3w + 1 parameters: 35 989 for w = 11 996, 35 998 for w = 11 999. Seven hidden layers can have either
    /// number, as well.
    /// </summary>
    [ClaimRows("design.param-counts.fig-2")]
    [InlineData(35_989, "11996")]
    [InlineData(35_998, "11999")]
    [InlineData(35_989, "74-81-73-76-77-80-73")]
    [InlineData(35_998, "75-79-74-77-75-81-74")]
    public void OneAndSevenHiddenLayers_CanHaveEitherNumber(long parameters, string widths)
    {
        var hidden = widths.Split('-').Select(width => int.Parse(width, CultureInfo.InvariantCulture));
        FullyConnected.Run(new FullyConnectedShape([1, .. hidden, 1])).Should().Be(parameters);
    }

    /// <summary>
    /// The introduction's 118 hidden layers of 17 units have 35 854 parameters; 119, as in the caption and section 4.1, have 36 160.
    /// </summary>
    [Claim("design.param-counts.fig-2", Role.Counterexample)]
    public void TheIntroductions118HiddenLayers_HaveAnotherNumber()
    {
        FullyConnected.Run(FullyConnectedShape.Uniform(1, 118, 17, 1)).Should().Be(35_854);
        FullyConnected.Run(FullyConnectedShape.Uniform(1, 119, 17, 1)).Should().Be(36_160);
        Evidence.Record(new Measurement("parameters of 118 hidden layers of 17 units", 35_854, "36 160 are printed, which 119 have")
        {
            Paper = "118 hidden layers (introduction), 119 (caption, section 4.1)",
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// Seven hidden layers of one width w, which the paper does not state, have 6w² + 9w + 1 parameters: 35 341 for w = 76, 36 268 for
    /// w = 77, and neither printed number for any w.
    /// </summary>
    [Claim("design.param-counts.fig-2", Role.Control)]
    public void SevenHiddenLayersOfOneWidth_HaveNeitherNumber()
    {
        FullyConnected.Run(FullyConnectedShape.Uniform(1, 7, 76, 1)).Should().Be(35_341);
        FullyConnected.Run(FullyConnectedShape.Uniform(1, 7, 77, 1)).Should().Be(36_268);
        Enumerable.Range(1, 100).Select(width => FullyConnected.Run(FullyConnectedShape.Uniform(1, 7, width, 1)))
            .Should().NotContain([35_989L, 35_998L]);
        var ofOneWidth =
            from depth in Enumerable.Range(2, 40)
            from width in Enumerable.Range(1, 200)
            select FullyConnected.Run(FullyConnectedShape.Uniform(1, depth, width, 1));
        ofOneWidth.Should().NotContain(35_989L, "no network of 2 to 41 hidden layers of one width has as many");
        Evidence.Record(new Measurement(
            "parameters of 7 hidden layers of 76 and 77 units", 35_341, "neither 35 989 (section 4.1) nor 35 998 (caption)")
        {
            Paper = "35 989 in section 4.1, 35 998 in the caption",
            Series = [35_341, 36_268],
            Dtype = "exact (integers)",
        });
    }

    /// <summary>
    /// 3 · 11 996 + 1 = 35 989, one hidden layer. 7 · 71² + 10 · 71 + 1 = 35 998, seven 71 × 71 matrices: eight hidden layers.
    /// 118 · 306 + 52 = 36 160: 118 matrices of 17 × 17, 119 hidden layers.
    /// </summary>
    [Claim("design.param-counts.fig-2")]
    public void CaptionsNumbers_ByHand_AreThoseOfOneEightAnd119HiddenLayers()
    {
        FullyConnected.Run(FullyConnectedShape.Uniform(1, 1, 11_996, 1)).Should().Be((3 * 11_996) + 1).And.Be(35_989);
        FullyConnected.Run(FullyConnectedShape.Uniform(1, 8, 71, 1)).Should().Be((7 * 71 * 71) + (10 * 71) + 1).And.Be(35_998);
        FullyConnected.Run(FullyConnectedShape.Uniform(1, 119, 17, 1)).Should().Be((118 * 306) + 52).And.Be(36_160);
        Evidence.Record(new Measurement(
            "hidden layers of width 71 that have 35 998 parameters", 8, "7 in the paper, which is the number of 71 × 71 matrices")
        {
            Paper = "7",
            Dtype = "exact (integers)",
        });
    }

    /// <summary>118 hidden layers of 17 units, as the introduction counts, have 35 854 parameters, not 36 160.</summary>
    [Claim("design.param-counts.fig-2", Role.Control)]
    public void OneLayerFewer_IsCaught() =>
        ParameterCount.Of(FullyConnectedShape.Uniform(1, 118, 17, 1)).Should().Be(35_854).And.NotBe(36_160);

    private static string Rounded(long parameters, string like)
    {
        var decimals = like.Length - like.IndexOf('.', StringComparison.Ordinal) - 1;
        return Math.Round(parameters / 1_000_000m, decimals, MidpointRounding.AwayFromZero)
            .ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }
}
