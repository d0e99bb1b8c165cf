using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Bench;

/// <summary>
/// The cost of one operator call through the binding, beside eager PyTorch's, in one run: rounds alternate between the two, so that a busy
/// machine slows both.
/// </summary>
public static class OperatorBenchmark
{
    private const int Rounds = 15;
    private const int Calls = 100_000;

    /// <summary>Runs it and prints a table.</summary>
    /// <param name="python">A Python that has PyTorch; null: the first that has it of those in the usual places.</param>
    /// <exception cref="IOException">No Python has PyTorch.</exception>
    public static void Run(string? python)
    {
        string[] candidates = python is null ? ["python3", "/usr/bin/python3"] : [python];
        using var other = candidates.Select(Start).FirstOrDefault(process => process is not null);
        if (other is null)
        {
            throw new IOException($"no PyTorch in {string.Join(" or ", candidates)}: install Debian's python3-torch, or name a Python that has it");
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
            Console.WriteLine($"{operators[i].Name,-10} {Summary(ours[i]),18} {Summary(theirs[i]),18} {Timing.Median(ours[i]) / Timing.Median(theirs[i]),18:F2}");
        }
    }

    private static double Cost(Func<Tensor> call, int count)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            call().Dispose();
        }

        return clock.Elapsed.TotalMicroseconds / count;
    }

    private static string Summary(double[] values) => $"{Timing.Median(values):F3} ({values.Min():F3})";

    private static Process? Start(string python)
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
}
