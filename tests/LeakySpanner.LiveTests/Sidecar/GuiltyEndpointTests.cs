using System.Text.Json;
using System.Text.RegularExpressions;
using LeakySpanner.LiveTests.Shim;
using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests.Sidecar;

/// <summary>
/// Fifty clients at ten endpoints at once; nine keep memory, in subtasks, later tasks, executors, threads and background tasks. Samples
/// charge each one's memory to it: the function in which an endpoint keeps it is nobody else's.
/// </summary>
[Collection("watched services")]
public sealed partial class GuiltyEndpointTests
{
    private const int Clients = 50;
    private const int RequestsOfClient = 48;

    /// <summary>The project's own demand.</summary>
    private const double LeastShare = 0.95;

    private static readonly Dictionary<string, string> Guilty = new()
    {
        ["by_itself"] = "GET /itself/{n}",
        ["by_gather"] = "GET /gather/{n}",
        ["by_task"] = "GET /task/{n}",
        ["by_endpoint_thread"] = "GET /endpoint-thread/{n}",
        ["by_executor"] = "GET /executor/{n}",
        ["by_submit"] = "GET /submit/{n}",
        ["by_thread"] = "GET /thread/{n}",
        ["by_timer"] = "GET /timer/{n}",
        ["by_background"] = "GET /background/{n}",
    };

    private const string Innocent = "GET /innocent/{n}";

    [LiveFact]
    public async Task Leaked_bytes_are_charged_to_the_endpoint_that_leaks_them()
    {
        await using var watched = await Watched.StartAsync(
            WebServer.Uvicorn(), "guilty_ways:app", ("LEAKYSPANNER_METRICS_PORT", "0"), ("LEAKYSPANNER_SAMPLE_KB", "16"),
            ("LEAKYSPANNER_LEVEL", "deep"), ("LEAKYSPANNER_INTERVAL_SECONDS", "1"));
        var client = watched.Service.Client;
        await SampledAsync(client, answer => answer.GetProperty("source").GetString() == "samples", watched);

        string[] routes = [.. Guilty.Values, Innocent];
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async first =>
        {
            for (var i = 0; i < RequestsOfClient; i++)
                (await client.GetAsync(routes[(first + i) % routes.Length][5..].Replace("{n}", $"{i}", StringComparison.Ordinal))).EnsureSuccessStatusCode();
        }));

        // Each was called 240 times; a sixth of their blocks is let off for chance.
        const int Least = Clients * RequestsOfClient / 10 / 2;
        var answer = await SampledAsync(
            client,
            answer => Guilty.Keys.All(function => Charged(answer, function).Values.Sum(site => site.Samples) > Least) && !answer.ToString().Contains("(unfinished requests)", StringComparison.Ordinal),
            watched);
        foreach (var (function, route) in Guilty)
        {
            var charged = Charged(answer, function);
            (charged.GetValueOrDefault(route).Bytes / charged.Values.Sum(site => site.Bytes)).ShouldBeGreaterThanOrEqualTo(LeastShare, $"{function}: {answer}");
        }

        var innocent = answer.GetProperty("endpoints").EnumerateArray().Where(endpoint => endpoint.GetProperty("endpoint").GetString() == Innocent).Select(Bytes).FirstOrDefault();
        innocent.ShouldBeLessThan(0.05 * answer.GetProperty("total_bytes").GetInt64(), answer.ToString());
        await Eventually.BecomesTrueAsync(
            () => Logged().IsMatch(watched.Log()), WatchedService.Bound, () => $"live allocations in the log:\n{watched.Log()}");
    }

    /// <summary>What a function allocated, by the endpoint that it is charged to.</summary>
    private static Dictionary<string, (double Bytes, long Samples)> Charged(JsonElement answer, string function) =>
        answer.GetProperty("endpoints").EnumerateArray()
            .SelectMany(endpoint => endpoint.GetProperty("sites").EnumerateArray().Where(site => site.GetProperty("function").GetString() == function)
                .Select(site => (Route: endpoint.GetProperty("endpoint").GetString()!, Bytes: Bytes(site), Samples: site.GetProperty("samples").GetInt64())))
            .GroupBy(charge => charge.Route)
            .ToDictionary(group => group.Key, group => (group.Sum(charge => charge.Bytes), group.Sum(charge => charge.Samples)));

    private static double Bytes(JsonElement of) => of.GetProperty("bytes").GetInt64();

    [GeneratedRegex(@"  ── live allocations by endpoint ──\n(    \d+\.\dMB  \d+ %  .*\n)*    \d+\.\dMB  \d+ %  GET /gather/{n}  \(\S*/guilty_ways\.py:\d+\)\n")]
    private static partial Regex Logged();

    private static async Task<JsonElement> SampledAsync(HttpClient client, Func<JsonElement, bool> isThere, WatchedService watched)
    {
        var last = "";
        var found = await Eventually.GetAsync(
            async () =>
            {
                last = await client.GetStringAsync("api/debug/memory/allocations?limit=50");
                var answer = JsonDocument.Parse(last);
                return isThere(answer.RootElement) ? answer : null;
            },
            WatchedService.Bound,
            () => $"samples as expected: {last}\n{watched.Log()}\n{watched.Service.Output}");
        return found.RootElement;
    }
}
