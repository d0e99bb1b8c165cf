using FsCheck;
using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Shared;

/// <summary>Statements that are true or false in exact arithmetic, on random instances (<see cref="Instances"/>).</summary>
internal static class ExactInstances
{
    /// <summary>The statement holds on every instance; null where the claim's hypotheses leave the instance out.</summary>
    internal static void Satisfy<T>(string quantity, Arbitrary<T> instances, Func<T, bool?> holds, int count = 300) =>
        Instances.Satisfy(quantity, instances, one => Judged(holds(one)), Fractions.Exactly, count, Fractions.Arithmetic);

    /// <summary>The control: some instance contradicts the statement.</summary>
    internal static void Violate<T>(string what, Arbitrary<T> instances, Func<T, bool?> holds, int count = 300) =>
        Instances.Violate(what, instances, one => Judged(holds(one)), count, Fractions.Arithmetic);

    private static Deviation? Judged(bool? holds) => holds is { } known ? Deviation.Exact(known) : null;
}
