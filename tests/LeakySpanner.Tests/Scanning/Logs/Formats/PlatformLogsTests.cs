using System.Globalization;
using LeakySpanner.Scanning.Logs.Facts;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Scanning.Logs.Formats;

public sealed class PlatformLogsTests
{
    private const string Container = "4f1e2d3c4b5a69788796a5b4c3d2e1f04f1e2d3c4b5a69788796a5b4c3d2e1f0";

    [Fact]
    public void Docker_events_tell_of_a_container_that_is_killed_and_comes_back()
    {
        var facts = LogTexts.Read(
            $"""
            2026-03-01T14:32:05.100000000Z container oom {Container} (image=shop:1, name=web)
            2026-03-01T14:32:05.300000000Z container die {Container} (execDuration=3600, exitCode=137, image=shop:1, name=web)
            2026-03-01T14:32:06.000000000Z container start {Container} (image=shop:1, name=web)
            2026-03-01T14:40:00.000000000Z container die {Container} (execDuration=474, exitCode=0, image=shop:1, name=web)
            """);

        var kill = facts.Kills.ShouldHaveSingleItem();
        (kill.Cause, kill.Who, kill.At.ToString()).ShouldBe((KillCause.OutOfMemory, "container web", "2026-03-01 14:32:05"));
        facts.Starts.ShouldHaveSingleItem();
        facts.Events.Select(tally => tally.Kind).ShouldBe([LogEventKind.Started, LogEventKind.Ended], ignoreOrder: true);
    }

    [Fact]
    public void Docker_events_as_json()
    {
        var facts = LogTexts.Read(
            $$$"""
            {"status":"oom","id":"{{{Container}}}","from":"shop:1","Type":"container","Action":"oom","Actor":{"ID":"{{{Container}}}","Attributes":{"image":"shop:1","name":"web"}},"scope":"local","time":1772375525,"timeNano":1772375525100000000}
            {"status":"die","id":"{{{Container}}}","Type":"container","Action":"die","Actor":{"ID":"{{{Container}}}","Attributes":{"exitCode":"137","name":"web"}},"time":1772375525,"timeNano":1772375525300000000}
            """);

        var kill = facts.Kills.ShouldHaveSingleItem();
        (kill.Cause, kill.Who, kill.At.ToString()).ShouldBe((KillCause.OutOfMemory, "container web", "2026-03-01 14:32:05"));
    }

    [Fact]
    public void Docker_stats_as_a_table_and_as_json()
    {
        const string table = """
            CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT     MEM %     NET I/O           BLOCK I/O   PIDS
            4f1e2d3c4b5a   web       0.50%     150MiB / 1GiB         14.65%    1.2kB / 0B        0B / 0B     5
            5a1e2d3c4b5a   db        0.10%     --  / --              0.00%     0B / 0B           0B / 0B     0
            CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT     MEM %     NET I/O           BLOCK I/O   PIDS
            4f1e2d3c4b5a   web       0.50%     1.5GiB / 2GiB         75.00%    1.2kB / 0B        0B / 0B     5
            """;
        var web = LogTexts.Read("\u001b[2J\u001b[H" + table, interval: TimeSpan.FromSeconds(10)).Series.ShouldHaveSingleItem();
        (web.Name, web.First.Bytes, web.Last.Bytes, web.Limit).ShouldBe(("container web", 150L << 20, 3L << 29, 2L << 30));

        var json = LogTexts.Read("""{"Container":"4f1e2d3c4b5a","Name":"web","MemUsage":"150MiB / 1GiB","MemPerc":"14.65%"}""", interval: TimeSpan.FromSeconds(1)).Series.ShouldHaveSingleItem();
        (json.Name, json.Last.Bytes, json.Limit).ShouldBe(("container web", 150L << 20, 1L << 30));
    }

    [Fact]
    public void Dockers_own_files_wrap_lines_of_any_kind()
    {
        var facts = LogTexts.Read(
            """
            {"log":"INFO:     172.17.0.1:40122 - \"GET /items/17 HTTP/1.1\" 200 OK\n","stream":"stdout","time":"2026-03-01T14:32:05.123456789Z"}
            {"log":"\u001b[32mINFO\u001b[0m:     172.17.0.1:40122 - \"GET /items/18 HTTP/1.1\" 500 Internal Server Error\n","stream":"stdout","time":"2026-03-01T14:32:06.123456789Z"}
            {"log":"{\"level\":\"info\",\"method\":\"GET\",\"path\":\"/items/19\",\"status\":200}\n","stream":"stdout","time":"2026-03-01T14:32:07.123456789Z"}
            """);

        var items = facts.Endpoints.ShouldHaveSingleItem();
        (items.Name, items.Requests, items.ServerErrors).ShouldBe(("GET /items/{}", 3, 1));
        (facts.First.ToString(), facts.Last.ToString()).ShouldBe(("2026-03-01 14:32:05", "2026-03-01 14:32:07"));
    }

    [Fact]
    public void Kubectl_describe_tells_the_time_some_lines_below()
    {
        var facts = LogTexts.Read(
            """
            Name:             shop-7d9c5b6f4-abcde
            Namespace:        default
            Containers:
              web:
                State:          Running
                  Started:      Sun, 01 Mar 2026 14:32:10 +0000
                Last State:     Terminated
                  Reason:       OOMKilled
                  Exit Code:    137
                  Started:      Sun, 01 Mar 2026 13:32:00 +0000
                  Finished:     Sun, 01 Mar 2026 14:32:05 +0000
                Restart Count:  7
                Limits:
                  memory:  512Mi
                Requests:
                  memory:  256Mi
            Events:
              Type     Reason   Age                  From     Message
              Warning  BackOff  3m (x12 over 30m)    kubelet  Back-off restarting failed container web in pod shop-7d9c5b6f4-abcde
            """);

        var kill = facts.Kills.ShouldHaveSingleItem();
        (kill.At.ToString(), kill.Cause, kill.Who).ShouldBe(("2026-03-01 14:32:05", KillCause.OutOfMemory, "pod shop-7d9c5b6f4-abcde"));
        var backOff = facts.Events.Single(tally => tally.Kind == LogEventKind.RestartBackOff);
        backOff.First.ToString().ShouldBe("2026-11-21 17:57:00");
    }

    [Fact]
    public void Kubectl_yaml_tells_the_time_above()
    {
        var facts = LogTexts.Read(
            """
                lastState:
                  terminated:
                    containerID: containerd://4f1e
                    exitCode: 137
                    finishedAt: "2026-03-01T14:32:05Z"
                    reason: OOMKilled
                    startedAt: "2026-03-01T13:32:00Z"
            """);

        facts.Kills.ShouldHaveSingleItem().At.ToString().ShouldBe("2026-03-01 14:32:05");
    }

    [Fact]
    public void Kubectl_events_and_pods()
    {
        var facts = LogTexts.Read(
            """
            LAST SEEN   TYPE      REASON       OBJECT               MESSAGE
            12m         Warning   OOMKilling   node/worker-1        Memory cgroup out of memory: Killed process 4121 (python3) total-vm:174184kB, anon-rss:163296kB, file-rss:6172kB, shmem-rss:0kB
            2m30s       Warning   Evicted      pod/shop-1           The node was low on resource: memory. Threshold quantity: 100Mi
            """);

        var kill = facts.Kills.ShouldHaveSingleItem();
        (kill.At.ToString(), kill.Pids.Single(), kill.Bytes).ShouldBe(("2026-11-21 17:48:00", 4121, 163_296L * 1024));
        facts.Events.Single().First.ToString().ShouldBe("2026-11-21 17:57:30");

        LogTexts.Read("shop-7d9c5b6f4-abcde   0/1     OOMKilled   5 (2m ago)   30m\n").Kills.ShouldHaveSingleItem().Who.ShouldBe("pod shop-7d9c5b6f4-abcde");
    }

    [Fact]
    public void Kubectl_top()
    {
        var facts = LogTexts.Read("NAME    CPU(cores)   MEMORY(bytes)\nshop-1  12m          345Mi\nshop-2  10m          100Mi\nNAME    CPU(cores)   MEMORY(bytes)\nshop-1  12m          355Mi\n", interval: TimeSpan.FromSeconds(60));

        facts.Series.Select(series => (series.Name, series.Last.Bytes >> 20, series.Samples)).ShouldBe([("pod shop-1", 355, 2), ("pod shop-2", 100, 1)]);
    }

    [Theory]
    [InlineData("2026-03-01T14:32:05Z Memory limit of 512 MiB exceeded with 525 MiB used. Consider increasing the memory limit, see https://cloud.google.com/run/docs")]
    [InlineData("""{"textPayload":"Memory limit of 512 MiB exceeded with 525 MiB used.","severity":"ERROR","timestamp":"2026-03-01T14:32:05.123Z"}""")]
    [InlineData("  severity: ERROR\n  textPayload: Memory limit of 512 MiB exceeded with 525 MiB used.\n  timestamp: '2026-03-01T14:32:05.123Z'")]
    [InlineData("    \"textPayload\": \"Memory limit of 512M exceeded with 525M used.\",\n    \"timestamp\": \"2026-03-01T14:32:05.123Z\",")]
    public void Cloud_run(string text)
    {
        var kill = LogTexts.Read(text).Kills.ShouldHaveSingleItem();

        (kill.At.ToString(), kill.Cause, kill.Bytes, kill.Limit).ShouldBe(("2026-03-01 14:32:05", KillCause.OutOfMemory, 525L << 20, 512L << 20));
    }

    [Fact]
    public void Heroku()
    {
        var facts = LogTexts.Read(
            """
            2026-03-01T14:31:05.000000+00:00 heroku[web.1]: source=web.1 dyno=heroku.1234.abcd sample#memory_total=500.27MB sample#memory_rss=498.00MB sample#memory_cache=2.27MB sample#memory_swap=0.00MB sample#memory_quota=512.00MB
            2026-03-01T14:31:25.000000+00:00 heroku[web.1]: Process running mem=513M(100.2%)
            2026-03-01T14:31:25.000000+00:00 heroku[web.1]: Error R14 (Memory quota exceeded)
            2026-03-01T14:32:05.000000+00:00 heroku[web.1]: Error R15 (Memory quota vastly exceeded)
            2026-03-01T14:32:05.000000+00:00 heroku[web.1]: Stopping process with SIGKILL
            2026-03-01T14:32:06.000000+00:00 heroku[web.1]: Process exited with status 137
            2026-03-01T14:32:16.000000+00:00 heroku[web.1]: State changed from starting to up
            2026-03-01T14:32:17.000000+00:00 heroku[router]: at=info method=GET path="/items/17" host=shop.example request_id=1 fwd="1.2.3.4" dyno=web.1 connect=0ms service=12ms status=200 bytes=100 protocol=https
            """);

        var series = facts.Series.ShouldHaveSingleItem();
        (series.Name, series.Samples, series.Limit, series.Last.Bytes).ShouldBe(("dyno web.1", 2L, 512L << 20, 513L << 20));
        var kill = facts.Kills.ShouldHaveSingleItem();
        (kill.Cause, kill.Who).ShouldBe((KillCause.OutOfMemory, "dyno web.1"));
        facts.Events.Single(tally => tally.Kind == LogEventKind.MemoryExceeded).Count.ShouldBe(1);
        facts.Endpoints.ShouldHaveSingleItem().Name.ShouldBe("GET /items/{}");
    }

    [Fact]
    public void Lambda()
    {
        var facts = LogTexts.Read(
            "2026-03-01T14:32:05.000Z START RequestId: 8f50 Version: $LATEST\n"
            + "2026-03-01T14:32:06.000Z REPORT RequestId: 8f50\tDuration: 12.01 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 90 MB\n"
            + "2026-03-01T14:32:07.000Z RequestId: 8f51 Error: Runtime exited with error: signal: killed\n");

        var series = facts.Series.ShouldHaveSingleItem();
        (series.Last.Bytes, series.Limit).ShouldBe((90L << 20, 128L << 20));
        facts.Kills.ShouldHaveSingleItem().Cause.ShouldBe(KillCause.Signal);
    }

    [Fact]
    public void Psrecord_and_mprof()
    {
        var psrecord = LogTexts.Read("# Elapsed time   CPU (%)     Real (MB)   Virtual (MB)\n       0.000        0.000       10.254       16.117\n       1.005       12.000       20.500       26.117\n").Series.ShouldHaveSingleItem();
        (psrecord.Samples, psrecord.Last.Bytes).ShouldBe((2L, (long)(20.5 * (1 << 20))));
        (psrecord.Last.At - psrecord.First.At).TotalSeconds.ShouldBe(1.005, 0.001);

        var mprof = LogTexts.Read("CMDLINE python app.py\nMEM 0.500000 1772375525.1000\nMEM 12.250000 1772375526.1000\nCHLD 1 5.000000 1772375526.1000\n").Series;
        mprof.Select(series => (series.Name, series.Last.At.ToString())).ShouldBe([("app.log", "2026-03-01 14:32:06"), ("app.log, child 1", "2026-03-01 14:32:06")]);
    }

    [Theory]
    [InlineData("Mar  1 14:32:05 web1 systemd[1]: shop.service: Main process exited, code=killed, status=9/KILL", KillCause.Signal, "shop.service")]
    [InlineData("Mar  1 14:32:05 web1 systemd[1]: shop.service: A process of this unit has been killed by the OOM killer.", KillCause.OutOfMemory, "shop.service")]
    [InlineData("2026-03-01 14:32:05,000 WARN exited: web (terminated by SIGKILL; not expected)", KillCause.Signal, "web")]
    [InlineData("[2026-03-01 14:32:05,000: ERROR/MainProcess] Process 'ForkPoolWorker-1' pid:123 exited with 'signal 9 (SIGKILL)'", KillCause.Signal, "ForkPoolWorker-1")]
    [InlineData("Mar  1 14:32:05 web1 kernel: Out of memory: Killed process 4121 (python3) total-vm:174184kB, anon-rss:163296kB, file-rss:0kB, shmem-rss:0kB", KillCause.OutOfMemory, "python3")]
    [InlineData("2026-03-01 14:32:05 INFO:     Child process [4121] died", KillCause.Signal, "uvicorn worker")]
    [InlineData("[2026-03-01 14:32:05 +0000] [7] [ERROR] Worker (pid:4121) was sent SIGKILL! Perhaps out of memory?", KillCause.Signal, "gunicorn worker")]
    public void Supervisors(string line, KillCause cause, string who)
    {
        var kill = LogTexts.Read(line).Kills.ShouldHaveSingleItem();

        (kill.Cause, kill.Who, kill.At.ToString()).ShouldBe((cause, who, "2026-03-01 14:32:05"));
    }

    [Fact]
    public void Services_that_log_their_own_memory()
    {
        var facts = LogTexts.Read(
            """
            2026-03-01 14:32:05,123 INFO [shop] pid=71 rss=312.4MB tasks=12
            2026-03-01 14:33:05,123 INFO [shop] pid=71 rss=322.4MB tasks=12
            {"time":"2026-03-01T14:34:05Z","message":"alive","pid":71,"rss_mb":332.4}
            2026-03-01 14:35:05,123 INFO [shop] rss=blue
            """);

        facts.Series.ShouldHaveSingleItem().Samples.ShouldBe(3);
        facts.OrdinaryLines.ShouldBe(1);
    }

    [Fact]
    public void Jobs_of_schedulers()
    {
        var facts = LogTexts.Read(
            """
            [2026-03-01 14:32:05,000: INFO/MainProcess] Task app.tasks.rebuild[0b9f3c1e-8a6d-4c57-9d1b-3f2a7c5e8d90] received
            2026-03-01 14:32:06,000 INFO apscheduler.executors.default Running job "nightly report (trigger: cron[hour='*'], next run at: 2026-03-01 15:00:00 UTC)" (scheduled at 2026-03-01 14:00:00)
            Mar  1 14:32:07 web1 CRON[4121]: (root) CMD (/usr/bin/rebuild --all)
            """);

        facts.Notes.Where(note => note.IsJob).Select(note => note.Text).ShouldBe(["app.tasks.rebuild", "nightly report", "/usr/bin/rebuild --all"], ignoreOrder: true);
    }

    [Fact]
    public void Wordings_of_messages_leave_numbers_out()
    {
        var lines = Enumerable.Range(0, 5).Select(i => string.Create(CultureInfo.InvariantCulture, $"2026-03-01 14:32:0{i} INFO built report {i * 7919} for 'customer {i}' in {i}.5ms"));

        LogTexts.Read(string.Join('\n', lines)).Notes.ShouldHaveSingleItem().Text.ShouldBe("INFO built report # for ~ in #");
    }
}
