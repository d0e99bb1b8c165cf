using System.IO.Enumeration;
using System.Text.Json.Serialization;

namespace Reproduce.Claims.Harness;

/// <summary>How far a run may be from an accepted number. The keys are names, or patterns in which * stands for anything.</summary>
/// <param name="Device">Such as <c>cpu</c> or <c>cuda:*</c>.</param>
/// <param name="Dtype">The element type of the number.</param>
/// <param name="Relative">The relative difference that is allowed.</param>
/// <param name="Reason">Why so much.</param>
public sealed record GoldenTolerance(string Device, string Dtype, double Relative, string Reason)
{
    /// <summary>Which numbers it is for, by name.</summary>
    [JsonRequired]
    public string Values { get; init; } = "*";

    internal bool IsFor(string name, string dtype, GoldenRun run) =>
        Fits(Device, run.Device) && Fits(Dtype, dtype) && Fits(Values, name);

    private static bool Fits(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text);
}
