namespace Reproduce.Fixtures.Data;

/// <summary>A data file or data set cannot be used. The message says which one, what is wrong, and what to do.</summary>
public class DataException : Exception
{
    /// <summary>Describes the problem in three parts.</summary>
    /// <param name="subject">The file (full path or address), package or data set.</param>
    /// <param name="problem">What is wrong with it, without a full stop.</param>
    /// <param name="remedy">What the user can do about it: one or more sentences.</param>
    /// <param name="cause">The underlying exception, if any.</param>
    public DataException(string subject, string problem, string remedy, Exception? cause = null)
        : base($"{subject}: {problem}. {remedy}", cause)
    {
    }
}
