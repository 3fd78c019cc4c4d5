using LeakySpanner.Model;

namespace LeakySpanner.Analysis.Trend;

internal static class TimeToLimit
{
    /// <summary>Further ahead than this, a straight line says nothing.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(3650);

    /// <returns>Null where it does not grow or no limit is known; zero where the limit is reached; ten years at most.</returns>
    public static TimeSpan? Of(ByteSize current, ByteSize? limit, double megabytesPerMinute)
    {
        if (limit is not { } most || !(megabytesPerMinute > 0))
            return null;

        var minutes = Math.Max(0, (most.InMB - current.InMB) / megabytesPerMinute);
        return minutes >= Horizon.TotalMinutes ? Horizon : TimeSpan.FromMinutes(minutes);
    }
}
