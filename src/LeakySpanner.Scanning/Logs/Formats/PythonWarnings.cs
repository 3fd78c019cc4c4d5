using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>What Python, asyncio and aiohttp say of things that were left open or forgotten.</summary>
internal sealed class PythonWarnings : LineFormat
{
    private LogEvent? _destroyed;

    public override string Name => "python warnings";

    public override ImmutableArray<string> Phrases { get; } =
    [
        "ResourceWarning: unclosed ", "ResourceWarning: Enable tracemalloc", "RuntimeWarning: Enable tracemalloc", "was never awaited", "Task was destroyed but it is pending",
        "task: <Task ", "Unclosed client session", "Unclosed connector", "Unclosed connection", "client_session: <", "connector: <", "connections: [",
    ];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var text = line.Text;
        if (text.IndexOf("Task was destroyed"u8) >= 0)
        {
            End(tally);
            _destroyed = line.Event(LogEventKind.TaskDestroyed, this);
            return true;
        }

        if (text.IndexOf("task: <Task "u8) >= 0)
        {
            if (_destroyed is { } destroyed)
                tally.Event(WithCoroutine(destroyed, text));
            _destroyed = null;
            return true;
        }

        if (text.IndexOf("ResourceWarning: unclosed "u8) is var unclosed and >= 0)
        {
            tally.Event(line.Event(LogEventKind.UnclosedResource, this) with
            {
                Site = SiteOf(text[..unclosed]),
                Detail = WhatIs(text[(unclosed + "ResourceWarning: unclosed ".Length)..]),
            });
            line.Context.Table = this;
            return true;
        }

        if (text.IndexOf("was never awaited"u8) >= 0)
        {
            var scanner = line.Scan();
            var name = scanner.SkipPast("coroutine '"u8) ? LineScanner.Text(scanner.Until((byte)'\'')) : null;
            tally.Event(line.Event(LogEventKind.CoroutineNotAwaited, this) with { Detail = name, Site = SiteOf(text[..Math.Max(0, text.IndexOf("RuntimeWarning"u8))]) });
            line.Context.Table = this;
            return true;
        }

        if (text.IndexOf("Unclosed "u8) is var open and >= 0)
            tally.Event(line.Event(LogEventKind.UnclosedSession, this) with { Detail = "aiohttp " + LineScanner.Text(text[(open + 9)..]) });
        return true;
    }

    /// <summary>The line of source that a warning shows below itself.</summary>
    public override bool TryRow(LogLine line, LogTally tally)
    {
        line.Context.Table = null;
        return !line.HasTime && line.Text.StartsWith("  "u8) && line.Text.IndexOf("File \""u8) < 0;
    }

    public override void End(LogTally tally)
    {
        if (_destroyed is { } destroyed)
            tally.Event(destroyed);
        _destroyed = null;
    }

    /// <summary>"coro=&lt;worker() running at /app/main.py:12&gt;".</summary>
    private static LogEvent WithCoroutine(LogEvent destroyed, ReadOnlySpan<byte> text)
    {
        var scanner = new LineScanner(text);
        if (!scanner.SkipPast("coro=<"u8))
            return destroyed;
        var name = LineScanner.Text(scanner.Until((byte)'('));
        scanner.Skip(")"u8);
        var site = scanner.SkipPast(" at "u8) ? LineScanner.Text(scanner.Until((byte)'>')) : null;
        return destroyed with { Detail = name, Site = site };
    }

    /// <summary>"/app/main.py:38: ", behind a logger's name or not.</summary>
    private static string? SiteOf(ReadOnlySpan<byte> before)
    {
        before = before.TrimEnd(": "u8);
        var start = before.LastIndexOf((byte)' ') + 1;
        var site = before[start..];
        var colon = site.LastIndexOf((byte)':');
        return colon > 0 && colon + 1 < site.Length && char.IsAsciiDigit((char)site[^1]) ? LineScanner.Text(site) : null;
    }

    /// <summary>"file", "socket.socket", "transport": without the object's details, which differ from one to the next.</summary>
    private static string WhatIs(ReadOnlySpan<byte> what)
    {
        var end = what.IndexOfAny((byte)'<', (byte)' ');
        if (end == 0)
        {
            what = what[1..];
            end = what.IndexOfAny((byte)' ', (byte)'>');
        }

        return LineScanner.Text(end < 0 ? what : what[..end]);
    }
}
