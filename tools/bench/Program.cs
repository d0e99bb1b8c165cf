// The cost of one operator call through the binding, beside eager PyTorch's, in one run: rounds alternate between the two, so
// that a busy machine slows both. usage: dotnet run --project tools/bench [-- python3]
using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

if (args is ["train", .. var options])
{
    return Reproduce.Bench.TrainBenchmark.Run(options, Console.Out);
}

const int Rounds = 15;
const int Calls = 100_000;

var python = args.Length > 0 ? [args[0]] : new[] { "python3", "/usr/bin/python3" };
using var other = python.Select(Start).FirstOrDefault(process => process is not null);
if (other is null)
{
    Console.Error.WriteLine($"bench: no PyTorch in {string.Join(" or ", python)}: install Debian's python3-torch, or name a Python that has it");
    return 3;
}

var version = other.StandardOutput.ReadLine();
set_num_threads(1);
using var unrecorded = no_grad();
using var a = ones(4, 4);
using var b = ones(4, 4);
var operators = new (string Name, Func<Tensor> Call)[] { ("add", () => a.add(b)), ("relu", () => a.relu()), ("matmul", () => a.matmul(b)) };
var ours = new double[operators.Length][];
var theirs = new double[operators.Length][];
for (var i = 0; i < operators.Length; i++)
{
    (ours[i], theirs[i]) = (new double[Rounds], new double[Rounds]);
    Cost(operators[i].Call, Calls);
}

for (var round = 0; round < Rounds; round++)
{
    for (var i = 0; i < operators.Length; i++)
    {
        ours[i][round] = Cost(operators[i].Call, Calls);
    }

    other.StandardInput.WriteLine(Calls);
    var costs = other.StandardOutput.ReadLine()!.Split(' ');
    for (var i = 0; i < operators.Length; i++)
    {
        theirs[i][round] = double.Parse(costs[i], CultureInfo.InvariantCulture);
    }
}

Console.WriteLine($"One operator on 4×4 float32 matrices, microseconds a call, one thread: median (least) of {Rounds} rounds of {Calls} calls.");
Console.WriteLine($"binding over libtorch {__version__}; PyTorch {version}");
Console.WriteLine($"{"operator",-10} {"binding",18} {"PyTorch",18} {"ratio of medians",18}");
for (var i = 0; i < operators.Length; i++)
{
    Console.WriteLine($"{operators[i].Name,-10} {Summary(ours[i]),18} {Summary(theirs[i]),18} {Median(ours[i]) / Median(theirs[i]),18:F2}");
}

return 0;

static double Cost(Func<Tensor> call, int count)
{
    var clock = Stopwatch.StartNew();
    for (var i = 0; i < count; i++)
    {
        call().Dispose();
    }

    return clock.Elapsed.TotalMicroseconds / count;
}

static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

static string Summary(double[] values) => $"{Median(values):F3} ({values.Min():F3})";

static Process? Start(string python)
{
    try
    {
        var script = Path.Combine(AppContext.BaseDirectory, "operator_call.py");
        var process = Process.Start(new ProcessStartInfo(python, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.AutoFlush = true;
        if (process.StandardOutput.Peek() >= 0)
        {
            return process;
        }

        process.WaitForExit();
        return null;
    }
    catch (System.ComponentModel.Win32Exception)
    {
        return null;
    }
}
