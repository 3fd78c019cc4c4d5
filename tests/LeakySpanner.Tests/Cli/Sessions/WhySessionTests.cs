using LeakySpanner.Analysis.Growth;
using LeakySpanner.Reports;
using LeakySpanner.Sessions;
using LeakySpanner.Testing.Goldens;
using LeakySpanner.Testing.Heaps;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sessions;

public sealed class WhySessionTests
{
    private readonly HeapSketch _heap = new();
    private readonly SketchObject _cache;

    public WhySessionTests()
    {
        var module = _heap.Module("app.cache");
        _cache = module.Bind("results_cache", _heap.NewDict());
        Fill(3);
        module.Bind("__name__", _heap.NewText(9));
    }

    [Theory]
    [InlineData("app.cache.results_cache")]
    [InlineData("0x")]
    public void A_container_is_found_by_path_and_by_address(string asked)
    {
        var answer = WhySession.Answer(_heap.Build(), asked == "0x" ? _cache.Address.ToString() : asked, most: 3);

        var found = answer.Objects.ShouldHaveSingleItem();
        found.Address.ShouldBe(_cache.Address);
        found.Name.ShouldBe("app.cache.results_cache");
        found.Path.ShouldBe(["module app.cache", "results_cache"]);
        found.Holders.ShouldBe(1);
    }

    [Fact]
    public void Objects_of_a_type_come_with_the_largest_first()
    {
        var answer = WhySession.Answer(_heap.Build(), "Result", most: 2);

        answer.Matches.ShouldBe(3);
        answer.Objects.Length.ShouldBe(2);
        answer.Objects[0].RetainedBytes.ShouldBeGreaterThanOrEqualTo(answer.Objects[1].RetainedBytes);
        answer.Objects.ShouldAllBe(found => found.Type == "app.models.Result");
    }

    [Theory]
    [InlineData("no.such.thing")]
    [InlineData("0xzz")]
    [InlineData("0x1")]
    [InlineData("")]
    public void What_is_not_there_matches_nothing(string asked) => WhySession.Answer(_heap.Build(), asked, most: 3).Matches.ShouldBe(0);

    [Fact]
    public void As_text() => Golden.Matches("why", Render(writer => WhyText.Write(writer, WhySession.Answer(_heap.Build(), "Result", most: 2))));

    [Fact]
    public void A_difference_as_text()
    {
        var before = _heap.Snapshot();
        Fill(100);
        var after = _heap.Snapshot(TimeSpan.FromMinutes(1));

        Golden.Matches("diff", Render(writer => DiffText.Write(writer, before, after, SnapshotDiff.Between(before, after), rows: 5)));
    }

    private void Fill(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _cache.Entries.Add(_heap.NewText(10));
            _cache.Entries.Add(_heap.NewInstance("app.models.Result").Field("payload", _heap.NewText(500 + i)));
        }
    }

    private static string Render(Action<ReportWriter> write)
    {
        var output = new StringWriter { NewLine = "\n" };
        write(new ReportWriter(output, 110, colour: false));
        return output.ToString();
    }
}
