namespace Reproduce.Claims.Harness;

/// <summary>An accepted number beside what a run gave.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Accepted">Null where it was never accepted.</param>
/// <param name="Received">Null where the run did not give it.</param>
/// <param name="Allowed">The relative difference; null where no tolerance fits.</param>
/// <param name="Why">The tolerance's reason, or what else is wrong.</param>
public sealed record GoldenDifference(string Name, double? Accepted, double? Received, double? Allowed, string Why)
{
    /// <summary>|received − accepted| / |accepted|; null where one of them is missing.</summary>
    public double? Relative => Accepted is not { } accepted || Received is not { } received ? null
        : received.Equals(accepted) ? 0
        : Math.Abs(received - accepted) / Math.Max(double.Epsilon, Math.Abs(accepted));

    /// <summary>The run agrees with what was accepted.</summary>
    public bool IsAllowed => Relative is { } relative && Allowed is { } allowed && relative <= allowed;

    /// <inheritdoc/>
    public override string ToString() => this switch
    {
        { Received: null } => $"{Name}: accepted {Accepted:R}, now missing",
        { Accepted: null } => $"{Name}: {Received:R} was never accepted",
        { Allowed: null } => $"{Name}: {Why}",
        _ => $"{Name}: accepted {Accepted:R}, now {Received:R}: relative error {Relative:G3} where {Allowed:G3} is allowed ({Why})",
    };
}

/// <summary>How accepted numbers and those of a run are compared.</summary>
public static class GoldenComparison
{
    /// <summary>Every number of either file.</summary>
    /// <param name="accepted">What was accepted, null for nothing; its tolerances count.</param>
    /// <param name="received">What the run gave.</param>
    public static IReadOnlyList<GoldenDifference> Of(GoldenFile? accepted, GoldenFile received)
    {
        var before = Numbers(accepted);
        var now = Numbers(received);
        return [.. before.Keys.Union(now.Keys).Select(key =>
        {
            var tolerance = accepted?.Tolerances.FirstOrDefault(one => one.IsFor(key.Name, key.Dtype, received.Run));
            return new GoldenDifference(
                key.Name,
                before.TryGetValue(key, out var old) ? old : null,
                now.TryGetValue(key, out var value) ? value : null,
                tolerance?.Relative,
                tolerance?.Reason ?? $"no tolerance is for {received.Run.Device}, {key.Dtype}: give the test one, with its reason");
        })];
    }

    /// <summary>The test compares with other tolerances than were accepted with the numbers.</summary>
    public static bool HasOtherTolerances(GoldenFile? accepted, GoldenFile received) =>
        accepted is not null && !accepted.Tolerances.SequenceEqual(received.Tolerances);

    private static Dictionary<(string Dtype, string Name), double> Numbers(GoldenFile? file) =>
        (from values in file?.Values ?? new Dictionary<string, IReadOnlyDictionary<string, double>>()
         from value in values.Value
         select (Key: (values.Key, value.Key), value.Value)).ToDictionary(one => one.Key, one => one.Value);
}
