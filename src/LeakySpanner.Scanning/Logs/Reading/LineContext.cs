using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Formats;

namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>What lines of one file leave for those that follow.</summary>
/// <param name="file">Its name, for series that have no other.</param>
/// <param name="clock">Times of its lines.</param>
/// <param name="reference">When it was written last: what "12m ago" is counted from.</param>
/// <param name="interval">Between samples that have no time, or null.</param>
internal sealed class LineContext(string file, LogClock clock, DateTime reference, TimeSpan? interval)
{
    public string File => file;

    public LogClock Clock => clock;

    public DateTime Reference => reference;

    public TimeSpan? Interval => interval;

    /// <summary>The last time that was seen; a format may set it.</summary>
    public LogTime Now { get; set; }

    /// <summary>The format whose table is being read: it is asked first.</summary>
    public LineFormat? Table { get; set; }

    /// <summary>The innermost line of the application's own code in the traceback that is being read, or null.</summary>
    public string? Frame { get; set; }
}
