using System.Globalization;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;

namespace LeakySpanner.LiveTests.Versions;

/// <summary>Targets/search_service.py under any interpreter, growing: under its load where it is a web service, by itself where it is not.</summary>
internal sealed partial class SearchService : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    /// <summary>Between two searches.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private const int WarmUp = 50;

    private readonly Staging _staging;
    private readonly ChildProcess _process;
    private readonly CancellationTokenSource _stop = new();
    private Task _load = Task.CompletedTask;

    private SearchService(Staging staging, ChildProcess process) => (_staging, _process) = (staging, process);

    public static string Script { get; } = Path.Combine(AppContext.BaseDirectory, "Targets", "search_service.py");

    public int Pid => _process.Pid;

    public static async Task<SearchService> StartAsync(InstalledPython python)
    {
        var staging = new Staging(python, Script);
        var command = python.Command("-B", "-I", staging.PathOf(Path.GetFileName(Script)));
        var service = new SearchService(staging, ChildProcess.Start(command[0], command.Skip(1), "/"));
        try
        {
            var line = await service._process.WaitForLineAsync(Started(), LongestStart);
            if (line.Groups["port"] is { Success: true } port)
            {
                var warm = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                service._load = service.SearchAsync(int.Parse(port.Value, CultureInfo.InvariantCulture), warm);
                await await Task.WhenAny(warm.Task, service._load).WaitAsync(LongestStart);
            }

            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _process.DisposeAsync();
        try
        {
            await _load;
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException)
        {
            // The load ends with what it loads.
        }

        _stop.Dispose();
        _staging.Dispose();
    }

    private async Task SearchAsync(int port, TaskCompletionSource warm)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = LongestStart };
        using var timer = new PeriodicTimer(Pause);
        for (var number = 0; ; number++)
        {
            using var answer = await client.GetAsync(new Uri($"/search/query-{number}", UriKind.Relative), _stop.Token);
            answer.EnsureSuccessStatusCode();
            if (number == WarmUp)
                warm.SetResult();
            await timer.WaitForNextTickAsync(_stop.Token);
        }
    }

    [GeneratedRegex(@"^running$|^listening (?<port>\d+)$")]
    private static partial Regex Started();
}
