using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.Globalization;
using System.Runtime.InteropServices;
using Reproduce.Bench;
using Reproduce.Claims.Harness;
using Reproduce.Cli;
using Reproduce.Fixtures.Data;
using Reproduce.Fixtures.Experiments;
using Reproduce.Libtorch;
using TorchSharp;

var json = new Option<bool>("--json")
{
    Description = "Print the table as JSON on standard output; progress goes to standard error.",
};
var device = new Option<string>("--device")
{
    Description = "Where tensors lie and networks are trained: cpu or cuda. Experiments that cannot use a GPU stay on the CPU and say so.",
    DefaultValueFactory = _ => Environment.GetEnvironmentVariable("REPRODUCE_DEVICE") is { Length: > 0 } named ? named : "cpu",
}.OneOf("cpu", "cuda");

var root = new RootCommand(
    """
    Checks what four papers claim about ReLU networks, and reports a verdict with evidence for each claim.
    Without a command: gets the data, trains the quick experiments, checks all claims and that their tests catch their mutants,
    prints a summary, writes the report.

    Exit codes: 0 no check failed and no verdict contradicts the declared one; 1 one did; 2 wrong usage; 3 data or files are unusable;
    130 stopped.
    Example: ./reproduce --json > claims.json
    """)
{
    json, device,
};
root.SetAction((parse, cancellation) => Guard(() => CheckCommand.Run(parse.GetValue(json), Place(parse), cancellation)));

var testedClaims = new Argument<string[]>("claim")
{
    Description = "Ids of claims, such as slope.prop-6, or traits: Category=Theorem, Paper=slope. None: every test but the nightly ones.",
}.AnyNumber();
testedClaims.CompletionSources.Add(_ => Completions(() => [.. TestFilter.Traits(), .. Ids()]));
var test = new Command(
    "test",
    """
    Runs the tests: all but the nightly ones, or those of some claims, papers or categories.
    Example: ./reproduce test slope.prop-6 slope.prop-7
    """)
{
    testedClaims, device,
};
test.SetAction((parse, cancellation) => Guard(() => TestCommand.Run(parse.GetValue(testedClaims)!, Place(parse), cancellation)));

var shownClaims = new Argument<string[]>("claim")
{
    Description = "Ids of claims, to be shown with statement and evidence; or a paper, or words of a title or a place: \"Table 4.2\". "
        + "None: all, as a table.",
}.AnyNumber();
shownClaims.CompletionSources.Add(_ => Completions(() => [.. Paper.All.Select(paper => paper.Id), .. Ids()]));
var verdict = new Option<string?>("--verdict") { Description = $"Only claims of one verdict: {Verdicts.All}." };
var write = new Option<bool>("--write")
{
    Description = "Write the tables of CLAIMS.md and the counts of README.md from the claims' entries, Claims/*/claims.md.",
};
var check = new Option<bool>("--check") { Description = "Fail where these differ, or a declared verdict is not what the tests give." };
var claims = new Command(
    "claims",
    """
    Shows claims with their verdicts and evidence, as the last runs left them.
    Example: ./reproduce claims slope --verdict refuted
    """)
{
    shownClaims, verdict, json, write, check,
};
claims.SetAction(parse => Guard(() => Task.FromResult((parse.GetValue(write), parse.GetValue(check)) switch
{
    (false, false) => ClaimsCommand.Run(parse.GetValue(shownClaims)!, parse.GetValue(verdict), parse.GetValue(json)),
    (true, true) => throw new UsageException("choose --write or --check"),
    _ when parse.GetValue(json) || parse.GetValue(verdict) is not null || parse.GetValue(shownClaims)!.Length > 0 =>
        throw new UsageException("--write and --check are about all claims, and print no table"),
    (true, false) => ClaimsCommand.WriteLedger(),
    _ => ClaimsCommand.CheckLedger(),
})));

var dataIds = DataSets.All.Select(one => one.Id).ToArray();
var dataSets = new Argument<string[]>("data set") { Description = $"{string.Join(", ", dataIds)}. None: all." }.AnyNumber();
dataSets.CompletionSources.Add(dataIds);
var list = new Command(
    "list",
    """
    Shows the data sets and where their files are. Downloads nothing.
    Example: ./reproduce data list --json
    """)
{
    json,
};
list.SetAction(parse => Guard(() => Task.FromResult(DataCommand.List(parse.GetValue(json)))));
var get = new Command(
    "get",
    """
    Gets data sets and verifies their checksums.
    Example: ./reproduce data get mnist
    """)
{
    dataSets,
};
get.SetAction(parse => Guard(() => Task.FromResult(DataCommand.Get(parse.GetValue(dataSets)!))));
var verify = new Command(
    "verify",
    """
    Reads every local copy of data sets and checks it.
    Example: ./reproduce data verify
    """)
{
    dataSets, json,
};
verify.SetAction(parse => Guard(() => Task.FromResult(DataCommand.Verify(parse.GetValue(dataSets)!, parse.GetValue(json)))));
var data = new Command(
    "data",
    """
    Lists, gets and verifies data sets.
    Example: ./reproduce data list
    """)
{
    list, get, verify,
};

var reportFolder = new Option<string?>("--output") { Description = "The folder. Default: artifacts/report." };
var opened = new Option<bool>("--open") { Description = "Open the page in a browser, with xdg-open." };
var report = new Command(
    "report",
    """
    Writes the report from the evidence at hand: index.html, a page to read; report.md; for programs report.json
    (docs/report.schema.json), junit.xml and ro-crate-metadata.json.
    Example: ./reproduce report --open
    """)
{
    reportFolder, opened,
};
report.SetAction(parse => Guard(() => Task.FromResult(ReportCommand.Run(parse.GetValue(reportFolder), parse.GetValue(opened)))));

var network = new Argument<string>("network")
{
    Description = "An .onnx file, or a .safetensors file with the state_dict of a sequence of Linear, Conv2d and ReLU.",
};
var points = new Option<string?>("--points")
{
    Description = "A .npy or .npz file of points, [N, inputs] or [N, C, H, W], float32 or float64.",
};
var pairs = new Option<string?>("--pairs") { Description = "A .npy or .npz file of pairs of points, [N, 2, inputs] or [N, 2, C, H, W]." };
var norm = new Option<string>("--p")
{
    Description = "The p of the slope: 1, 2, inf, or a number ≥ 1, for which two bounds are given.",
    DefaultValueFactory = _ => "2",
};
var layers = new Option<string?>("--layers")
{
    Description = "The names of the layers in order, where the file leaves it open: fc_in,fc_hidden,fc_out.",
};
var activation = new Option<string?>("--activation") { Description = "Between all layers, or between each and the next: relu,none,relu." };
var layout = new Option<string?>("--layout") { Description = "How matrices are stored: out-in (PyTorch's Linear) or in-out." };
var stride = new Option<string?>("--stride") { Description = "Of all convolutions, or one each: 1,2,2. Default: 1." };
var padding = new Option<string?>("--padding") { Description = "Of all convolutions, or one each: 1,0,0. Default: 0." };
var output = new Option<string?>("--output") { Description = "Also write a .csv file with a row a point and a pair." };
var measure = new Command(
    "measure",
    """
    Measures a network of yours exactly, in float64: slopes and margins at points; path lengths, pieces, largest slope and
    generalization interval along pairs. What is read and what is printed: docs/measure.md.
    Example: ./reproduce measure network.safetensors --points points.npy --pairs pairs.npy --json
    """)
{
    network, points, pairs, norm, layers, activation, layout, stride, padding, json, output,
};
measure.SetAction((parse, cancellation) => Guard(() => Task.FromResult(MeasureCommand.Run(
    new MeasureOptions(
        parse.GetValue(network)!,
        parse.GetValue(points),
        parse.GetValue(pairs),
        parse.GetValue(norm)!,
        parse.GetValue(layers),
        parse.GetValue(activation),
        parse.GetValue(layout),
        parse.GetValue(stride),
        parse.GetValue(padding),
        parse.GetValue(json),
        parse.GetValue(output)),
    cancellation))));

var nightlyClaims = new Argument<string[]>("claim") { Description = "Ids of claims. None: all experiments." }.AnyNumber();
nightlyClaims.CompletionSources.Add(_ => Completions(() => ExperimentPlans.All.SelectMany(plan => plan.Claims).Distinct()));
var profile = new Option<string>("--profile")
{
    Description = "How large: quick (minutes), standard (an evening on two cores), paper (the papers' sizes). "
        + "The sizes are in Fixtures/Experiments/sizes.json.",
    DefaultValueFactory = _ => "standard",
}.OneOf("quick", "standard", "paper");
var shard = new Option<string?>("--shard")
{
    Description = "k/n: only the k-th of n parts of the cells, for several processes that share REPRODUCE_RUNS. Nothing is judged.",
};
var hours = new Option<double?>("--hours")
{
    Description = "Stops after so many hours and judges what is finished; the next run goes on from there.",
};
hours.Validators.Add(result =>
{
    if (result.Tokens is [var given]
        && !(double.TryParse(given.Value, CultureInfo.InvariantCulture, out var count) && count is > 0 and < 500))
    {
        result.AddError($"--hours {given.Value}: must be a number above 0 and below 500");
    }
});
var planned = new Option<bool>("--plan") { Description = "Only print the missing cells, one a line." };
var nightlyStatus = new Command(
    "status",
    """
    Shows what is done, missing and failed. Runs nothing.
    Example: ./reproduce nightly status --profile standard
    """)
{
    nightlyClaims, profile, device,
};
nightlyStatus.SetAction(parse => Guard(() =>
    Task.FromResult(NightlyCommand.Status(parse.GetValue(nightlyClaims)!, Size(parse), Place(parse)))));
var writeResults = new Option<bool>("--write")
{
    Description = "Instead write a file for each claim that was judged, docs/results/PROFILE/CLAIM.json, from which the report shows it.",
};
var nightlySummary = new Command(
    "summary",
    """
    Judges what has been run and prints verdicts and tables as a document. Runs nothing.
    Example: ./reproduce nightly summary --profile standard > docs/results/standard.md
    """)
{
    nightlyClaims, profile, device, json, writeResults,
};
nightlySummary.SetAction((parse, cancellation) => Guard(() => (parse.GetValue(json), parse.GetValue(writeResults)) switch
{
    (true, true) => throw new UsageException("choose --json or --write"),
    var (asJson, asFiles) =>
        NightlyCommand.Summary(parse.GetValue(nightlyClaims)!, Size(parse), Place(parse), asJson, asFiles, cancellation),
}));
var before = new Argument<string>("before") { Description = "What nightly summary --json wrote." };
var after = new Argument<string>("after") { Description = "The same, later." };
var nightlyCompare = new Command(
    "compare",
    """
    Shows what changed between two results. Ends with 1 on a regression: an experiment that failed, or turned from reproduced into
    not reproduced or back.
    Example: ./reproduce nightly compare monday.json tuesday.json
    """)
{
    before, after,
};
nightlyCompare.SetAction(parse => Guard(() =>
    Task.FromResult(NightlyCommand.Compare(parse.GetValue(before)!, parse.GetValue(after)!))));
Profile Size(ParseResult parse) => Enum.Parse<Profile>(parse.GetValue(profile)!, ignoreCase: true);
var nightly = new Command(
    "nightly",
    """
    Runs experiments at a larger size and judges their claims. Finished cells are kept and skipped, so it can be stopped or killed
    at any moment and started again; a result is used only as long as its settings, data and code are the same.
    Example: ./reproduce nightly smoothness.table-4.2 --profile standard
    """)
{
    nightlyClaims, profile, device, shard, hours, planned, nightlyStatus, nightlySummary, nightlyCompare,
};
nightly.SetAction((parse, cancellation) => Guard(() =>
{
    var part = parse.GetValue(shard) is { } text ? Shard.Parse(text) : null;
    var place = Place(parse);
    return parse.GetValue(planned)
        ? Task.FromResult(NightlyCommand.Plan(parse.GetValue(nightlyClaims)!, Size(parse), place, part))
        : NightlyCommand.Run(
            parse.GetValue(nightlyClaims)!,
            Size(parse),
            place,
            part,
            parse.GetValue(hours) is { } most ? TimeSpan.FromHours(most) : null,
            cancellation);
}));

var differing = new Argument<string?>("name")
{
    Description = "A golden file, as Class.Method. None: all whose test gave other numbers.",
    Arity = ArgumentArity.ZeroOrOne,
    HelpName = "name",
};
differing.CompletionSources.Add(_ => Completions(() => Golden.Waiting(Golden.Folder)));
var diff = new Command(
    "diff",
    """
    Shows what a test gave beside what was accepted, value by value. Ends with 1 where they differ.
    Example: ./reproduce golden diff
    """)
{
    differing,
};
diff.SetAction(parse => Guard(() => Task.FromResult(GoldenCommand.Diff(parse.GetValue(differing)))));
var accepted = new Argument<string>("name") { Description = "One golden file, as Class.Method.", HelpName = "name" };
accepted.CompletionSources.Add(_ => Completions(() => Golden.Waiting(Golden.Folder)));
var reason = new Option<string?>("--reason") { Description = "Why the new numbers are right. It is kept in the file's history." };
var accept = new Command(
    "accept",
    """
    Accepts what one test gave as its golden numbers. Look at the difference first, and find out why it is there.
    Example: ./reproduce golden accept SlopeGoldenTests.MeanSlopes_AreTheAcceptedNumbers --reason "the mean is over all seeds"
    """)
{
    accepted, reason,
};
accept.SetAction(parse => Guard(() => Task.FromResult(GoldenCommand.Accept(parse.GetValue(accepted)!, parse.GetValue(reason)))));
var golden = new Command(
    "golden",
    """
    Compares and accepts golden numbers, one file at a time.
    Example: ./reproduce golden diff
    """)
{
    diff, accept,
};

var quick = new Option<bool>("--quick") { Description = "One small network, to see that it works." };
var geometry = new Command(
    "geometry",
    """
    Exact path lengths beside the estimate from 100 points.
    Example: ./reproduce bench geometry
    """)
{
    quick,
};
geometry.SetAction(parse => Guard(() => Done(() => GeometryBenchmark.Run(parse.GetValue(quick)))));
var python = new Option<string?>("--python") { Description = "A Python that has PyTorch." };
var rounds = new Option<int>("--rounds")
{
    Description = "Rounds that alternate between the two sides; a figure is the median.",
    DefaultValueFactory = _ => 5,
};
rounds.Validators.Add(result =>
{
    if (result.Tokens is [var given] && !(int.TryParse(given.Value, out var count) && count > 0))
    {
        result.AddError($"--rounds {given.Value}: must be a whole number, at least 1");
    }
});
var only = new Option<string?>("--only") { Description = "One part." }.OneOf([.. TrainBenchmark.Parts]);
var train = new Command(
    "train",
    """
    Training steps and slopes beside eager PyTorch, at its defaults and at the best of its thread settings.
    Example: ./reproduce bench train --rounds 3 --only sweep
    """)
{
    rounds, only, python,
};
train.SetAction(parse => Guard(() =>
    Done(() => TrainBenchmark.Run(parse.GetValue(rounds), parse.GetValue(only), parse.GetValue(python)))));
var bench = new Command(
    "bench",
    """
    Measures speed: both sides in one run, and their ratio.
    Example: ./reproduce bench geometry --quick
    """)
{
    geometry, train,
};

var archive = new Option<string?>("--output") { Description = $"The file. Default: artifacts/{Archive.Name}.tar.gz." };
var pack = new Command(
    "pack",
    """
    Writes one archive for a Linux x86-64 host without .NET, such as one with a GPU: the tests and this program, self-contained.
    There ./run starts them over the libtorch of the host's PyTorch. Needs the .NET SDK and git here. See docs/pack.md.
    Example: ./reproduce pack --output reproduce.tar.gz
    """)
{
    archive,
};
pack.SetAction((parse, cancellation) => Guard(() => Task.FromResult(PackCommand.Run(parse.GetValue(archive), cancellation))));

var shell = new Argument<string>("shell") { Description = string.Join(", ", CompletionCommand.Shells) };
shell.CompletionSources.Add([.. CompletionCommand.Shells]);
var completion = new Command(
    "completion",
    """
    Prints a script that lets a shell complete commands, options and ids of claims.
    Example: eval "$(./reproduce completion bash)"
    """)
{
    shell,
};
completion.SetAction(parse => Guard(() => Task.FromResult(CompletionCommand.Run(parse.GetValue(shell)!))));

foreach (var command in (Command[])[test, claims, data, measure, nightly, report, golden, bench, pack, completion])
{
    root.Subcommands.Add(command);
}

CommandHelp.Use(root);
var parsed = root.Parse(args is ["help", .. var about] ? [.. about, "--help"] : args);
return parsed.Action is ParseErrorAction
    ? CommandLineMistake.Write(parsed)
    : await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
    });

static IEnumerable<string> Ids() => ClaimRegistry.Load().Select(claim => claim.Id);

// A shell that completes a word needs no message: without readable entries there is nothing to complete.
static IEnumerable<CompletionItem> Completions(Func<IEnumerable<string>> words)
{
    try
    {
        return [.. words().Select(word => new CompletionItem(word))];
    }
    catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
    {
        return [];
    }
}

// Evidence says where it came from, and the test program inherits it.
torch.Device Place(ParseResult parse)
{
    Environment.SetEnvironmentVariable("REPRODUCE_DEVICE", parse.GetValue(device)!);
    return RunDevice.Named;
}

static Task<int> Done(Action work)
{
    work();
    return Task.FromResult(ExitCode.Fine);
}

// A user's mistake, or a machine's, ends in one message; a stack trace is for faults of the program.
static async Task<int> Guard(Func<Task<int>> command)
{
    try
    {
        // On another thread: Ctrl-C is watched only once this call has returned a task.
        return await Task.Run(command);
    }
    catch (UsageException mistake)
    {
        Screen.Mistake($"reproduce: {mistake.Message}");
        return ExitCode.Usage;
    }
    catch (Exception fault) when (fault
        is DataException or IOException or UnauthorizedAccessException or FormatException or TorchUnusableException)
    {
        Screen.Mistake($"reproduce: {fault.Message}");
        return ExitCode.Unusable;
    }
    catch (ExternalException fault)
    {
        Screen.Mistake($"reproduce: libtorch: {TorchLibrary.Sentence(fault)}");
        return ExitCode.Unusable;
    }
    catch (OutOfMemoryException)
    {
        Screen.Mistake("reproduce: this takes more memory than the process may have: raise its limit. What was finished is kept.");
        return ExitCode.Unusable;
    }
    catch (OperationCanceledException)
    {
        Screen.Mistake("reproduce: stopped. Finished networks and evidence are kept; run the same command to go on.");
        return ExitCode.Stopped;
    }
}
