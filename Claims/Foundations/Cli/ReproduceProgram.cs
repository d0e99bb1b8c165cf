using System.Diagnostics;
using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Foundations.Cli;

/// <summary>Runs the built <c>reproduce</c> program as a user would.</summary>
internal static class ReproduceProgram
{
    internal static (int Code, string Output, string Error) Run(params string[] arguments) => Run(arguments, []);

    internal static (int Code, string Output, string Error) Run(string[] arguments, params (string Name, string Value)[] environment)
    {
        using var process = Start(arguments, environment);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    internal static Process Start(string[] arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start;
        try
        {
            start = Repository.Program("Cli", "reproduce", arguments);
        }
        catch (FileNotFoundException missing)
        {
            Assert.Skip(missing.Message);
            throw;
        }

        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
