namespace Reproduce.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    internal const int Fine = 0;

    /// <summary>A check failed, or a claim's tests do not show what its entry declares.</summary>
    internal const int CheckFailed = 1;

    /// <summary>The command line was wrong.</summary>
    internal const int Usage = 2;

    /// <summary>Data is not available, or a file cannot be read or written.</summary>
    internal const int Unusable = 3;

    /// <summary>Ctrl-C.</summary>
    internal const int Stopped = 130;
}

/// <summary>The command line asks for what does not exist.</summary>
internal sealed class UsageException(string message) : Exception(message);
