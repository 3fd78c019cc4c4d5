using System.Text.Json;
using LeakySpanner.Commands;
using LeakySpanner.Reports;
using LeakySpanner.Reports.Profiles.Saved;
using LeakySpanner.Sessions.Lines;
using LeakySpanner.Testing.Goldens;
using LeakySpanner.Tests.Cli.Reports.Profiles;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sessions.Lines;

public sealed class LinesSessionTests
{
    private const long MB = 1 << 20;

    [Fact]
    public void What_a_line_allocates_itself_and_what_its_calls_do()
    {
        var file = Annotate("app/cache.py");

        file.File.ShouldBe("/srv/shop/app/cache.py");
        (file.Live, file.Peak).ShouldBe((90 * MB, 120 * MB));
        Line(file, 6).Live.ShouldBe(new LineBytes(20 * MB, 80 * MB));
        Line(file, 6).Share.ShouldBe(8.0 / 9, 0.001);
        Line(file, 13).Live.ShouldBe(new LineBytes(60 * MB, 60 * MB));
        // Native code that a line calls is the line's own; freed at the end.
        Line(file, 7).ShouldSatisfyAllConditions(
            line => line.Peak.ShouldBe(new LineBytes(20 * MB, 20 * MB)),
            line => line.Live.ShouldBe(default));
        file.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void A_line_that_calls_itself_counts_once() => Line(Annotate("app/cache.py"), 16).Live.ShouldBe(new LineBytes(10 * MB, 10 * MB));

    [Fact]
    public void A_file_that_several_may_be_is_asked_for_again() =>
        Should.Throw<UsageException>(() => Annotate("cache.py")).Message.ShouldContain("/srv/shop/app/cache.py or /srv/other/cache.py");

    [Fact]
    public void A_file_without_samples_is_told_which_have_some() =>
        Should.Throw<UsageException>(() => Annotate("cash.py")).Message.ShouldContain("/srv/shop/main.py");

    [Fact]
    public void A_source_that_has_changed_is_told() =>
        LinesSession.Annotate(SavedRuns.Shop, "app/cache.py", "import new\n" + SavedRuns.Source).Notes.ShouldHaveSingleItem().ShouldContain("has changed");

    [Fact]
    public void Where_the_source_is_gone_saved_lines_stand_in()
    {
        var file = LinesSession.Annotate(SavedRuns.Shop, "app/cache.py", null);
        Line(file, 6).Source.ShouldBe("        results[q] = expensive(q)");
        Line(file, 7).Source.ShouldBeNull();
        file.Notes.ShouldHaveSingleItem().ShouldContain("is not there now");
    }

    [Fact]
    public void As_text()
    {
        using var text = new StringWriter();
        LinesText.Write(new ReportWriter(text, 110, colour: false), SavedRuns.Shop, "leakyspanner-4121.html", Annotate("app/cache.py"), whole: false);
        Golden.Matches("lines", text.ToString());
    }

    [Fact]
    public void As_json()
    {
        using var json = JsonDocument.Parse(ReportJson.Of(LinesJson.Of(SavedRuns.Shop, "leakyspanner-4121.html", Annotate("app/cache.py"))));
        json.RootElement.GetProperty("schema").GetString().ShouldBe("leakyspanner.lines/1");
        var lines = json.RootElement.GetProperty("lines").EnumerateArray().ToArray();
        lines.Select(line => line.GetProperty("line").GetInt32()).ShouldBe([6, 7, 13, 16]);
        lines[0].GetProperty("live_bytes").GetInt64().ShouldBe(20 * MB);
        lines[0].GetProperty("live_bytes_with_calls").GetInt64().ShouldBe(80 * MB);
        lines[0].GetProperty("source").GetString().ShouldBe("        results[q] = expensive(q)");
    }

    /// <summary>What was saved comes back from a page and from JSON, and a damaged file is refused, not believed.</summary>
    [Fact]
    public void Saved_runs_are_read_from_pages_and_json()
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-lines-");
        try
        {
            var (page, plain) = (Path.Combine(folder.FullName, "leakyspanner-1.html"), Path.Combine(folder.FullName, "leakyspanner-1.memory.json"));
            using (var stream = File.Create(page))
                FlameGraphPage.Write(stream, SavedRuns.Shop);
            var json = JsonSerializer.Serialize(SavedRuns.Shop, SavedRunContext.Default.SavedRun);
            File.WriteAllText(plain, json);
            foreach (var path in new[] { page, plain })
                LinesSession.Annotate(SavedRunFile.Read(path), "app/cache.py", null).Live.ShouldBe(90 * MB);

            foreach (var (from, to) in new[] { ("[0,1,2]", "[0,1,99]"), ("[0,1,2]", "[0,-1,2]"), ("memory/1", "memory/9"), ("\"frames\":[0,1],", ""), ("\"bytes\":[1048576]", "\"bytes\":[]"), ("{", "[") })
            {
                json.ShouldContain(from);
                File.WriteAllText(plain, json.Replace(from, to, StringComparison.Ordinal));
                Should.Throw<UsageException>(() => SavedRunFile.Read(plain), $"{from} as {to}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static AnnotatedFile Annotate(string file) => LinesSession.Annotate(SavedRuns.Shop, file, SavedRuns.Source);

    private static AnnotatedLine Line(AnnotatedFile file, int number) => file.Lines.Single(line => line.Line == number);
}
