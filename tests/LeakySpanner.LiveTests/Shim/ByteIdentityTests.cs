using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests.Shim;

/// <summary>Clients get the same bytes from an application with and without leakyspanner(app): status line, headers but for the date, body, framing.</summary>
[Collection(WatchedServices.Name)]
public sealed class ByteIdentityTests
{
    /// <summary>What an exchange must bring at least, so that two equal failures are no proof.</summary>
    private static readonly string[] Expected =
    [
        "HTTP/1.1 200", "HTTP/1.1 202", "HTTP/1.1 204", "HTTP/1.1 206", "HTTP/1.1 299", "HTTP/1.1 304", "HTTP/1.1 307", "HTTP/1.1 400",
        "HTTP/1.1 404", "HTTP/1.1 405", "HTTP/1.1 409", "HTTP/1.1 418", "HTTP/1.1 422", "HTTP/1.1 500", "HTTP/1.1 100",
        "HTTP/1.1 101", "HTTP/1.1 403", "content-encoding: gzip", "transfer-encoding: chunked", "set-cookie: visits=42", "text/event-stream",
        "IN TWO FRAMES", "as asked", "\"left\":1", "\"hung-up\":1", "\"started\":1", "\"background\":1",
    ];

    [LiveFact]
    public Task Under_uvicorn() => CompareAsync(WebServer.Uvicorn(), "every_response:app", [.. Exchanges.Http, .. Exchanges.WebSockets, .. Exchanges.GivingUp], [.. Expected, "\"gave-up\":1", "\"hung-up\":2"]);

    [LiveFact]
    public Task Under_hypercorn() => CompareAsync(WebServer.Hypercorn(1), "every_response:app", [.. Exchanges.Http, .. Exchanges.WebSockets], Expected);

    [LiveFact]
    public Task Wsgi_under_gunicorn() => CompareAsync(WebServer.Gunicorn(1), "every_wsgi_response:application", Exchanges.Wsgi, WsgiExpected);

    private static readonly string[] WsgiExpected =
    [
        "HTTP/1.1 200", "HTTP/1.1 204", "HTTP/1.1 206", "HTTP/1.1 304", "HTTP/1.1 307", "HTTP/1.1 400", "HTTP/1.1 404", "HTTP/1.1 405",
        "HTTP/1.1 418", "HTTP/1.1 500", "HTTP/1.1 503 Later", "HTTP/1.1 100", "200 Fine", "transfer-encoding: chunked", "visits=42",
        "written, ", "\"closed\":1", "started late",
    ];

    private static async Task CompareAsync(WebServer server, string application, IReadOnlyList<Exchange> exchanges, string[] expected)
    {
        using var files = new ServedFiles();
        await using var watched = await Watched.StartAsync(server, application, ("SHIM", "1"), ("FOLDER", files.Path));
        await using var plain = await Watched.StartAsync(server, application, ("SHIM", null), ("FOLDER", files.Path));
        var different = new List<string>();
        var all = new List<string>();
        foreach (var exchange in exchanges)
        {
            var without = await exchange.RunAsync(plain.Service.Port);
            var with = await exchange.RunAsync(watched.Service.Port);
            all.Add(without);
            if (with != without)
                different.Add($"{exchange}\n--- without\n{Shown(without)}\n--- with\n{Shown(with)}");
        }

        different.ShouldBeEmpty($"{different.Count} of {exchanges.Count}\n{string.Join("\n\n", different)}\n{watched.Service.Output}");
        expected.Where(text => !all.Exists(bytes => bytes.Contains(text, StringComparison.OrdinalIgnoreCase))).ShouldBeEmpty(string.Join("\n\n", all.Select(Shown)));
        (await watched.SidecarAsync()).Pid.ShouldBeGreaterThan(0);
        plain.Sidecars().ShouldBeEmpty();
    }

    /// <summary>What the applications serve: one file, for its time is in the headers.</summary>
    private sealed class ServedFiles : IDisposable
    {
        public ServedFiles() => File.WriteAllLines(System.IO.Path.Combine(Path, "data.txt"), Enumerable.Range(0, 2000).Select(i => $"line {i}"));

        public string Path { get; } = Directory.CreateTempSubdirectory("leakyspanner-files-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    private static string Shown(string bytes) => bytes.Length <= 1500 ? bytes : $"{bytes[..1500]}... ({bytes.Length} bytes)";
}
