using Reproduce.Fixtures.Data;

namespace Reproduce.Cli;

/// <summary>The folder that a command writes into.</summary>
internal static class OutputFolder
{
    /// <summary>Makes sure before the work, not after it, that a file can be made there.</summary>
    /// <param name="subject">What the message is about: the option, as the user wrote it.</param>
    /// <param name="folder">Made where it is missing.</param>
    /// <exception cref="DataException">It cannot be made, or no file can be made in it.</exception>
    internal static void RequireWritable(string subject, string folder)
    {
        var probe = Path.Combine(folder, $".{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(folder);
            File.Create(probe).Dispose();
            File.Delete(probe);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var why = failure.Message.Replace(probe, folder, StringComparison.Ordinal).TrimEnd('.');
            throw new DataException(subject, $"nothing can be written there ({why})", "Name another place.", failure);
        }
    }
}
