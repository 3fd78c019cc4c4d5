using System.Text;
using LeakySpanner.Scanning.Logs.Reading;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Scanning.Logs.Reading;

public sealed class LogClockTests
{
    [Theory]
    [InlineData("2026-03-01T14:32:05Z GET", "2026-03-01 14:32:05", " GET")]
    [InlineData("2026-03-01T14:32:05.123456789Z", "2026-03-01 14:32:05", "")]
    [InlineData("2026-03-01 14:32:05,123 INFO", "2026-03-01 14:32:05", " INFO")]
    [InlineData("[2026-03-01 14:32:05 +0000] [571] [INFO]", "2026-03-01 14:32:05", " [571] [INFO]")]
    [InlineData("2026-03-01T16:32:05+02:00 x", "2026-03-01 14:32:05", " x")]
    [InlineData("2026-03-01T09:02:05-0530 x", "2026-03-01 14:32:05", " x")]
    [InlineData("2026/03/01 14:32:05 [error]", "2026-03-01 14:32:05", " [error]")]
    [InlineData("Mar  1 14:32:05 web1 kernel:", "2026-03-01 14:32:05", " web1 kernel:")]
    [InlineData("Dec 31 23:59:59 web1", "2025-12-31 23:59:59", " web1")]
    [InlineData("[Sun Mar  1 14:32:05 2026] Out of memory", "2026-03-01 14:32:05", " Out of memory")]
    [InlineData("Sun, 01 Mar 2026 14:32:05 +0000", "2026-03-01 14:32:05", "")]
    [InlineData("I0301 14:32:05.123456    1 main.go", "2026-03-01 14:32:05", "    1 main.go")]
    [InlineData("[34143.048807] python3 invoked", "09:29:03", " python3 invoked")]
    [InlineData("[    1.500000] Linux version", "00:00:01", " Linux version")]
    [InlineData("[14:32:05] RSS=312.4MB", "14:32:05", " RSS=312.4MB")]
    [InlineData("14:32:05 web", "14:32:05", " web")]
    public void The_usual_forms(string line, string time, string rest)
    {
        var bytes = Encoding.UTF8.GetBytes(line);

        Clock().Read(bytes, out var length).ToString().ShouldBe(time);

        Encoding.UTF8.GetString(bytes.AsSpan(length)).ShouldBe(rest);
    }

    [Theory]
    [InlineData("INFO:     127.0.0.1:54321 - \"GET / HTTP/1.1\" 200 OK")]
    [InlineData("2026-13-01 14:32:05 x")]
    [InlineData("2026-02-30 14:32:05 x")]
    [InlineData("2026-03-01 25:32:05 x")]
    [InlineData("12345678901234567890")]
    [InlineData("[571] [INFO] x y z")]
    [InlineData("[0000000.1]")]
    [InlineData("May be a message")]
    [InlineData("Sun is shining on us")]
    [InlineData("Mar x 14:32:05")]
    [InlineData("")]
    public void What_is_no_time(string line)
    {
        Clock().Read(Encoding.UTF8.GetBytes(line), out var length).IsKnown.ShouldBeFalse();

        length.ShouldBe(0);
    }

    [Fact]
    public void Servers_write_it_within_the_line() =>
        Clock().ReadCommon("10/Oct/2025:13:55:36 -0700] \"GET"u8).ToString().ShouldBe("2025-10-10 20:55:36");

    [Fact]
    public void After_midnight_a_time_of_day_is_of_the_next_day()
    {
        var clock = new LogClock(LogTexts.Written, new DateTime(2026, 3, 1), TimeSpan.Zero);

        clock.Read("[23:59:58] RSS="u8, out _).ToString().ShouldBe("2026-03-01 23:59:58");
        clock.Read("[00:00:03] RSS="u8, out _).ToString().ShouldBe("2026-03-02 00:00:03");

        // A line that is a moment late is of the same day.
        clock.Read("[00:00:02] RSS="u8, out _).ToString().ShouldBe("2026-03-02 00:00:02");
    }

    [Fact]
    public void An_offset_that_is_told_once_counts_for_times_without_one()
    {
        var clock = new LogClock(LogTexts.Written, null, TimeSpan.FromHours(2));

        clock.Read("2026-03-01 14:32:05 x"u8, out _).ToString().ShouldBe("2026-03-01 12:32:05");
        clock.Read("2026-03-01 14:32:05Z x"u8, out _).ToString().ShouldBe("2026-03-01 14:32:05");
    }

    private static LogClock Clock() => new(LogTexts.Written, null, TimeSpan.Zero);
}
