namespace Reproduce.Claims.Harness;

/// <summary>How a figure shows its curves.</summary>
public enum FigureMark
{
    /// <summary>Points joined by lines.</summary>
    Line,

    /// <summary>Points alone.</summary>
    Points,

    /// <summary>A bar a point.</summary>
    Bars,
}

/// <summary>An axis of a figure.</summary>
/// <param name="Label">What it shows, with the unit where there is one.</param>
public sealed record FigureAxis(string Label)
{
    /// <summary>Each step multiplies.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>All panels have the same range, so that they can be compared.</summary>
    public bool IsShared { get; init; }

    /// <summary>Names for the numbers 0, 1, …; null where the axis shows numbers.</summary>
    public IReadOnlyList<string>? Categories { get; init; }
}

/// <summary>Points of one kind.</summary>
/// <param name="Name">As the legend has it.</param>
/// <param name="X">Finite numbers.</param>
/// <param name="Y">As many; NaN where nothing was measured.</param>
public sealed record Curve(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>Which of the figure's panels it belongs to, such as a data set.</summary>
    public string Panel { get; init; } = "";

    /// <summary>
    /// Curves of one group, such as many runs of one kind, share a colour and an entry of the legend, which names the group; null where a
    /// curve stands for itself.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>Grey points among lines, such as the data that are fitted; the description says what they are.</summary>
    public bool IsScattered { get; init; }

    /// <summary>Half the length of an error bar at each point; null where there is none.</summary>
    public IReadOnlyList<double>? Error { get; init; }

    /// <summary>Drawn stronger than the others and above them, such as the mean of many runs.</summary>
    public bool StandsOut { get; init; }

    /// <summary>Given by the paper, or computed from what it prints; not measured.</summary>
    public bool IsPaper { get; init; }
}

/// <summary>What a test measured, to be drawn like the paper's figure, with the numbers that the paper prints beside ours.</summary>
/// <param name="Place">In the paper: <c>S, Figure 1</c>.</param>
/// <param name="Title">What it shows, in a few words.</param>
/// <param name="Description">What is to be seen in it, for those who cannot see it.</param>
/// <param name="X">The axis along.</param>
/// <param name="Y">The axis upwards.</param>
/// <param name="Mark">How points are shown.</param>
/// <param name="Curves">At least one.</param>
public sealed record Figure(
    string Place, string Title, string Description, FigureAxis X, FigureAxis Y, FigureMark Mark, IReadOnlyList<Curve> Curves);
