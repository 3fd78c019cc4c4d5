using LeakySpanner.Model;
using LeakySpanner.Target;

namespace LeakySpanner.Sessions;

/// <summary>
/// Waits until a command that we have just started has done its imports, so that they are not taken for growth. A service
/// that never comes to rest is not waited for long.
/// </summary>
internal static class Settling
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly ByteSize Noise = new(512 * ByteSize.KB);

    /// <exception cref="TargetException">It ended.</exception>
    public static async Task WaitAsync(TargetProcess target, TimeProvider clock, CancellationToken stop)
    {
        var begin = clock.GetTimestamp();
        using var timer = new PeriodicTimer(Poll, clock);
        var level = target.ReadMemorySample(TimeSpan.Zero).Anonymous;
        var since = TimeSpan.Zero;
        for (var now = TimeSpan.Zero; now < Longest && now - since < Quiet; now = clock.GetElapsedTime(begin))
        {
            await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
            var memory = target.ReadMemorySample(now).Anonymous;
            if (memory - level <= Noise)
                continue;
            level = memory;
            since = clock.GetElapsedTime(begin);
        }
    }
}
