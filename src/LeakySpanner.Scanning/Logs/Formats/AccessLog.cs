using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>
/// A request, as uvicorn, gunicorn, hypercorn, nginx and all that write the common log format tell it: <c>"GET /items/17 HTTP/1.1" 200</c>.
/// Nearly all lines of a busy service are of this kind, so that it is tried before any phrase is searched for.
/// </summary>
internal static class AccessLog
{
    public const string Name = "access log";

    private const int LongestMethod = 9;

    /// <returns>Whether the line tells of a request.</returns>
    public static bool TryRead(LogLine line, LogTally tally)
    {
        var text = line.Text;
        var quote = text.IndexOf((byte)'"');
        if (quote < 0 || text.Length - quote < 8)
            return false;

        var request = text[(quote + 1)..];
        var space = request.IndexOf((byte)' ');
        if (space is < 1 or > LongestMethod || !char.IsAsciiLetterUpper((char)request[0]) || !char.IsAsciiLetter((char)request[space - 1]))
            return false;
        var target = request[(space + 1)..];
        var end = target.IndexOfAny((byte)' ', (byte)'"');
        if (end < 1 || target[0] is not ((byte)'/' or (byte)'h' or (byte)'*'))
            return false;

        var behind = target[end..];
        if (behind[0] == ' ')
        {
            if (!behind.StartsWith(" HTTP/"u8))
                return false;
            var close = behind.IndexOf((byte)'"');
            if (close < 0)
                return false;
            behind = behind[close..];
        }
        else if (!request.StartsWith("WebSocket "u8))
        {
            return false;
        }

        // "200 OK, and 403 or [accepted] for a WebSocket.
        var status = behind.Length >= 5 && char.IsAsciiDigit((char)behind[2]) && char.IsAsciiDigit((char)behind[3]) && char.IsAsciiDigit((char)behind[4])
            ? ((behind[2] - '0') * 100) + ((behind[3] - '0') * 10) + behind[4] - '0'
            : 0;
        tally.Request(request[..space], target[..end], status, line.At);
        return true;
    }
}
