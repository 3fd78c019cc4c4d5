using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>
/// The summary at the end of a session of our own log. Its endpoints are counted over all requests, while ENDPOINT lines are only
/// written for some: "    POST   /ocr/process   calls= 412  avg=+8.73MB  max=+41.20MB".
/// </summary>
internal sealed class OwnSummary : LineFormat
{
    private int _rules;

    public override string Name => "leakyspanner summary";

    public override ImmutableArray<string> Phrases { get; } = ["LEAKYSPANNER SESSION SUMMARY", "=================="];

    /// <summary>"GET /query/{q}"; a function's name has no method.</summary>
    public static (byte[] Method, byte[] Path) Split(ReadOnlySpan<byte> endpoint)
    {
        var space = endpoint.IndexOf((byte)' ');
        return space <= 0 ? ("CALL"u8.ToArray(), endpoint.ToArray()) : (endpoint[..space].ToArray(), endpoint[(space + 1)..].Trim((byte)' ').ToArray());
    }

    public override bool TryRead(LogLine line, LogTally tally)
    {
        if (line.Text.IndexOf("SUMMARY"u8) < 0)
            return line.Text.TrimEnd((byte)'=').IsEmpty;
        _rules = 0;
        line.Context.Table = this;
        return true;
    }

    public override bool TryRow(LogLine line, LogTally tally)
    {
        // A rule stands below the title and another one at the end.
        if (line.Text.StartsWith("===="u8))
            return ++_rules < 2;
        if (line.HasTime)
            return false;
        var calls = line.Text.IndexOf(" calls="u8);
        if (calls > 0)
            Endpoint(line.Text[..calls].Trim((byte)' '), new LineScanner(line.Text[(calls + 7)..]).SkipSpaces(), tally);
        else if (line.Text.IndexOf("  requests="u8) > 0)
            Cost(line.Text.TrimStart((byte)' '), tally);
        return true;
    }

    private static void Endpoint(ReadOnlySpan<byte> name, LineScanner scanner, LogTally tally)
    {
        var (method, path) = Split(name);
        if (scanner.TryNumber(out var calls) && calls is > 0 and < 1L << 40 && scanner.SkipPast("avg="u8) && TrySigned(ref scanner, out var average) && scanner.SkipPast("max="u8))
        {
            scanner.SkipSpaces();
            if (TrySigned(ref scanner, out var most))
                tally.Endpoint(method, path).AddSummary(calls, average, most);
        }
    }

    /// <summary>"POST /ocr/process      8.7 MB (8.6 MB to 8.9 MB)  requests=412".</summary>
    private static void Cost(ReadOnlySpan<byte> text, LogTally tally)
    {
        var gap = text.IndexOf("  "u8);
        var end = gap > 0 ? gap : text.IndexOf(" ("u8);
        if (gap <= 0)
            return;
        var scanner = new LineScanner(text[end..].TrimStart((byte)' '));
        if (!TrySigned(ref scanner, out var bytes))
            return;
        var (method, path) = Split(text[..end]);
        tally.Endpoint(method, path).BytesPerRequest = bytes;
    }

    private static bool TrySigned(ref LineScanner scanner, out long bytes)
    {
        var minus = scanner.Skip("-"u8);
        scanner.Skip("+"u8);
        if (!scanner.TrySize(out bytes))
            return false;
        bytes = minus ? -bytes : bytes;
        return true;
    }
}
