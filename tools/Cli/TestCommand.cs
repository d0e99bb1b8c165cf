using Reproduce.Libtorch;
using static TorchSharp.torch;

namespace Reproduce.Cli;

/// <summary><c>reproduce test</c>.</summary>
internal static class TestCommand
{
    internal static async Task<int> Run(string[] named, Device device, CancellationToken cancellation)
    {
        ArithmeticCheck.Require(device);
        var filters = TestFilter.Of(named);
        var outcome = await Screen.WithProgress("testing", update => TestRunner.Run(
            filters,
            (done, total, test) => update((double)done / Math.Max(1, total), test),
            cancellation));
        foreach (var failure in outcome.Failures)
        {
            Console.WriteLine($"FAILED  {failure.Test}\n        {failure.Message.ReplaceLineEndings("\n        ")}");
        }

        foreach (var skip in outcome.Skips)
        {
            Console.WriteLine($"SKIPPED {skip.Test}\n        {skip.Message.ReplaceLineEndings("\n        ")}");
        }

        Console.WriteLine($"{outcome.Passed} passed, {outcome.Failures.Count} failed, {outcome.Skips.Count} skipped");
        return outcome.Failures.Count == 0 ? ExitCode.Fine : ExitCode.CheckFailed;
    }
}
