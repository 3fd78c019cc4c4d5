using LeakySpanner.Scanning.Logs.Facts;

namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>
/// What a line wears when it arrives: colours, docker's JSON, the name of a compose service or pod, the time. <see cref="Text"/> is
/// what the program wrote.
/// </summary>
internal sealed class LineDress(LineReader reader, LogClock clock, JsonFields json)
{
    private const int LongestPrefix = 64;

    /// <summary>A server writes the address and a user's name before the time.</summary>
    private const int CommonTimeWithin = 120;

    private readonly byte[] _plain = new byte[2 * LineReader.LongestLine];
    private bool _isPlain;
    private int _start;
    private int _length;

    /// <summary>Without colours, prefix and time. Spaces in front are kept where there is no time.</summary>
    public ReadOnlySpan<byte> Text => (_isPlain ? _plain : reader.Line).Slice(_start, _length);

    /// <summary>Whether the line, or what was wrapped, is an object of JSON; its fields can be asked for.</summary>
    public bool IsJson { get; private set; }

    /// <summary>Looks at the reader's current line.</summary>
    /// <returns>Its time, or <see cref="LogTime.Unknown"/>.</returns>
    public LogTime Undress()
    {
        var line = reader.Line;
        (_isPlain, IsJson, _start, _length) = (false, false, 0, line.Length);
        if (line.IsEmpty)
            return LogTime.Unknown;
        if (reader.Lines == 1 && line.StartsWith("\uFEFF"u8))
            Advance(3);
        if (line.IndexOf((byte)0x1b) >= 0)
            Keep(Text);
        if (Text.IsEmpty)
            return LogTime.Unknown;
        if (Text[0] != '{' || !json.TryRead(Text))
            return TakeTime();

        var outer = JsonTime();
        if (!json.TryText("log"u8, out var wrapped))
        {
            IsJson = true;
            Keep(json.TryText("message"u8, out var message) || json.TryText("msg"u8, out message) || json.TryText("textPayload"u8, out message) || json.TryText("MESSAGE"u8, out message) ? message : default);
            return outer;
        }

        // Docker's own file, or a shipper's: inside may be a line of any kind, with a time of its own that need not be UTC.
        Keep(wrapped.TrimEnd("\r\n"u8));
        if (!Text.IsEmpty && Text[0] == '{' && json.TryRead(Text))
        {
            IsJson = true;
            var inner = JsonTime();
            Keep(json.TryText("message"u8, out var message) || json.TryText("msg"u8, out message) ? message : default);
            return outer.IsKnown ? outer : inner;
        }

        var own = TakeTime();
        return outer.IsKnown ? outer : own;
    }

    /// <summary>Whether a line begins as the usual loggers let it begin.</summary>
    public static bool HasLevel(ReadOnlySpan<byte> text) => LevelLength(text) > 0;

    private static int LevelLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (length < text.Length && length < 9 && char.IsAsciiLetterUpper((char)text[length]))
            length++;
        if (length < 4 || length == text.Length || text[length] is not ((byte)':' or (byte)' ' or (byte)']'))
            return 0;
        var word = text[..length];
        return word.SequenceEqual("INFO"u8) || word.SequenceEqual("WARNING"u8) || word.SequenceEqual("ERROR"u8) || word.SequenceEqual("DEBUG"u8) || word.SequenceEqual("CRITICAL"u8)
            || word.SequenceEqual("WARN"u8) || word.SequenceEqual("FATAL"u8) || word.SequenceEqual("TRACE"u8) ? length : 0;
    }

    private LogTime TakeTime()
    {
        SkipPrefix();
        var text = Text;
        var bare = text.TrimStart((byte)' ');
        if (bare.IsEmpty)
            return LogTime.Unknown;
        var indent = text.Length - bare.Length;

        // The sign of an alert in our own log.
        if (bare[0] == 0xe2 && bare.IndexOf((byte)'[') is > 0 and < 12 and var sign)
        {
            indent += sign;
            bare = bare[sign..];
        }

        var time = clock.Read(bare, out var length);
        if (length == 0 && LevelLength(bare) is > 0 and var level)
        {
            // "INFO 2026-03-01 ...", but "INFO:     127.0.0.1:44378" has none: servers are spared a second look.
            var behind = bare[level..].TrimStart(" :[]"u8);
            if (behind.Length > 10 && behind[4] == '-')
                time = clock.Read(behind, out length);
            if (length > 0)
                length += bare.Length - behind.Length;
        }

        if (length > 0)
        {
            Advance(indent + length);
            Advance(Text.Length - Text.TrimStart(" \t"u8).Length);
            return time;
        }

        var bracket = bare[..Math.Min(bare.Length, CommonTimeWithin)].IndexOf((byte)'[');
        return bracket > 0 ? clock.ReadCommon(bare[(bracket + 1)..]) : LogTime.Unknown;
    }

    /// <summary>"web-1  | " of docker compose, "[pod/web-7d9c/web] " of kubectl logs --prefix.</summary>
    private void SkipPrefix()
    {
        var text = Text;
        if (text[0] == '[' && text.StartsWith("[pod/"u8))
        {
            if (text.IndexOf("] "u8) is > 0 and var end)
                Advance(end + 2);
            return;
        }

        var bar = text[..Math.Min(text.Length, LongestPrefix)].IndexOf(" | "u8);
        if (bar <= 0 || !char.IsAsciiLetterOrDigit((char)text[0]))
            return;
        var name = text[..bar].TrimEnd((byte)' ');
        if (name.IndexOfAny((byte)' ', (byte)':', (byte)'"') < 0)
            Advance(bar + 3);
    }

    private LogTime JsonTime()
    {
        if (json.TryText("timestamp"u8, out var text) || json.TryText("time"u8, out text) || json.TryText("ts"u8, out text) || json.TryText("@timestamp"u8, out text)
            || json.TryText("asctime"u8, out text) || json.TryText("datetime"u8, out text))
        {
            return clock.Read(text, out _);
        }

        if (!(json.TryNumber("timestamp"u8, out var unix) || json.TryNumber("ts"u8, out unix) || json.TryNumber("time"u8, out unix)))
            return LogTime.Unknown;

        // Seconds, milliseconds, or more precise still.
        while (unix > 1e11)
            unix /= 1000;
        return unix > 1e8 ? new(DateTime.UnixEpoch.Ticks + (long)(unix * TimeSpan.TicksPerSecond)) : LogTime.Unknown;
    }

    private void Advance(int length)
    {
        _start += length;
        _length -= length;
    }

    /// <summary>Copies a text without escape sequences; it may lie in the same space, to the right of where it goes.</summary>
    private void Keep(ReadOnlySpan<byte> text)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != 0x1b)
            {
                _plain[length++] = text[i];
                continue;
            }

            // ESC [ parameters final: ECMA-48, 5.4.
            if (i + 1 < text.Length && text[i + 1] == '[')
            {
                for (i += 2; i < text.Length && text[i] is < 0x40 or > 0x7e;)
                    i++;
            }
        }

        (_isPlain, _start, _length) = (true, 0, length);
    }
}
