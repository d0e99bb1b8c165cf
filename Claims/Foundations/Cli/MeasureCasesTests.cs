using System.Text.Json.Nodes;
using Reproduce.Claims.Harness;
using static Reproduce.Claims.Foundations.Cli.ReproduceProgram;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>
/// Files on which other programs, and once this one, gave wrong numbers, with true values from exact fractions: each is measured right, or
/// refused with the cause. The files lie beside the repository, in <c>../shared/cases</c>; without them these tests are skipped.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class MeasureCasesTests
{
    private const double Tolerance = 1e-9;

    private static string Folder => Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "cases"));

    [Theory]
    [InlineData("a01-tied-save_model")]
    [InlineData("a05-hf-conv1d-square", "--activation", "relu", "--layout", "in-out")]
    [InlineData("a06-seq01-module", "--activation", "none,relu")]
    [InlineData("a06-seq01-orig_mod", "--activation", "none,relu")]
    [InlineData("a07-order-in-hidden-out", "--layers", "fc_in,fc_hidden,fc_out")]
    [InlineData("a09-nested-seq-no-relu", "--activation", "relu,none,relu")]
    [InlineData("a17-one-shard-of-two")]
    [InlineData("e01-rescaled-units-1e08")]
    [InlineData("e01-rescaled-units-1e30")]
    [InlineData("e01-scan-rescaled-3e06")]
    [InlineData("e02-scan-column-ms")]
    [InlineData("e02-timestamp-us-classes")]
    [InlineData("e02-timestamp-us-zero-weight")]
    [InlineData("e03-weights-1e-100-two-layers")]
    [InlineData("e04-weights-1e100-two-layers")]
    [InlineData("e17-masked-class-bias-minus-1e30")]
    public void Case_WithTrueValues_IsMeasuredRight(string name, params string[] said)
    {
        var (code, output, error) = Measure(name, said);
        code.Should().Be(0, error);
        var (found, expected) = (JsonNode.Parse(output)!, JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name, "true.json")))!);
        foreach (var (point, truth) in Entries(found, "points").Zip(Entries(expected, "points")))
        {
            Agrees(point["slope"], truth["slope"], "slope at a point");
            Agrees(point["gradientNorm"], point["gradientNorm"] is null ? null : truth["gn"], "gradient norm");
        }

        foreach (var (pair, truth) in Entries(found, "pairs").Zip(Entries(expected, "pairs")))
        {
            foreach (var key in new[] { "pl0", "pl1", "pieces", "slope" })
            {
                Agrees(pair[key], truth[key], key);
            }

            if (truth["interval"] is JsonArray interval)
            {
                Agrees(pair["interval"]!["backward"], interval[0], "backward");
                Agrees(pair["interval"]!["forward"], interval[1], "forward");
            }
        }
    }

    [Theory]
    [InlineData("a03-mlx-conv-rgb", 3, "MLX wrote it")]
    [InlineData("a05-hf-conv1d-square", 2, "--activation")]
    [InlineData("a06-seq01-module", 2, "nothing stands between 'module.0' and 'module.1'")]
    [InlineData("a07-order-in-hidden-out", 2, "leave the order of its layers open")]
    [InlineData("a09-encoder-decoder", 2, "'encoder.2' ends one sequence and 'decoder.0' begins another")]
    [InlineData("a09-nested-seq-no-relu", 2, "'0.2' ends one sequence and '1.0' begins another")]
    [InlineData("a11-ema-beside", 2, "two networks of the same shapes, 'ema' and 'model'")]
    public void Case_ThatCannotBeKnown_IsRefusedWithTheCause(string name, int expected, string cause)
    {
        var (code, output, error) = Measure(name);
        code.Should().Be(expected);
        output.Should().BeEmpty();
        error.Should().Contain(cause);
    }

    /// <summary>112 layers of standard deviation 0.01, in exact fractions: the squares of these slopes are no numbers of float64.</summary>
    [Fact]
    public void SlopeOfADeepNetwork_WithTinyWeights_IsMeasured()
    {
        var (code, output, error) = Measure("e03-deep-112-layers-std-0.01");
        code.Should().Be(0, error);
        Agrees(JsonNode.Parse(output)!["points"]!["values"]![0]!["slope"], 1.466530818621665e-200, "slope");
    }

    [Theory]
    [InlineData("a02-tied-weight-own-bias", "shared tensors 4.weight is 2.weight")]
    [InlineData("a11-swa-n_averaged", "ignored n_averaged (a counter, no layer)")]
    [InlineData("a12-convtranspose-square", "a ConvTranspose2d would look the same")]
    public void Case_WithSomethingToKnow_SaysIt(string name, string remark)
    {
        var (code, output, error) = Measure(name);
        code.Should().Be(0, error);
        error.Should().Contain(remark);
        JsonNode.Parse(output)!["network"]!["assumptions"]!.AsArray().Should().NotBeEmpty();
    }

    private static (int Code, string Output, string Error) Measure(string name, params string[] said)
    {
        var folder = Path.Combine(Folder, name);
        Assert.SkipUnless(Directory.Exists(folder), $"{folder} is not there");
        var text = File.ReadAllText(Path.Combine(folder, "arguments.txt"));
        var arguments = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Run([.. arguments.Select(one => File.Exists(Path.Combine(folder, one)) ? Path.Combine(folder, one) : one), .. said]);
    }

    private static IEnumerable<JsonNode> Entries(JsonNode document, string kind) => document[kind] switch
    {
        JsonArray entries => entries.OfType<JsonNode>(),
        JsonObject measured => measured["values"]!.AsArray().OfType<JsonNode>(),
        _ => [],
    };

    private static void Agrees(JsonNode? found, JsonNode? truth, string what)
    {
        if (truth is not null)
        {
            var (one, other) = (found!.GetValue<double>(), truth.GetValue<double>());
            Math.Abs(one - other).Should().BeLessThanOrEqualTo(Tolerance * Math.Abs(other), $"{what} is {other}, not {one}");
        }
    }
}
