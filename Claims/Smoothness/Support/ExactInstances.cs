using FsCheck;
using Reproduce.Claims.Harness;

namespace Reproduce.Claims.Smoothness.Support;

/// <summary><see cref="Instances"/> of a statement in fractions: it holds or fails, and no deviation is allowed.</summary>
internal static class ExactInstances
{
    private const string Dtype = "exact (rationals)";

    /// <summary>Holds on every instance; null where the claim's hypotheses leave the instance out.</summary>
    internal static void Satisfy<T>(string statement, Arbitrary<T> instances, Func<T, bool?> holds, int count = 300) =>
        Instances.Satisfy(statement, instances, instance => Of(holds(instance)), "none: exact", count, Dtype);

    /// <summary>Fails on some instance: the control of such a check.</summary>
    internal static void Violate<T>(string statement, Arbitrary<T> instances, Func<T, bool?> holds, int count = 300) =>
        Instances.Violate(statement, instances, instance => Of(holds(instance)), count, Dtype);

    private static Deviation? Of(bool? holds) => holds is { } known ? Deviation.Exact(known) : null;
}
