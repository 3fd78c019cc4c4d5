using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>
/// Exceptions that tell of memory or of descriptors, with the innermost line of the application's own code: the one that asked, which
/// is not always the one that leaks.
/// </summary>
internal sealed class PythonTraceback : LineFormat
{
    /// <summary>Lines of a traceback that are shown below a frame: source and carets.</summary>
    private int _open;

    public override string Name => "python traceback";

    public override ImmutableArray<string> Phrases { get; } =
    [
        "Traceback (most recent call last)", "created at (most recent call last)", "File \"", "MemoryError", "Too many open files", "[Errno 24]",
        "Cannot allocate memory", "[Errno 12]", "can't start new thread",
    ];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var text = line.Text;
        if (text.IndexOf("(most recent call last)"u8) >= 0)
        {
            line.Context.Frame = null;
            Open(line);
            return true;
        }

        if (TryFrame(text, out var site))
        {
            line.Context.Frame = site ?? line.Context.Frame;
            Open(line);
            return true;
        }

        if (KindOf(text) is not { } kind)
            return false;
        tally.Event(line.Event(kind, this) with { Site = line.Context.Frame });
        line.Context.Frame = null;
        return true;
    }

    public override bool TryRow(LogLine line, LogTally tally)
    {
        if (line.HasTime || _open == 0 || line.Text.Length == 0 || line.Text[0] != ' ' || line.Text.IndexOf("File \""u8) >= 0)
            return false;
        _open--;
        return true;
    }

    private void Open(LogLine line)
    {
        _open = 3;
        line.Context.Table = this;
    }

    private static LogEventKind? KindOf(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf("MemoryError"u8) >= 0 || text.IndexOf("Cannot allocate memory"u8) >= 0 || text.IndexOf("[Errno 12]"u8) >= 0)
            return LogEventKind.MemoryError;
        if (text.IndexOf("Too many open files"u8) >= 0 || text.IndexOf("[Errno 24]"u8) >= 0)
            return LogEventKind.TooManyOpenFiles;
        return text.IndexOf("can't start new thread"u8) >= 0 ? LogEventKind.NoMoreThreads : null;
    }

    /// <summary>'  File "/app/main.py", line 42, in report'.</summary>
    /// <param name="site">Null where it is not the application's own code.</param>
    private static bool TryFrame(ReadOnlySpan<byte> text, out string? site)
    {
        site = null;
        var scanner = new LineScanner(text.TrimStart((byte)' '));
        if (!scanner.Skip("File \""u8))
            return false;
        var file = scanner.Until((byte)'"');
        if (!scanner.Skip(", line "u8) || !scanner.TryNumber(out var number))
            return false;
        if (file.Length > 0 && file[0] != '<' && file.IndexOf("/lib/python"u8) < 0 && file.IndexOf("/dist-packages/"u8) < 0 && file.IndexOf("/site-packages/"u8) < 0)
            site = $"{LineScanner.Text(file)}:{number}";
        return true;
    }
}
