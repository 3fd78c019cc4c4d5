using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar;
using LeakySpanner.Target;
using LeakySpanner.Tests.Target.Agent;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sidecar;

/// <summary>A session over a worker whose agent's file was made by hand.</summary>
public sealed class SampledServiceTests
{
    [Fact]
    public async Task What_samples_say_is_logged_and_told()
    {
        using var service = new WatchedService(SidecarLevel.Deep);
        using var image = new AgentFileImage();
        var worker = service.Start(4121);
        Fill(image);
        image.WriteIn(service.Options.Folder);
        worker.Welcome.Agent.ShouldBe("/usr/lib/agent.so");

        service.Session.Sample(new WorkerAgent(4121, service.Options.Folder, null));
        worker.Ring.Write("GET /query/{q}", request: 5);
        worker.Ring.Write("GET /health", request: 6);
        service.Pass(5);

        service.Log.ShouldContain("  ── top allocations ──\n    4096.0KB × 2   /app/cache.py:42\n    2048.0KB × 1   /app/jobs.py:7\n");
        service.Log.ShouldContain("  ── live allocations by endpoint ──\n    2.0MB  33 %  (no request)  (/app/jobs.py:7)\n    2.0MB  33 %  (unfinished requests)  (/app/cache.py:42)\n    2.0MB  33 %  GET /query/{q}  (/app/cache.py:42)\n");
        var table = await service.Session.ReadAllocationsAsync(4121, CancellationToken.None);
        table.Sampled!.Endpoints.Length.ShouldBe(3);
        table.IsTracing.ShouldBeFalse();
        ((double)table.Bytes).ShouldBe(6 << 20, 10);
        var view = service.Session.View().Workers[0];
        (view.Allocations!.Samples, view.Sampling!.Value.Samples).ShouldBe((3, 3));
    }

    [Fact]
    public async Task A_request_that_ends_is_known_at_the_next_reading_though_no_sample_has_come()
    {
        using var service = new WatchedService();
        using var image = new AgentFileImage();
        var worker = service.Start(4121);
        Fill(image);
        image.WriteIn(service.Options.Folder);
        service.Session.Sample(new WorkerAgent(4121, service.Options.Folder, null));
        service.Pass(5);

        worker.Ring.Write("GET /query/{q}", request: 5);
        worker.Ring.Write("POST /warm", request: 9);
        service.Pass(5);

        (await service.Session.ReadAllocationsAsync(4121, CancellationToken.None)).Sampled!.Endpoints.Select(endpoint => endpoint.Route)
            .ShouldBe([SampledRoute.None, "GET /query/{q}", "POST /warm"]);
    }

    /// <summary>A WebSocket that stays open for days is known when it is accepted.</summary>
    [Fact]
    public async Task A_request_that_goes_on_may_tell_its_route_before_it_ends()
    {
        using var service = new WatchedService();
        using var image = new AgentFileImage();
        var worker = service.Start(4121);
        Fill(image);
        image.WriteIn(service.Options.Folder);
        service.Session.Sample(new WorkerAgent(4121, service.Options.Folder, null));
        worker.Ring.Write("WS /feed", status: (int)RequestKind.WebSocket, kind: RequestKind.Route, request: 9);
        worker.Ring.Write("GET /query/{q}", request: 5);
        service.Pass(5);

        (await service.Session.ReadAllocationsAsync(4121, CancellationToken.None)).Sampled!.Endpoints.Select(endpoint => endpoint.Route)
            .ShouldBe([SampledRoute.None, "GET /query/{q}", "WS /feed"]);
        service.Session.View().Endpoints.Single(endpoint => endpoint.Name == "WS /feed").Requests.ShouldBe(0);
    }

    [Fact]
    public void The_summary_tells_who_held_memory_last_and_the_file_goes_with_its_worker()
    {
        using var service = new WatchedService();
        using var image = new AgentFileImage();
        var worker = service.Start(4121);
        Fill(image);
        var path = image.WriteIn(service.Options.Folder);
        service.Session.Sample(new WorkerAgent(4121, service.Options.Folder, null));
        worker.Ring.Write("GET /query/{q}", request: 5);
        service.Pass(5);

        worker.Process.HasEnded = true;
        service.Pass(1);
        service.Session.Finish();

        File.Exists(path).ShouldBeFalse();
        service.Log.ShouldContain("  LIVE ALLOCATIONS BY ENDPOINT (estimates from 3 samples):\n    2.0MB  33 %  (no request)  (/app/jobs.py:7)\n");
    }

    [Fact]
    public void Why_nothing_is_sampled_is_noted()
    {
        using var service = new WatchedService();
        service.Start(4121);

        service.Session.Sample(new WorkerAgent(4121, null, "allocations are not sampled: unknown Python"));
        service.Pass(5);

        service.Log.ShouldContain("NOTE pid 4121: allocations are not sampled: unknown Python");
        Should.Throw<TargetException>(() => service.Session.Sample(new WorkerAgent(4999, null, null)));
    }

    [Fact]
    public void Level_basic_offers_no_agent()
    {
        using var service = new WatchedService(SidecarLevel.Basic);
        service.Start(4121).Welcome.Agent.ShouldBeNull();
    }

    /// <summary>Two megabytes each: by requests 5 and 9 in the cache, and by no request in a job.</summary>
    private static void Fill(AgentFileImage image)
    {
        var cache = image.AddStack((image.AddCode("/app/cache.py", "search", [], 42), 0));
        var job = image.AddStack((image.AddCode("/app/jobs.py", "rebuild", [], 7), 0));
        image.SetSlot(0, 0x1000, 2 << 20, cache, request: 5);
        image.SetSlot(1, 0x2000, 2 << 20, cache, request: 9);
        image.SetSlot(2, 0x3000, 2 << 20, job);
        image.Set64(LeakySpanner.Target.Agent.AgentLayout.Header.Samples, 3);
        image.Set64(LeakySpanner.Target.Agent.AgentLayout.Header.LiveBlocks, 3);
    }
}
