using System.Runtime.InteropServices;
using Reproduce.Fixtures.Data;
using Reproduce.Libtorch;

namespace Reproduce.Cli;

/// <summary>A step of <c>reproduce measure</c>, which Ctrl-C ends at once and a lack of memory with one sentence.</summary>
internal static class MeasureStep
{
    /// <summary>
    /// Runs a step on a thread of its own. Neither a large file nor a walk along one line can be stopped half-way: where the step is
    /// cancelled it is left alone, and goes on until the process ends. So nothing that it uses may be disposed then.
    /// </summary>
    /// <param name="file">What it is about, for the message.</param>
    /// <param name="what">What it does, such as <c>reading it</c>.</param>
    /// <param name="step">The step.</param>
    /// <param name="cancellation">Ends the wait for it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="DataException">It takes more memory than there is, or throws this itself.</exception>
    internal static T Run<T>(string file, string what, Func<T> step, CancellationToken cancellation)
    {
        try
        {
            // Not a thread of the pool, whose threads the step itself uses.
            return Task.Factory.StartNew(step, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(cancellation).GetAwaiter().GetResult();
        }
        catch (Exception fault) when (LackOfMemory(fault) is { } reason)
        {
            throw new DataException(
                file,
                $"{what} takes more memory than this process may have{reason}",
                "Raise its limit, or measure a smaller network, or fewer or smaller points.",
                fault);
        }
    }

    // What there is to add to the sentence; null where memory is not what is lacking.
    private static string? LackOfMemory(Exception fault) => fault.GetBaseException() switch
    {
        OutOfMemoryException => "",
        ExternalException native when IsLackOfMemory(native.Message) => $" ({TorchLibrary.Sentence(native)})",
        _ => null,
    };

    // What libtorch's allocator says, and the standard library.
    private static bool IsLackOfMemory(string message) =>
        message.Contains("allocate memory", StringComparison.OrdinalIgnoreCase)
        || message.Contains("not enough memory", StringComparison.OrdinalIgnoreCase)
        || message.Contains("bad_alloc", StringComparison.Ordinal);
}
