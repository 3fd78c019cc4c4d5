using System.Buffers.Text;
using LeakySpanner.Scanning.Logs.Facts;

namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>
/// Finds the time at the beginning of a line, in whichever of the usual forms it is written, and adds what the form leaves out: the
/// year (that of the file), or the date (that of the file's name, or none), which goes on when the time of day falls back.
/// </summary>
/// <param name="reference">When the file was written last, on the clock of its lines: no line is later than a day after it.</param>
/// <param name="firstDay">The date of the first line where lines have none, or null.</param>
/// <param name="offset">Of times that tell none, against UTC.</param>
internal sealed class LogClock(DateTime reference, DateTime? firstDay, TimeSpan offset)
{
    private readonly byte[] _lastDate = new byte[10];
    private long _lastDateTicks;
    private long _dayTicks = firstDay?.Date.Ticks ?? 0;
    private long _lastOfDay = -1;

    /// <summary>Whether times counted from the start of the machine, not from midnight.</summary>
    public bool SinceStart { get; private set; }

    /// <param name="line">From where a time may stand.</param>
    /// <param name="length">What the time takes, brackets included; 0 where there is none.</param>
    public LogTime Read(ReadOnlySpan<byte> line, out int length)
    {
        length = 0;
        if (line.Length < 8)
            return LogTime.Unknown;
        var first = line[0];
        if (first == '[')
        {
            var time = Bare(line[1..], out var inner);
            if (inner == 0)
                return LogTime.Unknown;
            length = inner + 1;
            if (length < line.Length && line[length] == ']')
                length++;
            return time;
        }

        return Bare(line, out length);
    }

    /// <summary>"10/Oct/2000:13:55:36 -0700" as servers write it within a line of theirs.</summary>
    public LogTime ReadCommon(ReadOnlySpan<byte> text)
    {
        if (text.Length < 20 || text[2] != '/' || text[6] != '/' || text[11] != ':')
            return LogTime.Unknown;
        if (!Digits(text, 0, 2, out var day) || MonthOf(text[3..]) is not (> 0 and var month) || !Digits(text, 7, 4, out var year) || !TimeOfDay(text[12..], out var ofDay, out var used))
            return LogTime.Unknown;
        return Dated(year, month, day, ofDay, text[(12 + used)..], out _);
    }

    private LogTime Bare(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        if (text.Length < 8)
            return LogTime.Unknown;
        var first = (char)text[0];
        if (char.IsAsciiDigit(first))
        {
            if (text[2] == ':' && TimeOfDay(text, out var ofDay, out length))
                return OfDay(ofDay);
            if (text[4] is (byte)'-' or (byte)'/' && text.Length >= 19)
                return Iso(text, out length);
            return Boot(text, out length);
        }

        if (first == ' ')
            return Boot(text, out length);
        if (!char.IsAsciiLetterUpper(first))
            return LogTime.Unknown;
        if (char.IsAsciiDigit((char)text[1]) && char.IsAsciiDigit((char)text[4]))
            return Klog(text, out length);
        return char.IsAsciiLetterLower((char)text[1]) && text[3] is (byte)' ' or (byte)',' ? Named(text, out length) : LogTime.Unknown;
    }

    /// <summary>"2026-03-01T14:32:05.123+00:00", with a space or a slash as well.</summary>
    private LogTime Iso(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        if (text[10] is not ((byte)'T' or (byte)' ' or (byte)'_') || !TimeOfDay(text[11..], out var ofDay, out var used))
            return LogTime.Unknown;
        if (!text[..10].SequenceEqual(_lastDate))
        {
            if (!Digits(text, 0, 4, out var year) || !Digits(text, 5, 2, out var month) || !Digits(text, 8, 2, out var day) || !TryDate(year, month, day, out var ticks))
                return LogTime.Unknown;
            text[..10].CopyTo(_lastDate);
            _lastDateTicks = ticks;
        }

        var time = WithOffset(_lastDateTicks + ofDay, text[(11 + used)..], out var zone);
        length = 11 + used + zone;
        return time;
    }

    /// <summary>"Mar  1 14:32:05", "Sun Mar  1 14:32:05 2026", "Mon, 01 Mar 2026 14:32:05 +0000".</summary>
    private LogTime Named(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        var scanner = new LineScanner(text);
        var word = scanner.Word();
        var month = MonthOf(word);
        if (month == 0)
        {
            if (!IsWeekday(word))
                return LogTime.Unknown;
            word = scanner.Word();
            month = MonthOf(word);
        }

        long day, year = 0;
        if (month == 0)
        {
            // The day comes first, the year before the time.
            month = Utf8Parser.TryParse(word, out day, out _) ? MonthOf(scanner.Word()) : 0;
            if (month == 0 || !scanner.TryNumber(out year))
                return LogTime.Unknown;
        }
        else if (!scanner.TryNumber(out day))
        {
            return LogTime.Unknown;
        }

        scanner.SkipSpaces();
        if (!TimeOfDay(scanner.Rest, out var ofDay, out var used))
            return LogTime.Unknown;
        var behind = scanner.Rest[used..];
        var end = text.Length - behind.Length;
        if (year == 0 && behind.Length >= 5 && behind[0] == ' ' && Digits(behind, 1, 4, out var told) && told is > 1970 and < 2200)
        {
            year = told;
            end += 5;
            behind = behind[5..];
        }

        var date = Dated((int)(year == 0 ? YearOf(month, (int)day) : year), month, (int)day, ofDay, behind, out var zone);
        length = date.IsKnown ? end + zone : 0;
        return date;
    }

    /// <summary>"I0301 14:32:05.123456" of Go's klog.</summary>
    private LogTime Klog(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        if (!Digits(text, 1, 2, out var month) || !Digits(text, 3, 2, out var day) || text[5] != ' ' || !TimeOfDay(text[6..], out var ofDay, out var used))
            return LogTime.Unknown;
        var time = Dated(YearOf(month, day), month, day, ofDay, default, out _);
        length = time.IsKnown ? 6 + used : 0;
        return time;
    }

    /// <summary>"  123.456789]": the kernel's seconds since it started.</summary>
    private LogTime Boot(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        var end = text[..Math.Min(text.Length, 20)].IndexOf((byte)']');
        if (end < 8 || text[end - 7] != '.' || !Utf8Parser.TryParse(text[..end].TrimStart((byte)' '), out double seconds, out var used) || used < 8 || seconds is < 0 or > 1e9)
            return LogTime.Unknown;
        SinceStart = true;
        length = end;
        return LogTime.Since(TimeSpan.FromSeconds(seconds));
    }

    private LogTime OfDay(long ofDay)
    {
        if (ofDay < _lastOfDay - (TimeSpan.TicksPerHour * 12))
            _dayTicks += TimeSpan.TicksPerDay;
        _lastOfDay = ofDay;
        return new(Math.Max(1, _dayTicks + ofDay - (_dayTicks >= offset.Ticks && firstDay is not null ? offset.Ticks : 0)));
    }

    private LogTime Dated(int year, int month, int day, long ofDay, ReadOnlySpan<byte> behind, out int zone)
    {
        zone = 0;
        return TryDate(year, month, day, out var ticks) ? WithOffset(ticks + ofDay, behind, out zone) : LogTime.Unknown;
    }

    /// <summary>"Z", " UTC", "+02:00", " +0200".</summary>
    private LogTime WithOffset(long ticks, ReadOnlySpan<byte> behind, out int length)
    {
        length = 0;
        if (behind.Length > 0 && behind[0] == 'Z')
        {
            length = 1;
            return new(ticks);
        }

        if (behind.StartsWith(" UTC"u8))
        {
            length = 4;
            return new(ticks);
        }

        var at = behind.Length > 0 && behind[0] == ' ' ? 1 : 0;
        if (behind.Length >= at + 5 && behind[at] is (byte)'+' or (byte)'-' && Digits(behind, at + 1, 2, out var hours))
        {
            var colon = behind[at + 3] == ':' ? 1 : 0;
            if (behind.Length >= at + 5 + colon && Digits(behind, at + 3 + colon, 2, out var minutes) && hours < 15)
            {
                length = at + 5 + colon;
                var shift = ((hours * 60) + minutes) * TimeSpan.TicksPerMinute;
                return new(behind[at] == '-' ? ticks + shift : ticks - shift);
            }
        }

        return new(ticks - offset.Ticks);
    }

    private int YearOf(int month, int day)
    {
        var year = reference.Year;
        return TryDate(year, month, day, out var ticks) && ticks > reference.Ticks + TimeSpan.TicksPerDay ? year - 1 : year;
    }

    private static bool TimeOfDay(ReadOnlySpan<byte> text, out long ticks, out int length)
    {
        (ticks, length) = (0, 0);
        if (text.Length < 8 || text[2] != ':' || text[5] != ':' || !Digits(text, 0, 2, out var hour) || !Digits(text, 3, 2, out var minute) || !Digits(text, 6, 2, out var second)
            || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        ticks = ((((hour * 60L) + minute) * 60) + second) * TimeSpan.TicksPerSecond;
        length = 8;
        if (text.Length > 9 && text[8] is (byte)'.' or (byte)',')
        {
            var unit = TimeSpan.TicksPerSecond;
            for (length = 9; length < text.Length && char.IsAsciiDigit((char)text[length]); length++)
            {
                unit /= 10;
                ticks += unit * (text[length] - '0');
            }

            length = length == 9 ? 8 : length;
        }

        return true;
    }

    private static bool TryDate(int year, int month, int day, out long ticks)
    {
        ticks = 0;
        if (year is < 1971 or > 9000 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        ticks = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified).Ticks;
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, int start, int count, out int number)
    {
        number = 0;
        for (var i = start; i < start + count; i++)
        {
            if (i >= text.Length || !char.IsAsciiDigit((char)text[i]))
                return false;
            number = (number * 10) + text[i] - '0';
        }

        return true;
    }

    private static int MonthOf(ReadOnlySpan<byte> word) =>
        word.Length >= 3 && "JanFebMarAprMayJunJulAugSepOctNovDec"u8.IndexOf(word[..3]) is var index and >= 0 && index % 3 == 0 ? (index / 3) + 1 : 0;

    private static bool IsWeekday(ReadOnlySpan<byte> word) =>
        word.Length is >= 3 and <= 4 && "MonTueWedThuFriSatSun"u8.IndexOf(word[..3]) is var index and >= 0 && index % 3 == 0;
}
