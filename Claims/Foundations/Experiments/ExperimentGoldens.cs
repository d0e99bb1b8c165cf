using System.Globalization;
using System.Text.Json;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>Takes a number for a golden file.</summary>
/// <param name="name">Unique in the file.</param>
/// <param name="value">In float64.</param>
/// <param name="dtype">The element type in which it was computed.</param>
public delegate void Note(string name, double value, string dtype = "float32");

/// <summary>
/// Guards the quick experiments against silent change. The engine's networks are compared by the digest of their weights, exactly, and
/// what is measured on them up to the rounding of a BLAS; cells were recomputed with MKL's and libtorch's kernels for older processors
/// (MKL_ENABLE_INSTRUCTIONS=AVX2, ATEN_CPU_CAPABILITY=default, DOTNET_EnableAVX512=0), with the same digests. Training through
/// TorchSharp amplifies rounding; how far two processors differ was measured with OpenBLAS's kernels for other ones
/// (OPENBLAS_CORETYPE=Sandybridge or Nehalem), and the larger movement counts.
/// </summary>
public abstract class ExperimentGoldens
{
    /// <summary>The trait by which a test names its experiment.</summary>
    internal const string Experiment = nameof(Experiment);

    /// <summary>For measurements on the engine's networks.</summary>
    internal static readonly GoldenTolerance[] OnTheEngine =
    [
        new(
            "cpu", "float32", 1e-3,
            "the networks are the same to the last bit; another rounding of the outputs may tip one point of a thousand")
        {
            Values = "*accuracy*",
        },
        new(
            "cpu", "float32", 1e-5,
            "the networks are the same to the last bit; other kernels moved what is measured on them in float32 by at most 9.4e-7; "
            + "ten times that"),
    ];

    /// <summary>For the weights that the engine trains: equal or not.</summary>
    internal static readonly GoldenTolerance Digests =
        new("cpu", "float32", 0, "the engine's bits are the same on every processor") { Values = $"*{DigestOfTheWeights}" };

    private const string DigestOfTheWeights = "digest of the weights";

    /// <summary>Compares what the finished quick cells of the test's experiment give; skipped where some are not finished.</summary>
    /// <param name="chosen">Chooses among its cells.</param>
    /// <param name="tolerances">Those of the accepted numbers.</param>
    /// <param name="figures">Notes the numbers.</param>
    protected void Verify(Func<Cell, bool> chosen, GoldenTolerance[] tolerances, Action<IReadOnlyList<CellResult>, Note> figures)
    {
        var test = TestContext.Current.TestMethod!;
        var plan = ExperimentPlans.All.Single(plan => plan.Name == test.Traits[Experiment].Single());
        var cells = RealData.OrSkip(() => plan.Cells(Profile.Quick, new DataStore()).Where(chosen).ToList());
        var store = new CellStore(Repository.Runs);
        var finished = cells.Select(store.Find).OfType<CellResult>().ToList();
        Assert.SkipWhen(
            finished.Count < cells.Count || cells.Count == 0,
            $"{cells.Count - finished.Count} of {cells.Count} quick cells of {plan.Name} have not been run: "
            + $"./reproduce, or ./reproduce nightly {plan.Claims[0]} --profile quick");
        var numbers = new Dictionary<string, GoldenNumber>();
        figures(finished, (name, value, dtype) => numbers.Add(name, new GoldenNumber(value, dtype)));
        foreach (var cell in finished)
        {
            foreach (var (place, digest) in DigestsIn(cell.Result).Index())
            {
                // 48 bits fit exactly into a float64.
                var number = long.Parse(digest[..12], NumberStyles.HexNumber);
                numbers.Add($"{cell.Name}, network {place + 1}: {DigestOfTheWeights}", new GoldenNumber(number, "float32"));
            }
        }

        // Where nothing is trained on the engine there are no digests.
        var hasDigests = numbers.Keys.Any(name => name.EndsWith(DigestOfTheWeights, StringComparison.Ordinal));
        GoldenTolerance[] all = hasDigests ? [Digests, .. tolerances] : tolerances;
        Golden.Verify(numbers, all, GetType(), new GoldenRun(finished[0].Key["device"], finished[0].Key["library"]), test.MethodName);
    }

    // In the order of the result, at any depth.
    private static IEnumerable<string> DigestsIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .SelectMany(one => IsDigest(one) ? [one.Value.GetString()!] : DigestsIn(one.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(DigestsIn),
        _ => [],
    };

    private static bool IsDigest(JsonProperty property) =>
        property.Value.ValueKind == JsonValueKind.String && property.Name.Equals("digest", StringComparison.OrdinalIgnoreCase);
}
