using System.Globalization;

namespace LeakySpanner.Scanning.Logs.Facts;

/// <summary>
/// A moment as a log tells it. Times with an offset are UTC; times without one stay as written. Where no date is known the moment
/// counts from the first day's midnight, or from the start of the machine or of the recording.
/// </summary>
/// <param name="Ticks">Of 100 ns; 0 where nothing is known.</param>
public readonly record struct LogTime(long Ticks) : IComparable<LogTime>
{
    public static readonly LogTime Unknown;

    /// <summary>Moments below this one have no date.</summary>
    private const long FirstDated = 3650 * TimeSpan.TicksPerDay;

    public bool IsKnown => Ticks != 0;

    public bool HasDate => Ticks >= FirstDated;

    /// <summary>Since an unnamed start; a tick later than told, so that the start itself is not taken for unknown.</summary>
    public static LogTime Since(TimeSpan start) => new(Math.Clamp(start.Ticks, 0, FirstDated - 2) + 1);

    public int CompareTo(LogTime other) => Ticks.CompareTo(other.Ticks);

    public static TimeSpan operator -(LogTime later, LogTime earlier) => new(later.Ticks - earlier.Ticks);

    public static bool operator <(LogTime a, LogTime b) => a.Ticks < b.Ticks;

    public static bool operator >(LogTime a, LogTime b) => a.Ticks > b.Ticks;

    public static bool operator <=(LogTime a, LogTime b) => a.Ticks <= b.Ticks;

    public static bool operator >=(LogTime a, LogTime b) => a.Ticks >= b.Ticks;

    /// <summary>"2026-03-01 14:32:05", "14:32:05", "2 days 14:32:05"; "?" where unknown.</summary>
    public override string ToString()
    {
        if (!IsKnown)
            return "?";
        if (HasDate)
            return new DateTime(Math.Min(Ticks, DateTime.MaxValue.Ticks)).ToString("yyyy-MM-dd HH':'mm':'ss", CultureInfo.InvariantCulture);
        var since = new TimeSpan(Ticks);
        return (since.Days == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{since.Days} d ")) + since.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
    }
}
