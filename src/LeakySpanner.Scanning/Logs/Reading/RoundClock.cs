using LeakySpanner.Scanning.Logs.Facts;

namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>Times for samples of tables that tell none: a round ends when the same row comes again; rounds are equally far apart.</summary>
internal sealed class RoundClock
{
    private const int MostRows = 4096;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private int _round;

    /// <param name="context">Has the distance of rounds, where the user told it.</param>
    /// <param name="told">The row's time, where it is known.</param>
    /// <param name="row">What the row is about.</param>
    public LogTime At(LineContext context, LogTime told, string row)
    {
        if (told.IsKnown || context.Interval is not { } interval)
            return told;
        if (!_seen.Add(row))
        {
            _seen.Clear();
            _seen.Add(row);
            _round++;
        }

        if (_seen.Count > MostRows)
            _seen.Clear();
        return LogTime.Since(interval * _round);
    }
}
