using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Formats;

namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>A line without what shippers wrap around it, and without its time.</summary>
/// <param name="text">What is left. Spaces in front are kept where the line has no time.</param>
/// <param name="at">Its time, or that of an earlier line.</param>
/// <param name="hasTime">Whether the line itself tells its time.</param>
/// <param name="context">Of its file.</param>
internal readonly ref struct LogLine(ReadOnlySpan<byte> text, LogTime at, bool hasTime, LineContext context)
{
    public ReadOnlySpan<byte> Text { get; } = text;

    public LogTime At { get; } = at;

    public bool HasTime { get; } = hasTime;

    public LineContext Context { get; } = context;

    public LineScanner Scan() => new(Text);

    public LogEvent Event(LogEventKind kind, LineFormat format) => new(kind, At, format.Name);
}
