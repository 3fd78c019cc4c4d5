using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using LeakySpanner.Sidecar;
using LeakySpanner.Web;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Web;

[SupportedOSPlatform("linux")]
public sealed class SidecarServerTests
{
    [Fact]
    public async Task A_worker_registers_and_is_told_where_metrics_are()
    {
        await using var served = await Served.StartAsync();

        var reply = await served.FromShimAsync("/v1/workers", """{"pid":4121,"ring":"/dev/shm/x/worker-4121.ring","shim":"0.1.0","tracing":true}""");

        reply.Status.ShouldBe(200, reply.Body);
        served.Sidecar.Registered.ShouldHaveSingleItem().Ring.ShouldBe("/dev/shm/x/worker-4121.ring");
        reply.Body.ShouldBe($$"""{"sidecar_pid":999,"slot":0,"metrics":"http://127.0.0.1:{{served.Port}}/metrics","log_file":"/var/log/shop.log","warnings":[],"agent":null}""");
    }

    [Fact]
    public async Task A_worker_tells_of_its_agent()
    {
        await using var served = await Served.StartAsync();

        var started = await served.FromShimAsync("/v1/agent", """{"pid":4121,"folder":"/dev/shm/x","trouble":null}""");
        var refused = await served.FromShimAsync("/v1/agent", """{"pid":4122,"folder":null,"trouble":"unknown Python"}""");

        (started.Status, refused.Status).ShouldBe((204, 204));
        served.Sidecar.Agents.ShouldBe([new WorkerAgent(4121, "/dev/shm/x", null), new WorkerAgent(4122, null, "unknown Python")]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"pid":4121}""")]
    [InlineData("""{"pid":"4121","ring":"x","shim":"0.1.0","tracing":true}""")]
    [InlineData("""{"pid":4121,"ring":null,"shim":"0.1.0","tracing":true}""")]
    public async Task A_registration_that_is_none_is_refused(string body)
    {
        await using var served = await Served.StartAsync();

        (await served.FromShimAsync("/v1/workers", body)).Status.ShouldBe(400);

        served.Sidecar.Registered.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_observer_refuses_is_told_as_it_says()
    {
        await using var served = await Served.StartAsync();

        var reply = await served.FromShimAsync("/v1/workers", """{"pid":1,"ring":"x","shim":"0.1.0","tracing":true}""");

        reply.Status.ShouldBe(403);
        reply.Body.ShouldBe("""{"error":"pid 1 belongs to root"}""");
    }

    [Theory]
    [InlineData("/v1/workers")]
    [InlineData("/api/debug/memory/../../../v1/workers")]
    [InlineData("/api/debug/memory/%2e%2e/%2e%2e/%2e%2e/v1/collected")]
    public async Task A_client_of_the_application_is_not_the_shim(string path)
    {
        await using var served = await Served.StartAsync();

        (await served.ThroughApplicationAsync(path, "POST")).Status.ShouldBe(404);
        (await served.ThroughApplicationAsync(path, "POST", client: "")).Status.ShouldBe(403);
        (await served.AtPortAsync(path, "POST")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task What_the_shim_does_not_say_the_client_of_is_refused()
    {
        await using var served = await Served.StartAsync();

        (await served.FromShimAsync("/api/debug/memory/snapshot", null, "GET")).Status.ShouldBe(403);
        (await served.ThroughApplicationAsync("/api/debug/memory/snapshot", client: "")).Status.ShouldBe(403);
        (await served.ThroughApplicationAsync("/api/debug/memory/snapshot", client: "testclient")).Status.ShouldBe(403);
        (await served.ThroughApplicationAsync("/api/debug/memory/snapshot", client: "203.0.113.9")).Status.ShouldBe(403);
        (await served.ThroughApplicationAsync("/api/debug/memory/snapshot", client: "::ffff:127.0.0.1")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("x-forwarded-for", "")]
    [InlineData("Via", "1.1 proxy")]
    public async Task A_proxy_in_between_is_seen(string header, string value)
    {
        await using var served = await Served.StartAsync();

        (await served.ThroughApplicationAsync("/api/debug/memory/snapshot", headers: (header, value))).Status.ShouldBe(403);
        (await served.AtPortAsync("/metrics", headers: (header, value))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Headers_of_the_shim_mean_nothing_at_the_port()
    {
        await using var served = await Served.StartAsync("s3cret");

        (await served.AtPortAsync("/metrics", headers: ("X-LeakySpanner-Client", "127.0.0.1"))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Another_sites_name_for_this_machine_is_refused_at_the_port_too()
    {
        await using var served = await Served.StartAsync();

        (await served.AtPortAsync("/metrics", headers: ("Host", "evil.example:8001"))).Status.ShouldBe(403);
        (await served.AtPortAsync("/api/debug/memory/snapshot", headers: ("Host", "evil.example:8001"))).Status.ShouldBe(403);
        (await served.AtPortAsync("/healthz", headers: ("Host", "evil.example:8001"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task With_a_key_everything_but_the_health_check_needs_it()
    {
        await using var served = await Served.StartAsync("s3cret");

        foreach (var path in new[] { "/", "/metrics", "/api/debug/memory", "/api/debug/memory/snapshot", "/debug/memory", "/no-such-path" })
        {
            var refused = await served.AtPortAsync(path);
            refused.Status.ShouldBe(401, path);
            refused.Headers["WWW-Authenticate"].ShouldStartWith("Bearer");
            refused.Body.ShouldContain("X-API-Key");
            (await served.AtPortAsync(path, headers: ("X-API-Key", "s3cret"))).Status.ShouldBe(path == "/no-such-path" ? 404 : 200, path);
        }

        (await served.ThroughApplicationAsync("/api/debug/memory/snapshot")).Status.ShouldBe(401);
        (await served.ThroughApplicationAsync("/api/debug/memory/snapshot", client: "203.0.113.9", headers: ("Authorization", "Bearer s3cret"))).Status.ShouldBe(200);
        (await served.AtPortAsync("/healthz")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_collection_goes_through_the_worker_and_back()
    {
        await using var served = await Served.StartAsync();

        var asked = await served.ThroughApplicationAsync("/api/debug/memory/gc", "POST");
        var done = await served.FromShimAsync(
            "/v1/collected", """{"pid":4121,"collected":1200,"uncollectable":0,"collect_seconds":0.25,"trimmed":true,"trim_seconds":0.01}""");

        asked.Status.ShouldBe(200);
        asked.Body.ShouldBe("");
        asked.Headers["X-LeakySpanner-Do"].ShouldBe("collect");
        served.Sidecar.Begun.ShouldBe([4121]);
        done.Body.ShouldContain("\"freed_bytes\":50000000");
    }

    [Fact]
    public async Task Only_the_application_can_collect()
    {
        await using var served = await Served.StartAsync();

        var reply = await served.AtPortAsync("/api/debug/memory/gc", "POST");

        reply.Status.ShouldBe(409);
        reply.Body.ShouldContain("POST to its own /api/debug/memory/gc");
        served.Sidecar.Begun.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_collection_tells_the_worker_nothing()
    {
        await using var served = await Served.StartAsync();

        foreach (var headers in new (string, string)[][] { [("Sec-Fetch-Site", "cross-site")], [("Origin", "https://evil.example")], [("X-Forwarded-For", "1.2.3.4")] })
        {
            var reply = await served.ThroughApplicationAsync("/api/debug/memory/gc", "POST", headers: headers);
            reply.Status.ShouldBe(403);
            reply.Headers.ShouldNotContainKey("X-LeakySpanner-Do");
        }

        served.Sidecar.Begun.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_diagnosis_is_started_by_post_only()
    {
        await using var served = await Served.StartAsync();

        (await served.AtPortAsync("/api/debug/memory/leaks?diagnose=true")).Status.ShouldBe(400);
        served.Sidecar.DiagnosesAsked.ShouldBe(0);
        var first = await served.AtPortAsync("/api/debug/memory/leaks", "POST");
        var second = await served.ThroughApplicationAsync("/api/debug/memory/leaks", "POST");

        first.Status.ShouldBe(202);
        first.Body.ShouldContain("\"started\":true");
        second.Status.ShouldBe(202);
        second.Body.ShouldContain("\"started\":false");
    }

    [Theory]
    [InlineData("history?minutes=0")]
    [InlineData("history?minutes=-5")]
    [InlineData("history?minutes=abc")]
    [InlineData("history?minutes=")]
    [InlineData("history?minutes=1.5")]
    [InlineData("history?minutes=1e3")]
    [InlineData("history?minutes=10081")]
    [InlineData("history?minutes=99999999999999999999")]
    [InlineData("history?minutes=5&minutes=6")]
    [InlineData("history?minute=5")]
    [InlineData("allocations?limit=0")]
    [InlineData("allocations?limit=1001")]
    [InlineData("allocations?pid=-1")]
    [InlineData("snapshot?limit=5")]
    public async Task A_parameter_that_is_wrong_is_told_in_one_line(string query)
    {
        await using var served = await Served.StartAsync();

        var reply = await served.ThroughApplicationAsync("/api/debug/memory/" + query);

        reply.Status.ShouldBe(400);
        JsonDocument.Parse(reply.Body).RootElement.GetProperty("error").GetString()!.ShouldNotContain('\n');
    }

    [Fact]
    public async Task Paths_and_methods_that_are_not_there_say_what_is()
    {
        await using var served = await Served.StartAsync();

        var path = await served.AtPortAsync("/api/debug/memory/snapshots");
        var method = await served.AtPortAsync("/api/debug/memory/gc", "DELETE");

        path.Status.ShouldBe(404);
        path.Body.ShouldContain("/api/debug/memory lists them");
        method.Status.ShouldBe(405);
        method.Headers["Allow"].ShouldBe("GET, POST");
        (await served.ThroughApplicationAsync("/metrics")).Status.ShouldBe(404);
        (await served.AtPortAsync("/api/debug/memory/snapshot/")).Status.ShouldBe(200);
        (await served.AtPortAsync("/metrics", "HEAD")).Status.ShouldBe(200);
        (await served.AtPortAsync("/metrics", "OPTIONS", ("Origin", "https://evil.example"))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Answers_are_not_cached_not_sniffed_and_not_shared_with_other_sites()
    {
        await using var served = await Served.StartAsync();

        var reply = await served.AtPortAsync("/api/debug/memory/snapshot", headers: ("Origin", "https://evil.example"));

        reply.Headers["Cache-Control"].ShouldBe("no-store");
        reply.Headers["X-Content-Type-Options"].ShouldBe("nosniff");
        reply.Headers["Content-Type"].ShouldBe("application/json");
        reply.Headers.ShouldNotContainKey("Server");
        reply.Headers.Keys.ShouldNotContain(name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Requests_are_bounded()
    {
        await using var served = await Served.StartAsync();

        (await served.FromShimAsync("/v1/workers", new string('x', 100_000))).Status.ShouldBe(413);
        (await served.RawAsync($"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Long: {new string('x', 40_000)}\r\nConnection: close\r\n\r\n")).ShouldStartWith("HTTP/1.1 431");
        (await served.RawAsync($"GET /{new string('x', 10_000)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).ShouldStartWith("HTTP/1.1 414");
        (await served.RawAsync($"GET /metrics HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: 1\r\n"))}Connection: close\r\n\r\n")).ShouldStartWith("HTTP/1.1 431");
        (await served.RawAsync("GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n")).ShouldStartWith("HTTP/1.1 400");
        (await served.RawAsync("GET /metrics HTTP/1.0\r\n\r\n")).ShouldStartWith("HTTP/1.1 403");
    }

    [Fact]
    public async Task A_crowd_at_the_port_does_not_shut_the_shim_out()
    {
        await using var served = await Served.StartAsync();
        var crowd = new List<TcpClient>();
        try
        {
            var closed = new List<Task<bool>>();
            for (var i = 0; i <= ServerLimits.TcpConnections; i++)
            {
                var client = new TcpClient();
                crowd.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, served.Port);
                closed.Add(IsClosedAsync(client));
            }

            (await (await Task.WhenAny(closed).WaitAsync(TimeSpan.FromSeconds(60)))).ShouldBeTrue("one more than may be open is closed");
            (await served.ThroughApplicationAsync("/api/debug/memory/snapshot")).Status.ShouldBe(200);
        }
        finally
        {
            crowd.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task The_socket_is_for_us_alone()
    {
        await using var served = await Served.StartAsync();

        File.GetUnixFileMode(served.SocketPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_folder_that_others_may_enter_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("web").FullName;
        try
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
            await using var server = new SidecarServer(new FakeSidecar(), Served.Options(), TimeProvider.System);

            var error = await Should.ThrowAsync<IOException>(() => server.StartAsync(Path.Combine(folder, "sidecar.sock"), CancellationToken.None));

            error.Message.ShouldContain("chmod 700");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_warning_and_the_socket_works()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var folder = Directory.CreateTempSubdirectory("web").FullName;
        await using (var server = new SidecarServer(new FakeSidecar(), Served.Options(port: port), TimeProvider.System))
        {
            await server.StartAsync(Path.Combine(folder, "sidecar.sock"), CancellationToken.None);

            server.Warnings.ShouldHaveSingleItem().ShouldBe(
                $"metrics are not served, because port {port} is taken: set another metrics_port=... (or LEAKYSPANNER_METRICS_PORT), 0 for none");
            server.MetricsUri.ShouldBeNull();
            File.Exists(Path.Combine(folder, "sidecar.sock")).ShouldBeTrue();
        }

        File.Exists(Path.Combine(folder, "sidecar.sock")).ShouldBeFalse();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Other_machines_are_served_with_a_key_only()
    {
        var folder = Directory.CreateTempSubdirectory("web").FullName;
        await using (var server = new SidecarServer(new FakeSidecar(), Served.Options(address: "0.0.0.0", port: 8001), TimeProvider.System))
        {
            await server.StartAsync(Path.Combine(folder, "sidecar.sock"), CancellationToken.None);

            server.Warnings.ShouldHaveSingleItem().ShouldContain("LEAKYSPANNER_API_KEY");
            server.MetricsUri.ShouldBeNull();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_socket_that_an_earlier_sidecar_left_behind_is_replaced()
    {
        var folder = Directory.CreateTempSubdirectory("web").FullName;
        var path = Path.Combine(folder, "sidecar.sock");
        await File.WriteAllTextAsync(path, "");
        await using (var server = new SidecarServer(new FakeSidecar(), Served.Options(), TimeProvider.System))
        {
            await server.StartAsync(path, CancellationToken.None);
            server.Warnings.ShouldBeEmpty();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<bool> IsClosedAsync(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[1]) == 0;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return true;
        }
    }
}
