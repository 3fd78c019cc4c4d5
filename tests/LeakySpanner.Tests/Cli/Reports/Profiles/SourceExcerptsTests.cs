using LeakySpanner.Reports.Profiles.Saved;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Reports.Profiles;

public sealed class SourceExcerptsTests
{
    [Fact]
    public void A_line_comes_with_two_before_and_two_after()
    {
        var source = SourceExcerpts.Of(Lines(("a.py", 4)), _ => "1\r\n2\r3\n4\n5\n6\n7").ShouldHaveSingleItem();
        source.File.ShouldBe("a.py");
        source.Lines.ShouldBe([new(2, "2"), new(3, "3"), new(4, "4"), new(5, "5"), new(6, "6")]);
    }

    [Fact]
    public void Ends_of_files_long_lines_and_control_characters_do_no_harm()
    {
        var lines = SourceExcerpts.Of(Lines(("a.py", 1), ("a.py", 99_999_999), ("a.py", -3)), _ => "\tx\u001b[2J\n" + new string('y', 5000)).ShouldHaveSingleItem().Lines;
        lines[0].ShouldBe(new SavedLine(1, "    x?[2J"));
        lines[1].Text.Length.ShouldBe(301);
        lines.Count.ShouldBe(2);
    }

    [Fact]
    public void What_cannot_be_read_is_left_out() => SourceExcerpts.Of(Lines(("a.py", 4)), _ => null).ShouldBeEmpty();

    [Fact]
    public void A_thousand_large_files_stay_within_bounds()
    {
        var files = Enumerable.Range(0, 1000).SelectMany(file => Enumerable.Range(1, 100).Select(line => ($"{file}.py", line * 5)));
        var sources = SourceExcerpts.Of(Lines([.. files]), _ => string.Concat(Enumerable.Repeat(new string('z', 300) + "\n", 500)));
        sources.Sum(source => source.Lines.Sum(line => line.Text.Length)).ShouldBeLessThan(5 << 20);
    }

    private static IEnumerable<IGrouping<string, int>> Lines(params (string File, int Line)[] places) => places.GroupBy(place => place.File, place => place.Line);
}
