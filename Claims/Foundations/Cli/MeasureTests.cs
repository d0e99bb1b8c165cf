using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reproduce.Claims.Foundations.Data;
using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;
using static Reproduce.Claims.Foundations.Cli.ReproduceProgram;
using static Reproduce.Claims.Foundations.Files.StoredBytes;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>
/// <c>reproduce measure</c> from outside, on networks, points and pairs that PyTorch and NumPy wrote, against what PyTorch computes on a
/// grid that resolves every kink; and on files that are wrong, which end in a message.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class MeasureTests
{
    private static readonly string[] Convolutional = ["--stride", "1,2", "--padding", "1,0"];

    // f(x) = (|x|, 1): two kinks that coincide at 0, and the class changes at −1 and 1.
    private static readonly byte[] Absolute =
        Network(("0.weight", [2, 1], [1, -1]), ("2.weight", [2, 2], [1, 1, 0, 0]), ("2.bias", [2], [0, 1]));

    [Theory]
    [InlineData("two-layers", false)]
    [InlineData("deep", false)]
    [InlineData("half", false)]
    [InlineData("convolutional", true)]
    public void Json_NetworkWrittenElsewhere_AgreesWithPyTorchAlongPairs(string name, bool isConvolutional)
    {
        var (code, output, error) = Run(
        [
            "measure",
            Interchange($"{name}.safetensors"),
            "--points",
            Interchange($"{name}.points.npy"),
            "--pairs",
            Interchange($"{name}.pairs.npy"),
            "--json",
            .. isConvolutional ? Convolutional : [],
        ]);
        code.Should().Be(0, error);
        using var measured = JsonDocument.Parse(output);
        Faults(measured.RootElement).Should().BeEmpty();
        using var expected = JsonDocument.Parse(File.ReadAllText(Interchange($"{name}.json")));
        var pairs = measured.RootElement.GetProperty("pairs").GetProperty("values").EnumerateArray().ToList();
        var references = expected.RootElement.GetProperty("along").EnumerateArray().ToList();
        pairs.Should().HaveCount(references.Count);
        foreach (var (pair, reference) in pairs.Zip(references))
        {
            double Of(JsonElement of, string key) => of.GetProperty(key).GetDouble();
            var (slope, pieces, steps) = (Of(pair, "slope"), Of(pair, "pieces"), Of(reference, "steps"));

            // No two kinks share a step of the grid, so the sum of jumps has only rounding: up to 2^15 steps of less than 1e-14 each.
            Of(pair, "pl1").Should().BeApproximately(Of(reference, "pl1"), 1e-9);
            slope.Should().BeApproximately(Of(reference, "slope"), 1e-10);

            // A step with a kink hides at most its own length times the largest slope.
            var (pl0, hidden) = (Of(reference, "pl0"), (pieces - 1) * slope * Of(pair, "distance") / steps);
            Of(pair, "pl0").Should().BeInRange(pl0 - 1e-10, pl0 + 1e-10 + hidden);
            if (pair.GetProperty("interval") is { ValueKind: JsonValueKind.Object } interval)
            {
                Kept(interval, reference, "backward", 1, 1 / steps);
                Kept(interval, reference, "forward", 2, 1 / steps);
            }
        }
    }

    [Fact]
    public void Json_ByHand_IsExact()
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = Run(
            "measure",
            folder.Write(Absolute, "n.safetensors"),
            "--points",
            folder.Write(Array([2, 1], 3, 1), "p.npy"),
            "--pairs",
            folder.Write(Array([1, 2, 1], -3, 1), "q.npy"),
            "--json");
        code.Should().Be(0, error);
        var root = JsonNode.Parse(output)!;
        var points = root["points"]!["values"]!.AsArray();
        points.Select(point => (double)point!["slope"]!).Should().Equal(1, 1);
        points[0]!["class"]!.GetValue<int>().Should().Be(0);
        points[1]!["class"].Should().BeNull("both outputs are 1");
        points.Select(point => (double)point!["margin"]!).Should().Equal(2, 0);

        // From −3 to 1 |x| falls by 3 and rises by 1; its derivative jumps by 2; the class is lost at −1, half of the way.
        var pair = root["pairs"]!["values"]![0]!;
        ((double)pair["pl0"]!, (double)pair["pl1"]!, (int)pair["pieces"]!, (double)pair["slope"]!, (double)pair["distance"]!)
            .Should().Be((4, 2, 2, 1, 4));
        ((double)pair["interval"]!["backward"]!, (double)pair["interval"]!["forward"]!, (double)pair["interval"]!["total"]!)
            .Should().Be((1, 0.5, 1.5));
        pair["interval"]!["backwardIsCapped"]!.GetValue<bool>().Should().BeTrue();
        pair["interval"]!["forwardIsCapped"]!.GetValue<bool>().Should().BeFalse();

        // Slopes 1 and 1; margins 2 and 0 with the standard error √2/√2; and one pair has none.
        var margin = root["points"]!["aggregates"]!["margin"]!;
        ((double)margin["mean"]!).Should().Be(1);
        ((double)margin["standardError"]!).Should().BeApproximately(1, 1e-15);
        root["pairs"]!["aggregates"]!["pl0"]!["standardError"].Should().BeNull();
    }

    [Fact]
    public void Json_Damaged_DoesNotFitTheSchema()
    {
        var (_, output, _) = Run("measure", Interchange("half.safetensors"), "--points", Interchange("half.points.npy"), "--json");
        foreach (var damage in new Action<JsonNode>[]
        {
            root => root.AsObject().Remove("p"),
            root => root["more"] = 1,
            root => root["points"]!["values"]![0]!["slope"] = "1",
            root => root["points"]!["values"]![0]!["margin"] = -1,
            root => root["p"] = 0.5,
            root => root["points"]!["aggregates"]!.AsObject().Remove("slope"),
        })
        {
            var damaged = JsonNode.Parse(output)!;
            damage(damaged);
            using var document = JsonDocument.Parse(damaged.ToJsonString());
            Faults(document.RootElement).Should().NotBeEmpty();
        }
    }

    [Fact]
    public void OneOutput_HasNoClassesAndSaysSo()
    {
        var (code, output, error) = Run(
            "measure",
            Interchange("two-layers.safetensors"),
            "--points",
            Interchange("two-layers.points.npy"),
            "--p",
            "1.5");
        code.Should().Be(0, error);
        output.Should().Contain("no class, margin and generalization interval")
            .And.Contain("weights product WP")
            .And.Contain("1.5-slope, at least")
            .And.Contain("GN");
        error.Should().Contain("0: Linear 3→5, ReLU");
        output.Split('\n').Should().OnlyContain(line => line.Length <= 80);
    }

    [Fact]
    public void Output_Csv_HasARowAPointAndAPairAndLeavesNothingElse()
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = Run(
            "measure",
            Interchange("half.safetensors"),
            "--points",
            Interchange("half.points.npy"),
            "--pairs",
            Interchange("half.pairs.npy"),
            "--output",
            folder["results.csv"]);
        code.Should().Be(0, error);
        output.Should().Contain("4 points").And.Contain("4 pairs");
        Directory.GetFiles(folder.Path).Should().Equal(folder["results.csv"]);
        var rows = File.ReadAllLines(folder["results.csv"]).Select(line => line.Split(',')).ToList();
        rows.Select(row => row[0]).Should().Equal("kind", "point", "point", "point", "point", "pair", "pair", "pair", "pair");
        rows.Should().OnlyContain(row => row.Length == rows[0].Length);
    }

    [Fact]
    public void ManyPoints_ShowTheFirstAndHowManyMore()
    {
        using var folder = new TemporaryFolder();
        double[] inputs = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];
        var points = folder.Write(Array([1000, 1], inputs), "p.npy");
        var (_, output, _) = Run("measure", folder.Write(Absolute, "n.safetensors"), "--points", points);
        output.Should().Contain("1000 points").And.Contain("… and 990 more");
    }

    /// <summary>f(x) = w·x, whose slope and gradient norm are w: the squares of 1e200 and the sum of two 1e308 exceed float64.</summary>
    [Theory]
    [InlineData(1e200)]
    [InlineData(1e308)]
    public void Json_LargeWeights_AreMeasuredWhereTheMeasuresAreNumbers(double weight)
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = Run(
            "measure",
            folder.Write(Network(("0.weight", [1, 1], [weight])), "n.safetensors"),
            "--points",
            folder.Write(Array([2, 1], 0, 1), "p.npy"),
            "--json");
        code.Should().Be(0, error);
        var aggregates = JsonNode.Parse(output)!["points"]!["aggregates"]!;
        foreach (var name in new[] { "slope", "gradientNorm" })
        {
            ((double)aggregates[name]!["mean"]!).Should().BeApproximately(weight, weight * 1e-15);
            ((double)aggregates[name]!["standardError"]!).Should().Be(0);
        }
    }

    [Fact]
    public void Json_EqualPoints_HaveTheWholeIntervalAndNoPartInItsMean()
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = Run(
            "measure",
            folder.Write(Absolute, "n.safetensors"),
            "--pairs",
            folder.Write(Array([2, 2, 1], -3, 1, 3, 3), "q.npy"),
            "--json");
        code.Should().Be(0, error);
        var pairs = JsonNode.Parse(output)!["pairs"]!;
        ((double)pairs["values"]![1]!["distance"]!, (double)pairs["values"]![1]!["interval"]!["total"]!).Should().Be((0, 3));
        ((double)pairs["aggregates"]!["interval"]!["mean"]!).Should().Be(1.5);
    }

    /// <summary>In a walk along one line, which takes minutes, and in a file whose reading does; nothing is left of the results.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Stopped_InTheMiddle_EndsAtOnceAndWritesNothing(bool isWalk)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals and sparse files of Linux");
        using var folder = new TemporaryFolder();
        double[] Some(int count) => [.. Enumerable.Range(1, count).Select(i => Math.Sin((double)i * i))];
        string[] read = isWalk
            ?
            [
                folder.Write(
                    Network(
                        ("0.weight", [12, 1, 3, 3], Some(108)),
                        ("2.weight", [12, 12, 3, 3], Some(1296)),
                        ("4.weight", [12, 12, 3, 3], Some(1296)),
                        ("6.weight", [2, 12 * 64 * 64], Some(2 * 12 * 64 * 64))),
                    "n.safetensors"),
                "--pairs", folder.Write(Array([1, 2, 1, 64, 64], Some(2 * 64 * 64)), "q.npy"), "--padding", "1,1,1",
            ]
            : [folder.Write(Absolute, "n.safetensors"), "--points", Zeros(folder, "p.npy", 1L << 31, 1)];
        var before = Directory.GetFiles(folder.Path);

        using var process = Start(["measure", .. read, "--output", folder["results.csv"]]);
        WaitUntil(() => isWalk
            ? process.StandardError.ReadLine()!.Contains("as it was understood", StringComparison.Ordinal)
            : HasOpen(process.Id, "p.npy"));
        Thread.Sleep(TimeSpan.FromSeconds(1));

        // It goes the way of Ctrl-C, which a shell may have switched off.
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        var watch = Stopwatch.StartNew();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(3), "a second, on a machine that does something else too");
        process.ExitCode.Should().Be(130, error);
        error.Should().EndWith("reproduce: stopped. Nothing was written.\n");
        process.StandardOutput.ReadToEnd().Should().BeEmpty();
        Directory.GetFiles(folder.Path).Should().BeEquivalentTo(before);
    }

    /// <summary>A network and a point of a gigabyte each, where .NET may have a quarter of that.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TooLargeForTheMemory_EndsInASentence(bool isNetwork)
    {
        const int Count = 1 << 27;
        using var folder = new TemporaryFolder();
        var header = $$$"""{"0.weight":{"dtype":"F64","shape":[{{{Count}}},1],"data_offsets":[0,{{{8L * Count}}}]}}""";
        var (network, points) = isNetwork
            ? (Longer(folder.Write(Safetensors(header), "n.safetensors"), 8L * Count), folder.Write(Array([2, 1], 3, 1), "p.npy"))
            : (folder.Write(Absolute, "n.safetensors"), Zeros(folder, "p.npy", 1, Count));
        var (code, output, error) = Run(["measure", network, "--points", points], ("DOTNET_GCHeapHardLimit", "0x10000000"));
        code.Should().Be(3, error);
        output.Should().BeEmpty();
        error.Should().StartWith(
            $"reproduce: {(isNetwork ? network : points)}: reading its 1073.7 MB takes more memory than this process may have. Raise");
        error.TrimEnd().Split('\n').Should().ContainSingle();
    }

    /// <summary>The link stays, and what it leads to is written: a file, or one that is not there yet.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Output_ThroughALink_WritesWhatItLeadsTo(bool exists)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["there"]);
        if (exists)
        {
            folder.Write("before"u8.ToArray(), "there", "target.csv");
        }

        File.CreateSymbolicLink(folder["second.csv"], Path.Combine("there", "target.csv"));
        File.CreateSymbolicLink(folder["first.csv"], folder["second.csv"]);
        var (network, points) = (folder.Write(Absolute, "n.safetensors"), folder.Write(Array([2, 1], 3, 1), "p.npy"));
        var (code, _, error) = Run("measure", network, "--points", points, "--output", folder["first.csv"]);
        code.Should().Be(0, error);
        new FileInfo(folder["first.csv"]).LinkTarget.Should().Be(folder["second.csv"]);
        new FileInfo(folder["second.csv"]).LinkTarget.Should().Be(Path.Combine("there", "target.csv"));
        File.ReadAllLines(folder["there", "target.csv"]).Should().HaveCount(3);
        Directory.GetFiles(folder["there"]).Should().ContainSingle();
    }

    [Theory]
    [InlineData("would be lost", "p.npy")]
    [InlineData("a device", "/dev/null")]
    [InlineData("a pipe", "pipe")]
    public void Output_ThroughALinkToWhatIsNoFileToWrite_EndsInAMessage(string message, string target)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pipes and devices of Linux");
        using var folder = new TemporaryFolder();
        var (network, points) = (folder.Write(Absolute, "n.safetensors"), folder.Write(Array([2, 1], 3, 1), "p.npy"));
        using (var made = Process.Start("mkfifo", [folder["pipe"]]))
        {
            made.WaitForExit();
        }

        File.CreateSymbolicLink(folder["link.csv"], target);
        var (code, output, error) = Run("measure", network, "--points", points, "--output", folder["link.csv"]);
        code.Should().Be(2, error);
        error.Should().Contain(message);
        output.Should().BeEmpty();
        new FileInfo(folder["link.csv"]).LinkTarget.Should().Be(target);
        File.ReadAllBytes(points).Should().Equal(Array([2, 1], 3, 1));
    }

    /// <summary>f = g − g is 0, and what is found of it is rounding, in the network's own outputs and in those on the line.</summary>
    [Fact]
    public void FunctionOfRoundingAlone_IsRefusedByTheSelfCheck()
    {
        const int Half = 50;
        using var folder = new TemporaryFolder();
        double[] Units(Func<int, double> of) => [.. Enumerable.Range(0, 2 * Half).Select(of)];
        var network = Network(
            ("0.weight", [2 * Half, 1], Units(i => ((i % Half) + 1) / 7.0)),
            ("0.bias", [2 * Half], Units(i => 1 + (i % Half / 3.0))),
            ("2.weight", [1, 2 * Half], Units(i => (i < Half ? 1 : -1) * ((i % Half) + 1) / 11.0)));
        var (code, output, error) = Run(
            "measure",
            folder.Write(network, "n.safetensors"),
            "--pairs",
            folder.Write(Array([8, 2, 1], [.. Enumerable.Range(0, 16).Select(i => i / 16.0)]), "q.npy"));
        code.Should().Be(3, error);
        output.Should().BeEmpty();
        error.Should().Contain("two ways to compute a number disagree: the outputs at its")
            .And.Contain("on the line. Rounding is too large").And.NotContain("   at ");
    }

    /// <summary>On values that are handed to it: a slope of 2 allows a change of 6 over a distance of 3, and no more.</summary>
    [Theory]
    [InlineData(6, false)]
    [InlineData(6.000001, false)]
    [InlineData(6.0001, true)]
    [InlineData(60, true)]
    public void SelfCheck_OfTheLargestSlope_RefusesALargerChange(double variation, bool isRefused)
    {
        var check = Method<LipschitzCheck>("MeasureChecks", "RequireLipschitz");
        var checking = () => check("q.npy", 4, 2, variation, 2, 3);
        if (isRefused)
        {
            checking.Should().Throw<DataException>().WithMessage("q.npy: at pair 4 * disagree: f changes by * of 2 does not allow. *");
        }
        else
        {
            checking.Should().NotThrow();
        }
    }

    [Theory]
    [InlineData(0, false, null)]
    [InlineData(1e-7, false, null)]
    [InlineData(1e-5, false, 1)]
    [InlineData(1e-5, true, null)]
    [InlineData(1, false, 1)]
    public void SelfCheck_OfTwoWays_FindsTheRowThatDiffers(double wrong, bool isExcused, int? expected)
    {
        using var scope = NewDisposeScope();
        var one = tensor([1.0, 2, 3, 4], [2, 2]);
        var other = tensor([1.0, 2, 3, 4 + wrong], [2, 2]);
        Method<TwoWaysCheck>("MeasureChecks", "FirstDifference")(one, other, tensor([false, isExcused])).Should().Be(expected);
    }

    public static TheoryData<string, int, string[]> Mistakes => new()
    {
        { "give --points", 2, ["NETWORK"] },
        { "--p '0.5'", 2, ["NETWORK", "--points", "POINTS", "--p", "0.5"] },
        { "--stride '0'", 2, ["NETWORK", "--points", "POINTS", "--stride", "0"] },
        { "--padding gives 2 numbers, and the network has 0 convolutions", 2, ["NETWORK", "--points", "POINTS", "--padding", "1,2"] },
        { "an array of NumPy (npy). Give a network here", 3, ["POINTS", "--points", "POINTS"] },
        { "a safetensors file. Give points here", 3, ["NETWORK", "--points", "NETWORK"] },
        { "absent.npy", 3, ["NETWORK", "--points", "absent.npy"] },
        { "pairs are [N, 2, inputs]", 3, ["NETWORK", "--pairs", "POINTS"] },
        { "holds nothing", 3, ["NETWORK", "--points", "EMPTY"] },
        { "point 1 (counted from 0) holds a number that is NaN", 3, ["NETWORK", "--points", "NAN"] },
        { "takes 1 inputs, and the points have 2", 3, ["NETWORK", "--points", "WIDE"] },
        { "point 0 (counted from 0) the network's numbers do not fit float64", 3, ["HUGE", "--points", "POINTS"] },
        { "pair 0 (counted from 0) the network's numbers do not fit float64", 3, ["HUGE", "--pairs", "NEAR"] },
        { "pair 0 (counted from 0) the network's numbers do not fit float64", 3, ["HUGE", "--pairs", "NEAR", "--p", "3"] },
        { "point 0 (counted from 0) the network's numbers do not fit float64", 3, ["APART", "--points", "POINTS", "--json"] },
        { "its weights product does not fit float64", 3, ["PRODUCT", "--points", "ZERO", "--json"] },
        { "--padding '1500000000'", 2, ["NETWORK", "--points", "POINTS", "--padding", "1500000000"] },
        { "--stride '65537'", 2, ["NETWORK", "--points", "POINTS", "--stride", "65537"] },
        { "would be lost", 2, ["NETWORK", "--points", "POINTS", "--output", "NETWORK"] },
        { "would be lost", 2, ["NETWORK", "--points", "POINTS", "--output", "POINTS"] },
        { "would be lost", 2, ["NETWORK", "--pairs", "NEAR", "--output", "NEAR"] },
        { "its folder does not exist", 3, ["NETWORK", "--points", "POINTS", "--output", "no-such-folder/results.csv"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistake_EndsInAMessage(string message, int expected, string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var files = new Dictionary<string, byte[]>
        {
            ["NETWORK"] = Absolute,
            ["HUGE"] = Network(("0.weight", [2, 1], [1e300, -1e300]), ("2.weight", [2, 2], [1e300, 1, 0, 0])),
            ["APART"] = Network(("0.weight", [2, 1], [3e307, -3e307])),
            ["PRODUCT"] = Network(("0.weight", [1, 1], [1e200]), ("2.weight", [1, 1], [1e200])),
            ["ZERO"] = Array([1, 1], 0),
            ["NEAR"] = Array([1, 2, 1], 0, 1e-300),
            ["POINTS"] = Array([2, 1], 3, 1),
            ["EMPTY"] = Array([0, 1]),
            ["NAN"] = Array([2, 1], 3, double.NaN),
            ["WIDE"] = Array([1, 2], 3, 1),
        };
        string Written(string one) => files.TryGetValue(one, out var content) ? folder.Write(content, one) : one;
        var (code, output, error) = Run(["measure", .. arguments.Select(Written)]);
        code.Should().Be(expected);
        output.Should().BeEmpty();
        error.Should().Contain(message).And.NotContain("   at ");
    }

    private static void Kept(JsonElement interval, JsonElement reference, string side, double range, double step)
    {
        var found = interval.GetProperty(side).GetDouble();
        var isCapped = interval.GetProperty($"{side}IsCapped").GetBoolean();
        if (reference.GetProperty(side) is { ValueKind: JsonValueKind.Number } lost)
        {
            isCapped.Should().BeFalse();
            found.Should().BeInRange(lost.GetDouble() - step - 1e-10, lost.GetDouble() + 1e-10, "the first point of the grid beyond");
        }
        else
        {
            isCapped.Should().BeTrue();
            found.Should().Be(range);
        }
    }

    private delegate void LipschitzCheck(string file, long pair, double p, double variation, double slope, double distance);

    private delegate int? TwoWaysCheck(Tensor one, Tensor other, Tensor isExcused);

    // A file of zeros that takes no room on the disk.
    private static string Zeros(TemporaryFolder folder, string name, params long[] shape) =>
        Longer(folder.Write(Array(shape), name), shape.Aggregate(8L, (product, size) => product * size));

    private static string Longer(string path, long bytes)
    {
        using var stream = File.OpenWrite(path);
        stream.SetLength(stream.Length + bytes);
        return path;
    }

    private static bool HasOpen(int process, string name)
    {
        try
        {
            return Directory.GetFiles($"/proc/{process}/fd").Any(file =>
                new FileInfo(file).LinkTarget?.EndsWith($"/{name}", StringComparison.Ordinal) == true);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void WaitUntil(Func<bool> holds)
    {
        for (var watch = Stopwatch.StartNew(); !holds(); Thread.Sleep(10))
        {
            watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(60), "the program starts within seconds");
        }
    }

    private static List<string> Faults(JsonElement document)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "measure.schema.json")));
        return JsonSchema.Faults(document, schema.RootElement, schema.RootElement);
    }

    private static string Interchange(string name) => Path.Combine(Repository.Root, "Fixtures", "interchange", name);
}
