using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Reproduce.Claims.Foundations.Files;

/// <summary>
/// Gives inputs to a reader: a few hundred, always the same. <c>REPRODUCE_FUZZ=1000000</c> tries so many changes for each reader, and half
/// as many random inputs, and others each time; <c>tools/faults/fuzz</c> divides a number among the readers.
/// </summary>
internal static class Fuzz
{
    private const int FewInputs = 400;
    private const ulong Start = 20260;
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    /// <summary>Fails where an input is neither read nor refused, or takes longer than a second. Says how many were refused.</summary>
    /// <param name="reader">The reader's name.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="share">One in so many of the inputs for each reader is tried here.</param>
    /// <param name="isRefusal">Whether an exception is one that the reader documents.</param>
    /// <param name="read">Reads an input, and throws where something else is read than is there.</param>
    internal static void Try(string reader, Gen<byte[]> inputs, int share, Func<Exception, bool> isRefusal, Action<byte[]> read)
    {
        var given = Environment.GetEnvironmentVariable("REPRODUCE_FUZZ");
        var isShort = string.IsNullOrEmpty(given);
        var count = Math.Max(1, (isShort ? FewInputs : int.Parse(given!, CultureInfo.InvariantCulture)) / share);
        var (refused, longest) = (0, TimeSpan.Zero);
        var config = Config.QuickThrowOnFailure.WithMaxTest(count).WithQuietOnSuccess(true);
        Check.One(isShort ? config.WithReplay(Start, 1) : config, Prop.ForAll(Arb.From(inputs), input =>
        {
            var (isRefused, taken) = (false, TimeSpan.MaxValue);

            // A machine that does something else for a second does not do so three times.
            for (var tries = 0; tries < 3 && taken > Slow; tries++)
            {
                taken = Time(() => isRefused = !IsRead(input));
            }

            refused += isRefused ? 1 : 0;
            longest = taken > longest ? taken : longest;
            return taken <= Slow ? true : throw new InvalidOperationException($"{taken} for {Convert.ToHexString(input)}");
        }));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{reader}: {count} inputs, {refused} refused, at most {longest.TotalMilliseconds:F0} ms");

        bool IsRead(byte[] input)
        {
            try
            {
                read(input);
                return true;
            }
            catch (Exception fault) when (isRefusal(fault))
            {
                return false;
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"{fault.GetType().Name}, {fault.Message}: {Convert.ToHexString(input)}", fault);
            }
        }
    }

    // Of the clock and of the processors, the shorter time: a slow disk is not the reader's fault.
    private static TimeSpan Time(Action read)
    {
        var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        read();
        var (elapsed, computed) = (watch.Elapsed, Environment.CpuUsage.TotalTime - before);
        return elapsed < computed ? elapsed : computed;
    }
}
