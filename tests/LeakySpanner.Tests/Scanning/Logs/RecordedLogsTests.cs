using LeakySpanner.Scanning.Logs.Facts;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Scanning.Logs;

/// <summary>Logs that the real programs wrote: uvicorn 0.17, gunicorn 20.1, Linux 6, ps, top and vmstat of Debian 12.</summary>
public sealed class RecordedLogsTests
{
    [Fact]
    public void Uvicorn_with_all_kinds_of_trouble()
    {
        var facts = LogTexts.ReadFixture("uvicorn.log");

        facts.Events.Select(tally => (tally.Kind, tally.Detail, tally.Site, tally.Count)).ShouldBe(
            [
                (LogEventKind.MemoryError, null, "/srv/shop/app.py:22", 2L),
                (LogEventKind.Started, null, null, 1),
                (LogEventKind.Ended, null, null, 1),
                (LogEventKind.PoolExhausted, "SQLAlchemy QueuePool", "/srv/shop/app.py:58", 1),
                (LogEventKind.UnclosedResource, "file", "/srv/shop/app.py:38", 1),
                (LogEventKind.TaskDestroyed, "task.<locals>.worker", "/srv/shop/app.py:28", 1),
                (LogEventKind.CoroutineNotAwaited, "never", "/srv/shop/app.py:35", 1),
            ],
            ignoreOrder: true);
        facts.Endpoints.Single(endpoint => endpoint.Name == "GET /query/{}").Requests.ShouldBe(9);
        facts.Endpoints.Single(endpoint => endpoint.Name == "GET /pool").ServerErrors.ShouldBe(1);
        facts.Allocations.Length.ShouldBe(6);
        facts.Allocations[0].Site.ShouldBe("/srv/shop/app.py:48");
        facts.UnreadLines.ShouldBe(1);
        facts.UnreadSamples.ShouldBe(["No module named 'aiohttp'"]);
    }

    [Fact]
    public void A_worker_that_did_not_answer_was_not_killed_for_want_of_memory()
    {
        var facts = LogTexts.ReadFixture("gunicorn-sync.log", "gunicorn-access.log");

        var kill = facts.Kills.ShouldHaveSingleItem();
        (kill.Cause, kill.Pids.ShouldHaveSingleItem(), kill.At.ToString()).ShouldBe((KillCause.Timeout, 753, "2026-11-21 17:21:07"));
        facts.Endpoints.Single(endpoint => endpoint.Name == "GET /a/{}").Requests.ShouldBe(15);
        facts.Events.Single(tally => tally.Kind == LogEventKind.Recycled).Count.ShouldBe(2);
        facts.UnreadLines.ShouldBe(0);
    }

    [Fact]
    public void A_worker_that_somebody_killed_may_have_been()
    {
        var facts = LogTexts.ReadFixture("gunicorn.log");

        var kill = facts.Kills.ShouldHaveSingleItem();
        (kill.Cause, kill.Pids.ShouldHaveSingleItem()).ShouldBe((KillCause.Signal, 686));
        facts.Events.Single(tally => tally.Kind == LogEventKind.WorkerTimeout).Count.ShouldBe(3);
    }

    [Fact]
    public void One_who_did_not_answer_and_one_who_was_killed_seconds_before_are_two()
    {
        var facts = LogTexts.ReadFixture("gunicorn.log", "gunicorn-sync.log");

        facts.Kills.Select(kill => (kill.Pids.Single(), kill.Cause)).ShouldBe([(686, KillCause.Signal), (753, KillCause.Timeout)]);
    }

    [Fact]
    public void The_kernels_reports_with_memory_and_limit()
    {
        var facts = LogTexts.ReadFixture("kernel-oom.txt");

        facts.Kills.Select(kill => (kill.Pids.Single(), kill.Who, kill.Cause)).ShouldBe(
            [(3167, "python3", KillCause.OutOfMemory), (14775, "python3", KillCause.OutOfMemory), (16996, "python3", KillCause.OutOfMemory)]);
        facts.Kills[2].Bytes.ShouldBe(163_296L * 1024);
        facts.Kills[2].Limit.ShouldBe(163_840L * 1024);

        // The record begins in the middle of the first report, whose limit was told before.
        facts.Kills[0].Limit.ShouldBeNull();
        facts.HasTimeOfDay.ShouldBeFalse();
        facts.UnreadLines.ShouldBe(0);
    }

    [Fact]
    public void In_the_journal_other_programs_write_between_the_kernels_lines()
    {
        var lines = System.Text.Encoding.UTF8.GetString(LogTexts.Fixture("kernel-oom.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany((line, i) => new[] { $"Mar  1 14:32:05 web1 kernel: {line}", $"Mar  1 14:32:05 web1 shop[12]: order {i} stored" });

        var facts = LogTexts.Read(string.Join('\n', lines.Skip(40)));

        facts.Kills.ShouldHaveSingleItem().Limit.ShouldBe(163_840L * 1024);
        facts.Notes.Single(note => note.Text.EndsWith("order # stored", StringComparison.Ordinal)).Count.ShouldBe(153);
    }

    [Fact]
    public void Samples_of_ps_have_no_time_unless_it_is_told()
    {
        LogTexts.ReadFixture("ps-aux.txt").Remarks.ShouldHaveSingleItem().ShouldContain("--interval");

        var series = LogTexts.Read([("ps-aux.txt", LogTexts.Fixture("ps-aux.txt"))], TimeSpan.FromSeconds(5)).Series.ShouldHaveSingleItem();

        series.Name.ShouldBe("pid 32445 (python3)");
        (series.First.Bytes, series.Last.Bytes, series.Samples).ShouldBe((66_864L * 1024, 132_800L * 1024, 12));
        (series.Last.At - series.First.At).ShouldBe(TimeSpan.FromSeconds(55));
    }

    [Fact]
    public void Top_tells_the_time()
    {
        var series = LogTexts.ReadFixture("top.txt").Series.ShouldHaveSingleItem();

        (series.Name, series.Samples, series.First.At.ToString()).ShouldBe(("pid 32445 (python3)", 12L, "17:20:24"));
        series.First.Bytes.ShouldBe(66_864L * 1024);
    }

    [Fact]
    public void Vmstat_is_of_the_whole_machine()
    {
        var facts = LogTexts.ReadFixture("vmstat.txt");

        facts.Series.ShouldHaveSingleItem().Samples.ShouldBe(12);
        facts.First.ToString().ShouldBe("2026-11-21 17:20:23");
        facts.UnreadLines.ShouldBe(0);
    }

    [Fact]
    public void Our_own_log_says_the_same_as_text_and_as_json()
    {
        var goldens = Path.Combine(LogTexts.FixtureFolder(), "..", "..", "goldens");
        var text = LogTexts.Read([("leakyspanner_20260301_143200.log", File.ReadAllBytes(Path.Combine(goldens, "sidecar-log.txt")))]);
        var json = LogTexts.Read([("leakyspanner.json", File.ReadAllBytes(Path.Combine(goldens, "sidecar-log-json.txt")))]);

        foreach (var facts in new[] { text, json })
        {
            var kill = facts.Kills.ShouldHaveSingleItem();
            (kill.At.ToString(), kill.Cause, kill.Pids.Single(), kill.Limit).ShouldBe(("2026-03-01 14:32:11", KillCause.OutOfMemory, 4121, 64L << 30));
            var ocr = facts.Endpoints.Single(endpoint => endpoint.Name == "POST /ocr/process");
            ocr.Deltas.ShouldBe(2);
            (ocr.DeltaAverage!.Value / (1 << 20)).ShouldBe(23.71, 0.01);
            (ocr.BytesPerRequest!.Value / (1 << 20)).ShouldBe(8.7, 0.1);
            facts.Endpoints.ShouldContain(endpoint => endpoint.Name == "CALL app.jobs.rebuild");
            facts.Series.Select(series => series.Name).Order().ShouldBe(["pid 4121", "pid 4122"]);
            facts.Events.Select(tally => tally.Kind).ShouldBe([LogEventKind.Started, LogEventKind.Ended, LogEventKind.GrowthAlert, LogEventKind.Diagnosis], ignoreOrder: true);
            facts.UnreadLines.ShouldBe(0);
        }

        text.Allocations[0].ShouldBe(new("/app/services/gemini.py:87", 43_315, 43_315, 43_315, 18, 1));
    }
}
