using System.Globalization;
using System.Runtime.ExceptionServices;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using Reproduce.Randomness;

namespace Reproduce.Claims.Harness;

/// <summary>How far an instance is from what a claim says.</summary>
/// <param name="Error">The distance; NaN never passes.</param>
/// <param name="Allowed">What rounding can explain.</param>
public readonly record struct Deviation(double Error, double Allowed)
{
    /// <summary>Of a statement in exact arithmetic: nothing is allowed, and a false one is off by 1.</summary>
    public static Deviation Exact(bool holds) => new(holds ? 0 : 1, 0);

    /// <summary>The claim holds on the instance.</summary>
    public bool Within => Error <= Allowed;

    /// <summary>The error in units of what is allowed; infinite for NaN, and for an error where none is allowed.</summary>
    public double Share => double.IsNaN(Error) ? double.PositiveInfinity : Error == 0 ? 0 : Error / Allowed;

    /// <summary>The larger of two, measured in what each allows.</summary>
    public static Deviation Worse(Deviation one, Deviation other) => other.Share > one.Share ? other : one;
}

/// <summary>
/// Checks a claim on random instances with FsCheck, and records how it went. The seed follows from the test's name;
/// REPRODUCE_SEED replaces it, to look further or to replay.
/// </summary>
public static class Instances
{
    /// <summary>Every instance must be within its tolerance; a counterexample is shrunk and printed with its seed.</summary>
    /// <param name="quantity">What the deviation measures.</param>
    /// <param name="instances">Where instances come from.</param>
    /// <param name="check">The deviation; null where the claim's hypotheses leave the instance out.</param>
    /// <param name="tolerance">What is allowed and why.</param>
    /// <param name="count">How many instances are drawn.</param>
    /// <param name="dtype">The arithmetic of the check, float64 or "exact (rationals)".</param>
    /// <exception cref="ClaimViolatedException">
    /// An instance contradicts the claim, or fewer than a third of them met its hypotheses.
    /// </exception>
    public static void Satisfy<T>(
        string quantity,
        Arbitrary<T> instances,
        Func<T, Deviation?> check,
        string tolerance,
        int count = 300,
        string dtype = "float64")
    {
        var run = Run(instances, check, count);
        var measured = $"{quantity}: the largest deviation as a share of what is allowed";
        Evidence.Record(new Measurement(measured, run.Worst, $"at most 1; allowed is {tolerance}")
        {
            Samples = run.Judged,
            Dtype = dtype,
            Seed = run.Seed,
            IsProperty = true,
        });
        if (run.Counterexample is { } found)
        {
            throw new ClaimViolatedException(
                $"{quantity}: {run.Found.Error:G4} where at most {run.Found.Allowed:G4} is allowed ({tolerance})\n" +
                $"  on {found}\n  seed {run.Seed}; replay: REPRODUCE_SEED={run.Start} dotnet test --filter \"DisplayName~{Test}\"");
        }

        if (run.Judged < count / 3)
        {
            throw new ClaimViolatedException(
                $"{quantity}: only {run.Judged} of {count} instances met the claim's hypotheses: the generator misses the claim");
        }
    }

    /// <summary>The control: the same check must find a counterexample. A crash does not count as one.</summary>
    /// <exception cref="ClaimViolatedException">It found none: the check proves nothing.</exception>
    public static void Violate<T>(
        string what, Arbitrary<T> instances, Func<T, Deviation?> check, int count = 300, string dtype = "float64")
    {
        var run = Run(instances, check, count);
        if (run.Counterexample is not { } found)
        {
            throw new ClaimViolatedException($"{what}: {run.Judged} instances passed a check that must fail (seed {run.Seed})");
        }

        var rule = $"control: must exceed {run.Found.Allowed:G4}; found on {found}";
        Evidence.Record(new Measurement($"{what}: deviation on the smallest counterexample", run.Found.Error, rule)
        {
            Samples = run.Judged,
            Dtype = dtype,
            Seed = run.Seed,
        });
    }

    private static string Test => ActiveMutant.Current?.Test ?? TestContext.Current.Test?.TestDisplayName ?? "outside a test";

    private sealed record Outcome(string Seed, ulong Start, int Judged, double Worst, string? Counterexample, Deviation Found);

    private static Outcome Run<T>(Arbitrary<T> instances, Func<T, Deviation?> check, int count)
    {
        var derived = Seed.Of(("test", Test));
        var given = Environment.GetEnvironmentVariable("REPRODUCE_SEED");
        var (start, name) = string.IsNullOrEmpty(given)
            ? ((ulong)derived.Value, derived.ToString())
            : (ulong.Parse(given, CultureInfo.InvariantCulture), $"REPRODUCE_SEED={given}");
        var judged = 0;
        var worst = 0.0;
        var smallest = default(string);
        var found = default(Deviation);
        var crash = default(Exception);
        // Nobody reads the counterexample to a mutant, so it need not be shrunk.
        var drawn = ActiveMutant.Current is null ? instances : Arb.From(instances.Generator);
        var property = Prop.ForAll(drawn, instance =>
        {
            try
            {
                if (crash is not null || check(instance) is not { } deviation)
                {
                    return true;
                }

                if (deviation.Within)
                {
                    // After a counterexample FsCheck only shrinks: those instances are not part of the sample.
                    if (smallest is null)
                    {
                        judged++;
                        worst = Math.Max(worst, deviation.Share);
                    }

                    return true;
                }

                // FsCheck goes on from the first smaller instance that fails, so the last failure is the smallest.
                judged += smallest is null ? 1 : 0;
                (smallest, found) = (InstanceText.Of(instance), deviation);
                return false;
            }
            catch (Exception exception)
            {
                crash = new InvalidOperationException(
                    $"the check itself failed on {InstanceText.Of(instance)}\n  {exception.Message}", exception);
                return false;
            }
        });
        Check.One(Config.Quick.WithMaxTest(count).WithReplay(start, 1).WithRunner(new Silent()), property);
        if (crash is not null)
        {
            ExceptionDispatchInfo.Throw(crash);
        }

        return new Outcome(name, start, judged, worst, smallest, found);
    }

    // The outcome is read from the property itself; FsCheck's own report would go to the console.
    private sealed class Silent : IRunner
    {
        public void OnStartFixture(Type t)
        {
        }

        public void OnArguments(int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
        {
        }

        public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
        {
        }

        public void OnFinished(string name, FsCheck.TestResult testResult)
        {
        }
    }
}

/// <summary>A check that failed, or a control that passed.</summary>
public sealed class ClaimViolatedException(string message) : Exception(message);
