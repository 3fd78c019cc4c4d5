using LeakySpanner.Scanning.Logs.Facts;

namespace LeakySpanner.Scanning.Logs.Requests;

/// <summary>
/// What was going on last, so that a kill can be compared with ordinary times: requests and messages within a minute before it, or the
/// last few hundred where lines have no time. A ring of fixed size.
/// </summary>
internal sealed class RecentActivity(EndpointTable endpoints, NoteTable notes)
{
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    public const int WindowLines = 200;

    private const int Size = 8192;

    private readonly int[] _things = new int[Size];
    private readonly long[] _times = new long[Size];
    private long _count;

    /// <summary>Windows before kills.</summary>
    public int Windows { get; private set; }

    /// <summary>Time or lines that they cover together, in the unit of <see cref="Whole"/>.</summary>
    public double Covered { get; private set; }

    /// <summary>Whether windows are stretches of time; else of lines.</summary>
    public bool Timed { get; private set; }

    public long First { get; private set; }

    public long Last { get; private set; }

    /// <summary>Seconds, or lines, that the log covers.</summary>
    public double Whole => Timed ? new TimeSpan(Last - First).TotalSeconds : _count;

    public void AddEndpoint(int endpoint, LogTime at) => Add(endpoint, at.Ticks);

    public void AddNote(int note, LogTime at)
    {
        if (note >= 0)
            Add(~note, at.Ticks);
    }

    /// <summary>Looks back from a kill.</summary>
    public void LookBack(LogTime at)
    {
        if (_count == 0)
            return;
        Timed = at.IsKnown;
        var (window, seen) = (Windows++, 0);
        var from = at.IsKnown ? at.Ticks - Window.Ticks : 0;
        var reached = at.Ticks;
        for (var i = _count - 1; i >= 0 && i > _count - Size && (at.IsKnown || seen < WindowLines); i--)
        {
            var slot = (int)(i % Size);
            if (at.IsKnown && _times[slot] < from)
            {
                reached = from;
                break;
            }

            seen++;
            reached = _times[slot];
            Count(_things[slot], window);
        }

        // A ring that is too short for a minute covers less.
        Covered += !at.IsKnown ? seen : Math.Clamp(new TimeSpan(at.Ticks - (_count <= Size ? from : reached)).TotalSeconds, 0.001, Window.TotalSeconds);
    }

    private void Add(int thing, long ticks)
    {
        var slot = (int)(_count++ % Size);
        (_things[slot], _times[slot]) = (thing, ticks);
        if (ticks == 0)
            return;
        First = First == 0 ? ticks : First;
        Last = ticks;
    }

    private void Count(int thing, int window)
    {
        if (thing >= 0)
        {
            var endpoint = endpoints[thing];
            endpoint.InWindows++;
            endpoint.Windows += endpoint.LastWindow == window ? 0 : 1;
            endpoint.LastWindow = window;
            return;
        }

        var note = notes[~thing];
        note.InWindows++;
        note.Windows += note.LastWindow == window ? 0 : 1;
        note.LastWindow = window;
    }
}
