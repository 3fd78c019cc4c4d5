using System.Numerics;
using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Sessions.Activity;

/// <summary>
/// Samples /proc for as long as it takes: a process that replaces its program, as a launcher does, is followed, and however long that takes, the samples stay bounded.
/// </summary>
internal static class ActivitySession
{
    /// <summary>When there are as many, every second one goes, and the distance doubles.</summary>
    private const int MostSamples = 8192;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    /// <param name="target">The process.</param>
    /// <param name="clock">The time.</param>
    /// <param name="stop">Ends it; so does the end of the process.</param>
    /// <exception cref="TargetException">It ended before anything was seen.</exception>
    public static async Task<ActivityRecord> RunAsync(TargetProcess target, TimeProvider clock, CancellationToken stop)
    {
        var memory = new List<MemorySample>();
        var processor = new List<TimeSpan>();
        var (command, begin, interval) = (target.CommandLine, clock.GetTimestamp(), Shortest);
        var limit = target.ReadMemoryLimit();
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            do
            {
                var used = target.ReadStat().CpuTime;
                memory.Add(target.ReadMemorySample(clock.GetElapsedTime(begin)));
                processor.Add(used);
                // A launcher becomes the program, sooner or later.
                if (BitOperations.IsPow2(memory.Count))
                    command = target.CommandLine;
                if (memory.Count < MostSamples)
                    continue;
                Thin(memory);
                Thin(processor);
                timer.Period = interval *= 2;
            }
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        catch (TargetException) when (memory.Count > 0)
        {
            // It has ended.
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }

        return Of(command, target.Pid, memory, processor, limit);
    }

    private static ActivityRecord Of(string command, int pid, List<MemorySample> memory, List<TimeSpan> processor, MemoryLimit? limit)
    {
        // A process that is ending has given its memory back already.
        while (memory.Count > 1 && memory[^1].Rss.Bytes == 0)
        {
            memory.RemoveAt(memory.Count - 1);
            processor.RemoveAt(processor.Count - 1);
        }

        return new ActivityRecord(command, pid, memory, processor, limit?.Limit, limit?.Source, DetectReport.Of([.. memory], limit?.Limit));
    }

    private static void Thin<T>(List<T> list)
    {
        var kept = 0;
        for (var i = 0; i < list.Count; i += 2)
            list[kept++] = list[i];
        list.RemoveRange(kept, list.Count - kept);
    }
}
