using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Reports;
using LeakySpanner.Sessions.Logs;
using LeakySpanner.Testing.Goldens;
using LeakySpanner.Tests.Scanning.Logs;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sessions.Logs;

public sealed class LogSessionTests
{
    [Fact]
    public void Kills_every_hour_at_00_and_the_request_that_precedes_them()
    {
        var report = LogSession.Analyze(LogTexts.Read(Incidents.Hourly()));

        report.Kills.Length.ShouldBe(24);
        var clock = report.Clock.ShouldNotBeNull();
        clock.Period.ShouldBe(TimeSpan.FromHours(1));
        RhythmText.Of(clock).ShouldBe("every hour at :00");
        report.Precursors[0].ShouldSatisfyAllConditions(
            finding => finding.Name.ShouldBe("GET /reports/daily"),
            finding => finding.Kind.ShouldBe("endpoint"),
            finding => finding.Precursor.Windows.ShouldBe(24));
        report.Precursors.Length.ShouldBe(1);
        report.Next.ShouldNotBeNull().At.ToString().ShouldStartWith("2026-03-02 01:00:4");
        report.HasFindings.ShouldBeTrue();
        Golden.Matches("analyze-logs-hourly", Render(report));
    }

    [Fact]
    public void A_leak_that_is_killed_again_and_again()
    {
        var report = LogSession.Analyze(LogTexts.Read(Incidents.Leak()));

        report.Leaks.ShouldBeTrue();
        var web = report.Subjects.ShouldHaveSingleItem();
        web.Name.ShouldBe("container web");
        web.Lives.ShouldBe(report.Kills.Length + 1);
        (web.Verdict.GrowthPerMinute / ByteSize.MB).ShouldBeInRange(15, 24);
        report.Clock.ShouldBeNull();
        report.Gaps.ShouldNotBeNull().AreRegular.ShouldBeTrue();
        report.Endpoints[0].Endpoint.Name.ShouldBe("GET /query/{}");
        var cost = report.Endpoints[0].Cost.ShouldNotBeNull();
        (cost.BytesPerRequest / 1024).ShouldBeInRange(270, 340);
        report.Endpoints.Single(ranked => ranked.Endpoint.Name == "GET /items/{}").Cost.ShouldNotBeNull().IsLeaking.ShouldBeFalse();
        report.Next.ShouldNotBeNull().In.ShouldBeLessThan(TimeSpan.FromMinutes(30));
        Golden.Matches("analyze-logs", Render(report));
    }

    [Fact]
    public void An_ordinary_log_has_nothing_to_say() =>
        LogSession.Analyze(LogTexts.Read("INFO:     127.0.0.1:1 - \"GET /a HTTP/1.1\" 200 OK\n")).HasFindings.ShouldBeFalse();

    [Fact]
    public void A_level_service_does_not_leak()
    {
        var lines = Enumerable.Range(0, 300).Select(i => FormattableString.Invariant($"2026-03-01 {10 + (i / 60)}:{i % 60:00}:05,123 INFO [shop] rss={300 + (i % 7 * 0.1):0.0}MB"));

        var report = LogSession.Analyze(LogTexts.Read(string.Join('\n', lines)));

        report.Subjects.ShouldHaveSingleItem().Verdict.Outcome.ShouldBe(Outcome.NoLeak);
        report.HasFindings.ShouldBeFalse();
    }

    [Fact]
    public void A_sawtooth_at_the_limit_of_which_no_log_tells()
    {
        var report = LogSession.Analyze(LogTexts.Read([Incidents.Leak().Single(file => file.Name == "docker-stats.json")]));

        report.Kills.ShouldBeEmpty();
        report.Leaks.ShouldBeTrue();
        var sawtooth = report.Subjects.ShouldHaveSingleItem().Sawtooth.ShouldNotBeNull();
        sawtooth.AreRegular.ShouldBeTrue();
        sawtooth.Median.TotalMinutes.ShouldBeInRange(19, 24);
        report.Causes.ShouldHaveSingleItem().ShouldContain("from near its limit");
    }

    [Fact]
    public void As_json()
    {
        using var json = System.Text.Json.JsonDocument.Parse(ReportJson.Of(LogSession.Analyze(LogTexts.Read(Incidents.Leak()))));
        var root = json.RootElement;

        root.GetProperty("schema").GetString().ShouldBe("leakyspanner.logs/1");
        root.GetProperty("leak").GetBoolean().ShouldBeTrue();
        root.GetProperty("memory")[0].GetProperty("verdict").GetProperty("outcome").GetString().ShouldBe("leak");
        root.GetProperty("kills")[0].GetProperty("cause").GetString().ShouldBe("out_of_memory");
        root.GetProperty("endpoints")[0].GetProperty("endpoint").GetString().ShouldBe("GET /query/{}");
        root.GetProperty("rhythm").GetProperty("period_seconds").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Theory]
    [InlineData("uvicorn", "uvicorn.log")]
    [InlineData("gunicorn", "gunicorn.log", "gunicorn-sync.log", "gunicorn-access.log")]
    [InlineData("kernel", "kernel-oom.txt")]
    public void Recorded_logs(string name, params string[] files) =>
        Golden.Matches("analyze-logs-" + name, Render(LogSession.Analyze(LogTexts.ReadFixture(files))));

    private static string Render(LogReport report)
    {
        var output = new StringWriter { NewLine = "\n" };
        LogsText.Write(new ReportWriter(output, 110, colour: false), report, 10);
        return output.ToString();
    }
}
