using System.Text;
using LeakySpanner.Scanning.Logs.Reading;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Scanning.Logs.Reading;

public sealed class LineReaderTests
{
    [Fact]
    public void Lines_end_with_a_newline_with_or_without_a_return_or_with_the_file() =>
        Lines("one\r\n\ntwo\n three").ShouldBe(["one", "", "two", " three"]);

    [Fact]
    public void Nothing_has_no_lines() => Lines("").ShouldBeEmpty();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(65536)]
    public void Pieces_of_any_size_make_the_same_lines(int piece)
    {
        var expected = Enumerable.Range(0, 30_000).Select(i => new string((char)('a' + (i % 26)), i % 61)).ToList();

        Lines(string.Join('\n', expected) + "\n", piece).ShouldBe(expected);
    }

    [Theory]
    [InlineData(LineReader.LongestLine)]
    [InlineData(LineReader.LongestLine + 1)]
    [InlineData(1_000_000)]
    public void Of_a_long_line_the_beginning_is_kept_and_those_around_it_are_whole(int length)
    {
        using var reader = new LineReader(new MemoryStream(Encoding.ASCII.GetBytes("before\nx" + new string('y', length - 1) + "\nafter\nlast")));
        var lines = new List<string>();
        while (reader.MoveNext())
            lines.Add(Encoding.ASCII.GetString(reader.Line));

        lines.Select(line => line.Length).ShouldBe([6, Math.Min(length, LineReader.LongestLine), 5, 4]);
        lines[1].ShouldStartWith("xy");
        lines[2].ShouldBe("after");
        reader.Lines.ShouldBe(4);
        reader.Cut.ShouldBe(length > LineReader.LongestLine ? 1 : 0);
    }

    private static List<string> Lines(string text, int piece = 4096)
    {
        using var reader = new LineReader(new SlowStream(Encoding.ASCII.GetBytes(text), piece));
        var lines = new List<string>();
        while (reader.MoveNext())
            lines.Add(Encoding.ASCII.GetString(reader.Line));
        return lines;
    }

    /// <summary>Gives a few bytes at a time, as a pipe may.</summary>
    private sealed class SlowStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));
    }
}
