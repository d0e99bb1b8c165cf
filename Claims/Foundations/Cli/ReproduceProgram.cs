using System.Diagnostics;
using System.Reflection;
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

    /// <summary>A static method of the program itself, for what cannot be tried from outside.</summary>
    /// <param name="type">The type's name.</param>
    /// <param name="method">The method's.</param>
    internal static TDelegate Method<TDelegate>(string type, string method) where TDelegate : Delegate
    {
        var start = StartInfo([]);
        var path = start.ArgumentList.Count > 0 ? start.ArgumentList[0] : $"{start.FileName}.dll";
        return Assembly.LoadFrom(path).GetType($"Reproduce.Cli.{type}", throwOnError: true)!
            .GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.CreateDelegate<TDelegate>();
    }

    internal static Process Start(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = StartInfo(arguments);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static ProcessStartInfo StartInfo(string[] arguments)
    {
        try
        {
            return Repository.Program("Cli", "reproduce", arguments);
        }
        catch (FileNotFoundException missing)
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }
}
