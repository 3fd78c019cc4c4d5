using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Sessions.Activity;

/// <summary>Processor and memory of one process over time.</summary>
/// <param name="Command">Its command line.</param>
/// <param name="Pid">Its number.</param>
/// <param name="Memory">In the order of time.</param>
/// <param name="Processor">All processor time used so far, at the same moments.</param>
/// <param name="Limit">What it may use, null where that is not told.</param>
/// <param name="LimitSource">"cgroup".</param>
/// <param name="Report">Leak or not, and the pace.</param>
internal sealed record ActivityRecord(
    string Command, int Pid, IReadOnlyList<MemorySample> Memory, IReadOnlyList<TimeSpan> Processor, ByteSize? Limit, string? LimitSource, DetectReport Report)
{
    public TimeSpan Length => Memory[^1].At - Memory[0].At;

    public ByteSize MostRss => Memory.Max(sample => sample.Rss);

    public TimeSpan ProcessorUsed => Processor[^1] - Processor[0];

    /// <summary>Percent of one processor, over windows that hold enough of the kernel's ticks of 10 ms to say something.</summary>
    /// <param name="shortest">Windows are not shorter.</param>
    public IEnumerable<(TimeSpan At, double Percent)> ProcessorLoad(TimeSpan shortest)
    {
        var from = 0;
        for (var to = 1; to < Memory.Count; to++)
        {
            var length = Memory[to].At - Memory[from].At;
            if (length < shortest && (to < Memory.Count - 1 || from > 0))
                continue;
            if (length > TimeSpan.Zero)
                yield return (Memory[from].At + (length / 2), Math.Max(0, (Processor[to] - Processor[from]) / length * 100));
            from = to;
        }
    }
}
