using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Functions;
using Reproduce.Fixtures.Networks;
using Reproduce.Fixtures.Numbers;
using static Reproduce.Claims.Shared.Tensors;
using static TorchSharp.torch;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 1.2 and Definition 2: networks as graphs (eq. 1.2 to 1.4), and the two-layer ReLU network written with vectors (eq. 1.5 to 1.7).
/// </summary>
public sealed class Def2_NetworkForms
{
    private static readonly UnderTest<Func<Graph, Rational[], Func<Rational, Rational>, Rational>> Propagate = new(
        Propagation,
        ("graph-bias-for-every-edge", (graph, inputs, activation) =>
            Propagation(graph with { Biases = [.. graph.Biases.Select((bias, i) => bias * InDegree(graph, i))] }, inputs, activation)),
        ("graph-first-edge-lost", (graph, inputs, activation) =>
            Propagation(graph with { Edges = [.. graph.Edges.Skip(1)] }, inputs, activation)),
        ("graph-weights-forgotten", (graph, inputs, activation) =>
            Propagation(graph with { Edges = [.. graph.Edges.Select(edge => edge with { Weight = 1 })] }, inputs, activation)));

    /// <summary>The library's value of a network with one output.</summary>
    internal static readonly UnderTest<Func<SmallNetwork, double[], double>> Forward = new(
        Library,
        ("two-layers-weights-turned", (network, point) =>
            Library(IsSquare(network) ? Transposed(network) : network, point)),
        ("two-layers-without-output-bias", (network, point) => Library(network with { Biases = [network.Biases[0], [0]] }, point)),
        ("two-layers-relu-on-the-output", (network, point) => Math.Max(0, Library(network, point))));

    // Two inputs, three more nodes, nine edges: nine weights, three biases, and the coordinates of two points.
    private static readonly Arbitrary<int[]> Graphs = Arb.From(Gen.ArrayOf(Gen.Choose(-4, 4), 9 + 3 + 4));

    [Claim("smoothness.linear-network")]
    public void RandomGraphs_WithoutBiases_AreLinear() =>
        ExactInstances.Satisfy("f(3x − 2y) = 3f(x) − 2f(y), eq. 1.2", Graphs, numbers =>
            Superposes(Read(numbers, biases: 0), numbers, 3, -2, Identity));

    [Claim("smoothness.linear-network")]
    public void RandomGraphs_WithBiases_AreAffine() =>
        ExactInstances.Satisfy("f(3x − 2y) = 3f(x) − 2f(y), eq. 1.3: the weights sum to 1", Graphs, numbers =>
            Superposes(Read(numbers, biases: 1), numbers, 3, -2, Identity));

    /// <summary>A graph with layers and ReLU (eq. 1.4) is the fully connected network with the same numbers.</summary>
    [Claim("smoothness.linear-network")]
    public void LayeredGraphs_WithActivation_AreFullyConnectedNetworks() =>
        ExactInstances.Satisfy("eq. 1.4 along the graph against the network of matrices", TwoLayersOnSegment.Arbitrary, instance =>
        {
            var value = Propagate.Run(Layered(instance.Network), Arrays.Exact(instance.Start), sum => Rational.Max(0, sum));
            return value == Hidden(instance) && value == Rational.Max(0, Rational.Of(Forward.Run(instance.Network, instance.Start)));
        });

    /// <summary>Nodes x → u → y and x → y with weights 2, 3, 5 and biases 1, 4: y = 3(2x + 1) + 5x + 4 = 11x + 7.</summary>
    [Claim("smoothness.linear-network")]
    public void ThreeNodes_ByHand_GiveElevenXPlusSeven()
    {
        var graph = new Graph(1, [(0, 1, 2), (1, 2, 3), (0, 2, 5)], [1, 4]);
        Propagate.Run(graph, [2], Identity).Should().Be((Rational)29);
        Propagate.Run(graph, [0], Identity).Should().Be((Rational)7);
    }

    /// <summary>One node with bias 1 and an edge of weight 1 from x: f(x) = x + 1, and f(0) = 1 is no multiple of 0.</summary>
    [Claim("smoothness.linear-network", Role.Counterexample)]
    public void OneNode_WithABias_IsNoLinearCombination()
    {
        var value = Propagate.Run(new Graph(1, [(0, 1, 1)], [1]), [0], Identity);
        value.Should().Be((Rational)1);
        Evidence.Record(new Measurement(
            "value at input 0 of a node with bias 1, no activation function",
            value.ToDouble(),
            "0: a linear combination of the inputs, as printed after eq. 1.3")
            { Dtype = "exact (integers)" });
    }

    [Claim("smoothness.linear-network", Role.Control)]
    public void RandomGraphs_WithRelu_AreNotAffine() =>
        ExactInstances.Violate("f(3x − 2y) = 3f(x) − 2f(y) with ReLU", Graphs, numbers =>
            Superposes(Read(numbers, biases: 1), numbers, 3, -2, value => Rational.Max(0, value)));

    /// <summary>With biases superposition needs weights that sum to 1: f(x + y) ≠ f(x) + f(y).</summary>
    [Claim("smoothness.linear-network", Role.Control)]
    public void RandomGraphs_WithBiases_AreNotLinear() =>
        ExactInstances.Violate("f(x + y) = f(x) + f(y), eq. 1.3", Graphs, numbers =>
            Superposes(Read(numbers, biases: 1), numbers, 1, 1, Identity));

    /// <summary>
    /// W = (0 1; 0 0), x = (0, 1): eq. 1.5 gives a_1 = w_11 x_1 + w_12 x_2 = 1. Definition 2 takes the first column (0, 0), which gives 0.
    /// </summary>
    [Claim("smoothness.def-2", Role.Counterexample)]
    public void FirstColumn_OfATwoByTwoMatrix_GivesAnotherNetwork()
    {
        var inner = new double[,] { { 0, 1 }, { 0, 0 } };
        double[] x = [0, 1];
        var byRow = Forward.Run(ExampleNetworks.TwoLayers(inner, [0, 0], [1, 1]), x);
        var byColumn = Forward.Run(ExampleNetworks.TwoLayers(Arrays.Transpose(inner), [0, 0], [1, 1]), x);
        byRow.Should().Be(1);
        byColumn.Should().Be(0);
        Evidence.Record(new Measurement("eq. 1.7 with the columns of W = (0 1; 0 0) at (0, 1)", byColumn, "1 by eq. 1.5 and 1.6")
            { Series = [byRow, byColumn], Dtype = "exact (integers)" });
    }

    /// <summary>With h = 2 units and 1 input a column has 2 entries, so its inner product with x does not even exist.</summary>
    [Claim("smoothness.def-2", Role.Counterexample)]
    public void Column_OfATwoByOneMatrix_DoesNotFitTheInput() =>
        Arrays.Column(new double[,] { { 1 }, { 1 } }, 0).Length.Should().NotBe(1);

    [Claim("smoothness.def-2")]
    public void RandomNetworks_ByRows_AreTheNodesOfEquations5And6() =>
        Instances.Satisfy(
            "|eq. 1.5 and 1.6 − library|",
            TwoLayersOnSegment.Arbitrary,
            instance => Deviation.Exact(NodeByNode(instance.Network, instance.Start) == Forward.Run(instance.Network, instance.Start)),
            "none: whole numbers are exact",
            dtype: "exact (integers)");

    [Claim("smoothness.def-2", Role.Control)]
    public void RandomNetworks_ByColumns_AreCaught() =>
        Instances.Violate(
            "eq. 1.7 by columns, as many units as inputs",
            TwoLayersOnSegment.Arbitrary,
            instance => IsSquare(instance.Network)
                ? Deviation.Exact(NodeByNode(instance.Network, instance.Start) == Library(Transposed(instance.Network), instance.Start))
                : null,
            count: 600,
            dtype: "exact (integers)");

    private static Rational Identity(Rational value) => value;

    private static int InDegree(Graph graph, int node) => graph.Edges.Count(edge => edge.To == graph.Inputs + node);

    private static bool IsSquare(SmallNetwork network) => network.Weights[0].GetLength(0) == network.Weights[0].GetLength(1);

    private static SmallNetwork Transposed(SmallNetwork network) =>
        network with { Weights = [Arrays.Transpose(network.Weights[0]), network.Weights[1]] };

    private static double Library(SmallNetwork network, double[] point)
    {
        using var scope = NewDisposeScope();
        return Number(network.ToEnsemble().Forward(Batch(point)));
    }

    private static double NodeByNode(SmallNetwork network, double[] x)
    {
        var y = network.Biases[1][0];
        for (var i = 0; i < network.Biases[0].Length; i++)
        {
            var sum = network.Biases[0][i];
            for (var j = 0; j < x.Length; j++)
            {
                sum += network.Weights[0][i, j] * x[j];
            }

            y += network.Weights[1][0, i] * (sum > 0 ? sum : 0);
        }

        return y;
    }

    private static readonly (int From, int To)[] Edges = [(0, 2), (1, 2), (0, 3), (1, 3), (2, 3), (0, 4), (1, 4), (2, 4), (3, 4)];

    private static Graph Read(int[] numbers, int biases) => new(
        2,
        [.. Edges.Zip(numbers, (edge, weight) => (edge.From, edge.To, (Rational)weight))],
        [.. numbers.Skip(Edges.Length).Take(3).Select(bias => (Rational)(bias * biases))]);

    private static bool Superposes(Graph graph, int[] numbers, Rational p, Rational q, Func<Rational, Rational> activation)
    {
        Rational[] x = [numbers[12], numbers[13]], y = [numbers[14], numbers[15]];
        Rational[] mixed = [.. x.Zip(y, (one, other) => (p * one) + (q * other))];
        return Propagate.Run(graph, mixed, activation)
            == (p * Propagate.Run(graph, x, activation)) + (q * Propagate.Run(graph, y, activation));
    }

    // The output node carries the activation function here, too, as in Hidden.
    private static Graph Layered(SmallNetwork network)
    {
        var (inputs, units) = (network.Inputs, network.Biases[0].Length);
        return new Graph(
            inputs,
            [
                .. from unit in Enumerable.Range(0, units)
                   from input in Enumerable.Range(0, inputs)
                   select (input, inputs + unit, Rational.Of(network.Weights[0][unit, input])),
                .. Enumerable.Range(0, units).Select(unit => (inputs + unit, inputs + units, Rational.Of(network.Weights[1][0, unit]))),
            ],
            [.. Arrays.Exact(network.Biases[0]), Rational.Of(network.Biases[1][0])]);
    }

    private static Rational Hidden(TwoLayersOnSegment instance) =>
        Rational.Max(0, instance.Network.Exact().Evaluate(Arrays.Exact(instance.Start)).Output[0]);

    // Eq. 1.4 in topological order: a node's number is above those of its predecessors.
    private static Rational Propagation(Graph graph, Rational[] inputs, Func<Rational, Rational> activation)
    {
        List<Rational> values = [.. inputs];
        for (var node = graph.Inputs; node < graph.Inputs + graph.Biases.Count; node++)
        {
            var sum = Rational.Sum(graph.Edges.Where(edge => edge.To == node).Select(edge => edge.Weight * values[edge.From]));
            values.Add(activation(sum + graph.Biases[node - graph.Inputs]));
        }

        return values[^1];
    }

    /// <summary>A directed acyclic graph: the first nodes are the inputs, the last is the output.</summary>
    private sealed record Graph(int Inputs, IReadOnlyList<(int From, int To, Rational Weight)> Edges, IReadOnlyList<Rational> Biases);
}
