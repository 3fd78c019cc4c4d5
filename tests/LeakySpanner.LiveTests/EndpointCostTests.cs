using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests;

/// <summary>
/// Two endpoints behind leakyspanner(app), 50 clients at each as fast as answers come: one keeps 4 KB per request. A before/after
/// difference of memory would blame both.
/// </summary>
public sealed partial class EndpointCostTests
{
    private const double Kept = 4096;

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
                ("LEAKYSPANNER_EXECUTABLE", Tool.Executable(folder.FullName)));
            var ready = await service.WaitForLineAsync(RunningOn(), Longest);
            var url = ready.Groups["url"].Value;
            await using var guilty = await LoadAsync(url, "GET /guilty/{n}");
            await using var innocent = await LoadAsync(url, "GET /innocent/{n}");

            var answer = await Tool.RunAsync("diagnose", "--pid", $"{service.Pid}", "--duration", "25s", "--json");

            answer.ExitCode.ShouldBeOneOf([0, 1], answer.ToString());
            var costs = JsonDocument.Parse(answer.Output).RootElement.GetProperty("endpoints_cost").EnumerateArray()
                .ToDictionary(cost => cost.GetProperty("route").GetString()!, cost => cost.Deserialize<JsonElement>());
            var shown = $"{answer}\n{service.StandardError}";
            costs.Keys.ShouldBe(["GET /guilty/{n}", "GET /innocent/{n}"], ignoreOrder: true, shown);
            var (low, high) = Interval(costs["GET /guilty/{n}"]);
            low.ShouldBeGreaterThan(0, shown);
            low.ShouldBeLessThanOrEqualTo(Kept, shown);
            high.ShouldBeGreaterThanOrEqualTo(Kept, shown);
            (low, high) = Interval(costs["GET /innocent/{n}"]);
            low.ShouldBeLessThanOrEqualTo(0, shown);
            high.ShouldBeGreaterThanOrEqualTo(0, shown);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (double Low, double High) Interval(JsonElement cost) => (cost.GetProperty("low").GetDouble(), cost.GetProperty("high").GetDouble());

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
