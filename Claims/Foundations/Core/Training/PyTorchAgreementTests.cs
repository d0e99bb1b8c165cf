using System.Diagnostics;
using Reproduce.Claims.Harness;
using Reproduce.Engine;
using Reproduce.Networks;
using Reproduce.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Core.Training;

/// <summary>
/// Every architecture, loss and optimiser against PyTorch: the same initial weights and batches, the losses and the parameters after
/// one step, ten steps and one epoch of thirteen. <c>tools/golden-training/make.py</c> is the other side and says what each case is.
/// Its numbers are committed; where a Python with PyTorch is installed, it runs again with another seed. Two replicas at a time, where
/// PyTorch trains one.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class PyTorchAgreementTests
{
    private const int Replicas = 2;
    private const int Steps = 13;
    private static readonly GoldenTolerance Double = new(
        "cpu", "float64", 1e-10, "sums of at most 10⁴ products round by 10⁴·2⁻⁵³ ≈ 1e-12 a step, thirteen steps and what they amplify");
    private static readonly GoldenTolerance Single = new(
        "cpu", "float32", 2e-5,
        "13 steps; the roundings of sums of at most 300 products add up like √300·2⁻²⁴ of numbers of size 1, together 1.3e-5");
    private static readonly GoldenTolerance[] Tolerances = [Double, Single];
    private static readonly string[] Pythons = ["python3", "/usr/bin/python3"];
    private static readonly int[] LookedAt = [1, 10, 13];

    [Fact]
    public void MultilayerPerceptrons_Trained_AreWhatPyTorchMakes() =>
        Golden.Verify(MultilayerPerceptrons(1), Tolerances, typeof(PyTorchAgreementTests));

    [Fact]
    public void ConvolutionalNetworks_Trained_AreWhatPyTorchMakes() =>
        Golden.Verify(ConvolutionalNetworks(1), Tolerances, typeof(PyTorchAgreementTests));

    [Fact]
    public void ResidualConvolutionalNetworks_Trained_AreWhatPyTorchMakes() =>
        Golden.Verify(ResidualConvolutionalNetworks(1), Tolerances, typeof(PyTorchAgreementTests));

    [Fact]
    public void ResidualNetworks_Trained_AreWhatPyTorchMakes() =>
        Golden.Verify(ResidualNetworks(1), Tolerances, typeof(PyTorchAgreementTests));

    [Fact]
    public void TwoLayerRegression_Trained_IsWhatPyTorchMakes() =>
        Golden.Verify(TwoLayerRegression(1), Tolerances, typeof(PyTorchAgreementTests));

    [Fact]
    public void AnotherSeed_AgainstTheInstalledPyTorch_Agrees()
    {
        var python = Pythons.FirstOrDefault(one => Run(one, "-c", "import torch, numpy") == 0);
        Assert.SkipWhen(
            python is null,
            $"no PyTorch in {string.Join(" or ", Pythons)}: only the committed numbers were compared; Debian has python3-torch");
        const int Seed = 2;
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var script = Path.Combine(Repository.Root, "tools", "golden-training", "make.py");
            Run(python, script, folder.FullName, $"{Seed}").Should().Be(0, "the script runs");
            const string Ending = ".verified.json";
            var made = folder.GetFiles().Select(file => file.FullName.Replace(Ending, "", StringComparison.Ordinal)).Order().ToList();
            made.Should().HaveCount(5);
            foreach (var stem in made)
            {
                Golden.Verify(Path.GetExtension(stem) switch
                {
                    ".MultilayerPerceptrons_Trained_AreWhatPyTorchMakes" => MultilayerPerceptrons(Seed),
                    ".ConvolutionalNetworks_Trained_AreWhatPyTorchMakes" => ConvolutionalNetworks(Seed),
                    ".ResidualConvolutionalNetworks_Trained_AreWhatPyTorchMakes" => ResidualConvolutionalNetworks(Seed),
                    ".ResidualNetworks_Trained_AreWhatPyTorchMakes" => ResidualNetworks(Seed),
                    _ => TwoLayerRegression(Seed),
                }, Tolerances, stem);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Dictionary<string, GoldenNumber> MultilayerPerceptrons(int seed)
    {
        var numbers = new Dictionary<string, GoldenNumber>();
        void Train(
            string name, int number, Func<IReadOnlyList<Tensor>, IOptimiser> optimiser,
            ScalarType? dtype = null, Action<int, IOptimiser>? before = null)
        {
            using var scope = NewDisposeScope();
            var shape = new FullyConnectedShape(12, 8, 6, 3);
            var problem = new Problem(seed, number, ShapesOf(shape), ByFanIn, inputs: 12, batch: 16, count: 200, classes: 3, dtype: dtype);
            using var network = Perceptron(problem.Parameters);
            var engine = before is null && optimiser == Momentum ? problem.OfTheEngine(network, Loss.CrossEntropy) : null;
            problem.Run(numbers, name, network, Loss.CrossEntropy, optimiser([.. network.Parameters]), before);
            Problem.ShouldEndLike(numbers, name, engine);
        }

        Train("12-8-6-3, momentum", 1, Momentum);
        Train("12-8-6-3, momentum, float32", 1, Momentum, float32);
        Train("12-8-6-3, momentum and weight decay", 2, parameters => new Sgd(parameters, 0.05, 0.9, 0.01));
        Train("12-8-6-3, learning rate halved at step 5", 3, Momentum, before: HalveAtFive);
        Train("12-8-6-3, Adam", 4, parameters => new Adam(parameters, 0.01));
        return numbers;
    }

    private static Dictionary<string, GoldenNumber> ConvolutionalNetworks(int seed)
    {
        var numbers = new Dictionary<string, GoldenNumber>();
        void Train(string name, int number, ConvolutionalShape shape, ScalarType? dtype = null)
        {
            using var scope = NewDisposeScope();
            var (shapes, inputs) = (shape.ParameterShapes(), shape.Image.Size);
            var problem = new Problem(seed, number, shapes, ByFanIn, inputs, batch: 8, count: 100, shape.Outputs, dtype: dtype);
            using var network = new ConvolutionalNetwork(shape, problem.Parameters);
            problem.Run(numbers, name, network, Loss.CrossEntropy, Momentum(network.Parameters));
        }

        Train("(2, 3) on 1×6×6", 11, new ConvolutionalShape(new ImageShape(1, 6, 6), 2, 3, 4));
        Train("(2, 3) on 1×6×6, float32", 11, new ConvolutionalShape(new ImageShape(1, 6, 6), 2, 3, 4), float32);
        Train("(3, 2) on 2×5×5", 12, new ConvolutionalShape(new ImageShape(2, 5, 5), 3, 2, 3));
        return numbers;
    }

    private static Dictionary<string, GoldenNumber> ResidualConvolutionalNetworks(int seed)
    {
        var numbers = new Dictionary<string, GoldenNumber>();
        void Train(string name, int number, CifarResNetShape shape, Action<int, CifarResNet, Sgd, Problem> before, long[]? masks = null)
        {
            using var scope = NewDisposeScope();
            const int Side = 8;
            var (shapes, inputs) = (shape.ParameterShapes(), 3 * Side * Side);
            var problem = new Problem(seed, number, shapes, Residual, inputs, batch: 4, count: 50, classes: 10, masks);
            using var network = new CifarResNet(shape, problem.Parameters, Side);
            using var optimiser = new Sgd(network.Parameters, 0.01, 0.9, 0.01);
            problem.Run(numbers, name, network, Loss.CrossEntropy, optimiser, (step, _) => before(step, network, optimiser, problem));
            problem.Evaluate(numbers, name, network);
        }

        Train("ResNet20", 21, new CifarResNetShape(20), (step, _, optimiser, _) => HalveAtFive(step, optimiser));
        Train("ResNet20 GL", 22, new CifarResNetShape(20, generalizationLayer: true), (step, network, optimiser, _) =>
        {
            network.ShortcutWeight = 1 - (0.9 * step / 20);
            optimiser.Factors = [.. network.InGeneralizationLayer.Select(inside => inside && step >= 4 ? 0.1 : 1)];
        });
        Train("ResNet20 GLD, nothing dropped", 23, new CifarResNetShape(20, 2), (_, _, _, _) => { });
        Train(
            "ResNet20 GLD, given nodes dropped", 24, new CifarResNetShape(20, 2),
            (step, network, _, problem) => network.KeptNodes = problem.Masks[step], [64, 2, 2]);
        return numbers;
    }

    private static Dictionary<string, GoldenNumber> ResidualNetworks(int seed)
    {
        var numbers = new Dictionary<string, GoldenNumber>();
        void Train(string name, int number, Func<IReadOnlyList<Tensor>, IOptimiser> optimiser)
        {
            using var scope = NewDisposeScope();
            var shape = new ResidualShape(
                1, 5, 1, [(2, Shortcut.Identity), (3, Shortcut.None), (2, Shortcut.Weighted), (3, Shortcut.Identity)]);
            var problem = new Problem(seed, number, shape.ParameterShapes(), ByFanIn, inputs: 1, batch: 8, count: 100);
            using var network = new ResidualNetwork(shape, problem.Parameters);
            void Weaken(int step, IOptimiser changed) => network.ShortcutWeight = 1 - (0.9 * step / 20);
            problem.Run(numbers, name, network, Loss.MeanSquare, optimiser(network.Parameters), Weaken);
        }

        Train("residual, momentum", 31, Momentum);
        Train("residual, Adam", 32, parameters => new Adam(parameters, 0.01));
        return numbers;
    }

    private static Dictionary<string, GoldenNumber> TwoLayerRegression(int seed)
    {
        var numbers = new Dictionary<string, GoldenNumber>();
        void Train(string name, int number, double weight, Regulariser regulariser)
        {
            using var scope = NewDisposeScope();
            var problem = new Problem(seed, number, ShapesOf(new FullyConnectedShape(6, 16, 1)), ByFanIn, inputs: 6, batch: 8, count: 100);
            using var network = Perceptron(problem.Parameters);
            var engine = weight == 0 ? problem.OfTheEngine(network, Loss.MeanSquare) : null;
            Tensor Penalty(Tensor points) => regulariser(network, points) * weight;
            problem.Run(numbers, name, network, Loss.MeanSquare, Momentum(network.Parameters), penalty: Penalty);
            Problem.ShouldEndLike(numbers, name, engine);
        }

        Train("6-16-1", 41, 0, Regularisers.WeightsProduct);
        Train("6-16-1 with GN", 42, 0.1, Regularisers.GradientNorm);
        Train("6-16-1 with PL0", 43, 0.1, Regularisers.FunctionPathLength);
        Train("6-16-1 with PL1", 44, 0.1, Regularisers.GradientPathLength);
        Train("6-16-1 with WP", 45, 0.01, Regularisers.WeightsProduct);
        return numbers;
    }

    private static Sgd Momentum(IReadOnlyList<Tensor> parameters) => new(parameters, 0.05, 0.8);

    private static void HalveAtFive(int step, IOptimiser optimiser) => optimiser.LearningRate *= step == 5 ? 0.5 : 1;

    private static FullyConnected Perceptron(IReadOnlyList<Tensor> parameters) =>
        new([.. parameters.Where((_, i) => i % 2 == 0)], [.. parameters.Where((_, i) => i % 2 == 1)]);

    private static IEnumerable<long[]> ShapesOf(FullyConnectedShape shape) =>
        Enumerable.Range(0, shape.Layers).SelectMany(i => new long[][] { [shape.Widths[i + 1], shape.Widths[i]], [shape.Widths[i + 1]] });

    // A bias follows the weights whose inputs set its range.
    private static (double Centre, double Bound) ByFanIn(IReadOnlyList<long[]> shapes, int index) =>
        (0, 1 / Math.Sqrt(FanIn(shapes[index - (index % 2)])));

    private static (double Centre, double Bound) Residual(IReadOnlyList<long[]> shapes, int index) =>
        index >= shapes.Count - 2 ? (0, 1 / Math.Sqrt(FanIn(shapes[^2]))) : (index % 3) switch
        {
            0 => (0, Math.Sqrt(6.0 / FanIn(shapes[index]))),
            1 => (1, 0.5),
            _ => (0, 0.1),
        };

    private static long FanIn(long[] shape) => shape.Skip(1).Aggregate(1L, (product, size) => product * size);

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            process.StandardError.ReadToEnd();
            _ = output.Result;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    /// <summary>Initial parameters and data of two replicas, and thirteen steps over them. Without classes it is a regression.</summary>
    private sealed class Problem
    {
        private readonly int _seed;
        private readonly int _number;
        private readonly int _batch;
        private readonly int _count;
        private readonly Tensor _points;
        private readonly Tensor _targets;
        private readonly string _dtype;

        internal Problem(
            int seed, int number, IEnumerable<long[]> shapes, Func<IReadOnlyList<long[]>, int, (double Centre, double Bound)> range,
            int inputs, int batch, int count, int classes = 0, long[]? maskShape = null, ScalarType? dtype = null)
        {
            long[][] sizes = [.. shapes];
            var type = dtype ?? float64;
            (_seed, _number, _batch, _count) = (seed, number, batch, count);
            _dtype = type == float64 ? "float64" : "float32";
            Recipe[] recipes = [.. Enumerable.Range(0, Replicas).Select(replica => new Recipe(seed, number, replica))];
            Tensor Draw(long[] shape, double bound = 1, double centre = 0) =>
                tensor([.. recipes.SelectMany(recipe => recipe.Numbers(shape, bound, centre))], [Replicas, .. shape], type);
            Parameters = [.. sizes.Select((size, i) => Draw(size, range(sizes, i).Bound, range(sizes, i).Centre))];
            _points = Draw([count, inputs]);
            Tensor Labels() => OneHot.Of([.. recipes.SelectMany(recipe => recipe.Labels(count, classes))], classes, type);
            _targets = classes == 0 ? Draw([count, 1]) : Labels().reshape(Replicas, count, classes);
            Tensor Mask(long[] shape) => Draw(shape).ge(0.0).to_type(type).mul(2.0).unsqueeze(1);
            Masks = maskShape is null ? [] : [.. Enumerable.Range(0, Steps).Select(_ => Mask(maskShape))];
        }

        internal IReadOnlyList<Tensor> Parameters { get; }

        internal IReadOnlyList<Tensor> Masks { get; }

        internal void Run(
            Dictionary<string, GoldenNumber> numbers, string name, IEnsemble network, Loss loss, IOptimiser optimiser,
            Action<int, IOptimiser>? before = null, Func<Tensor, Tensor>? penalty = null)
        {
            for (var step = 0; step < Steps; step++)
            {
                using var scope = NewDisposeScope();
                before?.Invoke(step, optimiser);
                var (points, targets) = (Part(_points, step), Part(_targets, step));
                var (gradients, losses) = BackwardPass.Run(network, points, targets, loss, penalty is null ? null : () => penalty(points));
                optimiser.Update(gradients);
                for (var replica = 0; replica < Replicas && LookedAt.Contains(step + 1); replica++)
                {
                    Note(numbers, $"{name}: loss of step {step + 1}, replica {replica}", Number(losses, replica));
                    var distance = new Recipe(_seed, _number, 50 + replica).Distance(network.Parameters, replica);
                    Note(numbers, $"{name}: parameters after step {step + 1}, replica {replica}", distance);
                }
            }
        }

        /// <summary>
        /// Where the engine ends after the same epoch, in float32: a replica at a time, since each has its own points here.
        /// </summary>
        internal double[] OfTheEngine(FullyConnected network, Loss loss) =>
            [.. Enumerable.Range(0, Replicas).Select(replica =>
            {
                using var alone = FullyConnected.OfReplica([.. network.Parameters.Select(one => one.select(0, replica).to_type(float32))]);
                Tensor Of(Tensor all) => all.select(0, replica).to_type(float32).contiguous();
                int[] order = [.. Enumerable.Range(0, _count)];
                using var ensemble = new DenseEnsemble([alone], Of(_points), Of(_targets), new(0.05, 0.8, _batch), loss, _ => order);
                ensemble.Epoch(1, TestContext.Current.CancellationToken);
                return new Recipe(_seed, _number, 50 + replica).Distance([.. ensemble.Parameters(0).Select(one => one.unsqueeze(0))], 0);
            })];

        internal static void ShouldEndLike(Dictionary<string, GoldenNumber> numbers, string name, double[]? engine)
        {
            for (var replica = 0; replica < (engine?.Length ?? 0); replica++)
            {
                var expected = numbers[$"{name}: parameters after step {Steps}, replica {replica}"].Value;
                engine![replica].Should().BeApproximately(expected, Single.Relative, "{0}: {1}", name, Single.Reason);
            }
        }

        internal void Evaluate(Dictionary<string, GoldenNumber> numbers, string name, CifarResNet network)
        {
            using var scope = NewDisposeScope();
            var losses = Loss.CrossEntropy.Of(network.Forward(Part(_points, 0)), Part(_targets, 0)).mean([1]);
            for (var replica = 0; replica < Replicas; replica++)
            {
                var distance = new Recipe(_seed, _number, 60 + replica).Distance(network.Statistics, replica);
                Note(numbers, $"{name}: running statistics, replica {replica}", distance);
                Note(numbers, $"{name}: loss in evaluation, replica {replica}", Number(losses, replica));
            }
        }

        private static double Number(Tensor losses, int replica) => losses.select(0, replica).to_type(float64).item<double>();

        private Tensor Part(Tensor all, int step) => all.narrow(1, step * _batch, Math.Min(_batch, _count - (step * _batch)));

        private void Note(Dictionary<string, GoldenNumber> numbers, string what, double value) =>
            numbers[what] = new GoldenNumber(value, _dtype);
    }
}
