using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>
/// `kubectl describe pod`, `get events`, `get pods`, `get pod -o yaml` and `-o json`: containers that were OOMKilled, pods that were evicted.
/// The time of a kill stands some lines below it ("Finished:") or above it ("finishedAt").
/// </summary>
internal sealed class Kubernetes : LineFormat
{
    private const int LinesBetween = 8;

    private LogEvent? _waiting;
    private LogTime _finished;
    private int _sinceWaiting;
    private int _sinceFinished = LinesBetween + 1;
    private string? _pod;
    private bool _limits;
    private long? _limit;

    public override string Name => "kubernetes";

    public override ImmutableArray<string> Phrases { get; } =
    [
        "OOMKill", "Finished:", "finishedAt", "Limits:", "Requests:", "memory:", "Name:  ", "The node was low on resource: memory", "Back-off restarting failed",
        "Exit Code:", "Last State:", "Restart Count:",
    ];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var text = line.Text.TrimStart((byte)' ');
        if (_waiting is not null && ++_sinceWaiting > LinesBetween)
            End(tally);
        _sinceFinished++;
        if (text.IndexOf("OOMKill"u8) >= 0)
            return Kill(line, text, tally);
        if (text.StartsWith("Finished:"u8) || text.IndexOf("finishedAt"u8) >= 0)
            return Finished(line, text, tally);
        if (text.StartsWith("Name:  "u8))
            _pod = line.Text[0] == 'N' ? LineScanner.Text(text[5..].Trim((byte)' ')) : _pod;
        else if (text.StartsWith("Limits:"u8) || text.StartsWith("Requests:"u8))
            _limits = text[0] == 'L';
        else if (text.StartsWith("memory:"u8) && line.Text[0] == ' ')
            Limit(text[7..]);
        else if (text.IndexOf("low on resource: memory"u8) >= 0)
            tally.Event(new(LogEventKind.Evicted, TimeOf(line), Name) { Detail = "the node was low on memory" });
        else if (text.IndexOf("Back-off restarting failed"u8) >= 0)
            tally.Event(new(LogEventKind.RestartBackOff, TimeOf(line), Name));
        else
            return text.StartsWith("Exit Code:"u8) || text.StartsWith("Last State:"u8) || text.StartsWith("Restart Count:"u8);
        return true;
    }

    public override void End(LogTally tally)
    {
        if (_waiting is { } kill)
            tally.Event(kill with { Limit = kill.Limit ?? _limit });
        _waiting = null;
    }

    private bool Kill(LogLine line, ReadOnlySpan<byte> text, LogTally tally)
    {
        End(tally);
        var kill = new LogEvent(LogEventKind.Killed, TimeOf(line), Name) { Cause = KillCause.OutOfMemory, Who = _pod is null ? PodOf(text) : "pod " + _pod };
        var scanner = new LineScanner(text);
        if (scanner.SkipPast("Killed process "u8) && scanner.TryNumber(out var pid))
        {
            kill = kill with { Pid = (int)pid };
            if (scanner.SkipPast("anon-rss:"u8) && scanner.TrySize(out var bytes))
                kill = kill with { Bytes = bytes };
        }

        if (kill.At.IsKnown)
            tally.Event(kill);
        else if (_sinceFinished <= LinesBetween)
            tally.Event(kill with { At = _finished });
        else
            (_waiting, _sinceWaiting) = (kill, 0);
        return true;
    }

    private bool Finished(LogLine line, ReadOnlySpan<byte> text, LogTally tally)
    {
        var value = text[(text.IndexOf((byte)':') + 1)..].Trim(" \"',"u8);
        var time = line.Context.Clock.Read(value, out _);
        if (_waiting is { } kill)
        {
            tally.Event(kill with { At = time, Limit = kill.Limit ?? _limit });
            _waiting = null;
        }
        else
        {
            (_finished, _sinceFinished) = (time, 0);
        }

        return true;
    }

    private void Limit(ReadOnlySpan<byte> value)
    {
        if (_limits && new LineScanner(value.Trim(" \"',"u8)).TrySize(out var bytes, 1))
            _limit = bytes;
    }

    /// <summary>Its own time, or "12m", "3m (x12 over 30m)" before the listing was made.</summary>
    private static LogTime TimeOf(LogLine line)
    {
        if (line.HasTime)
            return line.At;
        var scanner = line.Scan().SkipSpaces();
        if (scanner.Skip("Warning "u8) || scanner.Skip("Normal "u8))
        {
            scanner.SkipSpaces();
            scanner.Word();
        }

        return TryAge(scanner.Word(), out var age) ? new(line.Context.Reference.Ticks - age.Ticks) : LogTime.Unknown;
    }

    private static bool TryAge(ReadOnlySpan<byte> word, out TimeSpan age)
    {
        age = default;
        var scanner = new LineScanner(word);
        var parts = 0;
        while (!scanner.IsAtEnd && scanner.TryNumber(out var number) && !scanner.IsAtEnd && number is >= 0 and < 10_000)
        {
            var unit = (char)scanner.Rest[0] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
            if (unit == 0)
                return false;
            age += TimeSpan.FromSeconds(number * unit);
            scanner.Skip(scanner.Rest[..1]);
            parts++;
        }

        return parts > 0 && scanner.IsAtEnd;
    }

    /// <summary>First column of `kubectl get pods`; the object of an event.</summary>
    private static string? PodOf(ReadOnlySpan<byte> text)
    {
        var pod = text.IndexOf("pod/"u8);
        if (pod >= 0)
            return "pod " + LineScanner.Text(new LineScanner(text[(pod + 4)..]).Word());
        var first = new LineScanner(text);
        var name = first.Word();
        var ready = first.Word();
        return ready.Length == 3 && ready[1] == '/' ? "pod " + LineScanner.Text(name) : null;
    }
}
