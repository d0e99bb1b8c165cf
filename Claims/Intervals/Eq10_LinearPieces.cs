using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using Reproduce.Geometry;
using Reproduce.Networks;
using Reproduce.Training;
using static Reproduce.Claims.Intervals.Support.MaskedWeights;
using static Reproduce.Claims.Shared.ExactLine;
using static Reproduce.Claims.Shared.Fractions;
using static Reproduce.Claims.Shared.Tensors;
using static Reproduce.Fixtures.Numbers.Arrays;
using static TorchSharp.torch;

namespace Reproduce.Claims.Intervals;

/// <summary>
/// Equations 7 to 10: a ReLU network as a product of matrices that depend on the point, and the change between two points in two terms.
/// Both need a network without biases, or biases as one more column (a last input that is always 1). On kinks the product still gives
/// the right value, but it need not be the region's matrix, so that the first term of equation 10 need not vanish inside one region.
/// </summary>
public sealed class Eq10_LinearPieces
{
    private const string InFloat64 = "exact (small fractions in float64)";

    // W_L(x) ⋯ W_1(x), [n_L, n_0].
    private static readonly UnderTest<Func<FullyConnected, double[], double[]>> Product = new(
        (network, point) => Numbers(Jacobian.ByLayers(network, Batch(point))),
        ("product-of-unmasked-weights", (network, _) =>
            Numbers(network.Weights.Reverse().Aggregate((product, weight) => product.bmm(weight)))),
        ("product-masked-at-the-opposite-point", (network, point) => Numbers(Jacobian.ByLayers(network, -Batch(point)))),
        ("product-without-the-first-mask", (network, point) => Numbers(WithoutFirstMask(network, point))));

    // A network without biases whose value at (x, 1) is that of the given one at x.
    private static readonly UnderTest<Func<SmallNetwork, SmallNetwork>> Homogeneous = new(
        network => WithBiasColumns(network, (_, bias) => bias),
        ("bias-column-left-out-of-the-last-layer", network =>
            WithBiasColumns(network, (layer, bias) => layer == network.Layers - 1 ? 0 : bias)),
        ("bias-column-of-the-first-layer-only", network => WithBiasColumns(network, (layer, bias) => layer == 0 ? bias : 0)),
        ("bias-column-with-the-sign-turned", network => WithBiasColumns(network, (_, bias) => -bias)));

    // The two terms of equation 10 from A(x), A(x₁), x and x₁.
    private static readonly UnderTest<TermsOf> Terms = new(
        (at, from, x, start) => (Multiply(Minus(at, from), start), Multiply(at, Minus(x, start))),
        ("second-term-with-the-old-matrix", (at, from, x, start) => (Multiply(Minus(at, from), start), Multiply(from, Minus(x, start)))),
        ("first-term-at-the-new-point", (at, from, x, start) => (Multiply(Minus(at, from), x), Multiply(at, Minus(x, start)))),
        ("first-term-without-the-difference", (at, _, x, start) => (Multiply(at, start), Multiply(at, Minus(x, start)))));

    // The cross-entropy of outputs for each label.
    private static readonly UnderTest<Func<double[], double[]>> Losses = new(
        LossesOf,
        ("losses-of-the-next-class", outputs => [.. LossesOf(outputs).Skip(1), LossesOf(outputs)[0]]),
        ("losses-to-base-two", outputs => [.. LossesOf(outputs).Select(loss => loss / Math.Log(2))]));

    private delegate (Rational[] First, Rational[] Second) TermsOf(Rational[,] at, Rational[,] from, Rational[] x, Rational[] start);

    [Claim("intervals.eq-7")]
    public void RandomNetworksWithoutBiases_ProductTimesPoint_IsTheOutput() =>
        Instances.Satisfy(
            "|W_L(x)⋯W_1(x)x − f(x)|, kinks included",
            NetworkAtPoint.Arbitrary,
            instance => ProductAgainstOutput(SmallNetwork.WithoutBiases([.. instance.Network.Weights]), instance.Point),
            "8γ_k times the outputs of the network of magnitudes");

    /// <summary>With small fractions float64 makes no error, and points on kinks are on them exactly.</summary>
    [Claim("intervals.eq-7")]
    public void SmallFractions_ProductTimesPoint_IsExactlyTheOutput() =>
        Instances.Satisfy(
            "|W_L(x)⋯W_1(x)x − f(x)|",
            NetworkOnLine.WithoutBiases,
            instance => Deviation.Exact(ProductAgainstOutput(instance.Network, instance.Point).Error == 0),
            Fractions.Exactly,
            dtype: InFloat64);

    [Claim("intervals.eq-7")]
    public void RandomNetworks_WithABiasColumn_AreProductsToo() =>
        Instances.Satisfy(
            "|W̃_L(x)⋯W̃_1(x)(x, 1) − f(x)|",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                using var scope = NewDisposeScope();
                double[] point = [.. instance.Point, 1];
                var product = Product.Run(Homogeneous.Run(instance.Network).ToEnsemble(), point);
                return Deviation.Exact(Apply(product, point).SequenceEqual(instance.Network.Evaluate(instance.Point).Output));
            },
            Fractions.Exactly,
            dtype: InFloat64);

    /// <summary>f(x, y) = ReLU(2x) + 3·ReLU(x − y): the product is (5, −3), (2, 0) or (3, −3) at (2, 1), (1, 2) and (−1, −2).</summary>
    [Claim("intervals.eq-7")]
    public void TwoUnits_ByHand_GiveTheProducts()
    {
        using var scope = NewDisposeScope();
        var network = SmallNetwork.WithoutBiases(new double[,] { { 2, 0 }, { 1, -1 } }, new double[,] { { 1, 3 } }).ToEnsemble();
        double[][] points = [[2, 1], [1, 2], [-1, -2]];
        double[] products = [.. points.SelectMany(point => Product.Run(network, point))];
        products.Should().Equal(5, -3, 2, 0, 3, -3);
        points.Select(point => Numbers(network.Forward(Batch(point)))[0]).Should().Equal([7, 2, 3], "5·2 − 3·1, 2·1, 3·(−1) + 3·2");
        Record("products at (2, 1), (1, 2), (−1, −2)", "(5, −3), (2, 0), (3, −3) by hand", products);
    }

    /// <summary>f(x) = x + 1 at x = 0: whatever the matrices, their product times 0 is 0, and f(0) = 1.</summary>
    [Claim("intervals.eq-7", Role.Counterexample)]
    public void BiasOfOne_AtTheOrigin_IsNoProduct()
    {
        using var scope = NewDisposeScope();
        var network = new SmallNetwork([new double[,] { { 1 } }], [[1]]);
        network.Evaluate([0]).Output.Should().Equal(1.0);
        var product = Apply(Product.Run(network.ToEnsemble(), [0]), [0])[0];
        product.Should().Be(0);
        Record("W_1(x)x for f(x) = x + 1 at 0, where f = 1", "1 as printed", product);
    }

    [Claim("intervals.eq-7", Role.Control)]
    public void Biases_HypothesisDropped_AreCaught() =>
        Instances.Violate("W_L(x)⋯W_1(x)x = f(x) with biases", NetworkOnLine.Arbitrary, instance =>
            ProductAgainstOutput(instance.Network, instance.Point));

    [Claim("intervals.eq-10")]
    public void RandomNetworksWithoutBiases_TwoTerms_AddUpToTheChange() =>
        Instances.Satisfy(
            "f(x) − f(x₁) less the two terms",
            NetworkOnLine.WithoutBiases,
            instance => Deviation.Exact(Splits(instance.Network, instance, Exact(instance.Point), Exact(instance.End))),
            Fractions.Exactly,
            dtype: Arithmetic);

    [Claim("intervals.eq-10")]
    public void RandomNetworks_WithABiasColumn_SplitToo() =>
        Instances.Satisfy(
            "f(x) − f(x₁) less the two terms at (x₁, 1) and (x, 1)",
            NetworkOnLine.Arbitrary,
            instance => Deviation.Exact(
                Splits(Homogeneous.Run(instance.Network), instance, [.. Exact(instance.Point), 1], [.. Exact(instance.End), 1])),
            Fractions.Exactly,
            dtype: Arithmetic);

    /// <summary>
    /// A(x) is the Jacobian of the library's piece, which float64 has exactly; x₁ and x lie in the middle of the line's first and last
    /// piece.
    /// </summary>
    [Claim("intervals.eq-10")]
    public void RandomNetworksWithoutBiases_MatricesOfTheMeasuredPieces_AddUpToo() =>
        Instances.Satisfy(
            "f(x) − f(x₁) less the two terms, with the Jacobians of the library's pieces",
            NetworkOnLine.WithoutBiases,
            instance =>
            {
                var (network, point, direction) = (instance.Network.Exact(), Exact(instance.Point), Exact(instance.Direction));
                var exact = Pieces(network, point, direction, 4);
                var pieces = LineMeasures.Pieces.Run(instance.Network, instance.Point, instance.Direction, 0, 4);
                Rational[,] JacobianAt(Rational t) =>
                    Map(pieces.First(piece => Rational.Of(piece.Start) <= t && t <= Rational.Of(piece.End)).Jacobian, Rational.Of);
                var (from, to) = (exact[0].Middle, exact[^1].Middle);
                var (start, x) = (Along(point, direction, from), Along(point, direction, to));
                var (first, second) = Terms.Run(JacobianAt(to), JacobianAt(from), x, start);
                return Deviation.Exact(Add(first, second).SequenceEqual(Minus(network.Evaluate(x).Output, network.Evaluate(start).Output)));
            },
            Fractions.Exactly,
            count: 150,
            dtype: "exact (rationals; Jacobians are binary fractions)");

    /// <summary>
    /// f = |x| from x₁ = −1 to x = 2: A goes from −1 to 1, the first term is (1 + 1)(−1) = −2, the second 1·3 = 3, the change 2 − 1 = 1.
    /// </summary>
    [Claim("intervals.eq-10")]
    public void Magnitude_ByHand_SplitsIntoMinusTwoAndThree()
    {
        var magnitude = Magnitude.Exact();
        var (first, second) = Terms.Run(MaskedProduct(magnitude, [2]), MaskedProduct(magnitude, [-1]), [2], [-1]);
        first.Should().Equal(-2);
        second.Should().Equal(3);
        Record("the two terms for |x| from −1 to 2", "−2 and 3, which add up to |2| − |−1| = 1", first[0].ToDouble(), second[0].ToDouble());
    }

    /// <summary>
    /// ReLU(x − 1) from x₁ = 0 to x = 2: A is 0 and 1, the terms are (1 − 0)·0 = 0 and 1·(2 − 0) = 2, and the change is 1.
    /// </summary>
    [Claim("intervals.eq-10", Role.Counterexample)]
    public void Bias_FromZeroToTwo_AddsUpToTwoInsteadOfOne()
    {
        var network = new SmallNetwork([new double[,] { { 1 } }, new double[,] { { 1 } }], [[-1], [0]]).Exact();
        var (first, second) = Terms.Run(MaskedProduct(network, [2]), MaskedProduct(network, [0]), [2], [0]);
        var change = network.Evaluate([2]).Output[0] - network.Evaluate([0]).Output[0];
        change.Should().Be((Rational)1);
        (first[0] + second[0]).Should().Be((Rational)2);
        Record("the two terms of ReLU(x − 1) from 0 to 2", "1, the change, together as printed", first[0].ToDouble(), second[0].ToDouble());
    }

    [Claim("intervals.eq-10", Role.Control)]
    public void Biases_InEquation10_AreCaught() =>
        Instances.Violate(
            "the two terms with biases",
            NetworkOnLine.Arbitrary,
            instance => Deviation.Exact(Splits(instance.Network, instance, Exact(instance.Point), Exact(instance.End))),
            dtype: Arithmetic);

    /// <summary>
    /// x₁ anywhere, also on a kink, and x inside the first piece of the line from it, off the kinks: the first term vanishes.
    /// </summary>
    [Claim("intervals.eq-10.region")]
    public void RandomNetworks_InsideOneRegion_FirstTermVanishes() =>
        Instances.Satisfy(
            "the first term of equation 10 inside one region",
            NetworkOnLine.WithoutBiases,
            instance => FirstTerm(instance, pieces => pieces[0].Middle, offKinks: true),
            Fractions.Exactly,
            dtype: Arithmetic);

    /// <summary>So the library's matrix at x, times x − x₁, is the whole change.</summary>
    [Claim("intervals.eq-10.region")]
    public void RandomNetworks_InsideOneRegion_LibrarysSecondTermIsTheChange() =>
        Instances.Satisfy(
            "largest entry of |A(x)(x − x₁) − (f(x) − f(x₁))|, x in the middle of the first piece of a line",
            NetworkOnLine.WithoutBiases,
            instance =>
            {
                using var scope = NewDisposeScope();
                var network = instance.Network;
                var middle = Pieces(network.Exact(), Exact(instance.Point), Exact(instance.Direction), 4)[0].Middle.ToDouble();
                var step = Times(middle, instance.Direction);
                var x = Add(instance.Point, step);
                var second = Apply(Product.Run(network.ToEnsemble(), x), step);
                var change = Minus(network.Evaluate(x).Output, network.Evaluate(instance.Point).Output);
                var rounding = LineMeasures.OfOutputs(network, instance.Point, instance.Direction, 4)
                    + (Rounding.OfJacobian(network) * step.Sum(Math.Abs));
                return new Deviation(Minus(second, change).Max(Math.Abs), rounding);
            },
            "the rounding of an output, and of a Jacobian times ‖x − x₁‖₁",
            count: 150);

    /// <summary>3·ReLU(x) from 1 to 4: A = 3 at both, so the first term is 0 and the second 3·3 is the whole change.</summary>
    [Claim("intervals.eq-10.region")]
    public void OneUnit_ByHand_HasTheSecondTermOnly()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 } }, new double[,] { { 3 } }).Exact();
        var (first, second) = Terms.Run(MaskedProduct(network, [4]), MaskedProduct(network, [1]), [4], [1]);
        first.Should().Equal(0);
        second.Should().Equal(9);
    }

    /// <summary>
    /// Two layers, regions that differ: a unit that switches between x₁ and x has |w_i·x₁| ≤ |w_i·(x − x₁)|, so that the first term is at
    /// most the sum of ‖v_i‖|w_i·(x − x₁)| over these units, v_i the column of the last weights.
    /// </summary>
    [Claim("intervals.eq-10.region")]
    public void RandomNetworksOfTwoLayers_FirstTerm_IsAtMostThatOfTheSwitchingUnits() =>
        Instances.Satisfy(
            "‖(A(x) − A(x₁))x₁‖_∞ ≤ Σ ‖v_i‖_∞ |w_i·(x − x₁)| over the units that switch",
            Arb.From(NetworkOnLine.WithoutBiases.Generator.Where(instance => instance.Network.Layers == 2)),
            instance =>
            {
                var network = instance.Network.Exact();
                var (start, x) = (Exact(instance.Point), Exact(instance.End));
                var (before, after) = (network.Evaluate(start).Preactivations[0], network.Evaluate(x).Preactivations[0]);
                var (first, _) = Terms.Run(MaskedProduct(network, x), MaskedProduct(network, start), x, start);
                return Deviation.Exact(Norm(first) <= Rational.Sum(
                    from unit in Enumerable.Range(0, before.Length)
                    where (before[unit] >= 0) != (after[unit] >= 0)
                    select Norm(Column(network.Weights[1], unit)) * Rational.Abs(after[unit] - before[unit])));
            },
            Fractions.Exactly,
            count: 150,
            dtype: Arithmetic);

    /// <summary>K·ReLU(x) from −1 to 1: one unit switches, the least that a region can change, and the first term is −K.</summary>
    [ClaimRows("intervals.eq-10.region", Role.Control)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void OneSwitchingUnit_ConstantWeightsDropped_HasAnyFirstTerm(int slope)
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 } }, new double[,] { { slope } }).Exact();
        Terms.Run(MaskedProduct(network, [1]), MaskedProduct(network, [-1]), [1], [-1]).First.Should().Equal(-slope);
    }

    /// <summary>
    /// ReLU(x) − ReLU(−x) = x is linear on the whole line, and its weights are not constant there. From x₁ = 1 to x = 0 the product goes
    /// from 1 to 2 (rows of zero pre-activation kept) or to 0 (erased), and the first term is 1 or −1.
    /// </summary>
    [Claim("intervals.eq-10.region", Role.Control)]
    public void IdentityToItsKink_ConstantWeightsDropped_HasAFirstTerm()
    {
        var network = ExampleNetworks.Identity.Exact();
        var kept = Terms.Run(MaskedProduct(network, [0]), MaskedProduct(network, [1]), [0], [1]).First[0];
        kept.Should().Be((Rational)1);
        using var scope = NewDisposeScope();
        var ensemble = ExampleNetworks.Identity.ToEnsemble();
        var erased = Product.Run(ensemble, [0])[0] - Product.Run(ensemble, [1])[0];
        erased.Should().Be(-1);
        Record("first term for ReLU(x) − ReLU(−x) from 1 to 0", "0 where the weights are constant", kept.ToDouble(), erased);
    }

    [Claim("intervals.eq-10.region", Role.Control)]
    public void AnotherRegion_HypothesisDropped_IsCaught() =>
        Instances.Violate(
            "the first term across regions",
            NetworkOnLine.WithoutBiases,
            instance => FirstTerm(instance, pieces => pieces[^1].Middle, offKinks: false),
            dtype: Arithmetic);

    /// <summary>(x, 0) at 1 and at 1 000 000: both of class 1, both with a softmax above 0.7, and 999 999 apart.</summary>
    [Claim("intervals.eq-10.close", Role.Counterexample)]
    public void OneClass_AtOneAndAMillion_IsAMillionApart()
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { 1 }, { 0 } }).Exact();
        var (near, far) = (network.Evaluate([1]).Output, network.Evaluate([1_000_000]).Output);
        (Largest(near), Largest(far)).Should().Be((0, 0));
        var apart = Norm(Minus(far, near));
        apart.Should().Be((Rational)999_999);
        Record("difference of the outputs of two points of one class", "small, as printed", apart.ToDouble());
    }

    /// <summary>
    /// Correct classification does not make closeness likely either: (cx, 0) classifies 1 and 2 alike for every c > 0, with outputs c
    /// apart, and its losses only fall as c grows.
    /// </summary>
    [ClaimRows("intervals.eq-10.close", Role.Counterexample)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(25)]
    public void OneClass_WithLargerLastWeights_IsClassifiedAlikeAndFartherApart(int c)
    {
        var network = SmallNetwork.WithoutBiases(new double[,] { { c }, { 0 } });
        var (near, far) = (network.Evaluate([1]).Output, network.Evaluate([2]).Output);
        (near[0] > near[1] && far[0] > far[1]).Should().BeTrue();
        (far[0] - near[0]).Should().Be(c);
        Losses.Run(near)[0].Should().BeApproximately(Math.Log(1 + Math.Exp(-c)), 1e-14);
    }

    /// <summary>
    /// The losses of all classes at two points, −log of their softmax, say how far their outputs are apart, but for a common shift.
    /// </summary>
    [Claim("intervals.eq-10.close", Role.Repair)]
    public void RandomNetworks_OutputsUpToAShift_AreAsFarApartAsTheLosses() =>
        Instances.Satisfy(
            "|(z_k − z_j) − (z′_k − z′_j)| less twice the largest difference of losses, and |(z_k − z_j) − (e_j − e_k)|, all k and j",
            NetworkOnLine.Arbitrary,
            instance =>
            {
                var (one, other) = (instance.Network.Evaluate(instance.Point).Output, instance.Network.Evaluate(instance.End).Output);
                var (losses, others) = (Losses.Run(one), Losses.Run(other));
                var apart = losses.Zip(others, (a, b) => Math.Abs(a - b)).Max();
                var allowed = 16 * Rounding.Gamma(one.Length + 8 + (int)Spread(one, other)) * (1 + one.Concat(other).Max(Math.Abs));
                var excesses =
                    from k in Enumerable.Range(0, one.Length)
                    from j in Enumerable.Range(0, one.Length)
                    select Math.Max(
                        Math.Abs(one[k] - one[j] - other[k] + other[j]) - (2 * apart),
                        Math.Abs(one[k] - one[j] - losses[j] + losses[k]));
                return excesses
                    .Select(excess => new Deviation(Math.Max(0, excess), allowed))
                    .Aggregate(Deviation.Worse);
            },
            "16γ_k(1 + max |z_j|), k = classes + 8 + the spread of the outputs, as for intervals.eq-4");

    /// <summary>
    /// Outputs (log 3, 0) and (5 + log 3, 5) have the losses log 4/3 and log 4: equal losses, and outputs that differ by a shift of 5.
    /// </summary>
    [ClaimRows("intervals.eq-10.close", Role.Repair)]
    [InlineData(0)]
    [InlineData(5)]
    public void ShiftedOutputs_ByHand_HaveTheSameLosses(double shift)
    {
        var losses = Losses.Run([shift + Math.Log(3), shift]);
        losses[0].Should().BeApproximately(Math.Log(4.0 / 3), 1e-14);
        losses[1].Should().BeApproximately(Math.Log(4), 1e-14);
    }

    /// <summary>Close losses of the right class alone say nothing of the others: (0, −20, −20) and (0, −20, −1000).</summary>
    [Claim("intervals.eq-10.close", Role.Control)]
    public void LossOfTheRightClassOnly_HypothesisDropped_LeavesOutputsFarApart()
    {
        var (one, other) = (Losses.Run([0, -20, -20]), Losses.Run([0, -20, -1000]));
        Math.Abs(one[0] - other[0]).Should().BeLessThan(1e-8);
        Math.Abs(one[2] - other[2]).Should().BeGreaterThan(900);
    }

    private static double[] LossesOf(double[] outputs)
    {
        using var scope = NewDisposeScope();
        var classes = outputs.Length;
        var targets = OneHot.Of([.. Enumerable.Range(0, classes).Select(label => (byte)label)], classes, float64).unsqueeze(0);
        return Numbers(Loss.CrossEntropy.Of(tensor(outputs).expand(1, classes, classes), targets));
    }

    private static double Spread(params double[][] outputs) => outputs.Max(one => one.Max() - one.Min());

    private static SmallNetwork Magnitude { get; } =
        SmallNetwork.WithoutBiases(new double[,] { { 1 }, { -1 } }, new double[,] { { 1, 1 } });

    private static Deviation ProductAgainstOutput(SmallNetwork network, double[] point)
    {
        using var scope = NewDisposeScope();
        var ensemble = network.ToEnsemble();
        var difference = Arrays.Minus(Apply(Product.Run(ensemble, point), point), Numbers(ensemble.Forward(Batch(point))));
        return new Deviation(difference.Max(Math.Abs), Rounding.OfOutputs(network, point));
    }

    // Whether the terms that one network has from start to x add up to what the line's own network changes by.
    private static bool Splits(SmallNetwork network, NetworkOnLine line, Rational[] start, Rational[] x)
    {
        var (exact, own) = (network.Exact(), line.Network.Exact());
        var (first, second) = Terms.Run(MaskedProduct(exact, x), MaskedProduct(exact, start), x, start);
        return Add(first, second).SequenceEqual(Minus(own.Evaluate(Exact(line.End)).Output, own.Evaluate(Exact(line.Point)).Output));
    }

    private static Deviation? FirstTerm(NetworkOnLine instance, Func<IReadOnlyList<ExactPiece>, Rational> place, bool offKinks)
    {
        var network = instance.Network.Exact();
        var (start, direction) = (Exact(instance.Point), Exact(instance.Direction));
        var x = Along(start, direction, place(Pieces(network, start, direction, 4)));
        if (offKinks && network.Evaluate(x).Preactivations.SkipLast(1).Any(layer => layer.Contains(0)))
        {
            return null;
        }

        var (first, _) = Terms.Run(MaskedProduct(network, x), MaskedProduct(network, start), x, start);
        return Deviation.Exact(first.All(value => value == 0));
    }

    // A matrix in row-major order times a vector.
    private static double[] Apply(double[] matrix, double[] vector) => [.. matrix.Chunk(vector.Length).Select(row => Dot(row, vector))];

    // [W_i b_i; 0 1] for the hidden layers, [W_n b_n] for the last: the last input is 1 and passes every ReLU.
    private static SmallNetwork WithBiasColumns(SmallNetwork network, Func<int, double, double> bias) =>
        SmallNetwork.WithoutBiases([.. network.Weights.Select((weight, layer) =>
        {
            var (rows, columns) = (weight.GetLength(0), weight.GetLength(1));
            return Build(layer == network.Layers - 1 ? rows : rows + 1, columns + 1, (row, column) =>
                row == rows ? (column == columns ? 1.0 : 0)
                : column == columns ? bias(layer, network.Biases[layer][row])
                : weight[row, column]);
        })]);

    private static void Record(string quantity, string rule, params double[] numbers) =>
        Evidence.Record(new Measurement(quantity, numbers[0], rule) { Series = numbers, Dtype = "exact (integers)" });

    private static Tensor WithoutFirstMask(FullyConnected network, double[] point)
    {
        var masks = network.Masks(Batch(point));
        var product = network.Weights[^1];
        for (var i = masks.Count - 1; i >= 0; i--)
        {
            product = (i == 0 ? product : product * masks[i]).bmm(network.Weights[i]);
        }

        return product;
    }
}
