using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>`ps` and `top -b`, once or again and again: any columns, as long as there are PID and RSS (or RES) in the heading. Sizes in KiB.</summary>
internal sealed class ProcessTable : LineFormat
{
    private const int MostColumns = 64;

    private readonly RoundClock _rounds = new();
    private int _pid;
    private int _size;
    private int _command;

    public override string Name => "ps and top";

    public override ImmutableArray<string> Phrases { get; } = ["PID ", "top - ", "Tasks: ", "%Cpu(s): ", "iB Mem : ", "iB Swap: "];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        if (line.Text.StartsWith("top - "u8))
        {
            var time = line.Context.Clock.Read(line.Text[6..], out _);
            line.Context.Now = time.IsKnown ? time : line.Context.Now;
            return true;
        }

        if (line.Text.StartsWith("Tasks: "u8) || line.Text.StartsWith("%Cpu"u8) || line.Text.IndexOf("iB "u8) is 1)
            return true;

        (_pid, _size, _command) = (-1, -1, -1);
        var scanner = line.Scan().SkipSpaces();
        for (var column = 0; column < MostColumns && !scanner.IsAtEnd; column++)
        {
            var word = scanner.Word();
            if (word.SequenceEqual("PID"u8))
                _pid = column;
            else if (word.SequenceEqual("RSS"u8) || word.SequenceEqual("RES"u8) || word.SequenceEqual("RSZ"u8))
                _size = column;
            else if (word.SequenceEqual("COMMAND"u8) || word.SequenceEqual("CMD"u8) || word.SequenceEqual("Command"u8))
                _command = column;
        }

        if (_pid < 0 || _size < 0)
            return false;
        line.Context.Table = this;
        return true;
    }

    public override bool TryRow(LogLine line, LogTally tally)
    {
        long? pid = null, bytes = null;
        var name = "";
        var scanner = line.Scan().SkipSpaces();
        if (scanner.IsAtEnd || scanner.Rest.StartsWith("top - "u8) || line.Text.IndexOf("PID "u8) >= 0)
            return false;
        for (var column = 0; column < MostColumns && !scanner.IsAtEnd; column++)
        {
            if (column == _command)
            {
                name = Command(scanner.Rest);
                break;
            }

            var word = new LineScanner(scanner.Word());
            if (column == _pid && word.TryNumber(out var number))
                pid = number;
            else if (column == _size && word.TrySize(out var size, 1024))
                bytes = size;
        }

        if (pid is null || bytes is null)
            return false;

        // Kernel threads have none.
        if (bytes > 0)
        {
            var row = name.Length > 0 ? $"pid {pid} ({name})" : $"pid {pid}";
            tally.Sample(row, Name, _rounds.At(line.Context, line.Context.Now, row), bytes.Value);
        }

        return true;
    }

    /// <summary>The program's name, and the script of an interpreter, without folders; options may hold secrets.</summary>
    private static string Command(ReadOnlySpan<byte> command)
    {
        var scanner = new LineScanner(command);
        var program = LineScanner.Text(scanner.Word());
        return Path.GetFileName(program) is { Length: > 0 } name ? name : program;
    }
}
