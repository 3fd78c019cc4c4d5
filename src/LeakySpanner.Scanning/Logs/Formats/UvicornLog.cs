using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>uvicorn's own lines about its processes (uvicorn/server.py, uvicorn/supervisors/multiprocess.py).</summary>
internal sealed class UvicornLog : LineFormat
{
    public override string Name => "uvicorn";

    public override ImmutableArray<string> Phrases { get; } =
    [
        "Started server process [", "Finished server process [", "Child process [", "Terminated child process [", "Started parent process [",
        "Stopping parent process [", "Waiting for child process [", "Maximum request limit of ", "Application startup complete.", "Waiting for application ",
        "Application shutdown complete.", "Uvicorn running on http", "Exception in ASGI application",
    ];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var scanner = line.Scan();
        if (scanner.SkipPast("Started server process ["u8))
            return Tell(line, tally, LogEventKind.Started, scanner);
        if (scanner.SkipPast("Finished server process ["u8))
            return Tell(line, tally, LogEventKind.Ended, scanner);
        if (scanner.SkipPast("Child process ["u8) && scanner.TryNumber(out var pid))
        {
            // It died without saying why; a child that ends by itself says so before.
            if (scanner.Rest.StartsWith("] died"u8))
                tally.Event(line.Event(LogEventKind.Killed, this) with { Pid = (int)pid, Who = "uvicorn worker" });
            return true;
        }

        if (line.Text.IndexOf("Maximum request limit of "u8) >= 0)
            tally.Event(line.Event(LogEventKind.Recycled, this));
        return true;
    }

    private bool Tell(LogLine line, LogTally tally, LogEventKind kind, LineScanner scanner)
    {
        if (scanner.TryNumber(out var pid))
            tally.Event(line.Event(kind, this) with { Pid = (int)pid });
        return true;
    }
}
