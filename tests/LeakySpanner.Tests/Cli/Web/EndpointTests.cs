using System.Text.Encodings.Web;
using System.Text.Json;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.View;
using LeakySpanner.Sidecar.Workers;
using LeakySpanner.Target;
using LeakySpanner.Testing.Goldens;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Web;

/// <summary>What every endpoint answers, as its reader gets it.</summary>
public sealed class EndpointTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("/api/debug/memory", "index")]
    [InlineData("/api/debug/memory/snapshot", "snapshot")]
    [InlineData("/api/debug/memory/growth", "growth")]
    [InlineData("/api/debug/memory/history?minutes=15", "history")]
    [InlineData("/api/debug/memory/leaks", "leaks")]
    [InlineData("/api/debug/memory/process-info", "process-info")]
    [InlineData("/api/debug/memory/allocations?limit=2", "allocations")]
    [InlineData("/api/debug/memory/gc", "gc")]
    public async Task Of_a_service_of_which_everything_is_known(string path, string name)
    {
        await using var served = await Served.StartAsync();

        var reply = await served.ThroughApplicationAsync(path);

        reply.Status.ShouldBe(200, reply.Body);
        reply.Body.ShouldNotContain("hunter2");
        Golden.Matches("debug-" + name, Pretty(reply.Body));
    }

    [Theory]
    [InlineData("/api/debug/memory/snapshot", "snapshot")]
    [InlineData("/api/debug/memory/growth", "growth")]
    [InlineData("/api/debug/memory/leaks", "leaks")]
    [InlineData("/api/debug/memory/process-info", "process-info")]
    public async Task Of_a_service_of_which_nothing_is_known_yet(string path, string name)
    {
        await using var served = await Served.StartAsync();
        served.Sidecar.Shown = Views.Empty;

        Golden.Matches($"debug-{name}-empty", Pretty((await served.ThroughApplicationAsync(path)).Body));
    }

    [Fact]
    public async Task The_collected_answer_has_what_it_gave_back()
    {
        await using var served = await Served.StartAsync();

        var reply = await served.FromShimAsync(
            "/v1/collected", """{"pid":4121,"collected":1200,"uncollectable":3,"collect_seconds":0.25,"trimmed":true,"trim_seconds":0.01}""");

        Golden.Matches("debug-gc-collected", Pretty(reply.Body));
    }

    [Fact]
    public async Task Both_ways_in_and_both_paths_of_allocations_answer_the_same()
    {
        await using var served = await Served.StartAsync();

        (await served.AtPortAsync("/api/debug/memory/snapshot")).Body.ShouldBe((await served.ThroughApplicationAsync("/api/debug/memory/snapshot")).Body);
        (await served.AtPortAsync("/debug/memory")).Body.ShouldBe((await served.ThroughApplicationAsync("/api/debug/memory/allocations?limit=10")).Body);
    }

    [Fact]
    public async Task The_home_page_lists_what_there_is()
    {
        await using var served = await Served.StartAsync();

        Golden.Matches("sidecar-home", (await served.AtPortAsync("/")).Body);
    }

    [Fact]
    public async Task A_long_history_keeps_its_peaks_and_its_end()
    {
        await using var served = await Served.StartAsync();
        var points = Enumerable.Range(0, 20_000)
            .Select(i => new HistoryPoint(Views.Now - TimeSpan.FromSeconds(19_999 - i), new(i == 12_345 ? 999_999 : 1000 + i), new(1000), i))
            .ToArray();
        served.Sidecar.Shown = Views.Full with { Workers = [Views.Leaking with { History = [.. points] }] };

        var history = JsonDocument.Parse((await served.AtPortAsync("/api/debug/memory/history?minutes=10000")).Body)
            .RootElement.GetProperty("workers")[0].GetProperty("points").EnumerateArray().ToList();

        history.Count.ShouldBe(720);
        history.ShouldContain(point => point.GetProperty("rss_bytes").GetInt64() == 999_999);
        history[^1].GetProperty("requests").GetInt64().ShouldBe(19_999);
        history.Select(point => point.GetProperty("requests").GetInt64()).ShouldBeInOrder();
    }

    [Fact]
    public async Task Questions_for_one_table_share_one_reading()
    {
        await using var served = await Served.StartAsync();
        var readings = 0;
        var reading = new TaskCompletionSource<AllocationTable>();
        var asked = new TaskCompletionSource();
        served.Sidecar.Allocations = (pid, _) =>
        {
            pid.ShouldBe(4121);
            Interlocked.Increment(ref readings);
            asked.SetResult();
            return reading.Task;
        };

        var first = served.AtPortAsync("/debug/memory");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var others = Enumerable.Range(0, 5).Select(_ => served.ThroughApplicationAsync("/debug/memory?pid=4121")).ToList();
        reading.SetResult(Views.Allocations);

        foreach (var reply in await Task.WhenAll([first, .. others]))
            reply.Status.ShouldBe(200);
        readings.ShouldBe(1);
    }

    [Fact]
    public async Task A_reading_that_takes_longer_than_its_client_waits_is_there_for_the_next()
    {
        await using var served = await Served.StartAsync(time: new ImpatientTime());
        var readings = 0;
        var reading = new TaskCompletionSource<AllocationTable>();
        served.Sidecar.Allocations = (_, _) =>
        {
            Interlocked.Increment(ref readings);
            return reading.Task;
        };

        var early = await served.AtPortAsync("/debug/memory");
        var again = await served.AtPortAsync("/debug/memory");
        reading.SetResult(Views.Allocations);
        var later = await served.AtPortAsync("/debug/memory");

        (early.Status, again.Status, later.Status).ShouldBe((503, 503, 200));
        early.Headers["Retry-After"].ShouldBe("5");
        early.Body.ShouldContain("ask again");
        readings.ShouldBe(1);
    }

    [Fact]
    public async Task Samples_say_who_asked_for_the_memory()
    {
        await using var served = await Served.StartAsync();
        served.Sidecar.Allocations = (_, _) => Task.FromResult(SampledTable.Of(Views.Live));

        var reply = await served.AtPortAsync("/api/debug/memory/allocations?limit=2");

        reply.Status.ShouldBe(200);
        Golden.Matches("debug-allocations-sampled", Pretty(reply.Body));
    }

    [Fact]
    public async Task A_table_that_cannot_be_read_says_why()
    {
        await using var served = await Served.StartAsync();
        served.Sidecar.Allocations = (_, _) => throw new TargetException(TargetFailure.Gone, "pid 4121 has ended");

        var gone = await served.AtPortAsync("/debug/memory");
        served.Sidecar.Allocations = (_, _) => Task.FromResult(new AllocationTable(false, [], 0, 0, 1, "tracemalloc is off: tracemalloc=True turns it on"));
        var off = await served.AtPortAsync("/debug/memory");
        served.Sidecar.Shown = Views.Empty;
        var nobody = await served.AtPortAsync("/debug/memory");

        (gone.Status, gone.Body).ShouldBe((404, """{"error":"pid 4121 has ended"}"""));
        off.Status.ShouldBe(200);
        off.Body.ShouldContain("tracemalloc is off");
        nobody.Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_bug_of_one_answer_is_not_the_end_of_the_server()
    {
        await using var served = await Served.StartAsync();
        served.Sidecar.Shown = null!;

        var reply = await served.AtPortAsync("/metrics");
        served.Sidecar.Shown = Views.Empty;

        (reply.Status, reply.Body).ShouldBe((500, """{"error":"the sidecar failed to answer (NullReferenceException); this is a bug of LeakySpanner"}"""));
        (await served.AtPortAsync("/metrics")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("""{"process":{"command":"python app.py --token abc"}}""", """{"process":{"command":"python app.py --token ***"}}""")]
    [InlineData("""{"process":{"command":5}}""", """{"process":{"command":5}}""")]
    [InlineData("""{"process":[]}""", """{"process":[]}""")]
    [InlineData("[1]", "null")]
    [InlineData("{", "null")]
    public async Task A_diagnosis_is_shown_as_it_is_without_secrets(string made, string shown)
    {
        await using var served = await Served.StartAsync();
        served.Sidecar.Shown = Views.Full with { Diagnoses = [new DiagnosisView(4121, Views.Now, made, "x")] };

        (await served.AtPortAsync("/api/debug/memory/leaks")).Body.ShouldContain($"\"diagnosis\":{shown}");
    }

    private static string Pretty(string json)
    {
        json.ShouldNotContain('\n');
        return JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement, Indented) + "\n";
    }

    /// <summary>Every wait is over at once, and no time passes.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
