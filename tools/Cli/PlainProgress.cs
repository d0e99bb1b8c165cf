using System.Diagnostics;

namespace Reproduce.Cli;

/// <summary>Progress where nothing can be drawn in place: at most a line every five seconds.</summary>
/// <param name="title">What is done.</param>
/// <param name="write">Takes a line.</param>
internal sealed class PlainProgress(string title, Action<string> write)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Before that the start weighs more than the pace.
    private const double Foreseeable = 0.02;

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private TimeSpan last = TimeSpan.MinValue;

    internal void Update(double done, string status)
    {
        lock (gate)
        {
            if (last != TimeSpan.MinValue && clock.Elapsed - last < Interval && done < 1)
            {
                return;
            }

            last = clock.Elapsed;
            var remaining = done is >= Foreseeable and < 1 ? $", about {Words(clock.Elapsed * ((1 - done) / done))} left" : "";
            write($"{title}: {100 * done:F0} %{remaining} ({status})");
        }
    }

    private static string Words(TimeSpan time) => time switch
    {
        { TotalSeconds: < 90 } => $"{Math.Ceiling(time.TotalSeconds)} s",
        { TotalMinutes: < 90 } => $"{Math.Ceiling(time.TotalMinutes)} min",
        _ => $"{Math.Floor(time.TotalHours)} h {time.Minutes} min",
    };
}
