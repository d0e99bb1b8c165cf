using Reproduce.Claims.Harness;
using Reproduce.Engine;
using Reproduce.Fixtures.Experiments.Smoothness;
using Reproduce.Fixtures.Functions;
using Reproduce.Measures;
using Reproduce.Networks;
using Reproduce.Randomness;
using Reproduce.Training;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>The short cuts that make the thesis's experiments fast give the library's results.</summary>
public sealed class Table41_ShortCuts
{
    private const string Claim = "smoothness.table-4.1";

    /// <summary>
    /// Full-batch descent in registers against <see cref="DenseEnsemble"/>, ten steps in float32. A step sums some 16 products of numbers
    /// up to about 2, so its error is at most 2·16·2⁻²⁴·4; over ten steps, each of which may double the error, 1000 times that: 0.008. A
    /// step moves the parameters by far more.
    /// </summary>
    [Claim(Claim, Role.Control)]
    public void DescentInRegisters_IsTheEngines()
    {
        float[] x = [-1, -0.5f, 0, 0.3f, 1];
        float[] y = [0.5f, -0.2f, 0, 0.9f, -1];
        var seed = Seed.Of(("claim", Claim), ("control", "descent"));
        using var network = Initialisation.VarianceScaling(new FullyConnectedShape(1, 16, 1), 1, [seed], float32);
        var descent = new OneInputDescent(network);
        var before = descent.Parameters.SelectMany(one => one.ToArray()).ToArray();
        var end = descent.Run(x, y, 0.1f, 10, 0);
        using var points = tensor(x, [5, 1]);
        using var targets = tensor(y, [5, 1]);
        using var ensemble = new DenseEnsemble(
            [network], points, targets, new OptimiserSettings(0.1, 0, 5), Loss.MeanSquare, _ => [0, 1, 2, 3, 4]);
        var loss = double.NaN;
        for (var epoch = 1; epoch <= 10; epoch++)
        {
            loss = ensemble.Epoch(epoch, TestContext.Current.CancellationToken)[0];
        }

        // The engine's order is W_1, b_1, W_2, b_2, as here.
        var theirs = ensemble.Parameters(0).SelectMany(one => one.contiguous().cpu().data<float>().ToArray()).ToArray();
        var mine = descent.Parameters.SelectMany(one => one).ToArray();
        var off = mine.Zip(theirs, (one, other) => Math.Abs(one - other)).Max();
        var moved = mine.Zip(before, (one, other) => Math.Abs(one - other)).Max();
        Evidence.Record(new Measurement(
            "largest difference of a parameter after ten steps of full-batch descent in registers and by the engine",
            off,
            "at most 0.008, and the parameters moved by more than ten times that")
            { Samples = mine.Length, Dtype = "float32" });
        off.Should().BeLessThan(0.008f);
        moved.Should().BeGreaterThan(0.08f);
        end.Should().Be(new DescentEnd(10, end.Loss, false));
        end.Loss.Should().BeApproximately(loss, 0.008);

        // It ends after the epoch whose loss, before the step, meets the target.
        new OneInputDescent(network).Run(x, y, 0.1f, 10, 1e9).Should().Match<DescentEnd>(one => one.Epochs == 1 && one.Converged);
        new OneInputDescent(network).Run(x, [1e30f, 0, 0, 0, 0], 1e30f, 10, 0)
            .Should().Match<DescentEnd>(one => !one.Converged && !double.IsFinite(one.Loss));
    }

    /// <summary>
    /// Sums of eq. 3.6 from the signs at the ends against the library's, which visits every point: 5-16-1 in float64. The sums have some
    /// 100·16 terms up to about 10: 2⁻⁵²·1600·10, with a margin of 100; a switch in the wrong part would be off by a jump, about 0.1.
    /// </summary>
    [ClaimRows(Claim, Role.Control)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(100)]
    public void LengthsFromTheEndsSigns_AreTheLibrarys(int count)
    {
        using var scope = NewDisposeScope();
        var seed = Seed.Of(("claim", Claim), ("control", "lengths"));
        using var network = Initialisation.PyTorchDefault(new FullyConnectedShape(5, 16, 1), [seed], float64);
        var generator = seed.With("choice", "points").Generator();
        var points = tensor([.. Enumerable.Range(0, 200).Select(_ => (2 * generator.NextDouble()) - 1)], [40, 5]);
        var segments = Segments.Draw(points, 60, generator);
        double[] Doubles(Tensor tensor) => tensor.contiguous().cpu().data<double>().ToArray();
        var jumps = (network.Weights[1].select(1, 0).unsqueeze(2) * network.Weights[0]).select(0, 0);
        var lengths = new SampledLengths(Doubles(network.Weights[1]), Doubles(jumps.mm(jumps.t())), count);
        var (function, gradient) = lengths.Mean(
            Doubles(network.Preactivations(segments.Starts)[0]), Doubles(network.Preactivations(segments.Ends)[0]));
        var largest = Math.Max(
            Math.Abs(function - PathLength.OfFunction(network, segments, count).mean().item<double>()),
            Math.Abs(gradient - PathLength.OfGradient(network, segments, count).mean().item<double>()));
        Evidence.Record(new Measurement(
            $"difference of mean PL0 and PL1 from the signs at the ends and from all {count} points", largest, "at most 4e-10")
            { Samples = 60, Dtype = "float64" });
        largest.Should().BeLessThan(4e-10);
    }

    /// <summary>
    /// By hand: |x| joined at −1, 0, 1 has f′ = −1, then 1, so GN = 1, WP = 1 + 2 with the first slope, and PL0 = |b − a| for ends of one
    /// sign.
    /// </summary>
    [Claim(Claim, Role.Control)]
    public void JoinedValues_OfTheAbsoluteValue_HaveItsMeasures()
    {
        var (inner, biases, outer) = SampledFunctions.Joined([-1, 0, 1], [1, 0, 1]);
        var values = OneInputDescent.Measure(inner, biases, outer, [-1, -0.5], Seed.Of(("control", "joined")).Generator());
        values.GN.Should().Be(1);
        values.WP.Should().Be(3);
        values.PL1.Should().Be(0, "no segment between −1 and −1/2 crosses 0");
        values.PL0.Should().BeInRange(0.2, 0.3, "half the segments have length 1/2, within 4 standard errors of 0.008");
        OneInputDescent.Measure(inner, biases, outer, [-1, 1], Seed.Of(("control", "joined")).Generator()).PL1
            .Should().BeInRange(0.87, 1.13, "half the segments cross a jump of 2");

        // Sets of samples are nested, and their polynomials reach them.
        var function = SampledFunctions.Function(0);
        SampledFunctions.TrainingSet(function, 3).X.Should().Equal(SampledFunctions.TrainingSet(function, 10).X.Take(3));
        var samples = SampledFunctions.TrainingSet(function, 5);
        var polynomial = new InterpolationPolynomial(samples);
        samples.X.Select(polynomial.At).Zip(samples.Y, (one, other) => Math.Abs(one - other)).Max().Should().BeLessThan(1e-12);
    }

    /// <summary>
    /// Descent on coordinates in the span of the points against descent on the points, float64, 30 epochs of a network 20-8-1 on 6 points.
    /// Rounding differs by the order of 2⁻⁵² and grows by a factor of about 1 per step: 10⁻¹⁰ leaves five digits. W_1 outside the span must
    /// not move.
    /// </summary>
    [Claim("smoothness.table-4.2", Role.Control)]
    public void DescentInTheSpan_IsDescentOnThePoints()
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var seed = Seed.Of(("claim", "smoothness.table-4.2"), ("control", "span"));
        var generator = seed.With("choice", "points").Generator();
        var points = tensor([.. Enumerable.Range(0, 120).Select(_ => generator.NextDouble())], [6, 20]);
        var targets = tensor([1.0, -1, 1, -1, 1, -1], [6, 1]);
        using var network = Initialisation.VarianceScaling(new FullyConnectedShape(20, 8, 1), 1, [seed], float64);
        FullyConnected Trained(FullyConnected initial, Tensor on)
        {
            using var ensemble = new BatchedEnsemble<FullyConnected>(
                initial, on, targets, 4, Loss.MeanSquare, network => new Training.Sgd(network.Parameters, 0.05, 0),
                [PointOrder.Seeded(6, seed.With("choice", "order"))]);
            for (var epoch = 1; epoch <= 30; epoch++)
            {
                ensemble.Epoch(epoch, TestContext.Current.CancellationToken);
            }

            return FullyConnected.OfReplica(ensemble.Parameters(0));
        }

        using var span = InputSpan.Of(points);
        using var coordinates = span.Coordinates(points);
        coordinates.shape.Should().Equal(6, 6);
        using var direct = Trained(network, points);
        using var inside = Trained(span.Inside(network), coordinates);
        using var outside = span.Outside(inside, network);
        var off = direct.Parameters.Zip(outside.Parameters, (one, other) => (one - other).abs().max().item<double>()).Max();
        var moved = (direct.Weights[0] - network.Weights[0]).abs().max().item<double>();
        Evidence.Record(new Measurement(
            "largest difference of a parameter between descent in the span and on the points, after 30 epochs",
            off,
            "at most 1e-10, and W_1 moved by more than 0.01")
            { Dtype = "float64", Samples = 177 });
        off.Should().BeLessThan(1e-10);
        moved.Should().BeGreaterThan(0.01);
        ((outside.Weights[0] - network.Weights[0]).matmul(points.t()).abs().max().item<double>())
            .Should().BeGreaterThan(0.01, "a test in which nothing moves proves nothing");
    }
}
