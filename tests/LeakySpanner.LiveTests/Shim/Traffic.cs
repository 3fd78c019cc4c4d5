using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests.Shim;

/// <summary>Requests to the applications in Targets/watched_*.py, each answered as it should be, and kept count of by endpoint.</summary>
/// <param name="service">Who is asked.</param>
/// <param name="parameters">How the framework writes a parameter of a route, where that is not {name}.</param>
internal sealed class Traffic(WatchedService service, params (string Braces, string Written)[] parameters)
{
    public static readonly (string, string)[] Flask = [("{q}", "<q>"), ("{order}", "<int:order>")];

    public static readonly (string, string)[] Django = [("{q}", "<str:q>"), ("{order}", "<int:order>")];

    private readonly Dictionary<string, long> _sent = new(StringComparer.Ordinal);

    private readonly HashSet<int> _answered = [];

    /// <summary>By the name under which the sidecar has to know it.</summary>
    public IReadOnlyDictionary<string, long> Sent => _sent;

    /// <summary>The processes that answered.</summary>
    public IReadOnlySet<int> Answered => _answered;

    /// <summary>What every framework here has.</summary>
    public async Task SendAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => QueryAsync($"item-{i}")));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SlowAsync()));
        for (var i = 0; i < 7; i++)
            (await PostAsync($"orders/{i}/lines", "POST /orders/{order}/lines")).GetProperty("order").GetInt32().ShouldBe(i);
        for (var i = 0; i < 3; i++)
            (await TextAsync("stream", "GET /stream")).ShouldBe(string.Concat(Enumerable.Range(0, 20).Select(line => $"{line}\n")));
        for (var i = 0; i < 2; i++)
            (await StatusAsync("raises", "GET /raises")).ShouldBe(500);
        for (var i = 0; i < 5; i++)
            (await StatusAsync($"missing/{i}", "(unmatched)")).ShouldBe(404);
    }

    /// <summary>What only ASGI applications have: WebSockets, mounted applications, lifespan.</summary>
    public async Task SendAsgiAsync()
    {
        for (var i = 0; i < 4; i++)
            (await TextAsync($"inner/deep/hello/{i}", "GET /inner/deep/hello/{name}")).ShouldBe($$"""{"name":"{{i}}"}""");
        for (var i = 0; i < 6; i++)
            (await TextAsync($"sync/{i}", "GET /sync/{number}")).ShouldBe($$"""{"number":{{i}}}""");
        for (var i = 0; i < 3; i++)
            await TalkAsync($"room-{i}");
        (await QueryAsync("lifespan")).GetProperty("started").GetInt32().ShouldBe(1);
    }

    public async Task<JsonElement> QueryAsync(string word)
    {
        using var answer = JsonDocument.Parse(await TextAsync($"query/{word}", "GET /query/{q}"));
        var root = answer.RootElement.Clone();
        root.GetProperty("q").GetString().ShouldBe(word);
        Note(root);
        return root;
    }

    public async Task SlowAsync()
    {
        using var answer = JsonDocument.Parse(await TextAsync("slow", "GET /slow"));
        Note(answer.RootElement);
    }

    /// <summary>Not counted. A connection of its own, so that it may reach a worker that nobody has asked anything yet.</summary>
    public async Task WakeAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "first");
        request.Headers.ConnectionClose = true;
        using var response = await service.Service.Client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(200, service.Service.Output);
    }

    private void Note(JsonElement answer)
    {
        lock (_answered)
            _answered.Add(answer.GetProperty("pid").GetInt32());
    }

    private async Task<string> TextAsync(string path, string endpoint)
    {
        using var response = await GetAsync(path, endpoint);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, $"{text}\n{service.Service.Output}");
        return text;
    }

    private async Task<int> StatusAsync(string path, string endpoint)
    {
        using var response = await GetAsync(path, endpoint);
        return (int)response.StatusCode;
    }

    /// <summary>A connection of its own, so that every worker gets some.</summary>
    private async Task<HttpResponseMessage> GetAsync(string path, string endpoint)
    {
        Count(endpoint);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.ConnectionClose = true;
        try
        {
            return await service.Service.Client.SendAsync(request);
        }
        catch (TaskCanceledException exception)
        {
            throw new TimeoutException($"no answer to {path}; threads of the service and what they wait for: {Threads()}\n{service.Service.Output}\n{service.Log()}", exception);
        }
    }

    /// <summary>Of the server and its workers: who hangs in the kernel, and where, tells a deadlock from a slow machine.</summary>
    private string Threads() => string.Join(", ", LeakySpanner.Target.ProcessFinder.Descendants(service.Service.Process.Pid).Select(child => child.Pid)
        .Prepend(service.Service.Process.Pid)
        .SelectMany(pid => Directory.Exists($"/proc/{pid}/task") ? Directory.GetDirectories($"/proc/{pid}/task") : [])
        .Select(folder => $"{Path.GetFileName(folder)} {Read(folder + "/comm")} {Read(folder + "/wchan")}"));

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }

    private async Task<JsonElement> PostAsync(string path, string endpoint)
    {
        Count(endpoint);
        using var body = new StringContent("""{"first": 1, "second": 2}""", Encoding.UTF8, "application/json");
        using var response = await service.Service.Client.PostAsync(path, body);
        ((int)response.StatusCode).ShouldBe(200, service.Service.Output);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return answer.RootElement.Clone();
    }

    private async Task TalkAsync(string room)
    {
        Count("WS /ws/{room}");
        using var bound = new CancellationTokenSource(WatchedService.Bound);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{service.Service.Port.ToString(CultureInfo.InvariantCulture)}/ws/{room}"), bound.Token);
        var buffer = new byte[200];
        for (var i = 0; i < 5; i++)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes($"message {i}"), WebSocketMessageType.Text, endOfMessage: true, bound.Token);
            var received = await socket.ReceiveAsync(buffer.AsMemory(), bound.Token);
            Encoding.UTF8.GetString(buffer, 0, received.Count).ShouldBe($"{room}: message {i}");
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, bound.Token);
    }

    /// <summary>The name of an endpoint in this framework.</summary>
    public string Name(string endpoint) => parameters.Aggregate(endpoint, (name, parameter) => name.Replace(parameter.Braces, parameter.Written, StringComparison.Ordinal));

    private void Count(string template)
    {
        var endpoint = Name(template);
        lock (_sent)
            _sent[endpoint] = _sent.GetValueOrDefault(endpoint) + 1;
    }
}
