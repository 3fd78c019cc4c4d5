using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests;

/// <summary>
/// Two endpoints behind leakyspanner(app), 50 clients at each as fast as answers come: one keeps 4 KB per request. A before/after
/// difference of memory would blame both.
/// </summary>
[Collection("watched services")]
public sealed partial class EndpointCostTests
{
    private const double Kept = 4096;
    private const string Guilty = "GET /guilty/{n}";
    private const string Innocent = "GET /innocent/{n}";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    /// <param name="guiltyPause">Seconds that the guilty endpoint waits after it has kept its 4 KB.</param>
    /// <param name="innocentBytes">That the innocent one allocates and frees.</param>
    [LiveTheory]
    [InlineData("0", "0")]
    [InlineData("0.02", "0")]
    [InlineData("0", "1048576")]
    public async Task The_endpoint_that_leaks_is_told_from_the_one_that_does_not(string guiltyPause, string innocentBytes)
    {
        var folder = Directory.CreateTempSubdirectory("endpoint-cost");
        try
        {
            await using var service = ChildProcess.Start(
                PythonService.Interpreter,
                ["-m", "uvicorn", "two_endpoints:app", "--host", "127.0.0.1", "--port", "0", "--no-access-log"],
                Path.Combine(AppContext.BaseDirectory, "Targets"),
                ("PYTHONDONTWRITEBYTECODE", "1"),
                ("PYTHONPATH", Path.Combine(Checkout.Root, "python")),
                ("LOGS", folder.FullName),
                ("GUILTY_PAUSE", guiltyPause),
                ("INNOCENT_BYTES", innocentBytes),
                ("LEAKYSPANNER_EXECUTABLE", Executable));
            var ready = await service.WaitForLineAsync(RunningOn(), Longest);
            var url = ready.Groups["url"].Value;
            await using var guilty = await LoadAsync(url, Guilty);
            await using var innocent = await LoadAsync(url, Innocent);

            // By now requests were answered, so that the shim is active.
            var answer = await Tool.RunAsync("diagnose", "--pid", $"{service.Pid}", "--duration", "25s", "--json");

            answer.ExitCode.ShouldBeOneOf([0, 1], answer.ToString());
            var costs = JsonDocument.Parse(answer.Output).RootElement.GetProperty("endpoints_cost");
            Check(Intervals(costs, "route", "low", "high"), $"{answer}\n{service.StandardError}");

            var leaks = await LeaksAsync(url);
            Check(leaks.Intervals, $"{leaks.Text}\n{service.StandardError}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>As it was built beside these tests; LEAKYSPANNER names another build of it, such as a published one.</summary>
    private static string Executable { get; } = Environment.GetEnvironmentVariable("LEAKYSPANNER") is { Length: > 0 } published
        ? published
        : Path.Combine(AppContext.BaseDirectory, "leakyspanner");

    private static void Check(Dictionary<string, (double Low, double High)> intervals, string shown)
    {
        intervals.ShouldContainKey(Guilty, shown);
        var (low, high) = intervals[Guilty];
        low.ShouldBeGreaterThan(0, shown);
        low.ShouldBeLessThanOrEqualTo(Kept, shown);
        high.ShouldBeGreaterThanOrEqualTo(Kept, shown);
        intervals.ShouldContainKey(Innocent, shown);
        (low, high) = intervals[Innocent];
        low.ShouldBeLessThanOrEqualTo(0, shown);
        high.ShouldBeGreaterThanOrEqualTo(0, shown);
    }

    private static Dictionary<string, (double Low, double High)> Intervals(JsonElement list, string route, string low, string high) =>
        list.EnumerateArray().ToDictionary(cost => cost.GetProperty(route).GetString()!, cost => (cost.GetProperty(low).GetDouble(), cost.GetProperty(high).GetDouble()));

    /// <summary>What the sidecar says, as soon as it is sure enough of the guilty one to accuse it; whom else it accuses is for the caller to see.</summary>
    private static async Task<(Dictionary<string, (double Low, double High)> Intervals, string Text)> LeaksAsync(string url)
    {
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        using var bound = new CancellationTokenSource(Longest);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (true)
        {
            var text = await client.GetStringAsync("/api/debug/memory/leaks", bound.Token);
            var intervals = Intervals(JsonDocument.Parse(text).RootElement.GetProperty("endpoints"), "endpoint", "low_bytes_per_request", "high_bytes_per_request");
            if (intervals.TryGetValue(Guilty, out var guilty) && guilty.Low > 0)
                return (intervals, text);
            await pace.WaitForNextTickAsync(bound.Token);
        }
    }

    /// <summary>Begins, and goes on until it is disposed.</summary>
    private static async Task<ChildProcess> LoadAsync(string url, string request)
    {
        var load = ChildProcess.Start(PythonService.Interpreter,
        [
            Path.Combine(Sample.Folder, "load.py"), url, request, "--connections", "50",
            "--duration", Longest.TotalSeconds.ToString(CultureInfo.InvariantCulture), "--announce", "200",
        ]);
        await load.WaitForLineAsync(Answered(), Longest);
        return load;
    }

    [GeneratedRegex(@"Uvicorn running on (?<url>http://127\.0\.0\.1:\d+)")]
    private static partial Regex RunningOn();

    [GeneratedRegex(@"^answered \d+")]
    private static partial Regex Answered();
}
