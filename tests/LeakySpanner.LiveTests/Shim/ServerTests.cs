using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests.Shim;

/// <summary>One line in the application, under every server: one sidecar, all workers, every request counted once, nothing left behind.</summary>
[Collection(WatchedServices.Name)]
public sealed class ServerTests
{
    [LiveFact]
    public Task Uvicorn() => WatchAsgiAsync(WebServer.Uvicorn());

    [LiveFact]
    public Task Uvicorn_with_workers() => WatchAsgiAsync(WebServer.UvicornWorkers(2));

    [LiveFact]
    public Task Gunicorn_with_uvicorn_workers() => WatchAsgiAsync(WebServer.GunicornUvicorn(2));

    [LiveFact]
    public Task Gunicorn_with_uvicorn_workers_preloaded() => WatchAsgiAsync(WebServer.GunicornUvicorn(2, "--preload"));

    [LiveFact]
    public Task Hypercorn() => WatchAsgiAsync(WebServer.Hypercorn(2));

    [LiveFact]
    public Task Flask_under_gunicorn() => WatchWsgiAsync(WebServer.Gunicorn(2), "watched_flask:app", Traffic.Flask);

    [LiveFact]
    public Task Flask_under_gunicorn_preloaded_with_threads() => WatchWsgiAsync(WebServer.Gunicorn(2, "--threads", "3", "--preload"), "watched_flask:app", Traffic.Flask);

    [LiveFact]
    public Task Django_under_gunicorn() => WatchWsgiAsync(WebServer.Gunicorn(2), "watched_django:application", Traffic.Django);

    /// <summary>--reload replaces the worker, and the sidecar goes on with the new one, in the same log.</summary>
    [LiveFact]
    public async Task Uvicorn_that_reloads()
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-reload-").FullName;
        try
        {
            var module = Path.Combine(folder, "watched_asgi.py");
            File.Copy(Path.Combine(Watched.Folder, "watched_asgi.py"), module);
            await using var watched = await WatchedService.StartAsync(WebServer.UvicornReload(folder), "watched_asgi:app", folder, Watched.Executable);
            var before = await watched.SidecarAsync();
            var worker = (await before.WorkersAsync()).ShouldHaveSingleItem();
            var traffic = new Traffic(watched);
            await traffic.QueryAsync("before");

            await File.AppendAllTextAsync(module, "\n# changed\n");
            await Eventually.GetAsync(
                async () => (await before.WorkersAsync()) is [var other] && other != worker ? "another" : null,
                WatchedService.Bound, () => $"another worker\n{watched.Service.Output}\n{watched.Log()}");
            (await traffic.QueryAsync("after")).GetProperty("pid").GetInt32().ShouldNotBe(worker);

            await CountedAsync(before, traffic, watched);
            watched.Sidecars().ShouldBe([before]);
            await EndsCleanlyAsync(watched, before, traffic);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>As when the kernel runs out of memory: nobody can say goodbye, and the summary is written all the same.</summary>
    [LiveFact]
    public async Task A_service_that_is_killed()
    {
        await using var watched = await Watched.StartAsync(WebServer.Uvicorn(), "watched_asgi:app");
        var sidecar = await watched.SidecarAsync();
        var traffic = new Traffic(watched);
        await traffic.SendAsync();

        watched.Service.Process.Signal("KILL");

        await EndsCleanlyAsync(watched, sidecar, traffic, signal: null);
    }

    private static async Task WatchAsgiAsync(WebServer server)
    {
        await using var watched = await Watched.StartAsync(server, "watched_asgi:app");

        // The lifespan registers every worker before the first request.
        var sidecar = await watched.SidecarAsync(server.Workers);
        var traffic = new Traffic(watched);
        await traffic.SendAsync();
        await traffic.SendAsgiAsync();

        await CountedAsync(sidecar, traffic, watched);
        await BelongsTogetherAsync(watched, sidecar, traffic);
        await EndsCleanlyAsync(watched, sidecar, traffic);
        var output = watched.Service.Output;
        Occurrences(output, "lifespan began in").ShouldBe(server.Workers, output);
        Occurrences(output, "lifespan ended in").ShouldBe(server.Workers, output);
    }

    private static async Task WatchWsgiAsync(WebServer server, string application, (string, string)[] parameters)
    {
        await using var watched = await Watched.StartAsync(server, application);
        var traffic = new Traffic(watched, parameters);

        // A worker is known from its first request on, and which worker takes one is the kernel's choice. Where threads begin their
        // first requests together, only the one that makes the ring is sure to be recorded: these are not compared.
        var sidecar = await Eventually.GetAsync(
            async () =>
            {
                await Task.WhenAll(Enumerable.Range(0, 2 * server.Workers).Select(_ => traffic.WakeAsync()));
                return watched.Sidecars() is [var only] && (await only.WorkersAsync()).Count == server.Workers ? only : null;
            },
            WatchedService.Bound, () => $"{server.Workers} workers\n{watched.Service.Output}\n{watched.Log()}");
        await traffic.SendAsync();

        await CountedAsync(sidecar, traffic, watched);
        await BelongsTogetherAsync(watched, sidecar, traffic);
        await EndsCleanlyAsync(watched, sidecar, traffic);
    }

    /// <summary>As many of each as were sent; not one more.</summary>
    private static async Task CountedAsync(SidecarProcess sidecar, Traffic traffic, WatchedService watched)
    {
        IReadOnlyDictionary<string, long>? counted = null;
        try
        {
            await Eventually.GetAsync(
                async () => (counted = await RequestsAsync(sidecar)).Values.Sum() >= traffic.Sent.Values.Sum() ? "all" : null,
                WatchedService.Bound, () => "");
        }
        catch (TimeoutException)
        {
            // What is missing is said below.
        }

        counted.ShouldNotBeNull(watched.Service.Output);
        Sorted(counted).ShouldBe(Sorted(traffic.Sent), watched.Service.Output);
    }

    private static async Task<IReadOnlyDictionary<string, long>> RequestsAsync(SidecarProcess sidecar) =>
        (await sidecar.RequestsAsync()).Where(count => count.Key != "GET /first").ToDictionary(count => count.Key, count => count.Value);

    /// <summary>The processes that answer are the workers that the sidecar knows, and its endpoints are reached through them.</summary>
    private static async Task BelongsTogetherAsync(WatchedService watched, SidecarProcess sidecar, Traffic traffic)
    {
        var workers = await sidecar.WorkersAsync();
        traffic.Answered.ShouldBeSubsetOf(workers);
        workers.ShouldBeSubsetOf([watched.Service.Process.Pid, .. Processes.Descendants(watched.Service.Process.Pid)]);
        watched.Sidecars().ShouldBe([sidecar]);

        using var snapshot = await watched.Service.Client.GetAsync("api/debug/memory/snapshot");
        var text = await snapshot.Content.ReadAsStringAsync();
        ((int)snapshot.StatusCode).ShouldBe(200, text);
        text.ShouldContain("leakyspanner.snapshot/1");

        // The sidecar is nobody's child but the init process's, so that no server waits for it or kills it.
        Processes.Descendants(watched.Service.Process.Pid).ShouldNotContain(sidecar.Pid);
    }

    private static async Task EndsCleanlyAsync(WatchedService watched, SidecarProcess sidecar, Traffic traffic, string? signal = "TERM")
    {
        var processes = Processes.Descendants(watched.Service.Process.Pid);
        Directory.Exists(sidecar.Folder).ShouldBeTrue();
        if (signal is null)
            await watched.Service.Process.WaitForExitAsync(WatchedService.Bound);
        await watched.StopAsync(signal ?? "TERM");

        Directory.Exists(sidecar.Folder).ShouldBeFalse();
        await Eventually.BecomesTrueAsync(() => !Processes.Lives(sidecar.Pid), WatchedService.Bound, () => "the sidecar is gone");
        processes.Where(Processes.Lives).ShouldBeEmpty(watched.Service.Output);
        Directory.GetFiles(watched.Logs).ShouldHaveSingleItem();
        var log = watched.Log();
        Occurrences(log, "LEAKYSPANNER SESSION SUMMARY").ShouldBe(1, log);
        var query = traffic.Name("GET /query/{q}");
        log.ShouldMatch($"{Regex.Escape(query["GET ".Length..])} +calls= *{traffic.Sent[query]} ", log);
    }

    private static IReadOnlyList<string> Sorted(IReadOnlyDictionary<string, long> counts) =>
        [.. counts.Select(count => $"{count.Key}: {count.Value}").Order(StringComparer.Ordinal)];

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;
}
