using System.Net.Sockets;
using System.Text.Json;

namespace LeakySpanner.Testing.Live;

/// <summary>A sidecar that runs: found by the folder of its log, which a test has for itself.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="Folder">Of the service: socket and rings.</param>
public sealed record SidecarProcess(int Pid, string Folder)
{
    /// <summary>All whose command line names that folder of logs; those that ended and were not waited for are none.</summary>
    public static IReadOnlyList<SidecarProcess> WithLogsIn(string folder)
    {
        var found = new List<SidecarProcess>();
        foreach (var pid in Processes.All())
        {
            var words = Processes.CommandLine(pid);
            if (Array.IndexOf(words, "sidecar") >= 0 && After(words, "--log-path") == folder && After(words, "--folder") is { } run)
                found.Add(new SidecarProcess(pid, run));
        }

        return found;
    }

    /// <summary>Asks it directly, as the shim would for a client on this machine.</summary>
    /// <exception cref="HttpRequestException">It does not answer, or not with 200.</exception>
    public async Task<JsonElement> AskAsync(string path)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(Folder, "sidecar.sock")), stop);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(20) };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("http://localhost" + path));
        request.Headers.Add("X-LeakySpanner-Client", "127.0.0.1");
        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"{(int)response.StatusCode} {body}");
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    /// <summary>The pids of the workers that registered and live.</summary>
    public async Task<IReadOnlyList<int>> WorkersAsync() =>
        [.. (await AskAsync("/api/debug/memory/process-info")).GetProperty("workers").EnumerateArray().Select(worker => worker.GetProperty("pid").GetInt32())];

    /// <summary>Requests by endpoint, over all workers.</summary>
    public async Task<IReadOnlyDictionary<string, long>> RequestsAsync() =>
        (await AskAsync("/api/debug/memory/snapshot")).GetProperty("top_endpoints").EnumerateArray().ToDictionary(
            endpoint => endpoint.GetProperty("endpoint").GetString()!, endpoint => endpoint.GetProperty("requests").GetInt64());

    private static string? After(string[] words, string option)
    {
        var at = Array.IndexOf(words, option);
        return at >= 0 && at + 1 < words.Length ? words[at + 1] : null;
    }
}
