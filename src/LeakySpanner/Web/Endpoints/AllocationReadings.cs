using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar;

namespace LeakySpanner.Web.Endpoints;

/// <summary>
/// Readings of allocation tables that are under way or just made. The table of a large process takes seconds of a core: whoever asks
/// meanwhile waits for the same reading, and one that took too long for its client is there for the next.
/// </summary>
internal sealed class AllocationReadings(ISidecar sidecar, TimeProvider time)
{
    /// <summary>Well over what the largest table takes; then a reading that hangs makes room for the next.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>How long a finished reading is the answer to later questions.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Reading> _readings = [];

    public Task<AllocationTable> Of(int pid)
    {
        lock (_lock)
        {
            foreach (var (key, old) in _readings)
            {
                if (old.Finished is { } finished && time.GetElapsedTime(finished) > Kept)
                    _readings.Remove(key);
            }

            if (_readings.TryGetValue(pid, out var reading))
                return reading.Table;
            reading = new Reading();
            reading.Table = Task.Run(() => ReadAsync(pid, reading));
            _readings.Add(pid, reading);
            return reading.Table;
        }
    }

    /// <summary>Not ended by a client that goes away.</summary>
    private async Task<AllocationTable> ReadAsync(int pid, Reading reading)
    {
        using var bound = new CancellationTokenSource(Longest, time);
        try
        {
            var table = await sidecar.ReadAllocationsAsync(pid, bound.Token).ConfigureAwait(false);
            lock (_lock)
                reading.Finished = time.GetTimestamp();
            return table;
        }
        catch
        {
            lock (_lock)
                _readings.Remove(pid);
            throw;
        }
    }

    private sealed class Reading
    {
        public Task<AllocationTable> Table { get; set; } = null!;

        /// <summary>A timestamp, or null while it is under way.</summary>
        public long? Finished { get; set; }
    }
}
