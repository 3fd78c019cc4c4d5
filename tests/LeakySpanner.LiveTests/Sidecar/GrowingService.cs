using System.Text.RegularExpressions;
using LeakySpanner.LiveTests.Shim;
using LeakySpanner.Testing.Live;

namespace LeakySpanner.LiveTests.Sidecar;

/// <summary>Targets/grows.py under uvicorn, with a sidecar of this build that writes a line per second, and its log.</summary>
internal sealed class GrowingService : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(150);

    private readonly WatchedService _watched;

    private GrowingService(WatchedService watched) => _watched = watched;

    public ChildProcess Process => _watched.Service.Process;

    public HttpClient Client => _watched.Service.Client;

    /// <summary>What stands in the log so far.</summary>
    public string Log => _watched.Log();

    /// <param name="arguments">Of uvicorn.</param>
    /// <param name="environment">More options.</param>
    public static async Task<GrowingService> StartAsync(string[] arguments, params (string Name, string? Value)[] environment) => new(await Watched.StartAsync(
        WebServer.Uvicorn(arguments), "grows:app", [("LEAKYSPANNER_METRICS_PORT", "0"), ("LEAKYSPANNER_INTERVAL_SECONDS", "1"), .. environment]));

    /// <summary>Waits until the log holds a line.</summary>
    /// <exception cref="TimeoutException">It does not; holds the log.</exception>
    public Task<Match> LoggedAsync(string pattern) => Eventually.GetAsync(
        () => Task.FromResult(Regex.Match(Log, pattern, RegexOptions.Multiline) is { Success: true } match ? match : null),
        Bound,
        () => $"a line '{pattern}' in the log:\n{Log}\n{_watched.Service.Output}");

    public ValueTask DisposeAsync() => _watched.DisposeAsync();
}
