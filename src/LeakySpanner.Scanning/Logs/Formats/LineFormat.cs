using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>
/// One kind of line. A line is offered to a format only where one of the format's phrases occurs in it, so that ordinary lines cost
/// one search for all phrases together. An instance belongs to one file and may remember what earlier lines said.
/// </summary>
internal abstract class LineFormat
{
    /// <summary>For the report: "gunicorn".</summary>
    public abstract string Name { get; }

    /// <summary>Phrases, ASCII, one of which every line of the format contains.</summary>
    public abstract ImmutableArray<string> Phrases { get; }

    /// <summary>Reads a line that contains a phrase.</summary>
    /// <returns>Whether it is of this format; then no other is asked.</returns>
    public abstract bool TryRead(LogLine line, LogTally tally);

    /// <summary>Reads a line of a table that an earlier line began; <see cref="LineContext.Table"/>.</summary>
    /// <returns>False where the table has ended.</returns>
    public virtual bool TryRow(LogLine line, LogTally tally) => false;

    /// <summary>The file has ended: what waited for another line is told now.</summary>
    public virtual void End(LogTally tally)
    {
    }
}
